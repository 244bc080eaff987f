/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one symbol costs the process machine: the table that the library steps through beside what Ragel has
 * compiled, on a life that repeats (which the processor learns to predict) and on random legal symbols (which
 * it cannot).
 */
#include "machines.h"
#include "measure.h"
#include <stdio.h>
#include <stdlib.h>

#define STEPS (4u << 20)
#define TRACE (64u << 10)

typedef bool step_fn(uint8_t *state, uint8_t symbol, uint64_t *effects);

bool c8d__process_compiled(uint8_t *state, uint8_t symbol, uint64_t *effects);

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
    struct run table = {c8d__process_step, trace, length, 0};
    struct run compiled = {c8d__process_compiled, trace, length, 0};
    uint32_t rounds = (STEPS + length - 1) / length;
    double steps = (double)rounds * length;
    double beside = measure_best(walk, &compiled, steps);
    char name[80];

    (void)snprintf(name, sizeof(name), "table, %s", what);
    measure_report(name, measure_best(walk, &table, steps), "compiled", beside);
    (void)snprintf(name, sizeof(name), "compiled, %s", what);
    measure_report(name, beside, "", 0);
    if (table.seen != compiled.seen)
        abort();
}

int main(void)
{
    static const uint8_t life[] = {C8D_SYM_CREATE,  C8D_SYM_OK,      C8D_SYM_START,
                                   C8D_SYM_STARTED, C8D_SYM_OK,      C8D_SYM_EXITED,
                                   C8D_SYM_DELETE,  C8D_SYM_DELETED, C8D_SYM_OK};
    static uint8_t trace[TRACE];
    uint8_t state = 0;
    uint64_t effects;

    compare("a repeating life", life, sizeof(life));
    for (uint32_t i = 0; i < TRACE; i++) {
        do
            trace[i] = (uint8_t)(1 + measure_random(C8D_SYM__COUNT - 1));
        while (!c8d__process_step(&state, trace[i], &effects));
    }
    compare("random legal symbols", trace, TRACE);
    return 0;
}
