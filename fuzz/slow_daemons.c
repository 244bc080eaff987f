/* SPDX-License-Identifier: Apache-2.0 */
/* Second readers of crictl's events, of a daemon's log in JSON and of the journal. */
#include "slow_ctr.h"
#include "slow_values.h"
#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number in a string, as protobuf writes those of 64 bits. */
static bool whole(const char *text, int64_t *out)
{
    const char *digits = text + (*text == '-');
    size_t length = strlen(digits);

    if (length == 0 || strspn(digits, "0123456789") != length)
        return false;
    errno = 0;
    *out = strtoll(text, NULL, 10);
    return errno == 0 && *out != INT64_MIN;
}

/* ---- crictl
 * -------------------------------------------------------------------------------------------- */

struct status {
    bool exited;
    bool oom;
    bool has_code;
    uint32_t code;
};

static bool read_status(const json_t *value, const char *container, struct status *own)
{
    const char *id = slow_text(value, "id");
    const char *state = slow_text(value, "state");
    const char *reason = slow_text(value, "reason");
    const json_t *code = json_object_get(value, "exitCode");
    json_int_t number = json_integer_value(code);

    if (!json_is_object(value) || id == NULL || state == NULL || reason == NULL)
        return false;
    if (code != NULL && !json_is_number(code) && !json_is_null(code))
        return false;
    if (id[0] != '\0' && strcmp(id, container) == 0)
        *own = (struct status){.exited = strcmp(state, "CONTAINER_EXITED") == 0,
                               .oom = strcmp(reason, "OOMKilled") == 0,
                               .has_code = json_is_integer(code) && number >= 0 && number <= UINT32_MAX,
                               .code = (uint32_t)number};
    return true;
}

/* A status counts when the container's id stands before it. */
static bool read_statuses(const json_t *line, struct status *own)
{
    const json_t *statuses = NULL;
    const char *container = "";
    const char *key;
    const json_t *value;
    size_t i;

    json_object_foreach((json_t *)line, key, value)
    {
        if (strcmp(key, "containerId") == 0 && json_is_string(value) && statuses == NULL)
            container = json_string_value(value);
        if (strcmp(key, "containersStatuses") == 0)
            statuses = value;
    }
    if (statuses == NULL || json_is_null(statuses))
        return true;
    if (!json_is_array(statuses))
        return false;
    json_array_foreach(statuses, i, value)
    {
        if (!read_status(value, container, own))
            return false;
    }
    return true;
}

static bool read_created_at(const json_t *line, int64_t *out)
{
    const json_t *value = json_object_get(line, "createdAt");

    return json_is_string(value) ? whole(json_string_value(value), out) : slow_number(line, "createdAt", out);
}

enum c8d_line_verdict slow_crictl(const json_t *line, struct slow_record *out)
{
    static const struct {
        const char *type;
        enum c8d_event_kind kind;
    } kinds[] = {{"CONTAINER_CREATED_EVENT", C8D_EVENT_CONTAINER_CREATE},
                 {"CONTAINER_STARTED_EVENT", C8D_EVENT_TASK_START},
                 {"CONTAINER_STOPPED_EVENT", C8D_EVENT_TASK_EXIT},
                 {"CONTAINER_DELETED_EVENT", C8D_EVENT_CONTAINER_DELETE}};
    const char *container = slow_text(line, "containerId");
    const char *type = slow_text(line, "containerEventType");
    struct status own = {0};
    int64_t created_at;
    size_t i = 0;

    if (container == NULL || type == NULL || !read_created_at(line, &created_at) ||
        !read_statuses(line, &own) || type[0] == '\0')
        return C8D_LINE_MALFORMED;
    while (i < 4 && strcmp(type, kinds[i].type) != 0)
        i++;
    if (i == 4)
        return C8D_LINE_IGNORED;
    if (!slow_is_name(container))
        return C8D_LINE_MALFORMED;
    out->kind = kinds[i].kind;
    out->time_ns = created_at < INT64_C(1000000000000) ? slow_seconds(created_at) : created_at;
    snprintf(out->namespace_, sizeof(out->namespace_), "k8s.io");
    snprintf(out->container, sizeof(out->container), "%s", container);
    if (out->kind == C8D_EVENT_TASK_EXIT) {
        bool known = own.exited && own.has_code;

        out->exit = (struct c8d_exit){
            .known = known, .ran = true, .code = known ? own.code : 0, .at_ns = out->time_ns};
        out->oom = own.oom;
    }
    return C8D_LINE_EVENT;
}

