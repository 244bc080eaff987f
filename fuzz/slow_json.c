/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of slow_json.h: a document each, asked for what it has. */
#include "slow_json.h"
#include "slow_ctr.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* ---- values
 * -------------------------------------------------------------------------------------------- */

/* A string; "" when there is none, NULL when it is something else. */
static const char *text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL || json_is_null(value))
        return "";
    return json_string_value(value);
}

/* An integer; false when it is something else. */
static bool number_of(const json_t *object, const char *key, int64_t *out)
{
    const json_t *value = json_object_get(object, key);

    *out = 0;
    if (value == NULL || json_is_null(value))
        return true;
    *out = json_integer_value(value);
    return json_is_integer(value);
}

static bool is_name(const char *text)
{
    size_t length = strlen(text);

    return length >= 1 && length <= C8D_NAME_BYTES_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

static bool is_count(const char *text, uint32_t *out)
{
    uint64_t value = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > UINT32_MAX)
            return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* By the slow reader of ctr: a line whose own time is of no concern. */
static bool read_rfc3339(const char *text, int64_t *out)
{
    char line[512];
    struct c8d_event event;
    int length = snprintf(
        line, sizeof(line),
        "2000-01-01 00:00:00 +0000 UTC n /tasks/exit {\"container_id\":\"c\",\"exited_at\":\"%s\"}", text);

    if (length < 0 || (size_t)length >= sizeof(line) || strpbrk(text, "\"\\") != NULL)
        return false;
    if (slow_ctr_read((struct c8d_str){line, (size_t)length}, &event) != C8D_LINE_EVENT)
        return false;
    *out = event.exit.at_ns;
    return true;
}

static int64_t seconds_to_ns(int64_t seconds)
{
    const int64_t limit = INT64_MAX / 1000000000;

    return seconds > -limit && seconds < limit ? seconds * 1000000000 : 0;
}

/* ---- docker and podman
 * ---------------------------------------------------------------------------------- */

static bool begins(const char *action, const char *word)
{
    size_t length = strcspn(action, ":");

    return length == strlen(word) && strncmp(action, word, length) == 0;
}

struct engine {
    const char *type, *action, *id, *exec, *code;
    bool oom;
};

static enum c8d_line_verdict judge_engine(const struct engine *engine, struct slow_record *out)
{
    static const struct {
        const char *word;
        enum c8d_event_kind kind;
        bool of_exec;
    } words[] = {
        {"create", C8D_EVENT_CONTAINER_CREATE, false},
        {"start", C8D_EVENT_TASK_START, false},
        {"die", C8D_EVENT_TASK_EXIT, false},
        {"died", C8D_EVENT_TASK_EXIT, false},
        {"oom", C8D_EVENT_TASK_OOM, false},
        {"pause", C8D_EVENT_TASK_PAUSED, false},
        {"unpause", C8D_EVENT_TASK_RESUMED, false},
        {"checkpoint", C8D_EVENT_TASK_CHECKPOINTED, false},
        {"destroy", C8D_EVENT_CONTAINER_DELETE, false},
        {"remove", C8D_EVENT_CONTAINER_DELETE, false},
        {"exec_create", C8D_EVENT_EXEC_ADDED, true},
        {"exec_die", C8D_EVENT_TASK_EXIT, true},
        {"exec_died", C8D_EVENT_TASK_EXIT, true},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!begins(engine->action, words[i].word) || strcmp(engine->type, "container") != 0)
            continue;
        if (words[i].of_exec && engine->exec[0] == '\0')
            return C8D_LINE_IGNORED;
        if (!is_name(engine->id) || strcmp(engine->id, engine->exec) == 0 ||
            (words[i].of_exec && !is_name(engine->exec)))
            return C8D_LINE_MALFORMED;
        out->kind = words[i].kind;
        snprintf(out->container, sizeof(out->container), "%s", engine->id);
        snprintf(out->process, sizeof(out->process), "%s", words[i].of_exec ? engine->exec : "");
        if (out->kind == C8D_EVENT_TASK_EXIT) {
            out->exit = (struct c8d_exit){.ran = true, .at_ns = out->time_ns};
            out->exit.known = is_count(engine->code, &out->exit.code);
            out->oom = engine->oom && !words[i].of_exec;
        }
        return C8D_LINE_EVENT;
    }
    return C8D_LINE_IGNORED;
}

static bool is_object_or_nothing(const json_t *value)
{
    return value == NULL || json_is_null(value) || json_is_object(value);
}

static enum c8d_line_verdict read_docker(const json_t *line, struct slow_record *out)
{
    const json_t *actor = json_object_get(line, "Actor");
    const json_t *attributes = json_object_get(actor, "Attributes");
    const char *texts[] = {text_of(line, "status"),       text_of(line, "id"),
                           text_of(line, "Type"),         text_of(line, "Action"),
                           text_of(actor, "ID"),          text_of(attributes, "exitCode"),
                           text_of(attributes, "execID"), text_of(attributes, "containerExitCode")};
    struct engine engine;
    int64_t seconds;
    int64_t ns;

