/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps what a replay tells. */
#include "timeline.h"
#include <stdlib.h>
#include <string.h>

#define FIRST_ITEMS 64
#define KEY_BYTES (3 * C8D_NAME_BYTES_MAX + 3)
/* Cannot stand in a name. */
#define BETWEEN_NAMES '/'

/* ---- lists
 * ---------------------------------------------------------------------------------------------------- */

static bool add(struct c8d__timeline *timeline, struct c8d__list *list, const void *item, size_t bytes)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity != 0 ? 2 * list->capacity : FIRST_ITEMS;
        void *grown = reallocarray(list->items, capacity, bytes);

        if (grown == NULL) {
            timeline->failed = true;
            return false;
        }
        list->items = grown;
        list->capacity = capacity;
    }
    memcpy((char *)list->items + list->count++ * bytes, item, bytes);
    return true;
}

/* ---- rows
 * ----------------------------------------------------------------------------------------------------- */

static size_t put(char *key, size_t at, struct c8d_str name)
{
    size_t length = name.len < C8D_NAME_BYTES_MAX ? name.len : C8D_NAME_BYTES_MAX;

    memcpy(key + at, name.ptr, length);
    key[at + length] = BETWEEN_NAMES;
    return at + length + 1;
}

/* The row of that name, which is made when it is new. */
static uint32_t row_named(struct c8d__timeline *timeline, struct c8d_str namespace_, struct c8d_str container,
                          struct c8d_str name, uint32_t owner)
{
    char key[KEY_BYTES];
    size_t length = put(key, put(key, put(key, 0, namespace_), container), name);
    const json_t *known = json_object_getn(timeline->numbers, key, length);
    uint32_t number = (uint32_t)timeline->rows.count;
    struct c8d__row row = {.owner = owner != C8D__NO_PROCESS ? owner : number};

    if (known != NULL)
        return (uint32_t)json_integer_value(known);
    row.namespace_ = strndup(namespace_.ptr, namespace_.len);
    row.container = strndup(container.ptr, container.len);
    row.name = strndup(name.ptr, name.len);
    if (row.namespace_ != NULL && row.container != NULL && row.name != NULL &&
        json_object_setn_new_nocheck(timeline->numbers, key, length, json_integer((json_int_t)number)) == 0 &&
        add(timeline, &timeline->rows, &row, sizeof(row)))
        return number;
    free(row.namespace_);
    free(row.container);
    free(row.name);
    timeline->failed = true;
    return C8D__NO_PROCESS;
}

