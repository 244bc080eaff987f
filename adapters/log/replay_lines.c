/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes into lines and lines into records. A record is one line, but for three forms that take several:
 *
 *   an object that begins with a brace alone on its line and ends with one at the beginning of a line,
 *   an entry of the journal, which ends with an empty line,
 *   an event of a container that docker or podman tells as text, whose command or labels have line feeds in
 *   them: it ends with a bracket at the end of a line, or was cut off where the next event begins.
 */
#include "journal_entry.h"
#include "replay.h"
#include <string.h>

#define FIRST_PARTIAL_BYTES 4096

/* ---- what is kept of a record that is not whole yet
 * ----------------------------------------------------- */

static bool reserve(struct c8d_replay *replay, size_t length)
{
    const struct c8d_allocator *heap = replay->allocator;
    struct c8d__partial *partial = &replay->partial;
    size_t capacity = partial->capacity != 0 ? partial->capacity : FIRST_PARTIAL_BYTES;
    char *grown;

    if (length <= partial->capacity)
        return true;
    while (capacity < length)
        capacity *= 2;
    grown = heap->allocate(heap->ctx, capacity);
    if (grown == NULL)
        return false;
    if (partial->length > 0)
        memcpy(grown, partial->bytes, partial->length);
    heap->release(heap->ctx, partial->bytes, partial->capacity);
    partial->bytes = grown;
    partial->capacity = capacity;
    return true;
}

/* Of a record that is too long to be read only that is kept. */
void c8d__keep(struct c8d_replay *replay, struct c8d_str bytes)
{
    struct c8d__partial *partial = &replay->partial;

    if (bytes.len > C8D__RECORD_BYTES_MAX || partial->length + bytes.len > C8D__RECORD_BYTES_MAX)
        partial->is_too_long = true;
    if (partial->is_too_long || bytes.len == 0)
        return;
    if (!reserve(replay, partial->length + bytes.len)) {
        replay->failure = C8D_EXHAUSTED;
        return;
    }
    memcpy(partial->bytes + partial->length, bytes.ptr, bytes.len);
    partial->length += bytes.len;
}

void c8d__take_partial(struct c8d_replay *replay, bool is_unfinished)
{
    struct c8d__partial *partial = &replay->partial;
    struct c8d_str text = {partial->bytes,
                           partial->is_too_long ? C8D__RECORD_BYTES_MAX + 1 : partial->length};

    partial->length = 0;
    partial->line_begins_at = 0;
    partial->is_too_long = false;
    replay->block = C8D__BLOCK_NONE;
    /* What is kept is overwritten by the next record. */
    c8d__crew_flush(replay);
    c8d__replay_record(replay, text, is_unfinished);
    c8d__crew_flush(replay);
}

/* ---- which lines make one record
 * ------------------------------------------------------------------------ */

static struct c8d_str without_blanks(struct c8d_str line)
{
    while (line.len > 0 && (line.ptr[line.len - 1] == '\r' || line.ptr[line.len - 1] == ' '))
        line.len--;
    return line;
}

/* The id behind a command: 64 digits, a blank and a bracket. */
static bool holds_id(struct c8d_str line)
{
    size_t digits = 0;

    for (size_t i = 0; i + 1 < line.len; i++) {
        char c = line.ptr[i];

        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
            digits++;
        else if (c == ' ' && digits == 64 && line.ptr[i + 1] == '(')
            return true;
        else
            digits = 0;
    }
    return false;
}

/* 2017-06-26T08:56:49, or with a blank in the middle: what each event in text begins with. */
static bool is_stamped(struct c8d_str line)
{
    static const char form[] = "dddd-dd-dd?dd:dd:dd";

    if (line.len < sizeof(form))
        return false;
    for (size_t i = 0; form[i] != '\0'; i++) {
        char c = line.ptr[i];
        bool fits = form[i] == 'd'   ? c >= '0' && c <= '9'
                    : form[i] == '?' ? c == 'T' || c == ' '
                                     : c == form[i];

        if (!fits)
            return false;
    }
    return true;
}

/* What follows the time: docker's is one word, podman's are four. */
static struct c8d_str behind_time(struct c8d_str line)
{
    int words = line.ptr[10] == 'T' ? 1 : 4;
    const char *p = line.ptr;

    while (words-- > 0 && p != NULL) {
        p = memchr(p, ' ', (size_t)(c8d__end(line) - p));
        p = p != NULL ? p + 1 : NULL;
    }
    return p != NULL ? c8d__between(p, c8d__end(line)) : (struct c8d_str){0};
}

static bool ends_attributes(struct c8d_str line)
{
    struct c8d_str text = without_blanks(line);

    return text.len > 0 && text.ptr[text.len - 1] == ')';
}

static enum c8d__block text_begun_by(struct c8d_str line)
{
    struct c8d_str rest = is_stamped(line) ? behind_time(line) : (struct c8d_str){0};
    bool has_command =
        c8d__begins_with(rest, "container exec_create: ") || c8d__begins_with(rest, "container exec_start: ");

    if (has_command && !holds_id(line))
        return C8D__BLOCK_COMMAND;
    return c8d__begins_with(rest, "container ") && !ends_attributes(line) ? C8D__BLOCK_ATTRIBUTES
                                                                          : C8D__BLOCK_NONE;
}

