/* SPDX-License-Identifier: Apache-2.0 */
/* Carrying out what the supervision wants, and telling it what came of that. */
#include "supervisor_internal.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* So many answers in a row, and it is taken to be well again. */
#define STEADY_CHECKS 10

int64_t c8d__supervisor_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

void c8d__supervisor_reply(struct c8d_supervisor *supervisor, const struct c8d_supervision_input *reply)
{
    supervisor->replies[supervisor->n_replies++] = *reply;
}

/* ---- actions
 * -------------------------------------------------------------------------------------------------- */

static void watch(struct c8d_supervisor *supervisor)
{
    struct epoll_event event = {.events = EPOLLIN};

    (void)epoll_ctl(supervisor->epoll, EPOLL_CTL_ADD, supervisor->keeper.pidfd, &event);
}

static void look(struct c8d_supervisor *supervisor, const struct c8d_supervision_action *action)
{
    struct c8d_supervision_input reply = {.symbol = C8D_SYM_IS_ABSENT, .generation = action->generation};

    if (c8d__keeper_find(&supervisor->kept, &supervisor->keeper)) {
        reply.symbol = C8D_SYM_IS_RUNNING;
        reply.pid = supervisor->keeper.pid;
        /* The one that the model counts next. */
        supervisor->keeper.generation = action->generation + 1;
        watch(supervisor);
    }
    c8d__supervisor_reply(supervisor, &reply);
}

static void spawn(struct c8d_supervisor *supervisor, const struct c8d_supervision_action *action)
{
    struct c8d_supervision_input reply = {.symbol = C8D_SYM_ERROR, .generation = action->generation};
    struct c8d_error *trouble = &supervisor->trouble;
    enum c8d_status status = c8d__supervisor_write_config(&supervisor->kept, trouble);

    if (status == C8D_OK)
        status = c8d__keeper_spawn(&supervisor->kept, &supervisor->keeper, trouble);
    if (status == C8D_OK) {
        supervisor->keeper.generation = action->generation;
        reply.symbol = C8D_SYM_OK;
        reply.pid = supervisor->keeper.pid;
        c8d__supervisor_write_pid(&supervisor->kept, reply.pid);
        watch(supervisor);
        c8d_error_set(trouble, C8D_UNAVAILABLE, "it has ended before it answered; see %s",
                      supervisor->kept.log.text);
    }
    reply.status = (uint8_t)status;
    c8d__supervisor_reply(supervisor, &reply);
}

static void order_timer(struct c8d_supervisor *supervisor, const struct c8d_supervision_action *action)
{
    struct c8d__due *due = &supervisor->dues[action->symbol == C8D_SYM_OVERDUE];
    int64_t after = action->timer == C8D_SUPERVISION_TIMER_RESTART
                        ? c8d_backoff_ns(supervisor->kept.times_ns[C8D_SUPERVISION_TIMER_RESTART],
                                         supervisor->kept.restart_max_ns, action->attempt)
                        : supervisor->kept.times_ns[action->timer];

    *due = (struct c8d__due){
        .at = c8d__supervisor_now() + after,
        .number = action->number,
        .symbol = action->symbol,
    };
}

static void tell(struct c8d_supervisor *supervisor, const struct c8d_supervision_action *action)
{
    struct c8d_supervisor_notice notice = {
        .kind = (enum c8d_supervision_action_kind)action->kind,
        .generation = action->generation,
        .pid = action->pid,
        .adopted = action->adopted,
        .attempt = supervisor->model.attempts,
    };

    if (action->kind == C8D_SUPERVISION_DOWN)
        notice.exit = (struct c8d_exit){.known = action->exit_known, .ran = true, .code = action->exit_code};
    if (supervisor->notice != NULL)
        supervisor->notice(supervisor->user, &notice);
}

static void complete(struct c8d_supervisor *supervisor, const struct c8d_supervision_action *action)
{
    if (action->number != supervisor->waited)
        return;
    supervisor->done = true;
    supervisor->result = (enum c8d_status)action->status;
}

