/* SPDX-License-Identifier: Apache-2.0 */
/* The readers of slow_json.h: a document each, asked for what it has. */
#include "slow_ctr.h"
#include "slow_values.h"
#include <stdio.h>
#include <string.h>

/* ---- docker and podman
 * ---------------------------------------------------------------------------------- */

static bool begins(const char *action, const char *word)
{
    size_t length = strcspn(action, ":");

    return length == strlen(word) && strncmp(action, word, length) == 0;
}

enum c8d_line_verdict slow_engine_judge(const struct slow_engine *engine, struct slow_record *out)
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
        if (!slow_is_name(engine->id) || strcmp(engine->id, engine->exec) == 0 ||
            (words[i].of_exec && !slow_is_name(engine->exec)))
            return C8D_LINE_MALFORMED;
        out->kind = words[i].kind;
        snprintf(out->container, sizeof(out->container), "%s", engine->id);
        snprintf(out->process, sizeof(out->process), "%s", words[i].of_exec ? engine->exec : "");
        if (out->kind == C8D_EVENT_TASK_EXIT) {
            out->exit = (struct c8d_exit){.ran = true, .at_ns = out->time_ns};
            out->exit.known = slow_count(engine->code, &out->exit.code);
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
    const char *texts[] = {slow_text(line, "status"),       slow_text(line, "id"),
                           slow_text(line, "Type"),         slow_text(line, "Action"),
                           slow_text(actor, "ID"),          slow_text(attributes, "exitCode"),
                           slow_text(attributes, "execID"), slow_text(attributes, "containerExitCode")};
    struct slow_engine engine;
    int64_t seconds;
    int64_t ns;

    if (!is_object_or_nothing(actor) || !is_object_or_nothing(attributes))
        return C8D_LINE_MALFORMED;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        if (texts[i] == NULL)
            return C8D_LINE_MALFORMED;
    }
    if (!slow_number(line, "time", &seconds) || !slow_number(line, "timeNano", &ns))
        return C8D_LINE_MALFORMED;
    engine = (struct slow_engine){.type = texts[2],
                                  .action = texts[3][0] != '\0' ? texts[3] : texts[0],
                                  .id = texts[4][0] != '\0' ? texts[4] : texts[1],
                                  .exec = texts[6],
                                  .code = texts[5][0] != '\0' ? texts[5] : texts[7]};
    if (engine.action[0] == '\0' || (engine.type[0] == '\0' && engine.id[0] == '\0'))
        return C8D_LINE_MALFORMED;
    if (engine.type[0] == '\0')
        engine.type = "container";
    out->time_ns = ns != 0 ? ns : slow_seconds(seconds);
    snprintf(out->namespace_, sizeof(out->namespace_), "moby");
    return slow_engine_judge(&engine, out);
}

static enum c8d_line_verdict read_podman(const json_t *line, struct slow_record *out)
{
    const json_t *attributes = json_object_get(line, "Attributes");
    const json_t *oom = json_object_get(line, "OOMKilled");
    const json_t *code = json_object_get(line, "ContainerExitCode");
    const char *texts[] = {slow_text(line, "ID"), slow_text(line, "Status"), slow_text(line, "Time"),
                           slow_text(line, "Type"), slow_text(attributes, "execID")};
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
    if (!slow_number(line, "time", &seconds) || !slow_number(line, "timeNano", &ns) || texts[1][0] == '\0' ||
        texts[3][0] == '\0')
        return C8D_LINE_MALFORMED;
    out->time_ns = ns != 0 ? ns : slow_seconds(seconds);
    if (texts[2][0] != '\0' && !slow_rfc3339(texts[2], &out->time_ns))
        return C8D_LINE_MALFORMED;
    snprintf(out->namespace_, sizeof(out->namespace_), "podman");
    return slow_engine_judge(
        &(struct slow_engine){texts[3], texts[1], texts[0], texts[4], digits, json_is_true(oom)}, out);
}

/* ---- nerdctl: its event is what stands at the end of a line of ctr's
 * ------------------------------------- */

static enum c8d_line_verdict read_nerdctl(const json_t *line, struct slow_record *out)
{
    const char *texts[] = {slow_text(line, "Timestamp"), slow_text(line, "Namespace"),
                           slow_text(line, "Topic"), slow_text(line, "Event")};
    static char ctr[1 << 16];
    struct c8d_event event;
    enum c8d_line_verdict verdict;
    bool known = false;
    int length;

    for (size_t i = 0; i < 4; i++) {
        if (texts[i] == NULL)
            return C8D_LINE_MALFORMED;
    }
    if (texts[1][0] == '\0' || texts[2][0] == '\0' || !slow_rfc3339(texts[0], &out->time_ns))
        return C8D_LINE_MALFORMED;
    for (int kind = 0; kind < C8D_EVENT_KIND__COUNT; kind++)
        known = known || strcmp(texts[2], c8d_event_topic((enum c8d_event_kind)kind)) == 0;
    if (!known)
        return C8D_LINE_IGNORED;
    if (!slow_is_name(texts[1]))
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

/* A record that the first reader of a format cannot read may be an entry of the journal. */
static enum c8d_line_verdict or_journal(enum c8d_line_verdict verdict, const json_t *line,
                                        struct slow_record *out)
{
    return verdict == C8D_LINE_MALFORMED ? slow_journal(line, out) : verdict;
}

static enum c8d_line_verdict read_object(enum c8d_log_format format, const json_t *line,
                                         struct slow_record *out)
{
    switch (format) {
    case C8D_LOG_DOCKER:
        return read_docker(line, out);
    case C8D_LOG_PODMAN:
        return or_journal(read_podman(line, out), line, out);
    case C8D_LOG_NERDCTL:
        return read_nerdctl(line, out);
    case C8D_LOG_CRICTL:
        return slow_crictl(line, out);
    default:
        return or_journal(slow_daemon(line, out), line, out);
    }
}

static bool has(struct c8d_str text, const char *bytes, size_t n)
{
    return memmem(text.ptr, text.len, bytes, n) != NULL;
}

/* In a daemon's log the sentences are read as they stand, with their quotes escaped and nothing else. */
static bool has_other_escapes(struct c8d_str text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.ptr[i] == '\\' && text.ptr[++i] != '"' && text.ptr[i] != '\\')
            return true;
    }
    return false;
}

bool slow_json_read(enum c8d_log_format format, struct c8d_str text, struct slow_record *out)
{
    json_t *document;

    *out = (struct slow_record){.verdict = C8D_LINE_MALFORMED};
    if (text.len == 0 || text.ptr[0] != '{' || has(text, "\\u", 2) || has(text, "-0", 2) ||
        (format == C8D_LOG_CONTAINERD && has_other_escapes(text)))
        return false;
    /* jansson passes a NUL after a number over, which JSON does not allow. */
    if (has(text, "", 1))
        return false;
    document = json_loadb(text.ptr, text.len, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(document))
        out->verdict = read_object(format, document, out);
    else
        out->verdict = C8D_LINE_TRUNCATED;
    json_decref(document);
    return out->verdict != C8D_LINE_TRUNCATED;
}
