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
#include "digits.h"
#include <string.h>

/* A line, and how far it has been read. What handles one is inlined, so that both stay in registers. */
struct common {
    const char *at;
    const char *end;
    struct c8d__containerd_event *event;
    struct c8d__recent *recent;
    bool namespace_again;
    bool container_again;
};

#define INLINED static inline __attribute__((always_inline))

static size_t left(const struct common *line)
{
    return (size_t)(line->end - line->at);
}

/* Steps over a text of at most sixteen bytes, whose length the compiler knows: the word that it begins with
 * and the one that it ends with are compared. (It makes one call of several longer memcmp().) */
INLINED bool skip(struct common *line, const char *text, size_t length)
{
    const size_t word = length >= 8 ? 8 : length >= 4 ? 4 : length >= 2 ? 2 : 1;
    const size_t last = length - word;

    if (left(line) < length || memcmp(line->at, text, word) != 0 ||
        memcmp(line->at + last, text + last, word) != 0)
        return false;
    line->at += length;
    return true;
}

#define SKIP(line, text) skip(line, text, sizeof(text) - 1)

/* ---- names
 * ---------------------------------------------------------------------------------------------- */

/* A name, and the byte that ends it. */
INLINED bool read_new_name(struct common *line, char after, struct c8d_str *out)
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
INLINED bool read_again(struct common *line, char after, const struct c8d__recent_name *recent,
                        struct c8d_str *out)
{
    if (recent->length == 0 || left(line) <= recent->length || line->at[recent->length] != after ||
        memcmp(line->at, recent->bytes, recent->length) != 0)
        return false;
    *out = (struct c8d_str){line->at, recent->length};
    line->at += recent->length + 1;
    return true;
}

INLINED bool remember_name(struct common *line, char after, struct c8d__recent_name *recent,
                           struct c8d_str *out)
{
    if (!read_new_name(line, after, out))
        return false;
    memcpy(recent->bytes, out->ptr, out->len);
    recent->length = out->len;
    return true;
}

INLINED bool read_namespace(struct common *line, struct c8d_str *out)
{
    line->namespace_again = read_again(line, ' ', &line->recent->namespace_, out);
    return line->namespace_again || remember_name(line, ' ', &line->recent->namespace_, out);
}

INLINED bool read_container(struct common *line, struct c8d_str *out)
{
    if (!SKIP(line, "\""))
        return false;
    line->container_again = read_again(line, '"', &line->recent->container, out);
    return line->container_again || remember_name(line, '"', &line->recent->container, out);
}

/* That of init is its container's. */
INLINED bool read_process(struct common *line, struct c8d_str *out)
{
    return SKIP(line, "\"") && (read_again(line, '"', &line->recent->container, out) ||
                                read_again(line, '"', &line->recent->exec, out) ||
                                remember_name(line, '"', &line->recent->exec, out));
}

/* ---- topics
 * --------------------------------------------------------------------------------------------- */

INLINED bool is_topic(struct common *line, const char *text, size_t length, enum c8d_event_kind kind)
{
    line->event->kind = kind;
    return skip(line, text, length);
}

#define IS_TOPIC(line, text, kind) is_topic(line, text " {", sizeof(text " {") - 1, C8D_EVENT_##kind)

INLINED bool read_topic_of_task(struct common *line)
{
    switch (left(line) > 0 ? *line->at : '\0') {
    case 'e':
        return IS_TOPIC(line, "exit", TASK_EXIT) || IS_TOPIC(line, "exec-started", EXEC_STARTED) ||
               IS_TOPIC(line, "exec-added", EXEC_ADDED);
    case 's':
        return IS_TOPIC(line, "start", TASK_START);
    case 'd':
        return IS_TOPIC(line, "delete", TASK_DELETE);
    case 'c':
        return IS_TOPIC(line, "create", TASK_CREATE) || IS_TOPIC(line, "checkpointed", TASK_CHECKPOINTED);
    case 'o':
        return IS_TOPIC(line, "oom", TASK_OOM);
    case 'p':
        return IS_TOPIC(line, "paused", TASK_PAUSED);
    case 'r':
        return IS_TOPIC(line, "resumed", TASK_RESUMED);
    default:
        return false;
    }
}

/* Up to the opening brace. */
INLINED bool read_topic(struct common *line)
{
    if (SKIP(line, "/tasks/"))
        return read_topic_of_task(line);
    return SKIP(line, "/containers/") &&
           (IS_TOPIC(line, "create", CONTAINER_CREATE) || IS_TOPIC(line, "delete", CONTAINER_DELETE));
}

/* ---- members that are of no concern
 * --------------------------------------------------------------------- */

INLINED bool read_text(struct common *line, struct c8d_str *out)
{
    const char *end = c8d__string_end(line->at, line->end);

    if (end == NULL)
        return false;
    *out = c8d__between(line->at, end);
    line->at = end + 1;
    return true;
}

/* A value with others in it: only its end is sought. */
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

