/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Second readers of what is no JSON: docker's and podman's events as text, a daemon's log in logfmt, the
 * journal's export. Regular expressions and splitting, into the documents that the other slow readers take.
 */
#include "slow_values.h"
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fits(const char *pattern, const char *text, regmatch_t *at, size_t n)
{
    regex_t form;
    bool yes;

    if (regcomp(&form, pattern, REG_EXTENDED) != 0)
        abort();
    yes = regexec(&form, text, n, at, 0) == 0;
    regfree(&form);
    return yes;
}

static void copy(char *to, size_t size, const char *begin, size_t length)
{
    snprintf(to, size, "%.*s", (int)(length < size ? length : size - 1), begin);
}

static void copy_match(char to[1024], const char *text, regmatch_t at)
{
    copy(to, 1024, text + at.rm_so, (size_t)(at.rm_eo - at.rm_so));
}

/* ---- engines
 * -------------------------------------------------------------------------------------------- */

struct engine_text {
    char action[1024], id[1024], exec[1024], code[1024];
};

/* Between the brackets, the last of which ends the text. */
static bool read_attributes(const char *text, struct engine_text *out)
{
    size_t length = strlen(text);
    const char *at = text + 1;
    const char *end;

    while (length > 0 && strchr(" \t\n\v\f\r", text[length - 1]) != NULL)
        length--;
    if (length < 2 || text[0] != '(' || text[length - 1] != ')')
        return false;
    for (end = text + length - 1; at <= end;) {
        const char *comma = strstr(at, ", ");
        const char *stop = comma != NULL && comma < end ? comma : end;
        size_t name = strcspn(at, "=");

        if ((name == 8 && strncmp(at, "exitCode=", 9) == 0) ||
            (name == 17 && strncmp(at, "containerExitCode=", 18) == 0))
            copy(out->code, sizeof(out->code), at + name + 1, (size_t)(stop - at) - name - 1);
        if (name == 6 && strncmp(at, "execID=", 7) == 0)
            copy(out->exec, sizeof(out->exec), at + 7, (size_t)(stop - at) - 7);
        at = stop < end ? stop + 2 : end + 1;
    }
    return true;
}

/* The first 64 hexadecimal digits that stand alone. */
static const char *read_long_id(const char *text, struct engine_text *out)
{
    regmatch_t at[2];

    if (!fits(" ([0-9a-fA-F]{64}) ", text, at, 2))
        return NULL;
    copy_match(out->id, text, at[1]);
    return text + at[0].rm_eo;
}

static enum c8d_line_verdict read_engine(const char *text, const char *namespace_, struct slow_record *out)
{
    struct engine_text read = {0};
    const char *attributes;
    regmatch_t at[4];

    if (fits("^(image|network|volume|daemon|plugin|node|service|secret|config|builder|pod|system|machine|"
             "artifact) ",
             text, at, 1))
        return C8D_LINE_IGNORED;
    if (fits("^container ([A-Za-z0-9_./-]+) ([A-Za-z0-9_.-]*) ", text, at, 3)) {
        copy_match(read.action, text, at[1]);
        copy_match(read.id, text, at[2]);
        attributes = text + at[0].rm_eo;
    } else if (fits("^container (exec_create|exec_start|exec_detach|health_status):", text, at, 2)) {
        copy_match(read.action, text, at[1]);
        attributes = read_long_id(text + at[0].rm_eo, &read);
    } else {
        return C8D_LINE_MALFORMED;
    }
    if (attributes == NULL || !read_attributes(attributes, &read))
        return C8D_LINE_MALFORMED;
    snprintf(out->namespace_, sizeof(out->namespace_), "%s", namespace_);
    return slow_engine_judge(
        &(struct slow_engine){"container", read.action, read.id, read.exec, read.code, false}, out);
}

static enum c8d_line_verdict docker_text(const char *text, struct slow_record *out)
{
    char time[1024];
    regmatch_t at[2];

    if (!fits("^([0-9T:.Z+-]{20,35}) ", text, at, 2))
        return C8D_LINE_MALFORMED;
    copy_match(time, text, at[1]);
    return slow_rfc3339(time, &out->time_ns) ? read_engine(text + at[0].rm_eo, "moby", out)
                                             : C8D_LINE_MALFORMED;
}

static enum c8d_line_verdict podman_text(const char *text, struct slow_record *out)
{
    char day[1024], clock[1024], hours[1024], minutes[1024], time[4200];
    regmatch_t at[8];

