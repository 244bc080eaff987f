/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model's memory, and what is noted beside it.
 *
 * Every container of the log is held until it has long been over (replay_forget.c), so that what is said of
 * it late is still recognised. Execs are let go when a container has had many: hosts run health checks for
 * years.
 */
#include "client/large.h"
#include "replay.h"
#include <string.h>

#define FIRST_CONTAINERS 64
#define FIRST_EXECS 256
#define FIRST_EXECS_PER_CONTAINER 64
#define ENTITIES_MAX ((uint32_t)1 << 24)
#define EXECS_PER_CONTAINER_MAX 4096

/* ---- memory
 * --------------------------------------------------------------------------------------------------- */

static size_t aligned(size_t bytes)
{
    return (bytes + 7) & ~(size_t)7;
}

/* A part of the piece of memory; all parts are of whole words. */
static void *carve(char **at, size_t bytes)
{
    void *part = *at;

    *at += aligned(bytes);
    return part;
}

static enum c8d_status make(const struct c8d_allocator *heap, const struct c8d_model_limits *limits,
                            const struct c8d_model *old, struct c8d__store *out)
{
    size_t model_bytes = c8d_model_bytes(limits);
    uint32_t n_actions = c8d_model_actions_max(limits);
    size_t action_bytes = n_actions * sizeof(struct c8d_action);
    size_t ask_bytes = n_actions * sizeof(struct c8d__ask);
    size_t container_bytes = limits->containers_max * sizeof(struct c8d__container_note);
    size_t exec_bytes = limits->execs_max * sizeof(struct c8d__note);
    char *at;

    out->bytes = aligned(model_bytes) + aligned(action_bytes) + aligned(ask_bytes) +
                 aligned(container_bytes) + aligned(exec_bytes);
    out->memory = heap->allocate(heap->ctx, out->bytes);
    if (out->memory == NULL)
        return C8D_EXHAUSTED;
    c8d__expect_large(out->memory, out->bytes);
    at = out->memory;
    /* Written when they are given to somebody. */
    out->containers = carve(&at, container_bytes);
    out->execs = carve(&at, exec_bytes);
    out->actions = (struct c8d_actions){.items = carve(&at, action_bytes), .capacity = n_actions};
    out->asks = carve(&at, ask_bytes);
    out->n_asks = 0;
    return old == NULL ? c8d_model_init(at, model_bytes, limits, &out->model)
                       : c8d_model_grow(old, at, model_bytes, limits, &out->model);
}

static void discard(const struct c8d_allocator *heap, struct c8d__store *store)
{
    heap->release(heap->ctx, store->memory, store->bytes);
}

static enum c8d_status grow(struct c8d_replay *replay, const struct c8d_model_limits *limits)
{
    struct c8d__store *old = &replay->store;
    const struct c8d_model_limits *before = c8d_model_limits(old->model);
    struct c8d__store grown = *old;

    if (make(replay->allocator, limits, old->model, &grown) != C8D_OK) {
        discard(replay->allocator, &grown);
        return C8D_EXHAUSTED;
    }
    memcpy(grown.containers, old->containers, before->containers_max * sizeof(*grown.containers));
    memcpy(grown.execs, old->execs, before->execs_max * sizeof(*grown.execs));
    discard(replay->allocator, old);
    *old = grown;
    return C8D_OK;
}

enum c8d_status c8d__store_new(struct c8d_replay *replay)
{
    const struct c8d_model_limits limits = {
        .containers_max = FIRST_CONTAINERS,
        .execs_max = FIRST_EXECS,
        .execs_per_container_max = FIRST_EXECS_PER_CONTAINER,
        .adopt = true,
    };
    enum c8d_status status = make(replay->allocator, &limits, NULL, &replay->store);

    if (status != C8D_OK)
        discard(replay->allocator, &replay->store);
    return status;
}

void c8d__store_free(struct c8d_replay *replay)
{
    discard(replay->allocator, &replay->store);
}

/* ---- objects
 * -------------------------------------------------------------------------------------------------- */

static uint32_t slot_of(c8d_ref ref)
{
    return (uint32_t)ref;
}

struct c8d__note *c8d__note_of(struct c8d_replay *replay, c8d_ref container, c8d_ref process)
{
    return process != C8D_REF_NONE ? &replay->store.execs[slot_of(process)]
                                   : &replay->store.containers[slot_of(container)].init;
}

struct c8d__container_note *c8d__container_note_of(struct c8d_replay *replay, c8d_ref container)
{
    return &replay->store.containers[slot_of(container)];
}

/* Twice as many, up to a limit. False when there were as many before. */
static bool doubled(uint32_t *value, uint32_t limit)
{
    uint32_t before = *value;

    *value = before < limit / 2 ? before * 2 : limit;
    return *value != before;
}

static enum c8d_status grow_containers(struct c8d_replay *replay)
{
    struct c8d_model_limits limits = *c8d_model_limits(replay->store.model);

    /* With room left it is not containers that are too many, but namespaces: no memory helps. */
    if (replay->store.n_containers < limits.containers_max || !doubled(&limits.containers_max, ENTITIES_MAX))
        return C8D_EXHAUSTED;
    return grow(replay, &limits);
}

static void remember(struct c8d__recent_name *recent, struct c8d_str name)
{
    memcpy(recent->bytes, name.ptr, name.len);
    recent->length = name.len;
}

static bool is_again(const struct c8d__recent_name *recent, struct c8d_str name)
{
    return recent->length == name.len && memcmp(recent->bytes, name.ptr, name.len) == 0;
}

