/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of what is under way: calls that a reply will come for, and operations of the consumer. A key is
 * slot and generation, so a reply that nobody waits for any more finds nothing.
 */
#include "client_internal.h"

static uint64_t key_of(const struct c8d__request *slot, uint32_t index)
{
    return ((uint64_t)slot->generation << 32) | (index + 1);
}

static void add_free(struct c8d_client *client, uint32_t index)
{
    struct c8d__requests *requests = &client->requests;
    struct c8d__request *slot = &requests->slots[index];

    c8d__deadline_end(client, slot);
    slot->kind = C8D__REQUEST_FREE;
    slot->generation++;
    slot->next = requests->first_free;
    requests->first_free = index + 1;
    requests->n_free++;
}

bool c8d__requests_reserve(struct c8d_client *client, uint32_t more)
{
    struct c8d__requests *requests = &client->requests;
    uint32_t before = requests->capacity;

    if (requests->n_free >= more)
        return true;
    if (!c8d__grow(client, (void **)&requests->slots, &requests->capacity, before + more,
                   sizeof(*requests->slots)))
        return false;
    for (uint32_t i = requests->capacity; i > before; i--)
        add_free(client, i - 1);
    return true;
}

uint64_t c8d__request_new(struct c8d_client *client, const struct c8d__request *what)
{
    struct c8d__requests *requests = &client->requests;
    uint32_t index = requests->first_free - 1;
    struct c8d__request *slot = &requests->slots[index];
    uint32_t generation = slot->generation;

    requests->first_free = slot->next;
    requests->n_free--;
    *slot = *what;
    slot->generation = generation;
    slot->next = 0;
    c8d__deadline_begin(client, key_of(slot, index));
    return key_of(slot, index);
}

struct c8d__request *c8d__request_find(struct c8d_client *client, uint64_t key)
{
    uint64_t index = (key & UINT32_MAX) - 1;
    struct c8d__request *slot;

    if ((key & UINT32_MAX) == 0 || index >= client->requests.capacity)
        return NULL;
    slot = &client->requests.slots[index];
    if (slot->kind == C8D__REQUEST_FREE || slot->generation != key >> 32)
        return NULL;
    return slot;
}

void c8d__request_free(struct c8d_client *client, uint64_t key)
{
    if (c8d__request_find(client, key) != NULL)
        add_free(client, (uint32_t)key - 1);
}

/* No reply will come for a call that the runtime did not take: one is made up, so that the model gets it. */
void c8d__request_unsent(struct c8d_client *client, uint64_t key, enum c8d_status status)
{
    struct c8d__requests *requests = &client->requests;
    struct c8d__request *slot = c8d__request_find(client, key);
    uint32_t link = (uint32_t)key;

    slot->status = (uint8_t)status;
    if (requests->last_unsent != 0)
        requests->slots[requests->last_unsent - 1].next = link;
    else
        requests->first_unsent = link;
    requests->last_unsent = link;
}

bool c8d__request_take_unsent(struct c8d_client *client, struct c8d_arrival *out)
{
    struct c8d__requests *requests = &client->requests;
    struct c8d__request *slot;

    if (requests->first_unsent == 0)
        return false;
    slot = &requests->slots[requests->first_unsent - 1];
    *out = (struct c8d_arrival){
        .kind = C8D_ARRIVAL_REPLY,
        .token = key_of(slot, requests->first_unsent - 1),
        .status = (enum c8d_status)slot->status,
    };
    requests->first_unsent = slot->next;
    if (slot->next == 0)
        requests->last_unsent = 0;
    return true;
}