    if (!fits("^([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?) "
              "([+-][0-9]{2})([0-9]{2}) "
              "[A-Za-z0-9+-]+( m=[+-][0-9.]+)? ",
              text, at, 7))
        return C8D_LINE_MALFORMED;
    copy_match(day, text, at[1]);
    copy_match(clock, text, at[2]);
    copy_match(hours, text, at[4]);
    copy_match(minutes, text, at[5]);
    snprintf(time, sizeof(time), "%sT%s%s:%s", day, clock, hours, minutes);
    return slow_rfc3339(time, &out->time_ns) ? read_engine(text + at[0].rm_eo, "podman", out)
                                             : C8D_LINE_MALFORMED;
}

/* ---- logfmt
 * --------------------------------------------------------------------------------------------- */

#define CLOCK "[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{6})?"

static void add(json_t *object, const char *name, size_t name_length, const char *value, size_t length)
{
    char *key = strndup(name, name_length);

    if (key == NULL || json_object_set_new_nocheck(object, key, json_stringn_nocheck(value, length)) != 0)
        abort();
    free(key);
}

/* Behind the quote that ends what `text` begins with; NULL when there is none. */
static const char *behind_quoted(const char *text)
{
    while (*text != '\0' && *text != '"')
        text += text[0] == '\\' && text[1] != '\0' ? 2 : 1;
    return *text == '"' ? text + 1 : NULL;
}

/* Takes a pair; *at is left behind it. */
static enum c8d_line_verdict read_pair(const char **at, json_t *line)
{
    const char *key = *at;
    size_t length = strcspn(key, " =\"\\\n");
    const char *value = key + length + 1;
    const char *end;

    if (length == 0 || key[length] != '=')
        return C8D_LINE_MALFORMED;
    /* Quotes with backslashes, as in a string within a string, have a reader of their own. */
    if (*value == '\\')
        return C8D_LINE_TRUNCATED;
    if (*value == '"') {
        end = behind_quoted(value + 1);
        if (end == NULL)
            return C8D_LINE_MALFORMED;
        add(line, key, length, value + 1, (size_t)(end - value) - 2);
    } else {
        end = value + strcspn(value, " \"\n");
        add(line, key, length, value, (size_t)(end - value));
    }
    *at = end;
    return *end == '\0' || *end == ' ' ? C8D_LINE_EVENT : C8D_LINE_MALFORMED;
}

static enum c8d_line_verdict read_pairs(const char *text, json_t *line)
{
    enum c8d_line_verdict verdict = C8D_LINE_EVENT;

    if (text[strlen("time=")] != '"' && text[strlen("time=")] != '\\')
        return C8D_LINE_MALFORMED;
    while (verdict == C8D_LINE_EVENT && *text != '\0') {
        verdict = read_pair(&text, line);
        text += strspn(text, " ");
    }
    return verdict;
}

/* A line of a daemon's log in JSON, behind a prefix or in the journal; another program's may be of any form.
 * TRUNCATED: nothing to compare with, as is an entry of the journal within one. */
static enum c8d_line_verdict object(const char *text, struct slow_record *out)
{
    if (strstr(text, "__REALTIME") != NULL ||
        !slow_json_read(C8D_LOG_CONTAINERD, (struct c8d_str){text, strlen(text)}, out))
        return C8D_LINE_TRUNCATED;
    return out->verdict == C8D_LINE_MALFORMED ? C8D_LINE_IGNORED : out->verdict;
}

static enum c8d_line_verdict logfmt(const char *text, struct slow_record *out)
{
    enum c8d_line_verdict verdict;
    regmatch_t at[1];
    json_t *line;

    if (fits("^([A-Z][a-z]{2} [ 0-9][0-9] " CLOCK "|[0-9]{4}-[0-9]{2}-[0-9]{2}T" CLOCK
             "(Z|[+-][0-9]{2}:?[0-9]{2})|[A-Z][a-z]{2} [0-9]{4}-[0-9]{2}-[0-9]{2} " CLOCK
             " [A-Za-z0-9+-]+) [^ ]+ [^ :[]+(\\[[0-9]+])?: ",
             text, at, 1)) {
        text += at[0].rm_eo;
        if (text[0] != '{' && strncmp(text, "time=", 5) != 0)
            return C8D_LINE_IGNORED;
    }
    if (text[0] == '{')
        return object(text, out);
    if (fits("^-- .* --$", text, at, 1))
        return C8D_LINE_IGNORED;
    if (strncmp(text, "time=", 5) != 0)
        return C8D_LINE_MALFORMED;
    line = json_object();
    verdict = read_pairs(text, line);
    if (verdict == C8D_LINE_EVENT)
        verdict = slow_daemon(line, out);
    json_decref(line);
    return verdict;
}

