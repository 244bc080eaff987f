/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of a journal's entry that are given as bytes. They may have line feeds in them and be of hundreds of
 * megabytes (a core dump), so that only a message is kept, and what follows another one's name is passed
 * over.
 */
#include "journal_entry.h"
#include "replay.h"
#include <string.h>

/* No field that the journal takes is longer; what says so is none. */
#define VALUE_BYTES_MAX ((uint64_t)768 << 20)

void c8d__binary_begin(struct c8d_replay *replay, struct c8d_str name)
{
    struct c8d__partial *partial = &replay->partial;

    replay->binary = (struct c8d__binary){
        .phase = C8D__BINARY_LENGTH,
        .name_at = partial->line_begins_at,
        .is_message = c8d__is_text(name, C8D__JOURNAL_MESSAGE),
    };
}

void c8d__binary_break(struct c8d_replay *replay)
{
    struct c8d__partial *partial = &replay->partial;

    /* A name without a length: no reader takes it for an entry. */
    if (!partial->is_too_long)
        partial->length = partial->line_begins_at;
    replay->binary.phase = C8D__BINARY_NONE;
}

static void give_up(struct c8d_replay *replay)
{
    c8d__binary_break(replay);
    c8d__take_partial(replay, false);
}

static void begin_value(struct c8d_replay *replay)
{
    struct c8d__binary *binary = &replay->binary;
    struct c8d_str bytes = {binary->length, sizeof(binary->length)};

    binary->left = c8d__journal_length(binary->length);
    binary->phase = binary->left > 0 ? C8D__BINARY_VALUE : C8D__BINARY_END;
    if (binary->left > VALUE_BYTES_MAX) {
        give_up(replay);
        return;
    }
    binary->is_kept = binary->is_message &&
                      binary->left + sizeof(binary->length) + replay->partial.length < C8D__RECORD_BYTES_MAX;
    if (binary->is_kept)
        c8d__keep(replay, bytes);
}

static void take_length(struct c8d_replay *replay, char byte)
{
    struct c8d__binary *binary = &replay->binary;

    binary->length[binary->n_length++] = byte;
    if (binary->n_length == sizeof(binary->length))
        begin_value(replay);
}

static void take_value(struct c8d_replay *replay, struct c8d_str bytes)
{
    struct c8d__binary *binary = &replay->binary;

    if (binary->is_kept)
        c8d__keep(replay, bytes);
    binary->left -= bytes.len;
    if (binary->left == 0)
        binary->phase = C8D__BINARY_END;
}

static void take_end(struct c8d_replay *replay)
{
    struct c8d__partial *partial = &replay->partial;

    replay->binary.phase = C8D__BINARY_NONE;
    if (replay->binary.is_kept)
        c8d__keep(replay, (struct c8d_str){"\n", 1});
    else if (!partial->is_too_long)
        partial->length = replay->binary.name_at;
    partial->line_begins_at = partial->length;
}

/* Lines are counted as an editor does, wherever their ends are. */
static void count_lines(struct c8d_replay *replay, struct c8d_str bytes)
{
    const char *p = bytes.ptr;
    const char *end = c8d__end(bytes);

    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        replay->summary.lines++;
        replay->summary.continued++;
        p++;
    }
    replay->binary.is_within_line = end[-1] != '\n';
}

size_t c8d__binary_take(struct c8d_replay *replay, struct c8d_str bytes)
{
    struct c8d__binary *binary = &replay->binary;
    struct c8d_str taken = {bytes.ptr, 1};

    if (binary->phase == C8D__BINARY_VALUE && binary->left < bytes.len)
        taken.len = (size_t)binary->left;
    else if (binary->phase == C8D__BINARY_VALUE)
        taken.len = bytes.len;
    /* Behind the value the line ends, or its length was none. */
    if (binary->phase == C8D__BINARY_END && *bytes.ptr != '\n') {
        give_up(replay);
        return 0;
    }
    count_lines(replay, taken);
    if (binary->phase == C8D__BINARY_LENGTH)
        take_length(replay, *bytes.ptr);
    else if (binary->phase == C8D__BINARY_VALUE)
        take_value(replay, taken);
    else
        take_end(replay);
    return taken.len;
}
