/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line of `ctr events` as nearly all of them are: nine digits of a second in UTC, a topic of ours, JSON
 * without blanks and names without escapes. Read word by word, since byte by byte the lexer took more than
 * half of the instructions of a replay.
 *
 * It decides nothing. What is not of this form, or is no event, is left to the lexer (ctr.rl), which takes
 * all that is taken here, and says the same of it.
 */
#include "containerd_event.h"
#include <string.h>

/* A line, and how far it has been read. */
struct common {
    const char *at;
    const char *end;
    struct c8d__containerd_event *event;
    struct c8d__recent *recent;
};

static size_t left(const struct common *line)
{
    return (size_t)(line->end - line->at);
}

/* Steps over a text, whose length the compiler knows. */
static inline bool skip(struct common *line, const char *text, size_t length)
{
    if (left(line) < length || memcmp(line->at, text, length) != 0)
        return false;
    line->at += length;
    return true;
}

#define SKIP(line, text) skip(line, text, sizeof(text) - 1)

/* A name, and the byte that ends it. */
static bool read_new_name(struct common *line, char after, struct c8d_str *out)
{
    const char *end = c8d__name_end(line->at, line->end);

    *out = c8d__between(line->at, end);
    if (end == line->end || *end != after || out->len == 0 || out->len > C8D_NAME_BYTES_MAX)
        return false;
    line->at = end + 1;
    return true;
}

/* Lines about one container mostly stand together: to compare 64 bytes takes a tenth of looking whether they
 * are a name. */
static bool read_again(struct common *line, char after, const struct c8d__recent_name *recent,
                       struct c8d_str *out)
{
    if (recent->length == 0 || left(line) <= recent->length || line->at[recent->length] != after ||
        memcmp(line->at, recent->bytes, recent->length) != 0)
        return false;
    *out = (struct c8d_str){line->at, recent->length};
    line->at += recent->length + 1;
    return true;
}

static bool read_name(struct common *line, char after, struct c8d__recent_name *recent, struct c8d_str *out)
{
    if (read_again(line, after, recent, out))
        return true;
    if (!read_new_name(line, after, out))
        return false;
    memcpy(recent->bytes, out->ptr, out->len);
    recent->length = out->len;
    return true;
}

static bool read_container(struct common *line, struct c8d_str *out)
{
    return SKIP(line, "\"") && read_name(line, '"', &line->recent->container, out);
}

/* That of init is its container's. */
static bool read_process(struct common *line, struct c8d_str *out)
{
    return SKIP(line, "\"") &&
           (read_again(line, '"', &line->recent->container, out) || read_new_name(line, '"', out));
}

/* Up to nine digits: ten may be too many. Whoever goes on sees what ends them. */
static bool read_number(struct common *line, uint32_t *out)
{
    const char *p = line->at;
    const char *end = left(line) > 9 ? p + 9 : line->end;
    uint32_t value = 0;

    while (p < end && (unsigned char)(*p - '0') <= 9)
        value = value * 10 + (uint32_t)(*p++ - '0');
    if (p == line->at)
        return false;
    *out = value;
    line->at = p;
    return true;
}

static bool read_text(struct common *line, struct c8d_str *out)
{
    const char *end = c8d__string_end(line->at, line->end);

    if (end == NULL)
        return false;
    *out = c8d__between(line->at, end);
    line->at = end + 1;
    return true;
}

/* ---- topics
 * --------------------------------------------------------------------------------------------- */

struct topic {
    const char *text;
    size_t length;
    enum c8d_event_kind kind;
};

#define TOPIC(text, kind)                                                                                    \
    {                                                                                                        \
        text " {", sizeof(text " {") - 1, C8D_EVENT_##kind                                                   \
    }

static bool read_topic_among(struct common *line, const struct topic *topics, size_t n)
{
    for (size_t i = 0; i < n && left(line) > 0; i++) {
        if (*line->at == topics[i].text[0] && skip(line, topics[i].text, topics[i].length)) {
            line->event->kind = topics[i].kind;
            return true;
        }
    }
    return false;
}