/* A key that is none of ours, those have been looked for, and its value. @return What follows, or NULL. */
static const char *behind_member(const char *at, const char *end)
{
    struct common line = {.at = at, .end = end};
    struct c8d_str text;

    if (!SKIP(&line, "\"") || !read_text(&line, &text) || !SKIP(&line, ":") || left(&line) == 0)
        return NULL;
    if (SKIP(&line, "\""))
        return read_text(&line, &text) ? line.at : NULL;
    return (*line.at == '{' || *line.at == '[') && skip_nested(&line) ? line.at : NULL;
}

static bool skip_member(struct common *line)
{
    const char *at = behind_member(line->at, line->end);

    if (at == NULL)
        return false;
    line->at = at;
    return true;
}

/* ---- members
 * -------------------------------------------------------------------------------------------- */

/* Up to nine digits: ten may be too many. */
static const char *read_digits(const char *at, const char *end, uint32_t *out)
{
    uint32_t value = 0;

    if (end - at > 9)
        end = at + 9;
    while (at < end && (unsigned char)(*at - '0') <= 9)
        value = value * 10 + (uint32_t)(*at++ - '0');
    *out = value;
    return at;
}

/* The next eight bytes, zeros behind the end of the line. The word that ends there has begun in the line: its
 * time stands before all numbers. */
INLINED uint64_t next_word(const struct common *line)
{
    size_t n = left(line);

    if (n >= sizeof(uint64_t))
        return c8d__load(line->at);
    return n > 0 ? c8d__load(line->end - sizeof(uint64_t)) >> (64 - 8 * n) : 0;
}

/* Whoever goes on sees what ends it. */
INLINED bool read_number(struct common *line, uint32_t *out)
{
    uint64_t digits = next_word(line) ^ C8D__ZEROS;
    uint64_t strangers = c8d__strangers(digits, C8D__ALL_DIGITS);
    unsigned n;

    if (strangers == 0) {
        line->at = read_digits(line->at, line->end, out);
        return true;
    }
    n = (unsigned)__builtin_ctzll(strangers) / 8;
    if (n == 0)
        return false;
    *out = c8d__eight_digits(digits << (64 - 8 * n));
    line->at += n;
    return true;
}

/* Behind the opening brace of exited_at. */
INLINED bool read_seconds_and_nanos(struct common *line)
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

INLINED bool read_exited_at(struct common *line)
{
    struct c8d_str text;

    if (SKIP(line, "\""))
        return read_text(line, &text) &&
               c8d__common_rfc3339(text, &line->recent->exited_at, &line->event->exited_at_ns);
    return SKIP(line, "{") && read_seconds_and_nanos(line);
}

/* Those that stand in most lines are looked for first. */
INLINED bool read_member(struct common *line)
{
    struct c8d__containerd_event *event = line->event;

    if (SKIP(line, "\"container_id\":"))
        return read_container(line, &event->container_id);
    if (SKIP(line, "\"pid\":"))
        return read_number(line, &event->pid);
    if (SKIP(line, "\"id\":"))
        return read_process(line, &event->id);
    if (SKIP(line, "\"exited_at\":"))
        return read_exited_at(line);
    if (SKIP(line, "\"exit_status\":"))
        return read_number(line, &event->exit_status);
    if (SKIP(line, "\"exec_id\":"))
        return read_process(line, &event->exec_id);
    return skip_member(line);
}

INLINED bool read_object(struct common *line)
{
    do {
        if (!read_member(line))
            return false;
    } while (SKIP(line, ","));
    return SKIP(line, "}") && line->at == line->end;
}

/* Only what is said of tasks has the container in the member that is remembered. */
static void note_container(const struct common *line, const struct c8d_log_record *record)
{
    struct c8d__recent *recent = line->recent;
    bool is_remembered = record->container.ptr == line->event->container_id.ptr;

    recent->container_again = is_remembered && line->namespace_again && line->container_again;
    if (!is_remembered)
        recent->container.length = 0;
}

static bool read_line(struct c8d_str text, struct c8d__recent *recent, struct c8d_log_record *out)
{
    struct c8d__containerd_event event = {.names_are_checked = true};
    struct common line = {.end = c8d__end(text), .event = &event, .recent = recent};

    *out = (struct c8d_log_record){.format = C8D_LOG_CTR};
    line.at = c8d__common_go_time(text, &recent->time, &out->time_ns);
    if (line.at == NULL || !SKIP(&line, " ") || !read_namespace(&line, &event.namespace_) ||
        !read_topic(&line) || !read_object(&line) || c8d__containerd_record(&event, out) != C8D_LINE_EVENT)
        return false;
    note_container(&line, out);
    return true;
}

bool c8d__read_common_ctr(struct c8d_str text, struct c8d__recent *recent, struct c8d_log_record *out)
{
    if (read_line(text, recent, out))
        return true;
    recent->container.length = 0;
    recent->container_again = false;
    return false;
}