static void carry(struct c8d_supervisor *supervisor, const struct c8d_supervision_action *action)
{
    switch (action->kind) {
    case C8D_SUPERVISION_LOOK:
        look(supervisor, action);
        break;
    case C8D_SUPERVISION_SPAWN:
        spawn(supervisor, action);
        break;
    case C8D_SUPERVISION_CHECK:
        c8d__check_begin(supervisor, action->generation);
        break;
    case C8D_SUPERVISION_TERMINATE:
        c8d__keeper_signal(&supervisor->keeper, SIGTERM);
        break;
    case C8D_SUPERVISION_KILL:
        c8d__keeper_signal(&supervisor->keeper, SIGKILL);
        break;
    case C8D_SUPERVISION_TIMER:
        order_timer(supervisor, action);
        break;
    case C8D_SUPERVISION_DONE:
        complete(supervisor, action);
        break;
    default:
        tell(supervisor, action);
        break;
    }
}

static void step(struct c8d_supervisor *supervisor, const struct c8d_supervision_input *input)
{
    struct c8d_supervision_actions actions;

    (void)c8d_supervision_step(&supervisor->model, input, &actions);
    for (uint32_t i = 0; i < actions.count; i++)
        carry(supervisor, &actions.items[i]);
}

/* ---- inputs
 * --------------------------------------------------------------------------------------------------- */

static bool take_reply(struct c8d_supervisor *supervisor)
{
    struct c8d_supervision_input reply;

    if (supervisor->n_replies == 0)
        return false;
    reply = supervisor->replies[0];
    supervisor->n_replies--;
    memmove(supervisor->replies, supervisor->replies + 1, supervisor->n_replies * sizeof(reply));
    step(supervisor, &reply);
    return true;
}

static bool take_end(struct c8d_supervisor *supervisor)
{
    struct c8d_supervision_input ended = {
        .symbol = C8D_SYM_EXITED, .generation = supervisor->keeper.generation, .pid = supervisor->keeper.pid};
    struct c8d_exit exit;

    if (!c8d__keeper_ended(&supervisor->keeper, &exit))
        return false;
    ended.exit_known = exit.known;
    ended.exit_code = exit.code;
    /* The descriptor leaves the epoll set by being closed. */
    c8d__keeper_close(&supervisor->keeper);
    c8d__check_close(supervisor);
    c8d__supervisor_remove_pid(&supervisor->kept, supervisor->keeper.pid);
    step(supervisor, &ended);
    return true;
}

static bool take_due(struct c8d_supervisor *supervisor)
{
    int64_t now = c8d__supervisor_now();

    for (size_t i = 0; i < 2; i++) {
        struct c8d__due *due = &supervisor->dues[i];
        const struct c8d_supervision_input over = {.symbol = due->symbol, .number = due->number};

        if (due->number == 0 || due->at > now)
            continue;
        due->number = 0;
        step(supervisor, &over);
        return true;
    }
    return false;
}

/* Its end comes first: an answer from before says nothing any more. */
static bool handle(struct c8d_supervisor *supervisor)
{
    return take_reply(supervisor) || take_end(supervisor) || c8d__check_take(supervisor) ||
           take_due(supervisor);
}

/* ---- waiting
 * -------------------------------------------------------------------------------------------------- */

static bool was_woken(struct c8d_supervisor *supervisor)
{
    uint64_t count;

    return read(supervisor->wake, &count, sizeof(count)) == (ssize_t)sizeof(count);
}

static int64_t time_left(const struct c8d_supervisor *supervisor, int64_t until)
{
    int64_t left;

    for (size_t i = 0; i < 2; i++) {
        if (supervisor->dues[i].number != 0 && supervisor->dues[i].at < until)
            until = supervisor->dues[i].at;
    }
    if (until == C8D_NO_DEADLINE)
        return C8D_NO_DEADLINE;
    left = until - c8d__supervisor_now();
    return left > 0 ? left : 0;
}