    if (!is_object_or_nothing(actor) || !is_object_or_nothing(attributes))
        return C8D_LINE_MALFORMED;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i] == NULL)
            return C8D_LINE_MALFORMED;
    }
    if (!number_of(line, "time", &seconds) || !number_of(line, "timeNano", &ns))
        return C8D_LINE_MALFORMED;
    engine = (struct engine){.type = texts[2],
                             .action = texts[3][0] != '\0' ? texts[3] : texts[0],
                             .id = texts[4][0] != '\0' ? texts[4] : texts[1],
                             .exec = texts[6],
                             .code = texts[5][0] != '\0' ? texts[5] : texts[7]};
    if (engine.action[0] == '\0' || (engine.type[0] == '\0' && engine.id[0] == '\0'))
        return C8D_LINE_MALFORMED;
    if (engine.type[0] == '\0')
        engine.type = "container";
    out->time_ns = ns != 0 ? ns : seconds_to_ns(seconds);
    snprintf(out->namespace_, sizeof(out->namespace_), "moby");
    return judge_engine(&engine, out);
}

static enum c8d_line_verdict read_podman(const json_t *line, struct slow_record *out)
{
    const json_t *attributes = json_object_get(line, "Attributes");
    const json_t *oom = json_object_get(line, "OOMKilled");
    const json_t *code = json_object_get(line, "ContainerExitCode");
    const char *texts[] = {text_of(line, "ID"), text_of(line, "Status"), text_of(line, "Time"),
                           text_of(line, "Type"), text_of(attributes, "execID")};
    char digits[32] = "";
    int64_t seconds;
    int64_t ns;

    if (!is_object_or_nothing(attributes) || (oom != NULL && !json_is_boolean(oom) && !json_is_null(oom)))
        return C8D_LINE_MALFORMED;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i] == NULL)
            return C8D_LINE_MALFORMED;
    }
    if (code != NULL && !json_is_null(code) && !json_is_number(code))
        return C8D_LINE_MALFORMED;
    if (json_is_integer(code))
        snprintf(digits, sizeof(digits), "%" JSON_INTEGER_FORMAT, json_integer_value(code));
    if (!number_of(line, "time", &seconds) || !number_of(line, "timeNano", &ns) || texts[1][0] == '\0' ||
        texts[3][0] == '\0')
        return C8D_LINE_MALFORMED;
    out->time_ns = ns != 0 ? ns : seconds_to_ns(seconds);
    if (texts[2][0] != '\0' && !read_rfc3339(texts[2], &out->time_ns))
        return C8D_LINE_MALFORMED;
    snprintf(out->namespace_, sizeof(out->namespace_), "podman");
    return judge_engine(&(struct engine){texts[3], texts[1], texts[0], texts[4], digits, json_is_true(oom)},
                        out);
}

/* ---- nerdctl: its event is what stands at the end of a line of ctr's
 * ------------------------------------- */

static enum c8d_line_verdict read_nerdctl(const json_t *line, struct slow_record *out)
{
    const char *texts[] = {text_of(line, "Timestamp"), text_of(line, "Namespace"), text_of(line, "Topic"),
                           text_of(line, "Event")};
    static char ctr[1 << 16];
    struct c8d_event event;
    enum c8d_line_verdict verdict;
    bool known = false;
    int length;

    for (size_t i = 0; i < 4; i++) {
        if (texts[i] == NULL)
            return C8D_LINE_MALFORMED;
    }
    if (texts[1][0] == '\0' || texts[2][0] == '\0' || !read_rfc3339(texts[0], &out->time_ns))
        return C8D_LINE_MALFORMED;
    for (int kind = 0; kind < C8D_EVENT_KIND__COUNT; kind++)
        known = known || strcmp(texts[2], c8d_event_topic((enum c8d_event_kind)kind)) == 0;
    if (!known)
        return C8D_LINE_IGNORED;
    if (!is_name(texts[1]))
        return C8D_LINE_MALFORMED;
    length =
        snprintf(ctr, sizeof(ctr), "2000-01-01 00:00:00 +0000 UTC %s %s %s", texts[1], texts[2], texts[3]);
    if (length < 0 || (size_t)length >= sizeof(ctr))
        return C8D_LINE_MALFORMED;
    verdict = slow_ctr_read((struct c8d_str){ctr, (size_t)length}, &event);
    out->kind = event.kind;
    out->pid = event.pid;
    out->exit = event.exit;
    snprintf(out->namespace_, sizeof(out->namespace_), "%s", texts[1]);
    if (verdict == C8D_LINE_EVENT) {
        snprintf(out->container, sizeof(out->container), "%.*s", (int)event.container.len,
                 event.container.ptr);
        snprintf(out->process, sizeof(out->process), "%.*s", (int)event.process.len,
                 event.process.len > 0 ? event.process.ptr : "");
    }
    return verdict;
}

bool slow_json_read(enum c8d_log_format format, struct c8d_str text, struct slow_record *out)
{
    json_t *document;

    *out = (struct slow_record){.verdict = C8D_LINE_MALFORMED};
    if (text.len == 0 || text.ptr[0] != '{' || memmem(text.ptr, text.len, "\\u", 2) != NULL ||
        memmem(text.ptr, text.len, "-0", 2) != NULL)
        return false;
    /* jansson passes a NUL after a number over, which JSON does not allow. */
    if (memchr(text.ptr, '\0', text.len) != NULL)
        return false;
    document = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(document)) {
        json_decref(document);
        return false;
    }
    if (format == C8D_LOG_DOCKER)
        out->verdict = read_docker(document, out);
    else if (format == C8D_LOG_PODMAN)
        out->verdict = read_podman(document, out);
    else
        out->verdict = read_nerdctl(document, out);
    json_decref(document);
    return true;
}
