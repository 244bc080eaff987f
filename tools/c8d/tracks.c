/* SPDX-License-Identifier: Apache-2.0 */
/* A timeline row by row. */
#include "tracks.h"
#include <stdlib.h>
#include <string.h>

/* The row of an item whose struct has it at `offset`. */
static uint32_t row_at(const struct c8d__list *list, size_t i, size_t bytes, size_t offset)
{
    uint32_t row;

    memcpy(&row, (const char *)list->items + i * bytes + offset, sizeof(row));
    return row;
}

/* Sorts by counting, which keeps the log's order within a row. What belongs to no row is left out. */
static bool sort(const struct c8d__list *list, size_t bytes, size_t offset, size_t rows,
                 struct c8d__sorted *out)
{
    size_t *next = calloc(rows + 1, sizeof(*next));

    out->starts = calloc(rows + 2, sizeof(*out->starts));
    out->order = calloc(list->count + 1, sizeof(*out->order));
    if (next == NULL || out->starts == NULL || out->order == NULL) {
        free(next);
        return false;
    }
    for (size_t i = 0; i < list->count; i++) {
        uint32_t row = row_at(list, i, bytes, offset);

        if (row != C8D__NO_PROCESS)
            out->starts[row + 1]++;
    }
    for (size_t row = 0; row < rows; row++) {
        out->starts[row + 1] += out->starts[row];
        next[row] = out->starts[row];
    }
    for (size_t i = 0; i < list->count; i++) {
        uint32_t row = row_at(list, i, bytes, offset);

        if (row != C8D__NO_PROCESS)
            out->order[next[row]++] = i;
    }
    free(next);
    return true;
}

bool c8d__tracks_make(const struct c8d__timeline *timeline, struct c8d__tracks *out)
{
    size_t rows = timeline->rows.count;

    *out = (struct c8d__tracks){.timeline = timeline};
    return sort(&timeline->changes, sizeof(struct c8d__change), offsetof(struct c8d__change, row), rows,
                &out->changes) &&
           sort(&timeline->marks, sizeof(struct c8d__mark), offsetof(struct c8d__mark, row), rows,
                &out->marks) &&
           sort(&timeline->odds, sizeof(struct c8d__odd), offsetof(struct c8d__odd, row), rows, &out->odds) &&
           sort(&timeline->lives, sizeof(struct c8d__life), offsetof(struct c8d__life, row), rows,
                &out->lives) &&
           sort(&timeline->rows, sizeof(struct c8d__row), offsetof(struct c8d__row, owner), rows,
                &out->families);
}

static void discard(struct c8d__sorted *sorted)
{
    free(sorted->starts);
    free(sorted->order);
}

void c8d__tracks_free(struct c8d__tracks *tracks)
{
    discard(&tracks->changes);
    discard(&tracks->marks);
    discard(&tracks->odds);
    discard(&tracks->lives);
    discard(&tracks->families);
    *tracks = (struct c8d__tracks){0};
}

size_t c8d__tracks_count(const struct c8d__sorted *sorted, uint32_t row)
{
    return sorted->starts[row + 1] - sorted->starts[row];
}

static size_t number(const struct c8d__sorted *sorted, uint32_t row, size_t i)
{
    return sorted->order[sorted->starts[row] + i];
}

const struct c8d__change *c8d__tracks_change(const struct c8d__tracks *tracks, uint32_t row, size_t i)
{
    const struct c8d__change *changes = tracks->timeline->changes.items;

    return &changes[number(&tracks->changes, row, i)];
}

const struct c8d__mark *c8d__tracks_mark(const struct c8d__tracks *tracks, uint32_t row, size_t i)
{
    const struct c8d__mark *marks = tracks->timeline->marks.items;

    return &marks[number(&tracks->marks, row, i)];
}

const struct c8d__odd *c8d__tracks_odd(const struct c8d__tracks *tracks, uint32_t row, size_t i)
{
    const struct c8d__odd *odds = tracks->timeline->odds.items;

    return &odds[number(&tracks->odds, row, i)];
}

uint32_t c8d__tracks_member(const struct c8d__tracks *tracks, uint32_t init, size_t i)
{
    return (uint32_t)number(&tracks->families, init, i);
}

const struct c8d__life *c8d__tracks_last_life(const struct c8d__tracks *tracks, uint32_t row)
{
    const struct c8d__life *lives = tracks->timeline->lives.items;
    size_t count = c8d__tracks_count(&tracks->lives, row);

    return count > 0 ? &lives[number(&tracks->lives, row, count - 1)] : NULL;
}

/* ---- times
 * ---------------------------------------------------------------------------------------------------- */

/* How many moments are not after the line. */
static size_t moments_to(const struct c8d__timeline *timeline, uint64_t line)
{
    const struct c8d__moment *moments = timeline->moments.items;
    size_t low = 0;
    size_t high = timeline->moments.count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (moments[middle].line <= line)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t c8d__tracks_time(const struct c8d__timeline *timeline, uint64_t line)
{
    const struct c8d__moment *moments = timeline->moments.items;
    size_t count = moments_to(timeline, line);

    return count > 0 ? moments[count - 1].time_ns : 0;
}

bool c8d__tracks_runs_back(const struct c8d__timeline *timeline, uint64_t line)
{
    const struct c8d__moment *moments = timeline->moments.items;
    size_t count = moments_to(timeline, line);

    if (count == 0 || moments[count - 1].line != line)
        return false;
    for (size_t i = 0; i + 1 < count; i++) {
        if (moments[i].time_ns > moments[count - 1].time_ns)
            return true;
    }
    return false;
}
