/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one symbol costs the process machine: the compiled machine beside a dense table that is read from it,
 * cell by cell, on a life that repeats (which the processor learns to predict) and on random legal symbols
 * (which it cannot).
 */
#include "machines.h"
#include "measure.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS (4u << 20)
#define TRACE (64u << 10)

typedef bool step_fn(uint8_t *state, uint8_t symbol, uint64_t *effects);

struct cell {
    uint64_t effects;
    uint8_t next;
    bool arrow;
};

static struct cell table[C8D_PROCESS_STATE__COUNT][C8D_SYM__COUNT];

static bool table_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
{
    const struct cell *cell = &table[*state][symbol];

    if (!cell->arrow)
        return false;
    *state = cell->next;
    *effects = cell->effects;
    return true;
}

/* Proved equal where it stands: every cell is asked of both. */
static void make_table(void)
{
    for (unsigned state = 0; state < C8D_PROCESS_STATE__COUNT; state++) {
        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            struct cell *cell = &table[state][symbol];

            cell->next = (uint8_t)state;
            cell->arrow = c8d__process_step(&cell->next, (uint8_t)symbol, &cell->effects);
        }
    }
    for (unsigned state = 0; state < C8D_PROCESS_STATE__COUNT; state++) {
        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            uint8_t one = (uint8_t)state;
            uint8_t other = (uint8_t)state;
            uint64_t effects[2] = {0, 0};

            if (c8d__process_step(&one, (uint8_t)symbol, &effects[0]) !=
                    table_step(&other, (uint8_t)symbol, &effects[1]) ||
                one != other || effects[0] != effects[1])
                abort();
        }
    }
}

struct run {
    step_fn *step;
    const uint8_t *trace;
    uint32_t length;
    uint64_t seen; /* so that no step can be left out */
};

static void walk(void *context)
{
    struct run *run = context;

    for (uint32_t done = 0; done < STEPS; done += run->length) {
        uint8_t state = 0;

        for (uint32_t i = 0; i < run->length; i++) {
            uint64_t effects = 0;

            (void)run->step(&state, run->trace[i], &effects);
            run->seen ^= effects;
        }
    }
}

static void compare(const char *what, const uint8_t *trace, uint32_t length)
{
    struct run dense = {table_step, trace, length, 0};
    struct run compiled = {c8d__process_step, trace, length, 0};
    uint32_t rounds = (STEPS + length - 1) / length;
    double steps = (double)rounds * length;
    double beside = measure_best(walk, &dense, steps);
    char name[80];

    (void)snprintf(name, sizeof(name), "machine, %s", what);
    measure_report(name, measure_best(walk, &compiled, steps), "table", beside);
    (void)snprintf(name, sizeof(name), "table, %s", what);
    measure_report(name, beside, "", 0);
    if (dense.seen != compiled.seen)
        abort();
}

int main(void)
{
    static const uint8_t life[] = {C8D_SYM_CREATE,  C8D_SYM_OK,      C8D_SYM_START,
                                   C8D_SYM_STARTED, C8D_SYM_OK,      C8D_SYM_EXITED,
                                   C8D_SYM_DELETE,  C8D_SYM_DELETED, C8D_SYM_OK};
    static uint8_t trace[TRACE];
    uint8_t state = 0;

    make_table();
    compare("a repeating life", life, sizeof(life));
    for (uint32_t i = 0; i < TRACE; i++) {
        do
            trace[i] = (uint8_t)(1 + measure_random(C8D_SYM__COUNT - 1));
        while (!table[state][trace[i]].arrow);
        state = table[state][trace[i]].next;
    }
    compare("random legal symbols", trace, TRACE);
    return 0;
}