static void rest(struct c8d_supervisor *supervisor, int64_t until)
{
    struct pollfd fds[] = {
        {.fd = supervisor->wake, .events = POLLIN},
        {.fd = supervisor->keeper.pidfd, .events = POLLIN},
    };
    int64_t left = time_left(supervisor, until);
    struct timespec limit;

    if (supervisor->runtime.ops != NULL) {
        supervisor->runtime.ops->wait(supervisor->runtime.ctx, fds, 2, left);
        return;
    }
    limit.tv_sec = (time_t)(left / INT64_C(1000000000));
    limit.tv_nsec = (long)(left % INT64_C(1000000000));
    (void)ppoll(fds, 2, left == C8D_NO_DEADLINE ? NULL : &limit, NULL);
}

static int64_t deadline_after(int64_t timeout_ns)
{
    int64_t now = c8d__supervisor_now();

    if (timeout_ns <= 0)
        return now;
    return timeout_ns < C8D_NO_DEADLINE - now ? now + timeout_ns : C8D_NO_DEADLINE;
}

/* Handles all that is there; waits for something when there is nothing. */
static bool dispatch(struct c8d_supervisor *supervisor, int64_t until, bool *woken)
{
    for (bool last = false;;) {
        bool any = false;

        while (handle(supervisor))
            any = true;
        *woken = was_woken(supervisor);
        if (any || last || *woken)
            return any;
        last = until <= c8d__supervisor_now();
        rest(supervisor, until);
    }
}

enum c8d_status c8d_supervisor_dispatch(struct c8d_supervisor *supervisor, int64_t timeout_ns)
{
    bool woken;

    return dispatch(supervisor, deadline_after(timeout_ns), &woken) ? C8D_OK : C8D_DEADLINE;
}

int64_t c8d_supervisor_next_timeout(struct c8d_supervisor *supervisor)
{
    return supervisor->n_replies != 0 ? 0 : time_left(supervisor, C8D_NO_DEADLINE);
}

/* ---- requests
 * ------------------------------------------------------------------------------------------------- */

static enum c8d_status request(struct c8d_supervisor *supervisor, enum c8d_symbol symbol, int64_t timeout_ns,
                               struct c8d_error *err)
{
    const struct c8d_supervision_input command = {.symbol = (uint8_t)symbol,
                                                  .number = ++supervisor->requests};
    int64_t until = deadline_after(timeout_ns);
    bool woken = false;

    supervisor->waited = command.number;
    supervisor->done = false;
    step(supervisor, &command);
    while (!supervisor->done && !woken) {
        if (!dispatch(supervisor, until, &woken) && !woken)
            break;
    }
    supervisor->waited = 0;
    if (supervisor->done)
        return supervisor->result;
    return woken ? c8d_error_set(err, C8D_CANCELED, "woken; it goes on when dispatch is called")
                 : c8d_error_set(err, C8D_DEADLINE, "not done in time; it goes on when dispatch is called");
}

enum c8d_status c8d_supervisor_start(struct c8d_supervisor *supervisor, int64_t timeout_ns,
                                     struct c8d_error *err)
{
    enum c8d_status status = request(supervisor, C8D_SYM_START, timeout_ns, err);

    if (status == C8D_OK || !supervisor->done)
        return status;
    if (status == C8D_DEADLINE)
        return c8d_error_set(err, status, "it did not answer in time and was killed; see %s",
                             supervisor->kept.log.text);
    if (status == supervisor->trouble.status && err != NULL)
        *err = supervisor->trouble;
    else
        c8d_error_set(err, status, "it is being started or stopped");
    return status;
}

enum c8d_status c8d_supervisor_stop(struct c8d_supervisor *supervisor, int64_t timeout_ns,
                                    struct c8d_error *err)
{
    enum c8d_status status = request(supervisor, C8D_SYM_STOP, timeout_ns, err);

    if (status == C8D_OK || !supervisor->done)
        return status;
    return c8d_error_set(err, status,
                         status == C8D_CONFLICT ? "it is being stopped" : "not even SIGKILL has ended it");
}