/* ---- the journal's export
 * ------------------------------------------------------------------------------- */

/* The value that follows a name alone on its line; its end, NULL when it has none. */
static const char *read_binary(const char *text, const char *end, const char *name, size_t name_length,
                               json_t *entry)
{
    uint64_t length = 0;

    for (size_t i = 0; i < 8; i++, text++) {
        if (text == end)
            return NULL;
        length += (uint64_t)(unsigned char)*text << (8 * i);
    }
    if (length > (uint64_t)(end - text))
        return NULL;
    if (name_length == strlen("MESSAGE") && strncmp(name, "MESSAGE", name_length) == 0)
        add(entry, name, name_length, text, (size_t)length);
    return text + length;
}

/* TRUNCATED: nothing to compare with, for a C string sees an end where there is a NUL. */
static enum c8d_line_verdict read_fields(const char *text, const char *end, json_t *entry)
{
    for (text += strcspn(text, "\n"); text < end;) {
        const char *name = text + 1;
        size_t length = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
        const char *value = name + length + 1;

        if (*text == '\0')
            return C8D_LINE_TRUNCATED;
        if (length > 0 && name[length] == '\n') {
            text = read_binary(value, end, name, length, entry);
            if (text == NULL || (text < end && *text != '\n'))
                return C8D_LINE_MALFORMED;
            continue;
        }
        if (text + strspn(text, "\n") == end)
            return C8D_LINE_EVENT;
        if (length == 0 || name[length] != '=')
            return C8D_LINE_MALFORMED;
        text = value + strcspn(value, "\n");
        add(entry, name, length, value, (size_t)(text - value));
    }
    return C8D_LINE_EVENT;
}

/* A message in which a C string or a regular expression sees an end. */
static bool has_odd_message(const json_t *entry)
{
    const json_t *message = json_object_get(entry, "MESSAGE");

    return message != NULL && (strlen(json_string_value(message)) != json_string_length(message) ||
                               strchr(json_string_value(message), '\n') != NULL);
}

static enum c8d_line_verdict exported(const char *text, const char *end, struct slow_record *out)
{
    enum c8d_line_verdict verdict = C8D_LINE_MALFORMED;
    json_t *entry = json_object();
    bool is_event;
    bool is_timed;

    if (strncmp(text, "__CURSOR=", 9) == 0)
        verdict = read_fields(text, end, entry);
    if (verdict == C8D_LINE_EVENT) {
        verdict = C8D_LINE_MALFORMED;
        is_event = slow_text(entry, "PODMAN_EVENT")[0] != '\0';
        is_timed = slow_text(entry, "__REALTIME_TIMESTAMP")[0] != '\0';
        if (is_event || !is_timed)
            verdict = slow_journal(entry, out);
        else if (has_odd_message(entry))
            verdict = C8D_LINE_TRUNCATED;
        else
            verdict = logfmt(slow_text(entry, "MESSAGE"), out);
        /* Anybody writes into the journal. */
        if (!is_event && is_timed && verdict == C8D_LINE_MALFORMED)
            verdict = C8D_LINE_IGNORED;
    }
    json_decref(entry);
    return verdict;
}

bool slow_text_read(enum c8d_log_format format, struct c8d_str text, struct slow_record *out)
{
    char *copied = calloc(1, text.len + 1);
    json_t *is_utf8 = json_stringn(text.ptr, text.len);
    bool digit;
    char first;

    if (copied == NULL)
        abort();
    if (text.len > 0)
        memcpy(copied, text.ptr, text.len);
    first = copied[0];
    digit = first >= '0' && first <= '9';
    *out = (struct slow_record){.verdict = C8D_LINE_TRUNCATED};
    if (first == '_') {
        /* The lengths of its fields are in binary. */
        if (is_utf8 != NULL && (format == C8D_LOG_PODMAN || format == C8D_LOG_CONTAINERD))
            out->verdict = exported(copied, copied + text.len, out);
    } else if (is_utf8 != NULL && strlen(copied) == text.len) {
        if (digit && format == C8D_LOG_DOCKER)
            out->verdict = docker_text(copied, out);
        else if (digit && format == C8D_LOG_PODMAN)
            out->verdict = podman_text(copied, out);
        else if (first != '\0' && first != '{' && first != ' ' && first != '\t' &&
                 format == C8D_LOG_CONTAINERD)
            out->verdict = logfmt(copied, out);
    }
    json_decref(is_utf8);
    free(copied);
    return out->verdict != C8D_LINE_TRUNCATED;
}
