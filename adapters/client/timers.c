/* SPDX-License-Identifier: Apache-2.0 */
/* The timers that the model orders, and the pauses before something is tried again: a heap, the soonest
 * first. */
#include "client_internal.h"

#define FIRST_PAUSE (20 * C8D__MS)
#define LONGEST_PAUSE (1000 * C8D__MS)

bool c8d__timers_reserve(struct c8d_client *client, uint32_t more)
{
    struct c8d__timers *timers = &client->timers;

    return c8d__grow(client, (void **)&timers->heap, &timers->capacity, timers->count + more,
                     sizeof(*timers->heap));
}

static bool is_retry(const struct c8d_action *action)
{
    return action->what == C8D_COMMAND_RETRY;
}

/* How long a timer of the model's runs, or the pause after `level` failures in a row: as the operation says
 * that ordered it, or as the client does. */
static int64_t time_of(struct c8d_client *client, const struct c8d_action *action, uint8_t level)
{
    const struct c8d__op *op = c8d__op_find(client, action->request);

    if (is_retry(action))
        return c8d_backoff_ns(FIRST_PAUSE, LONGEST_PAUSE, level + 1u);
    return action->patience == C8D_PATIENCE_GRACE && op != NULL ? op->grace_ns
                                                                : client->patience[action->patience];
}

void c8d__timer_add(struct c8d_client *client, const struct c8d_action *action, uint8_t level)
{
    struct c8d__timer *heap = client->timers.heap;
    uint32_t i = client->timers.count++;
    struct c8d__timer timer = {
        .due = c8d__deadline(client, time_of(client, action, level)),
        .symbol = (uint8_t)(is_retry(action) ? C8D_SYM_RETRY
                                             : c8d_symbol_of_timer((enum c8d_patience)action->patience)),
        .region = action->region,
        .level = !is_retry(action)   ? 0
                 : level < UINT8_MAX ? (uint8_t)(level + 1)
                                     : level,
        .container = action->container,
        .process = action->process,
        .request = action->request,
    };

    for (; i > 0 && heap[(i - 1) / 2].due > timer.due; i = (i - 1) / 2)
        heap[i] = heap[(i - 1) / 2];
    heap[i] = timer;
}

/* Puts `last` where the root was and lets it sink. */
static void sink(struct c8d__timer *heap, uint32_t count, const struct c8d__timer *last)
{
    uint32_t i = 0;

    for (;;) {
        uint32_t child = 2 * i + 1;

        if (child + 1 < count && heap[child + 1].due < heap[child].due)
            child++;
        if (child >= count || heap[child].due >= last->due)
            break;
        heap[i] = heap[child];
        i = child;
    }
    heap[i] = *last;
}

bool c8d__timer_take(struct c8d_client *client, int64_t now, struct c8d__timer *out)
{
    struct c8d__timers *timers = &client->timers;
    struct c8d__timer last;

    if (timers->count == 0 || timers->heap[0].due > now)
        return false;
    *out = timers->heap[0];
    last = timers->heap[--timers->count];
    sink(timers->heap, timers->count, &last);
    return true;
}

int64_t c8d__timer_next(const struct c8d_client *client)
{
    return client->timers.count != 0 ? client->timers.heap[0].due : C8D_NO_DEADLINE;
}

int64_t c8d_client_next_timeout(struct c8d_client *client)
{
    int64_t due;

    pthread_mutex_lock(&client->lock);
    due = c8d__next_due(client);
    client->loop_due = due;
    if (c8d__has_work(client)) {
        due = 0;
    } else if (due != C8D_NO_DEADLINE) {
        due -= c8d__now(client);
        due = due > 0 ? due : 0;
    }
    pthread_mutex_unlock(&client->lock);
    return due;
}
