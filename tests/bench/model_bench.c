/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a symbol costs: the bare step of the process machine on a repeating lifecycle and on random legal
 * symbols, and the whole model (find by a 64-byte id, judge, step, notices) over 1, 10,000 and 1,000,000
 * containers in random order. Beside them a loop that does nothing but load and store as much memory, so that
 * ratios can be quoted.
 */
#include <c8d/model.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t random_state = 88172645463325252u;

static uint32_t random_below(uint32_t n)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 32) % n;
}

static double now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void report(const char *what, double ns, double beside)
{
    printf("%-46s %8.1f ns", what, ns);
    if (beside > 0)
        printf("  %6.2f x load and store", ns / beside);
    printf("\n");
}

/* ---- the machine alone
 * ---------------------------------------------------------------------------------------- */

#define STEPS (16u << 20)

static void bench_predictable(void)
{
    static const uint8_t life[] = {C8D_SYM_CREATE,  C8D_SYM_OK,      C8D_SYM_START,
                                   C8D_SYM_STARTED, C8D_SYM_OK,      C8D_SYM_EXITED,
                                   C8D_SYM_DELETE,  C8D_SYM_DELETED, C8D_SYM_OK};
    unsigned state = 0;
    double begin = now_ns();

    for (unsigned i = 0; i < STEPS / sizeof(life); i++) {
        for (size_t k = 0; k < sizeof(life); k++)
            state = c8d_machine_cell(C8D_MACHINE_PROCESS, state, life[k]).next;
    }
    report("machine, a repeating lifecycle", (now_ns() - begin) / (STEPS / sizeof(life) * sizeof(life)), 0);
    if (state != C8D_PROCESS_ABSENT)
        abort();
}

static void bench_random(void)
{
    enum { TRACE = 64 << 10 };
    static uint8_t trace[TRACE];
    unsigned state = 0;
    double begin;

    for (size_t i = 0; i < TRACE; i++) {
        do
            trace[i] = (uint8_t)(1 + random_below(C8D_SYM__COUNT - 1));
        while (!c8d_machine_cell(C8D_MACHINE_PROCESS, state, trace[i]).arrow);
        state = c8d_machine_cell(C8D_MACHINE_PROCESS, state, trace[i]).next;
    }
    begin = now_ns();
    for (unsigned round = 0; round < STEPS / TRACE; round++) {
        state = 0;
        for (size_t i = 0; i < TRACE; i++)
            state = c8d_machine_cell(C8D_MACHINE_PROCESS, state, trace[i]).next;
    }
    report("machine, random legal symbols", (now_ns() - begin) / STEPS, 0);
    if (state > C8D_PROCESS_STATE__COUNT)
        abort();
}

/* ---- the whole model
 * ------------------------------------------------------------------------------------------ */

#define EVENTS (4u << 20)

struct fleet {
    struct c8d_model *model;
    struct c8d_action *items;
    char (*ids)[64];
    uint8_t *at; /* where in its lifecycle each container is */
    uint32_t n;
};

static struct fleet make_fleet(uint32_t n)
{
    struct c8d_model_limits limits = {.containers_max = n, .adopt = true};
    size_t bytes = c8d_model_bytes(&limits);
    struct fleet fleet = {.n = n};
    void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);

    fleet.items = calloc(c8d_model_actions_max(&limits), sizeof(*fleet.items));
    fleet.ids = calloc(n, sizeof(*fleet.ids));
    fleet.at = calloc(n, 1);
    if (memory == NULL || fleet.items == NULL || fleet.ids == NULL || fleet.at == NULL ||
        c8d_model_init(memory, bytes, &limits, &fleet.model) != C8D_OK)
        abort();
    for (uint32_t i = 0; i < n; i++) {
        char digits[17];

        for (size_t k = 0; k < 4; k++) {
            snprintf(digits, sizeof(digits), "%08x%08x", random_below(UINT32_MAX), i);
            memcpy(fleet.ids[i] + 16 * k, digits, 16);
        }
    }
    return fleet;
}

static void one_event(struct fleet *fleet, struct c8d_actions *actions)
{
    static const uint8_t life[] = {C8D_SYM_CREATED, C8D_SYM_STARTED, C8D_SYM_EXITED, C8D_SYM_DELETED};
    uint32_t which = random_below(fleet->n);
    struct c8d_input input = {.region = C8D_REGION_PROCESS,
                              .symbol = life[fleet->at[which]++ % sizeof(life)],
                              .pid = which + 1 + fleet->at[which] / 4 * 7,
                              .exit_known = true,
                              .exited_at_ns = 1};

    if (c8d_model_open(fleet->model, (struct c8d_str){"default", 7}, (struct c8d_str){fleet->ids[which], 64},
                       &input.container) != C8D_OK)
        abort();
    (void)c8d_model_step(fleet->model, &input, actions);
}

/* The same random walk over as much memory, with nothing but a load and a store a line. */
static double bench_memory(uint32_t n, size_t bytes_each)
{
    size_t lines = (bytes_each + 63) / 64;
    uint8_t *memory = calloc(n, lines * 64);
    double begin;

    if (memory == NULL)
        abort();
    begin = now_ns();
    for (unsigned i = 0; i < EVENTS; i++) {
        uint8_t *object = memory + (size_t)random_below(n) * lines * 64;

        for (size_t line = 0; line < lines; line++)
            object[line * 64]++;
    }
    begin = now_ns() - begin;
    free(memory);
    return begin / EVENTS;
}

static void bench_fleet(uint32_t n)
{
    struct c8d_model_limits limits = {.containers_max = n, .adopt = true};
    double each = (double)c8d_model_bytes(&limits) / n;
    double memory = bench_memory(n, (size_t)each);
    struct fleet fleet = make_fleet(n);
    struct c8d_actions actions = {.items = fleet.items, .capacity = c8d_model_actions_max(&limits)};
    char what[64];
    double begin;

    for (unsigned i = 0; i < n; i++)
        one_event(&fleet, &actions);
    begin = now_ns();
    for (unsigned i = 0; i < EVENTS; i++)
        one_event(&fleet, &actions);
    snprintf(what, sizeof(what), "model, id to notice, %u containers", n);
    report(what, (now_ns() - begin) / EVENTS, memory);
    if (n == 1000000)
        printf("%-46s %8.0f bytes\n", "model, memory a container (64-byte id)", each);
    free(fleet.model);
    free(fleet.items);
    free(fleet.ids);
    free(fleet.at);
}

int main(void)
{
    bench_predictable();
    bench_random();
    bench_fleet(1);
    bench_fleet(10000);
    bench_fleet(1000000);
    return 0;
}