void c8d_supervisor_wake(struct c8d_supervisor *supervisor)
{
    const uint64_t one = 1;
    int before = errno;

    /* Fails only when it is woken already. */
    if (write(supervisor->wake, &one, sizeof(one)) < 0)
        errno = before;
}

/* ---- life
 * ----------------------------------------------------------------------------------------------------- */

static bool open_descriptors(struct c8d_supervisor *supervisor)
{
    struct epoll_event event = {.events = EPOLLIN};

    supervisor->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    supervisor->epoll = epoll_create1(EPOLL_CLOEXEC);
    return supervisor->wake >= 0 && supervisor->epoll >= 0 &&
           epoll_ctl(supervisor->epoll, EPOLL_CTL_ADD, supervisor->wake, &event) == 0;
}

static enum c8d_status set_up(struct c8d_supervisor *supervisor, const struct c8d_supervisor_options *options,
                              struct c8d_error *err)
{
    struct c8d_supervision_limits limits = {.steady_checks = STEADY_CHECKS};
    enum c8d_status status = c8d__keep_options(options, &supervisor->kept, err);

    if (status != C8D_OK)
        return status;
    status = c8d__supervisor_directories(&supervisor->kept, err);
    if (status != C8D_OK)
        return status;
    if (!open_descriptors(supervisor))
        return c8d_error_set_origin(err, C8D_EXHAUSTED, C8D_ORIGIN_ERRNO, errno, "no descriptors: %s",
                                    strerror(errno));
    limits.failures_max = supervisor->kept.failures_max;
    return c8d_supervision_init(&supervisor->model, &limits);
}

enum c8d_status c8d_supervisor_new(const struct c8d_supervisor_options *options, struct c8d_supervisor **out,
                                   struct c8d_error *err)
{
    struct c8d_supervisor_options known = {0};
    const struct c8d_allocator *allocator;
    struct c8d_supervisor *supervisor;
    enum c8d_status status;

    if (options->size <= sizeof(options->size))
        return c8d_error_set(err, C8D_INVALID, "options of a wrong size");
    memcpy(&known, options, options->size < sizeof(known) ? options->size : sizeof(known));
    allocator = known.allocator != NULL ? known.allocator : c8d_allocator_default();
    supervisor = allocator->allocate(allocator->ctx, sizeof(*supervisor));
    if (supervisor == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a supervisor");
    memset(supervisor, 0, sizeof(*supervisor));
    supervisor->allocator = allocator;
    supervisor->notice = known.notice;
    supervisor->user = known.user;
    supervisor->keeper.pidfd = supervisor->wake = supervisor->epoll = -1;
    status = set_up(supervisor, &known, err);
    if (status != C8D_OK) {
        c8d_supervisor_free(supervisor);
        return status;
    }
    *out = supervisor;
    return C8D_OK;
}

void c8d_supervisor_free(struct c8d_supervisor *supervisor)
{
    const struct c8d_allocator *allocator;

    if (supervisor == NULL)
        return;
    allocator = supervisor->allocator;
    c8d__check_close(supervisor);
    c8d__keeper_close(&supervisor->keeper);
    if (supervisor->wake >= 0)
        close(supervisor->wake);
    if (supervisor->epoll >= 0)
        close(supervisor->epoll);
    allocator->release(allocator->ctx, supervisor, sizeof(*supervisor));
}

int c8d_supervisor_fd(struct c8d_supervisor *supervisor)
{
    return supervisor->epoll;
}

struct c8d_str c8d_supervisor_address(const struct c8d_supervisor *supervisor)
{
    return (struct c8d_str){supervisor->kept.address.text, strlen(supervisor->kept.address.text)};
}

enum c8d_supervisor_state c8d_supervisor_state(const struct c8d_supervisor *supervisor)
{
    return (enum c8d_supervisor_state)supervisor->model.state;
}

uint32_t c8d_supervisor_pid(const struct c8d_supervisor *supervisor)
{
    return supervisor->keeper.pidfd >= 0 ? supervisor->keeper.pid : 0;
}
