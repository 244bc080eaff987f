/* SPDX-License-Identifier: Apache-2.0 */
/* What the runtime says when it is asked for the present state: answers to queries, and whole snapshots. */
#include "client_internal.h"

enum c8d_symbol c8d__symbol_of_entry(enum c8d_entry_state state)
{
    switch (state) {
    case C8D_ENTRY_CREATED:
        return C8D_SYM_IS_CREATED;
    case C8D_ENTRY_RUNNING:
        return C8D_SYM_IS_RUNNING;
    case C8D_ENTRY_PAUSED:
        return C8D_SYM_IS_PAUSED;
    case C8D_ENTRY_STOPPED:
        return C8D_SYM_IS_STOPPED;
    case C8D_ENTRY_ABSENT:
        return C8D_SYM_IS_ABSENT;
    default:
        return C8D_SYM_IS_UNANSWERED;
    }
}

enum c8d_symbol c8d__answer(const struct c8d_arrival *reply, enum c8d_region region)
{
    if (reply->status == C8D_NOT_FOUND)
        return C8D_SYM_IS_ABSENT;
    if (reply->status == C8D_DEADLINE)
        return C8D_SYM_IS_EXPIRED;
    if (reply->status != C8D_OK || reply->n_entries == 0)
        return C8D_SYM_IS_UNANSWERED;
    if (region == C8D_REGION_CONTAINER)
        return reply->entries[0].container_present ? C8D_SYM_IS_CREATED : C8D_SYM_IS_UNANSWERED;
    return reply->entries[0].process_told ? c8d__symbol_of_entry(reply->entries[0].process_state)
                                          : C8D_SYM_IS_UNANSWERED;
}

static void step_entry(struct c8d_client *client, struct c8d_input input, enum c8d_region region,
                       enum c8d_symbol symbol, const struct c8d__cause *cause)
{
    input.region = (uint8_t)region;
    input.symbol = (uint8_t)symbol;
    c8d__step(client, &input, cause);
}

/* Steps what one entry of a snapshot says. False: there was no room, so the snapshot is not complete. */
static bool take_entry(struct c8d_client *client, const struct c8d_entry *entry,
                       const struct c8d__cause *cause)
{
    enum c8d_symbol state = c8d__symbol_of_entry(entry->process_state);
    enum c8d_status status;
    struct c8d_input input = {
        .pid = entry->pid,
        .exit_known = entry->exit.known,
        .exit_code = entry->exit.code,
        .exited_at_ns = entry->exit.at_ns,
        .request = C8D_REQUEST_SNAPSHOT,
    };

    /* A snapshot that cannot tell is no proof of absence either: ask once more. */
    if (state == C8D_SYM_IS_UNANSWERED)
        state = C8D_SYM_IS_STALE;
    status = c8d__lookup(client, entry->container, entry->process, &input.container, &input.process);
    if (status != C8D_OK)
        return status != C8D_EXHAUSTED;
    /* Room for three steps, and for one more that tells of a failure. */
    if (!c8d__reserve(client, 4))
        return false;
    if (entry->container_present)
        step_entry(client, input, C8D_REGION_CONTAINER, C8D_SYM_IS_CREATED, cause);
    if (!entry->process_told)
        return true;
    if (input.process == C8D_REF_NONE)
        step_entry(client, input, C8D_REGION_TASK, state, cause);
    step_entry(client, input, C8D_REGION_PROCESS, state, cause);
    return true;
}

static bool take_entries(struct c8d_client *client, const struct c8d_arrival *reply,
                         const struct c8d__cause *cause)
{
    for (size_t i = 0; i < reply->n_entries; i++) {
        if (!take_entry(client, &reply->entries[i], cause))
            return false;
    }
    while (c8d__reserve(client, 2)) {
        if (!c8d__step_sweep(client, cause))
            return true;
    }
    return false;
}

void c8d__take_list(struct c8d_client *client, const struct c8d_arrival *reply, uint64_t number,
                    struct c8d__cause *cause)
{
    const struct c8d__cause nobody = {0};
    /* Of one that does not count any more nothing is taken; the model passes its end over. */
    bool complete = reply->status == C8D_OK &&
                    (!c8d_model_list_counts(client->model, number) || take_entries(client, reply, &nobody));
    struct c8d_input input = {
        .region = C8D_REGION_CONNECTION,
        .symbol = complete ? C8D_SYM_LISTED : C8D_SYM_LIST_FAILED,
        .request = number,
        .status = (uint8_t)(complete                  ? C8D_OK
                            : reply->status != C8D_OK ? reply->status
                                                      : C8D_EXHAUSTED),
    };

    if (complete)
        cause->level = 0;
    c8d__step(client, &input, cause);
}