/* Up to the opening brace. */
static bool read_topic(struct common *line)
{
    static const struct topic of_tasks[] = {
        TOPIC("exit", TASK_EXIT),        TOPIC("exec-started", EXEC_STARTED),
        TOPIC("exec-added", EXEC_ADDED), TOPIC("start", TASK_START),
        TOPIC("delete", TASK_DELETE),    TOPIC("create", TASK_CREATE),
        TOPIC("oom", TASK_OOM),          TOPIC("paused", TASK_PAUSED),
        TOPIC("resumed", TASK_RESUMED),  TOPIC("checkpointed", TASK_CHECKPOINTED),
    };
    static const struct topic of_containers[] = {
        TOPIC("create", CONTAINER_CREATE),
        TOPIC("delete", CONTAINER_DELETE),
    };

    if (SKIP(line, "/tasks/"))
        return read_topic_among(line, of_tasks, sizeof(of_tasks) / sizeof(of_tasks[0]));
    return SKIP(line, "/containers/") &&
           read_topic_among(line, of_containers, sizeof(of_containers) / sizeof(of_containers[0]));
}

/* ---- members
 * -------------------------------------------------------------------------------------------- */

/* Behind the opening brace of exited_at. */
static bool read_seconds_and_nanos(struct common *line)
{
    struct c8d__containerd_event *event = line->event;
    struct c8d_str digits;
    const char *p;

    if (!SKIP(line, "\"seconds\":"))
        return false;
    event->nanos = 0;
    for (p = line->at; p < line->end && (unsigned char)(*p - '0') <= 9; p++)
        ;
    digits = c8d__between(line->at, p);
    line->at = p;
    if (!c8d__read_i64(digits, &event->seconds) ||
        (SKIP(line, ",\"nanos\":") && !read_number(line, &event->nanos)) || !SKIP(line, "}"))
        return false;
    event->exited_at_ns = c8d__time_of(event->seconds, event->nanos);
    return true;
}

static bool read_exited_at(struct common *line)
{
    struct c8d_str text;

    if (SKIP(line, "\""))
        return read_text(line, &text) &&
               c8d__common_rfc3339(text, &line->recent->exited_at, &line->event->exited_at_ns);
    return SKIP(line, "{") && read_seconds_and_nanos(line);
}

/* A value with others in it that is of no concern: only its end is sought. */
static bool skip_nested(struct common *line)
{
    struct c8d_str text;
    size_t depth = 0;

    while (line->at < line->end) {
        char c = *line->at++;

        if (c == '"' && !read_text(line, &text))
            return false;
        if (c == '{' || c == '[')
            depth++;
        if ((c == '}' || c == ']') && --depth == 0)
            return true;
    }
    return false;
}

/* Behind the opening quote of a key that is none of ours: those have been looked for. */
static bool skip_member(struct common *line)
{
    struct c8d_str text;

    if (!read_text(line, &text) || !SKIP(line, ":") || line->at == line->end)
        return false;
    if (SKIP(line, "\""))
        return read_text(line, &text);
    return (*line->at == '{' || *line->at == '[') && skip_nested(line);
}

/* Behind the opening quote of its key. */
static bool read_member(struct common *line)
{
    struct c8d__containerd_event *event = line->event;

    switch (left(line) > 0 ? *line->at : '\0') {
    case 'c':
        if (SKIP(line, "container_id\":"))
            return read_container(line, &event->container_id);
        break;
    case 'p':
        if (SKIP(line, "pid\":"))
            return read_number(line, &event->pid);
        break;
    case 'i':
        if (SKIP(line, "id\":"))
            return read_process(line, &event->id);
        break;
    case 'e':
        if (SKIP(line, "exec_id\":"))
            return read_process(line, &event->exec_id);
        if (SKIP(line, "exited_at\":"))
            return read_exited_at(line);
        if (SKIP(line, "exit_status\":"))
            return read_number(line, &event->exit_status);
        break;
    default:
        break;
    }
    return skip_member(line);
}

static bool read_object(struct common *line)
{
    do {
        if (!SKIP(line, "\"") || !read_member(line))
            return false;
    } while (SKIP(line, ","));
    return SKIP(line, "}") && line->at == line->end;
}

bool c8d__read_common_ctr(struct c8d_str text, struct c8d__recent *recent, struct c8d_log_record *out)
{
    struct c8d__containerd_event event = {.names_are_checked = true};
    struct common line = {.end = c8d__end(text), .event = &event, .recent = recent};

    *out = (struct c8d_log_record){.format = C8D_LOG_CTR};
    line.at = c8d__common_go_time(text, &recent->time, &out->time_ns);
    return line.at != NULL && SKIP(&line, " ") &&
           read_name(&line, ' ', &recent->namespace_, &event.namespace_) && read_topic(&line) &&
           read_object(&line) && c8d__containerd_record(&event, out) == C8D_LINE_EVENT;
}
