/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Containers whose notices wait, since the consumer answers an earlier one later. What is kept for them has a
 * limit. Beyond it events about them are not taken to the model, which thus tells nothing that could not be
 * kept; when such a container is heard up to date again, the model is told of the loss and makes it good.
 */
#include "client_internal.h"

static struct c8d__hold *find(struct c8d_client *client, c8d_ref container)
{
    struct c8d__holds *holds = &client->holds;

    for (uint32_t i = 0; i < holds->count; i++) {
        if (holds->items[i].container == container)
            return &holds->items[i];
    }
    return NULL;
}

/* Ends a hold that nothing waits for any more. */
static void settle(struct c8d_client *client, struct c8d__hold *hold)
{
    struct c8d__holds *holds = &client->holds;

    if (hold->sequence != 0 || hold->first != 0)
        return;
    holds->overflow = holds->overflow || hold->lossy;
    *hold = holds->items[--holds->count];
}

bool c8d__hold_is(struct c8d_client *client, const struct c8d__delivery *item)
{
    return item->op == NULL && item->action.container != C8D_REF_NONE &&
           find(client, item->action.container) != NULL;
}

static bool make_room(struct c8d_client *client)
{
    struct c8d__holds *holds = &client->holds;
    uint32_t before = holds->kept_capacity;

    if (holds->first_free != 0)
        return true;
    if (!c8d__grow(client, (void **)&holds->kept, &holds->kept_capacity, before + 1, sizeof(*holds->kept)))
        return false;
    for (uint32_t i = before; i < holds->kept_capacity; i++) {
        holds->kept[i].next = holds->first_free;
        holds->first_free = i + 1;
    }
    return true;
}

bool c8d__hold_keep(struct c8d_client *client, const struct c8d__delivery *item)
{
    struct c8d__holds *holds = &client->holds;
    struct c8d__hold *hold = find(client, item->action.container);
    uint32_t link;

    if (!make_room(client))
        return false;
    link = holds->first_free;
    holds->first_free = holds->kept[link - 1].next;
    holds->kept[link - 1] = (struct c8d__kept){.delivery = *item};
    if (hold->first != 0)
        holds->kept[hold->last - 1].next = link;
    else
        hold->first = link;
    hold->last = link;
    holds->n_kept++;
    return true;
}

static struct c8d__hold *find_ready(struct c8d_client *client)
{
    struct c8d__holds *holds = &client->holds;

    for (uint32_t i = 0; i < holds->count; i++) {
        if (holds->items[i].sequence == 0 && holds->items[i].first != 0)
            return &holds->items[i];
    }
    return NULL;
}

bool c8d__hold_take(struct c8d_client *client, struct c8d__delivery *out)
{
    struct c8d__holds *holds = &client->holds;
    struct c8d__hold *hold = find_ready(client);
    uint32_t link;

    if (hold == NULL)
        return false;
    link = hold->first;
    *out = holds->kept[link - 1].delivery;
    hold->first = holds->kept[link - 1].next;
    holds->kept[link - 1].next = holds->first_free;
    holds->first_free = link;
    holds->n_kept--;
    return true;
}

void c8d__hold_told(struct c8d_client *client, c8d_ref container)
{
    struct c8d__hold *hold = find(client, container);

    if (hold != NULL)
        settle(client, hold);
}

bool c8d__hold_drops(struct c8d_client *client, struct c8d_str container)
{
    struct c8d__holds *holds = &client->holds;
    struct c8d__hold *hold;

    if (holds->n_kept < holds->kept_max)
        return false;
    hold = find(client, c8d_model_find(client->model, client->namespace_, container));
    if (hold == NULL)
        return false;
    hold->lossy = true;
    holds->dropped++;
    return true;
}

bool c8d__hold_overflow(struct c8d_client *client)
{
    bool overflow = client->holds.overflow;

    client->holds.overflow = false;
    return overflow;
}

bool c8d__holds_wait(struct c8d_client *client)
{
    return client->holds.overflow || find_ready(client) != NULL;
}

void c8d__holds_free(struct c8d_client *client)
{
    struct c8d__holds *holds = &client->holds;

    c8d__release(client, holds->items, holds->capacity * sizeof(*holds->items));
    c8d__release(client, holds->kept, holds->kept_capacity * sizeof(*holds->kept));
}

static enum c8d_status begin(struct c8d_client *client, const struct c8d_action *notice)
{
    struct c8d__holds *holds = &client->holds;
    struct c8d__hold *hold = find(client, notice->container);

    if (notice->container == C8D_REF_NONE)
        return C8D_INVALID;
    if (hold == NULL) {
        if (!c8d__grow(client, (void **)&holds->items, &holds->capacity, holds->count + 1,
                       sizeof(*holds->items)))
            return C8D_EXHAUSTED;
        hold = &holds->items[holds->count++];
        *hold = (struct c8d__hold){.container = notice->container};
    }
    hold->sequence = notice->sequence;
    return C8D_OK;
}

enum c8d_status c8d_notice_defer(struct c8d_client *client)
{
    enum c8d_status status = C8D_CONFLICT;

    pthread_mutex_lock(&client->lock);
    if (client->telling != NULL && pthread_equal(client->driver, pthread_self()))
        status = begin(client, client->telling);
    pthread_mutex_unlock(&client->lock);
    return status;
}

enum c8d_status c8d_notice_done(struct c8d_client *client, uint64_t sequence)
{
    struct c8d__holds *holds = &client->holds;
    enum c8d_status status = C8D_NOT_FOUND;

    pthread_mutex_lock(&client->lock);
    for (uint32_t i = 0; i < holds->count && sequence != 0; i++) {
        if (holds->items[i].sequence != sequence)
            continue;
        holds->items[i].sequence = 0;
        settle(client, &holds->items[i]);
        c8d__kick(client);
        status = C8D_OK;
        break;
    }
    pthread_mutex_unlock(&client->lock);
    return status;
}