static void remember_last(struct c8d__store *store, struct c8d_str namespace_, struct c8d_str id, c8d_ref ref)
{
    store->last = ref;
    if (ref == C8D_REF_NONE)
        return;
    remember(&store->last_namespace, namespace_);
    remember(&store->last_id, id);
}

/* Lines about one container mostly stand together: whoever read them may know, and to compare takes a quarter
 * of looking up. */
static c8d_ref find_container(struct c8d_replay *replay, struct c8d_str namespace_, struct c8d_str id)
{
    struct c8d__store *store = &replay->store;

    if (store->last != C8D_REF_NONE && replay->recent.container_again)
        return store->last;
    if (store->last == C8D_REF_NONE || !is_again(&store->last_id, id) ||
        !is_again(&store->last_namespace, namespace_))
        remember_last(store, namespace_, id, c8d_model_find(store->model, namespace_, id));
    return store->last;
}

static enum c8d_status open_container(struct c8d_replay *replay, struct c8d_str namespace_, struct c8d_str id,
                                      c8d_ref *out)
{
    enum c8d_status status;

    *out = find_container(replay, namespace_, id);
    if (*out != C8D_REF_NONE)
        return C8D_OK;
    while ((status = c8d_model_open(replay->store.model, namespace_, id, out)) == C8D_EXHAUSTED) {
        if (grow_containers(replay) != C8D_OK)
            return C8D_EXHAUSTED;
    }
    if (status != C8D_OK)
        return status;
    (void)c8d_model_hold(replay->store.model, *out, C8D_REF_NONE);
    *c8d__container_note_of(replay, *out) = (struct c8d__container_note){
        .self = *out, .first_line = replay->line, .exec_limit = FIRST_EXECS_PER_CONTAINER};
    remember_last(&replay->store, namespace_, id, *out);
    replay->store.n_containers++;
    replay->summary.containers++;
    return C8D_OK;
}

static void let_go(struct c8d_replay *replay, c8d_ref container, c8d_ref exec,
                   const struct c8d_process_view *view)
{
    c8d__give_run(replay, container, exec, view);
    c8d__forget_exec(replay, container, exec);
}

/*
 * Lets go of the execs in a state but the youngest ones, of which something may be said yet; the model has
 * the youngest first. A log does not show when its client deletes an exec, so one that has ended counts as
 * deleted when its room is needed.
 */
static bool let_go_of_old(struct c8d_replay *replay, c8d_ref container, enum c8d_public_state state,
                          uint32_t keep)
{
    const struct c8d_model *model = replay->store.model;
    bool any = false;
    c8d_ref next;

    for (c8d_ref exec = c8d_model_next_exec(model, container, C8D_REF_NONE); exec != C8D_REF_NONE;
         exec = next) {
        struct c8d_process_view view = {0};

        next = c8d_model_next_exec(model, container, exec);
        (void)c8d_model_view_process(model, container, exec, &view);
        if (keep > 0) {
            keep--;
        } else if (view.public_state == state && view.incarnation > 0) {
            let_go(replay, container, exec, &view);
            any = true;
        }
    }
    return any;
}

/* Each container has a share of its own, so that what becomes of its execs does not hang on others. */
static enum c8d_status keep_share(struct c8d_replay *replay, c8d_ref container)
{
    struct c8d__container_note *note = c8d__container_note_of(replay, container);
    struct c8d_container_view view = {0};

    (void)c8d_model_view_container(replay->store.model, container, &view);
    if (view.execs < note->exec_limit ||
        let_go_of_old(replay, container, C8D_STATE_DELETED, note->exec_limit / 2) ||
        let_go_of_old(replay, container, C8D_STATE_STOPPED, note->exec_limit / 2))
        return C8D_OK;
    return doubled(&note->exec_limit, EXECS_PER_CONTAINER_MAX) ? C8D_OK : C8D_EXHAUSTED;
}

static enum c8d_status grow_execs(struct c8d_replay *replay, c8d_ref container)
{
    const struct c8d__container_note *note = c8d__container_note_of(replay, container);
    struct c8d_model_limits limits = *c8d_model_limits(replay->store.model);

    if (note->exec_limit > limits.execs_per_container_max)
        limits.execs_per_container_max = note->exec_limit;
    else if (!doubled(&limits.execs_max, ENTITIES_MAX))
        return C8D_EXHAUSTED;
    return grow(replay, &limits);
}

static enum c8d_status open_exec(struct c8d_replay *replay, c8d_ref container, struct c8d_str id,
                                 c8d_ref *out)
{
    enum c8d_status status;
    struct c8d__note *note;

    *out = c8d_model_find_exec(replay->store.model, container, id);
    if (*out != C8D_REF_NONE)
        return C8D_OK;
    status = keep_share(replay, container);
    if (status != C8D_OK)
        return status;
    while ((status = c8d_model_open_exec(replay->store.model, container, id, out)) == C8D_EXHAUSTED) {
        if (grow_execs(replay, container) != C8D_OK)
            return C8D_EXHAUSTED;
    }
    if (status != C8D_OK)
        return status;
    note = c8d__note_of(replay, container, *out);
    *note = (struct c8d__note){.held = c8d_model_hold(replay->store.model, container, *out)};
    return C8D_OK;
}

enum c8d_status c8d__store_open(struct c8d_replay *replay, struct c8d_str namespace_,
                                struct c8d_str container, struct c8d_str process, c8d_ref *container_out,
                                c8d_ref *process_out)
{
    enum c8d_status status = open_container(replay, namespace_, container, container_out);

    *process_out = C8D_REF_NONE;
    if (status != C8D_OK || process.len == 0)
        return status;
    return open_exec(replay, *container_out, process, process_out);
}
