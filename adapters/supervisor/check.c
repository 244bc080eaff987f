/* SPDX-License-Identifier: Apache-2.0 */
/* Does it answer? One Version call over a connection that is kept while it does. */
#include "supervisor_internal.h"
#include <string.h>
#include <sys/epoll.h>

static void watch(struct c8d_supervisor *supervisor, int operation)
{
    int fd = supervisor->runtime.ops->fd(supervisor->runtime.ctx);
    struct epoll_event event = {.events = EPOLLIN};

    if (fd >= 0)
        (void)epoll_ctl(supervisor->epoll, operation, fd, &event);
}

void c8d__check_close(struct c8d_supervisor *supervisor)
{
    supervisor->checking = 0;
    if (supervisor->runtime.ops == NULL)
        return;
    watch(supervisor, EPOLL_CTL_DEL);
    supervisor->runtime.ops->destroy(supervisor->runtime.ctx);
    supervisor->runtime.ops = NULL;
}

static bool connect_it(struct c8d_supervisor *supervisor)
{
    static const char any[] = "default";
    const struct c8d_remote_options options = {
        .size = sizeof(options),
        .address = {supervisor->kept.address.text, strlen(supervisor->kept.address.text)},
        .namespace_ = {any, sizeof(any) - 1},
        .allocator = supervisor->allocator,
    };

    if (supervisor->runtime.ops != NULL)
        return true;
    if (c8d_remote_new(&options, &supervisor->runtime, NULL) != C8D_OK) {
        supervisor->runtime.ops = NULL;
        return false;
    }
    watch(supervisor, EPOLL_CTL_ADD);
    return true;
}

static void answer(struct c8d_supervisor *supervisor, uint64_t generation, bool healthy)
{
    const struct c8d_supervision_input reply = {
        .symbol = healthy ? C8D_SYM_HEALTHY : C8D_SYM_UNHEALTHY,
        .generation = generation,
    };

    /* The next one is asked over a new connection. */
    if (!healthy)
        c8d__check_close(supervisor);
    supervisor->checking = 0;
    c8d__supervisor_reply(supervisor, &reply);
}

void c8d__check_begin(struct c8d_supervisor *supervisor, uint64_t generation)
{
    struct c8d_call call = {.kind = C8D_CALL_VERSION, .token = generation};

    /* One of an older process is of no interest any more, and nor is its connection. */
    if (supervisor->checking != 0)
        c8d__check_close(supervisor);
    if (!connect_it(supervisor)) {
        answer(supervisor, generation, false);
        return;
    }
    call.deadline_ns =
        supervisor->runtime.ops->now(supervisor->runtime.ctx) + supervisor->kept.check_timeout_ns;
    supervisor->checking = generation;
    if (supervisor->runtime.ops->submit(supervisor->runtime.ctx, &call, NULL) != C8D_OK)
        answer(supervisor, generation, false);
}

bool c8d__check_take(struct c8d_supervisor *supervisor)
{
    struct c8d_arrival arrival;

    if (supervisor->runtime.ops == NULL || !supervisor->runtime.ops->next(supervisor->runtime.ctx, &arrival))
        return false;
    if (arrival.kind == C8D_ARRIVAL_REPLY && arrival.token == supervisor->checking)
        answer(supervisor, supervisor->checking, arrival.status == C8D_OK);
    return true;
}
