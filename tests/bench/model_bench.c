/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an event costs the whole model, from a 64-byte id to the notices: found, judged, stepped and told,
 * over 1, 10,000 and 1,000,000 containers in random order. Beside it a loop that does nothing but load and
 * store as many cache lines of as much memory in the same order, and the memory that a container and an exec
 * take.
 */
#include "engine.h"
#include "measure.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define EVENTS (1u << 20)
#define LINE 64
#define HUGE_PAGE ((size_t)2 << 20)

/* What a stream delivers, one behind the other, as a parser has just written it. */
struct event {
    char id[64];
    uint32_t pid;
    uint8_t symbol;
};

struct fleet {
    struct c8d_model *model;
    struct c8d_actions actions;
    void *memory;
    struct event *events;
    uint32_t *order; /* the containers of the events */
    uint32_t n;
    uint64_t notices;
};

static void *reserve(size_t bytes)
{
    void *memory = aligned_alloc(HUGE_PAGE, (bytes + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE);

    if (memory == NULL)
        abort();
    (void)madvise(memory, bytes, MADV_HUGEPAGE); /* as for any large table; without, each miss is two */
    memset(memory, 0, bytes);
    return memory;
}

static void write_id(char *id, uint32_t number)
{
    uint64_t hash = number;
    char digits[17];

    for (size_t i = 0; i < 4; i++) {
        hash = (hash + i + 1) * 0x9e3779b97f4a7c15u;
        (void)snprintf(digits, sizeof(digits), "%016llx", (unsigned long long)(hash ^ hash >> 29));
        memcpy(id + 16 * i, digits, 16);
    }
}

/* Lives of four events each, the containers' in random order. */
static void write_events(struct fleet *fleet)
{
    static const uint8_t life[] = {C8D_SYM_CREATED, C8D_SYM_STARTED, C8D_SYM_EXITED, C8D_SYM_DELETED};
    uint32_t *at = reserve(fleet->n * sizeof(*at));

    for (uint32_t i = 0; i < EVENTS; i++) {
        uint32_t which = measure_random(fleet->n);

        fleet->order[i] = which;
        write_id(fleet->events[i].id, which);
        fleet->events[i].symbol = life[at[which] % sizeof(life)];
        fleet->events[i].pid = which % 30000 + 300 + at[which] / sizeof(life);
        at[which]++;
    }
    free(at);
}

static c8d_ref find(struct fleet *fleet, const struct event *event)
{
    c8d_ref container;

    if (c8d_model_open(fleet->model, (struct c8d_str){"default", 7}, (struct c8d_str){event->id, 64},
                       &container) != C8D_OK)
        abort();
    return container;
}

static struct c8d_input input_of(const struct event *event, c8d_ref container)
{
    return (struct c8d_input){.region = C8D_REGION_PROCESS,
                              .symbol = event->symbol,
                              .pid = event->pid,
                              .exit_known = event->symbol == C8D_SYM_EXITED,
                              .exited_at_ns = 1,
                              .container = container};
}

static void feed(void *context)
{
    struct fleet *fleet = context;

    for (uint32_t i = 0; i < EVENTS; i++) {
        struct c8d_input input = input_of(&fleet->events[i], find(fleet, &fleet->events[i]));

        (void)c8d_model_step(fleet->model, &input, &fleet->actions);
        fleet->notices += fleet->actions.count;
    }
}

#define BATCH 32

static void feed_batches(void *context)
{
    struct fleet *fleet = context;
    struct c8d_str ids[BATCH];
    c8d_ref refs[BATCH];

    for (uint32_t at = 0; at < EVENTS; at += BATCH) {
        for (uint32_t i = 0; i < BATCH; i++)
            ids[i] = (struct c8d_str){fleet->events[at + i].id, 64};
        c8d_model_find_many(fleet->model, (struct c8d_str){"default", 7}, ids, BATCH, refs);
        for (uint32_t i = 0; i < BATCH; i++) {
            struct c8d_input input = input_of(&fleet->events[at + i], refs[i]);

            (void)c8d_model_step(fleet->model, &input, &fleet->actions);
            fleet->notices += fleet->actions.count;
        }
    }
}

static struct fleet make_fleet(uint32_t n)
{
    const struct c8d_model_limits limits = {.containers_max = n, .adopt = true};
    size_t bytes = c8d_model_bytes(&limits);
    struct fleet fleet = {.n = n};

    fleet.memory = reserve(bytes);
    fleet.actions.capacity = c8d_model_actions_max(&limits);
    fleet.actions.items = reserve(fleet.actions.capacity * sizeof(*fleet.actions.items));
    fleet.events = reserve(EVENTS * sizeof(*fleet.events));
    fleet.order = reserve(EVENTS * sizeof(*fleet.order));
    if (c8d_model_init(fleet.memory, bytes, &limits, &fleet.model) != C8D_OK)
        abort();
    write_events(&fleet);
    for (uint32_t i = 0; i < n; i++) { /* all are there before it begins */
        struct event event;

        write_id(event.id, i);
        (void)find(&fleet, &event);
    }
    return fleet;
}

/* ---- beside it */

struct lines {
    uint8_t *memory;
    const uint32_t *order;
    size_t each;
    size_t touched; /* of those lines */
};

static void touch(void *context)
{
    const struct lines *lines = context;

    for (uint32_t i = 0; i < EVENTS; i++) {
        uint8_t *object = lines->memory + lines->order[i] * lines->each * LINE;

        for (size_t line = 0; line < lines->touched; line++)
            object[line * LINE]++;
    }
}

#define AHEAD 16

static void touch_ahead(void *context)
{
    const struct lines *lines = context;

    for (uint32_t i = 0; i < EVENTS; i++) {
        uint8_t *object = lines->memory + lines->order[i] * lines->each * LINE;
        uint8_t *later = lines->memory + lines->order[(i + AHEAD) % EVENTS] * lines->each * LINE;

        for (size_t line = 0; line < lines->touched; line++) {
            __builtin_prefetch(later + line * LINE, 1);
            object[line * LINE]++;
        }
    }
}

/* The lines of a container that most steps need, and one of the index. */
static double lines_only(const struct fleet *fleet, bool prefetch)
{
    struct lines lines = {.order = fleet->order,
                          .each = (sizeof(struct c8d__container) + LINE - 1) / LINE + 1};
    double ns;

    lines.touched = lines.each;
    lines.memory = reserve(fleet->n * lines.each * LINE);
    ns = measure_best(prefetch ? touch_ahead : touch, &lines, EVENTS);
    free(lines.memory);
    return ns;
}

static void bench_fleet(uint32_t n)
{
    struct fleet fleet = make_fleet(n);
    double beside = lines_only(&fleet, false);
    char what[80];

    (void)snprintf(what, sizeof(what), "model, id to notice, %u containers", n);
    measure_report(what, measure_best(feed, &fleet, EVENTS), "as many cache lines", beside);
    (void)snprintf(what, sizeof(what), "model, in batches of %u, %u containers", BATCH, n);
    measure_report(what, measure_best(feed_batches, &fleet, EVENTS), "the same with prefetch",
                   lines_only(&fleet, true));
    if (fleet.notices == 0)
        abort();
    free(fleet.memory);
    free(fleet.actions.items);
    free(fleet.events);
    free(fleet.order);
}

static void tell_memory(void)
{
    const struct c8d_model_limits small = {.containers_max = 1000000};
    const struct c8d_model_limits more = {.containers_max = 2000000};
    const struct c8d_model_limits execs = {.containers_max = 1000000, .execs_max = 1000000};

    printf("%-52s %8.0f bytes\n", "model, memory a container with a 64-byte id",
           (double)(c8d_model_bytes(&more) - c8d_model_bytes(&small)) / 1e6);
    printf("%-52s %8.0f bytes\n", "model, memory an exec",
           (double)(c8d_model_bytes(&execs) - c8d_model_bytes(&small)) / 1e6);
}

int main(void)
{
    bench_fleet(1);
    bench_fleet(10000);
    bench_fleet(1000000);
    tell_memory();
    return 0;
}