static inline enum c8d__block block_begun_by(struct c8d_str line)
{
    if (line.len == 0)
        return C8D__BLOCK_NONE;
    /* The other formats' lines that begin with a digit end with a brace. */
    if (line.ptr[0] >= '0' && line.ptr[0] <= '9')
        return line.ptr[line.len - 1] != '}' ? text_begun_by(line) : C8D__BLOCK_NONE;
    if (line.ptr[0] == '{')
        return without_blanks(line).len == 1 ? C8D__BLOCK_OBJECT : C8D__BLOCK_NONE;
    if (line.ptr[0] == '_')
        return c8d__begins_with(line, "__CURSOR=") ? C8D__BLOCK_ENTRY : C8D__BLOCK_NONE;
    return C8D__BLOCK_NONE;
}

static bool ends_block(enum c8d__block block, struct c8d_str line)
{
    switch (block) {
    case C8D__BLOCK_OBJECT:
        return line.len > 0 && line.ptr[0] == '}';
    case C8D__BLOCK_ENTRY:
        return without_blanks(line).len == 0;
    case C8D__BLOCK_ATTRIBUTES:
        return ends_attributes(line);
    case C8D__BLOCK_COMMAND:
        return holds_id(line) && ends_attributes(line);
    default:
        return true;
    }
}

/* A record of one line is taken where it lies. */
static void take_line(struct c8d_replay *replay, struct c8d_str line)
{
    replay->summary.lines++;
    replay->line = replay->summary.lines;
    replay->block = block_begun_by(line);
    if (replay->block == C8D__BLOCK_NONE) {
        c8d__replay_record(replay, line, false);
        return;
    }
    c8d__keep(replay, line);
    c8d__keep(replay, (struct c8d_str){"\n", 1});
    replay->partial.line_begins_at = replay->partial.length;
}

/* One that has lost its end: what is kept of it is judged without the line that begins the next one. */
static void take_cut_record(struct c8d_replay *replay)
{
    struct c8d__partial *partial = &replay->partial;
    size_t before = partial->line_begins_at;
    size_t length = partial->length - before;

    partial->length = before;
    c8d__take_partial(replay, false);
    memmove(partial->bytes, partial->bytes + before, length);
    partial->length = length;
}

static bool is_text(enum c8d__block block)
{
    return block == C8D__BLOCK_COMMAND || block == C8D__BLOCK_ATTRIBUTES;
}

/* One more line of a record that has begun, or the rest of a line. */
static void take_kept_line(struct c8d_replay *replay)
{
    struct c8d__partial *partial = &replay->partial;
    struct c8d_str line = {partial->bytes + partial->line_begins_at,
                           partial->length - partial->line_begins_at};

    if (is_text(replay->block) && !partial->is_too_long && is_stamped(line)) {
        take_cut_record(replay);
        line.ptr = partial->bytes;
    }
    replay->summary.lines++;
    if (replay->block == C8D__BLOCK_NONE) {
        replay->line = replay->summary.lines;
        replay->block = partial->is_too_long ? C8D__BLOCK_NONE : block_begun_by(line);
        if (replay->block == C8D__BLOCK_NONE) {
            c8d__take_partial(replay, false);
            return;
        }
    } else {
        replay->summary.continued++;
        if (partial->is_too_long || ends_block(replay->block, line)) {
            c8d__take_partial(replay, false);
            return;
        }
        if (replay->block == C8D__BLOCK_COMMAND && holds_id(line))
            replay->block = C8D__BLOCK_ATTRIBUTES;
    }
    if (replay->block == C8D__BLOCK_ENTRY && c8d__journal_is_name(line))
        c8d__binary_begin(replay, line);
    c8d__keep(replay, (struct c8d_str){"\n", 1});
    partial->line_begins_at = partial->length;
}

static bool has_partial(const struct c8d_replay *replay)
{
    return replay->partial.length > 0 || replay->partial.is_too_long;
}

bool c8d_replay_within_record(const struct c8d_replay *replay)
{
    return has_partial(replay);
}

enum c8d_status c8d_replay_feed(struct c8d_replay *replay, const void *data, size_t length)
{
    const char *p = data;
    const char *end = p + length;

    while (p < end && replay->failure == C8D_OK) {
        const char *line_end;
        struct c8d_str line;

        if (replay->binary.phase != C8D__BINARY_NONE) {
            p += c8d__binary_take(replay, c8d__between(p, end));
            continue;
        }
        line_end = memchr(p, '\n', (size_t)(end - p));
        line = c8d__between(p, line_end != NULL ? line_end : end);
        if (line_end != NULL && !has_partial(replay)) {
            take_line(replay, line);
        } else {
            c8d__keep(replay, line);
            if (line_end != NULL && replay->failure == C8D_OK)
                take_kept_line(replay);
        }
        p += line.len + (line_end != NULL);
    }
    if (replay->failure == C8D_OK)
        c8d__crew_flush(replay);
    return replay->failure;
}

void c8d__replay_last_line(struct c8d_replay *replay)
{
    struct c8d__partial *partial = &replay->partial;
    bool is_binary = replay->binary.phase != C8D__BINARY_NONE;
    bool is_line = is_binary ? replay->binary.is_within_line
                             : partial->length > partial->line_begins_at || partial->is_too_long;
    bool is_continued = replay->block != C8D__BLOCK_NONE;

    if (!has_partial(replay))
        return;
    if (is_line) {
        replay->summary.lines++;
        if (is_continued)
            replay->summary.continued++;
        else
            replay->line = replay->summary.lines;
    }
    if (is_binary)
        c8d__binary_break(replay);
    c8d__take_partial(replay, true);
}
