/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The time that each call has. How long that is, the model says by a class of patience, and the consumer by a
 * number for each class. A runtime keeps deadlines by itself; one that fails to is not waited for, and the
 * model hears the same.
 */
#include "client_internal.h"

/* What a runtime has to say by itself that the time of a call is over. */
#define SLACK (1000 * C8D__MS)

static struct c8d__request *slot_at(struct c8d_client *client, uint32_t link)
{
    return link != 0 ? &client->requests.slots[link - 1] : NULL;
}

void c8d__deadline_begin(struct c8d_client *client, uint64_t key)
{
    struct c8d__request *slot = c8d__request_find(client, key);
    struct c8d__awaited *awaited = &client->requests.awaited[slot->patience];
    struct c8d__request *before = slot_at(client, awaited->newest);

    if (slot->patience == C8D_PATIENCE_NONE)
        return;
    slot->due = c8d__now(client) + client->patience[slot->patience];
    slot->older = awaited->newest;
    slot->newer = 0;
    if (before != NULL)
        before->newer = (uint32_t)key;
    else
        awaited->oldest = (uint32_t)key;
    awaited->newest = (uint32_t)key;
}

void c8d__deadline_end(struct c8d_client *client, struct c8d__request *slot)
{
    struct c8d__awaited *awaited = &client->requests.awaited[slot->patience];
    struct c8d__request *older = slot_at(client, slot->older);
    struct c8d__request *newer = slot_at(client, slot->newer);

    if (slot->patience == C8D_PATIENCE_NONE)
        return;
    if (older != NULL)
        older->newer = slot->newer;
    else
        awaited->oldest = slot->newer;
    if (newer != NULL)
        newer->older = slot->older;
    else
        awaited->newest = slot->older;
    slot->patience = C8D_PATIENCE_NONE;
}

/* The one that is due first; NULL = none. */
static const struct c8d__request *soonest(const struct c8d_client *client, uint32_t *link)
{
    const struct c8d__request *first = NULL;

    for (unsigned i = 1; i < C8D_PATIENCE__COUNT; i++) {
        uint32_t oldest = client->requests.awaited[i].oldest;
        const struct c8d__request *slot = oldest != 0 ? &client->requests.slots[oldest - 1] : NULL;

        if (slot != NULL && (first == NULL || slot->due < first->due)) {
            first = slot;
            *link = oldest;
        }
    }
    return first;
}

bool c8d__deadline_take(struct c8d_client *client, int64_t now, struct c8d_arrival *out)
{
    static const char late[] = "no answer in its time";
    uint32_t link = 0;
    const struct c8d__request *slot = soonest(client, &link);

    if (slot == NULL || slot->due + SLACK > now)
        return false;
    *out = (struct c8d_arrival){
        .kind = C8D_ARRIVAL_REPLY,
        .token = ((uint64_t)slot->generation << 32) | link,
        .status = C8D_DEADLINE,
        .message = {late, sizeof(late) - 1},
    };
    return true;
}

int64_t c8d__deadline_next(const struct c8d_client *client)
{
    uint32_t link = 0;
    const struct c8d__request *slot = soonest(client, &link);

    return slot != NULL ? slot->due + SLACK : C8D_NO_DEADLINE;
}

bool c8d__deadline_is_over(struct c8d_client *client, const struct c8d__request *slot)
{
    return slot->patience != C8D_PATIENCE_NONE && slot->due <= c8d__now(client);
}