static bool same(struct c8d_str a, struct c8d_str b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

/* An exec comes after its init, so that a picture has a line for the container. */
static uint32_t row_of(struct c8d__timeline *timeline, struct c8d_str namespace_, struct c8d_str container,
                       struct c8d_str process)
{
    uint32_t owner;

    if (container.len == 0 || timeline->failed)
        return C8D__NO_PROCESS;
    if (timeline->numbers == NULL && (timeline->numbers = json_object()) == NULL) {
        timeline->failed = true;
        return C8D__NO_PROCESS;
    }
    owner = row_named(timeline, namespace_, container, container, C8D__NO_PROCESS);
    if (owner == C8D__NO_PROCESS || process.len == 0 || same(process, container))
        return owner;
    return row_named(timeline, namespace_, container, process, owner);
}

/* ---- steps
 * ---------------------------------------------------------------------------------------------------- */

static void keep_moment(struct c8d__timeline *timeline, const struct c8d_replay_step *step)
{
    const struct c8d__moment moment = {step->line, step->time_ns};
    const struct c8d__moment *moments = timeline->moments.items;

    if (step->time_ns == 0 ||
        (timeline->moments.count > 0 && moments[timeline->moments.count - 1].line == step->line))
        return;
    (void)add(timeline, &timeline->moments, &moment, sizeof(moment));
}

static void keep_change(struct c8d__timeline *timeline, const struct c8d_replay_step *step, uint32_t number)
{
    const struct c8d__change change = {.line = step->line,
                                       .row = number,
                                       .incarnation = step->after.incarnation,
                                       .state = step->after.public_state};
    struct c8d__row *row = (struct c8d__row *)timeline->rows.items + number;

    /* What is not known to have existed is in no state. */
    if (change.incarnation == 0 || (change.incarnation == row->incarnation && change.state == row->state))
        return;
    row->incarnation = change.incarnation;
    row->state = change.state;
    (void)add(timeline, &timeline->changes, &change, sizeof(change));
}

static void keep_move(struct c8d__timeline *timeline, const struct c8d_replay_step *step, uint32_t number,
                      enum c8d_machine machine, unsigned from, unsigned to)
{
    const struct c8d__move move = {.line = step->line,
                                   .row = number,
                                   .machine = (uint8_t)machine,
                                   .from = (uint8_t)from,
                                   .to = (uint8_t)to,
                                   .symbol = (uint8_t)step->symbol,
                                   .outcome = (uint8_t)step->outcome};

    (void)add(timeline, &timeline->moves, &move, sizeof(move));
}

/* The machine that the input was for is told of even when it did not move. An answer that moves nothing is no
 * news. */
static bool is_news(const struct c8d_replay_step *step, bool is_addressed, bool has_moved)
{
    return has_moved || (is_addressed && step->symbol != C8D_SYM_NONE &&
                         c8d_symbol_class(step->symbol) != C8D_CLASS_ANSWER);
}

static void keep_moves(struct c8d__timeline *timeline, const struct c8d_replay_step *step, uint32_t number)
{
    const struct {
        enum c8d_region region;
        enum c8d_machine machine;
        unsigned from, to;
    } all[] = {
        {C8D_REGION_PROCESS, C8D_MACHINE_PROCESS, step->before.state, step->after.state},
        {C8D_REGION_TASK, C8D_MACHINE_TASK, step->task_states[0], step->task_states[1]},
        {C8D_REGION_CONTAINER, C8D_MACHINE_CONTAINER, step->container_states[0], step->container_states[1]},
        {C8D_REGION_CONNECTION, C8D_MACHINE_CONNECTION, step->connection_states[0],
         step->connection_states[1]},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        if (is_news(step, all[i].region == step->region, all[i].from != all[i].to))
            keep_move(timeline, step, number, all[i].machine, all[i].from, all[i].to);
    }
}

/* Another's consequence: what it was before is not told, but has been seen. */
static void keep_consequence(struct c8d__timeline *timeline, const struct c8d_replay_step *step,
                             uint32_t number)
{
    const struct c8d__row *row = (const struct c8d__row *)timeline->rows.items + number;

    if (number != C8D__NO_PROCESS && row->process != step->after.state)
        keep_move(timeline, step, number, C8D_MACHINE_PROCESS, row->process, step->after.state);
}

static bool is_mark(enum c8d_notice_kind notice)
{
    return notice == C8D_NOTICE_EXIT || notice == C8D_NOTICE_OOM || notice == C8D_NOTICE_CHECKPOINTED ||
           notice == C8D_NOTICE_CONFLICT || notice == C8D_NOTICE_GAP || notice == C8D_NOTICE_RESYNCED;
}

static void keep_marks(struct c8d__timeline *timeline, const struct c8d_replay_step *step, uint32_t number)
{
    for (uint32_t i = 0; i < step->actions->count; i++) {
        const struct c8d_action *action = &step->actions->items[i];
        const struct c8d__mark mark = {.line = step->line,
                                       .row = number,
                                       .incarnation = action->incarnation,
                                       .notice = action->what,
                                       .exit_known = action->exit_known,
                                       .exit_code = action->exit_code,
                                       .exited_at_ns = action->exited_at_ns};

        if (action->kind == C8D_ACTION_NOTICE && is_mark((enum c8d_notice_kind)action->what) &&
            action->container == step->container_ref && action->process == step->process_ref)
            (void)add(timeline, &timeline->marks, &mark, sizeof(mark));
    }
}

void c8d__timeline_step(struct c8d__timeline *timeline, const struct c8d_replay_step *step)
{
    uint32_t number = row_of(timeline, step->namespace_, step->container, step->process);

    if (timeline->failed)
        return;
    keep_moment(timeline, step);
    if (step->symbol != C8D_SYM_NONE)
        keep_moves(timeline, step, number);
    else
        keep_consequence(timeline, step, number);
    keep_marks(timeline, step, number);
    if (number == C8D__NO_PROCESS)
        return;
    keep_change(timeline, step, number);
    ((struct c8d__row *)timeline->rows.items)[number].process = step->after.state;
}

/* ---- what is concluded
 * ---------------------------------------------------------------------------------------- */

void c8d__timeline_anomaly(struct c8d__timeline *timeline, const struct c8d_replay_anomaly *anomaly)
{
    const struct c8d__odd odd = {
        .line = anomaly->line,
        .row = row_of(timeline, anomaly->namespace_, anomaly->container, anomaly->process),
        .incarnation = anomaly->incarnation,
        .kind = anomaly->kind,
        .detail = strdup(anomaly->detail),
    };

    if (odd.detail == NULL)
        timeline->failed = true;
    else if (timeline->failed || !add(timeline, &timeline->odds, &odd, sizeof(odd)))
        free(odd.detail);
}

void c8d__timeline_run(struct c8d__timeline *timeline, const struct c8d_replay_run *run)
{
    const struct c8d__life life = {
        .row = row_of(timeline, run->namespace_, run->container, run->process),
        .incarnation = run->incarnation,
        .state = run->state,
        .pid = run->pid,
        .oom = run->oom,
        .exit = run->exit,
        .started_at_ns = run->started_at_ns,
    };

    if (!timeline->failed)
        (void)add(timeline, &timeline->lives, &life, sizeof(life));
}

void c8d__timeline_free(struct c8d__timeline *timeline)
{
    const struct c8d__row *rows = timeline->rows.items;
    const struct c8d__odd *odds = timeline->odds.items;

    for (size_t i = 0; i < timeline->rows.count; i++) {
        free(rows[i].namespace_);
        free(rows[i].container);
        free(rows[i].name);
    }
    for (size_t i = 0; i < timeline->odds.count; i++)
        free(odds[i].detail);
    free(timeline->rows.items);
    free(timeline->changes.items);
    free(timeline->moves.items);
    free(timeline->moments.items);
    free(timeline->marks.items);
    free(timeline->odds.items);
    free(timeline->lives.items);
    json_decref(timeline->numbers);
    *timeline = (struct c8d__timeline){0};
}
