/* SPDX-License-Identifier: Apache-2.0 */
/* The client's model: its memory, and stepping it. */
#include "client_internal.h"
#include <c8d/image.h>

#define FIRST_CONTAINERS 64
#define FIRST_EXECS 256
#define FIRST_EXECS_PER_CONTAINER 16
#define LIMIT_TOTAL ((uint32_t)1 << 24)
#define LIMIT_PER_CONTAINER 4096

bool c8d__reserve(struct c8d_client *client, uint32_t steps)
{
    uint32_t n = steps * client->actions.capacity;

    return c8d__deliveries_reserve(client, n) && c8d__requests_reserve(client, n) &&
           c8d__timers_reserve(client, n);
}

static size_t actions_bytes(uint32_t capacity)
{
    return capacity * sizeof(struct c8d_action);
}

enum c8d_status c8d__model_make(struct c8d_client *client, const struct c8d_model_limits *limits,
                                const void *image, size_t image_bytes)
{
    size_t bytes = c8d_model_bytes(limits);
    uint32_t capacity = c8d_model_actions_max(limits);
    void *memory = bytes != 0 ? c8d__alloc(client, bytes) : NULL;
    struct c8d_action *items = memory != NULL ? c8d__alloc(client, actions_bytes(capacity)) : NULL;
    struct c8d_model *model = NULL;
    enum c8d_status status = C8D_EXHAUSTED;

    if (items != NULL && image != NULL)
        status = c8d_model_load(image, image_bytes, memory, bytes, &model);
    else if (items != NULL)
        status = client->model == NULL ? c8d_model_init(memory, bytes, limits, &model)
                                       : c8d_model_grow(client->model, memory, bytes, limits, &model);
    if (status != C8D_OK) {
        c8d__release(client, items, actions_bytes(capacity));
        c8d__release(client, memory, bytes);
        return status;
    }
    c8d__model_free(client);
    client->model = model;
    client->model_memory = memory;
    client->model_bytes = bytes;
    client->actions = (struct c8d_actions){.items = items, .capacity = capacity};
    return C8D_OK;
}

enum c8d_status c8d__model_new(struct c8d_client *client)
{
    const struct c8d_model_limits limits = {
        .containers_max = FIRST_CONTAINERS,
        .execs_max = FIRST_EXECS,
        .execs_per_container_max = FIRST_EXECS_PER_CONTAINER,
        .adopt = client->adopt,
    };

    return c8d__model_make(client, &limits, NULL, 0);
}

void c8d__model_free(struct c8d_client *client)
{
    c8d__release(client, client->actions.items, actions_bytes(client->actions.capacity));
    c8d__release(client, client->model_memory, client->model_bytes);
}

static uint32_t doubled(uint32_t value, uint32_t limit)
{
    return value < limit / 2 ? value * 2 : limit;
}

enum c8d_status c8d__open(struct c8d_client *client, struct c8d_str id, c8d_ref *out)
{
    for (;;) {
        enum c8d_status status = c8d_model_open(client->model, client->namespace_, id, out);
        struct c8d_model_limits limits = *c8d_model_limits(client->model);

        if (status != C8D_EXHAUSTED || limits.containers_max == LIMIT_TOTAL)
            return status;
        limits.containers_max = doubled(limits.containers_max, LIMIT_TOTAL);
        if (c8d__model_make(client, &limits, NULL, 0) != C8D_OK)
            return C8D_EXHAUSTED;
    }
}

/* Doubles the limit that was reached: that of one container, or that of all. */
static bool more_execs(struct c8d_model_limits *limits, uint32_t in_container)
{
    bool one = in_container >= limits->execs_per_container_max;
    uint32_t *limit = one ? &limits->execs_per_container_max : &limits->execs_max;
    uint32_t before = *limit;

    *limit = doubled(before, one ? LIMIT_PER_CONTAINER : LIMIT_TOTAL);
    return *limit != before;
}

enum c8d_status c8d__open_exec(struct c8d_client *client, c8d_ref container, struct c8d_str id, c8d_ref *out)
{
    for (;;) {
        enum c8d_status status = c8d_model_open_exec(client->model, container, id, out);
        struct c8d_model_limits limits = *c8d_model_limits(client->model);
        struct c8d_container_view view = {0};

        if (status != C8D_EXHAUSTED)
            return status;
        c8d_model_view_container(client->model, container, &view);
        if (!more_execs(&limits, view.execs) || c8d__model_make(client, &limits, NULL, 0) != C8D_OK)
            return C8D_EXHAUSTED;
    }
}

static void tap(struct c8d_client *client, const struct c8d_input *input)
{
    struct c8d_container_view view = {.namespace_ = client->namespace_};
    struct c8d_str process = {0};

    if (client->tap.input == NULL)
        return;
    c8d_model_view_container(client->model, input->container, &view);
    if (input->process != C8D_REF_NONE)
        process = c8d_model_exec_id(client->model, input->process);
    client->tap.input(client->tap.user, input, view.namespace_, view.id, process, &client->actions);
}

static void carry_all(struct c8d_client *client, const struct c8d__cause *cause)
{
    for (uint32_t i = 0; i < client->actions.count; i++)
        c8d__carry(client, &client->actions.items[i], cause);
}

void c8d__step(struct c8d_client *client, const struct c8d_input *input, const struct c8d__cause *cause)
{
    (void)c8d_model_step(client->model, input, &client->actions);
    tap(client, input);
    carry_all(client, cause);
}

void c8d__step_foreign(struct c8d_client *client, const struct c8d_input *input,
                       const struct c8d_event *event)
{
    const struct c8d__cause nobody = {0};

    (void)c8d_model_step(client->model, input, &client->actions);
    if (client->tap.input != NULL)
        client->tap.input(client->tap.user, input, event->namespace_, event->container, event->process,
                          &client->actions);
    carry_all(client, &nobody);
}

void c8d__step_killed(struct c8d_client *client, const struct c8d_input *input,
                      const struct c8d__cause *cause)
{
    (void)c8d_model_killed(client->model, input->container, input->process, input->request,
                           (enum c8d_status)input->status, &client->actions);
    tap(client, input);
    carry_all(client, cause);
}

bool c8d__step_sweep(struct c8d_client *client, const struct c8d__cause *cause)
{
    if (!c8d_model_list_sweep(client->model, &client->actions))
        return false;
    carry_all(client, cause);
    return true;
}

bool c8d__step_recover(struct c8d_client *client)
{
    const struct c8d__cause nobody = {0};
    bool stepped = c8d_model_recover(client->model, &client->actions);

    carry_all(client, &nobody);
    return stepped;
}

void c8d__step_list_begin(struct c8d_client *client)
{
    const struct c8d_input input = {.region = C8D_REGION_CONNECTION, .symbol = C8D_SYM_LISTING};
    const struct c8d_actions none = {.outcome = C8D_ACCEPTED};

    c8d_model_list_begin(client->model);
    if (client->tap.input != NULL)
        client->tap.input(client->tap.user, &input, client->namespace_, (struct c8d_str){0},
                          (struct c8d_str){0}, &none);
}