/* ---- a daemon's log
 * ------------------------------------------------------------------------------------- */

/* What a field says, whether it is a string or a number; the text is the caller's. */
static void field_of(const json_t *line, const char *key, char text[1024])
{
    const json_t *value = json_object_get(line, key);

    text[0] = '\0';
    if (json_is_string(value))
        snprintf(text, 1024, "%s", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, 1024, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        snprintf(text, 1024, "1.5?");
}

/* Go's way of printing a time into that of JSON: a T for the blank, a colon in the offset, no zone. */
static bool go_time(const char *text, char out[128])
{
    regex_t form;
    regmatch_t at[4];
    bool fits;

    if (regcomp(&form,
                "^([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,9})?) "
                "[+-][0-9]{4} [A-Za-z0-9+-]+$",
                REG_EXTENDED) != 0)
        abort();
    fits = regexec(&form, text, 4, at, 0) == 0;
    regfree(&form);
    if (fits)
        snprintf(out, 128, "%.10sT%.*s%.3s:%.2s", text, (int)(at[2].rm_eo - at[2].rm_so), text + at[2].rm_so,
                 text + at[2].rm_eo + 1, text + at[2].rm_eo + 4);
    return fits;
}

/* By the slow reader of ctr, which knows what an event has. */
static enum c8d_line_verdict as_ctr(const char *namespace_, const char *topic, const json_t *event,
                                    struct slow_record *out)
{
    char *json = json_dumps(event, JSON_COMPACT);
    size_t size = strlen(json) + 256;
    char *line = malloc(size);
    struct c8d_event read;
    enum c8d_line_verdict verdict = C8D_LINE_MALFORMED;

    if (line == NULL)
        abort();
    if (slow_is_name(namespace_)) {
        int length = snprintf(line, size, "2000-01-01 00:00:00 +0000 UTC %s %s %s", namespace_, topic, json);

        verdict = slow_ctr_read((struct c8d_str){line, (size_t)length}, &read);
    }
    if (verdict == C8D_LINE_EVENT) {
        out->kind = read.kind;
        out->pid = read.pid;
        out->exit = read.exit;
        snprintf(out->namespace_, sizeof(out->namespace_), "%s", namespace_);
        snprintf(out->container, sizeof(out->container), "%.*s", (int)read.container.len, read.container.ptr);
        snprintf(out->process, sizeof(out->process), "%.*s", (int)read.process.len,
                 read.process.len > 0 ? read.process.ptr : "");
    }
    free(line);
    free(json);
    return verdict;
}

static bool add_count(json_t *event, const char *key, const char *digits)
{
    uint32_t value;

    return digits[0] == '\0' ||
           (slow_count(digits, &value) && json_object_set_new(event, key, json_integer(value)) == 0);
}

static bool add_go_time(json_t *event, const char *text)
{
    char rfc3339[128];
    int64_t ns;

    return text[0] == '\0' || (go_time(text, rfc3339) && slow_rfc3339(rfc3339, &ns) &&
                               json_object_set_new(event, "exited_at", json_string(rfc3339)) == 0);
}

static enum c8d_line_verdict from_docker(const json_t *line, struct slow_record *out)
{
    char container[1024], process[1024], topic[1024], namespace_[1024], text[1024];
    enum c8d_line_verdict verdict = C8D_LINE_MALFORMED;
    bool known = false;
    json_t *event;

    field_of(line, "containerID", container);
    field_of(line, "ProcessID", process);
    field_of(line, "topic", topic);
    field_of(line, "namespace", namespace_);
    for (int kind = 0; kind < C8D_EVENT_KIND__COUNT; kind++)
        known = known || strcmp(topic, c8d_event_topic((enum c8d_event_kind)kind)) == 0;
    if (container[0] == '\0' || !known)
        return C8D_LINE_IGNORED;
    event = json_pack("{ssssss}", "container_id", container, "id", process[0] != '\0' ? process : container,
                      "exec_id", process);
    field_of(line, "Pid", text);
    if (add_count(event, "pid", text)) {
        field_of(line, "ExitStatus", text);
        if (add_count(event, "exit_status", text)) {
            field_of(line, "ExitedAt", text);
            if (add_go_time(event, text))
                verdict = as_ctr(namespace_, topic, event, out);
        }
    }
    json_decref(event);
    return verdict;
}

/* ---- the CRI plugin's sentences
 * -------------------------------------------------------------------------- */

#define NAME "[A-Za-z0-9._-]+"
#define QUOTED "\\\\*\"" NAME "\\\\*\""
#define COLON " *: *"
#define TIME_FIELD "(seconds" COLON "-?[0-9]+|nanos" COLON "[0-9]+)"
#define GOGO                                                                                                 \
    "&?(TaskExit|TaskOOM)\\{((ContainerID:(" NAME ")?|ID:(" NAME                                             \
    ")?|Pid:[0-9]+|ExitStatus:[0-9]+|ExitedAt:[0-9][^,]*|XXX_[^,]*),)*\\}"
#define PROTO                                                                                                \
    "&?(TaskExit\\{|TaskOOM\\{)?container_id" COLON QUOTED "( +(id" COLON QUOTED "|pid" COLON                \
    "[0-9]+|exit_status" COLON "[0-9]+|exited_at" COLON "\\{ *(" TIME_FIELD "( +" TIME_FIELD ")*)? *\\}))*"

static bool matches(const char *pattern, const char *text, regmatch_t *at, size_t n)
{
    regex_t form;
    bool fits;

    if (regcomp(&form, pattern, REG_EXTENDED) != 0)
        abort();
    fits = regexec(&form, text, n, at, 0) == 0;
    regfree(&form);
    return fits;
}

/* The value behind a key; "" when there is none. False when it is said twice. */
static bool value_behind(const char *text, const char *key, const char *pattern, char out[1024])
{
    char whole_pattern[256];
    regmatch_t at[4];

    out[0] = '\0';
    snprintf(whole_pattern, sizeof(whole_pattern), "(^|[ ,{])%s(%s)", key, pattern);
    if (!matches(whole_pattern, text, at, 3))
        return true;
    snprintf(out, 1024, "%.*s", (int)(at[2].rm_eo - at[2].rm_so), text + at[2].rm_so);
    return !matches(whole_pattern, text + at[2].rm_eo, NULL, 0);
}

static void strip_quotes(char *text)
{
    size_t begin = strspn(text, "\\\"");
    size_t length = strcspn(text + begin, "\\\"");

    memmove(text, text + begin, length);
    text[length] = '\0';
}

/* False: said twice, which is nothing to compare. *fits: each number has room. */
static bool read_gogo(const char *text, json_t *event, bool *fits)
{
    char container[1024], id[1024], pid[1024], status[1024], at[1024];

    if (!value_behind(text, "ContainerID:", "[^,]*", container) || !value_behind(text, "ID:", "[^,]*", id) ||
        !value_behind(text, "Pid:", "[0-9]+", pid) || !value_behind(text, "ExitStatus:", "[0-9]+", status) ||
        !value_behind(text, "ExitedAt:", "[^,]*", at))
        return false;
    json_object_set_new(event, "container_id", json_string(container));
    json_object_set_new(event, "id", json_string(id));
    *fits = add_count(event, "pid", pid) && add_count(event, "exit_status", status) && add_go_time(event, at);
    return true;
}

static bool read_proto(const char *text, json_t *event, bool *fits)
{
    char container[1024], id[1024], pid[1024], status[1024], seconds[1024], nanos[1024];
    int64_t s = 0;
    uint32_t ns = 0;

    if (!value_behind(text, "container_id" COLON, QUOTED, container) ||
        !value_behind(text, "id" COLON, QUOTED, id) || !value_behind(text, "pid" COLON, "[0-9]+", pid) ||
        !value_behind(text, "exit_status" COLON, "[0-9]+", status) ||
        !value_behind(text, "seconds" COLON, "-?[0-9]+", seconds) ||
        !value_behind(text, "nanos" COLON, "[0-9]+", nanos))
        return false;
    strip_quotes(container);
    strip_quotes(id);
    json_object_set_new(event, "container_id", json_string(container));
    json_object_set_new(event, "id", json_string(id));
    if (seconds[0] != '\0' && !whole(seconds, &s))
        return false;
    *fits = add_count(event, "pid", pid) && add_count(event, "exit_status", status) &&
            (nanos[0] == '\0' || (slow_count(nanos, &ns) && ns < 1000000000));
    if (s != 0)
        json_object_set_new(event, "exited_at", json_pack("{sIsI}", "seconds", s, "nanos", (json_int_t)ns));
    return true;
}

/* The only head of a sentence; NULL when there is none or more than one. */
static const char *behind_head(const char *text, const char **topic, bool *several)
{
    static const char *const heads[] = {"TaskExit event ", "received exit event ", "TaskOOM event "};
    const char *behind = NULL;

    for (size_t i = 0; i < 3; i++) {
        const char *at = strstr(text, heads[i]);

        if (at == NULL)
            continue;
        *several = *several || behind != NULL || strstr(at + 1, heads[i]) != NULL;
        behind = at + strlen(heads[i]);
        *topic = i < 2 ? "/tasks/exit" : "/tasks/oom";
    }
    return behind;
}

static enum c8d_line_verdict from_cri(const char *message, struct slow_record *out)
{
    const char *topic = NULL;
    bool several = false;
    const char *text = behind_head(message, &topic, &several);
    regmatch_t at[2];
    json_t *event;
    bool fits = false;
    bool comparable;
    enum c8d_line_verdict verdict;

    if (several)
        return C8D_LINE_TRUNCATED;
    if (text == NULL)
        return C8D_LINE_IGNORED;
    event = json_object();
    if (matches("^([a-z ]* )?" GOGO "[^A-Za-z0-9_]*$", text, at, 0))
        comparable = read_gogo(strchr(text, '{'), event, &fits);
    else if (matches("^([a-z ]* )?" PROTO "[^A-Za-z0-9_]*$", text, at, 0))
        comparable = read_proto(strstr(text, "container_id"), event, &fits);
    else
        comparable = true;
    verdict = fits ? as_ctr("k8s.io", topic, event, out) : C8D_LINE_IGNORED;
    json_decref(event);
    return comparable ? verdict : C8D_LINE_TRUNCATED;
}

enum c8d_line_verdict slow_daemon(const json_t *line, struct slow_record *out)
{
    const json_t *message = json_object_get(line, "msg");
    char level[1024], time[1024];

    field_of(line, "level", level);
    field_of(line, "time", time);
    if (level[0] == '\0' || !slow_rfc3339(time, &out->time_ns))
        return C8D_LINE_MALFORMED;
    if (!json_is_string(message))
        return C8D_LINE_IGNORED;
    return strcmp(json_string_value(message), "event") == 0 ? from_docker(line, out)
                                                            : from_cri(json_string_value(message), out);
}

/* ---- the journal
 * ---------------------------------------------------------------------------------------- */

enum c8d_line_verdict slow_journal(const json_t *line, struct slow_record *out)
{
    char type[1024], action[1024], id[1024], code[1024], oom[1024], time[1024], realtime[1024], message[1024];
    int64_t us;

    field_of(line, "PODMAN_TYPE", type);
    field_of(line, "PODMAN_EVENT", action);
    field_of(line, "PODMAN_ID", id);
    field_of(line, "PODMAN_EXIT_CODE", code);
    field_of(line, "PODMAN_OOM_KILLED", oom);
    field_of(line, "PODMAN_TIME", time);
    field_of(line, "__REALTIME_TIMESTAMP", realtime);
    field_of(line, "MESSAGE", message);
    /* A daemon's own line is for the reader of its log. */
    if (action[0] == '\0')
        return realtime[0] == '\0'                ? C8D_LINE_MALFORMED
               : strstr(message, "time=") != NULL ? C8D_LINE_TRUNCATED
                                                  : C8D_LINE_IGNORED;
    if (!slow_rfc3339(time, &out->time_ns)) {
        if (!whole(realtime, &us) || us < 0 || us > INT64_MAX / 1000)
            return C8D_LINE_MALFORMED;
        out->time_ns = us * 1000;
    }
    snprintf(out->namespace_, sizeof(out->namespace_), "podman");
    return slow_engine_judge(&(struct slow_engine){type, action, id, "", code, strcmp(oom, "true") == 0},
                             out);
}
