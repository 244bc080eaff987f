/* SPDX-License-Identifier: Apache-2.0 */
/* The acts, done. */
#include "acts.h"
#include <c8d/wish.h>
#include <string.h>

/* ---- calls */

static void fill_reply(struct call *call, unsigned slot, enum c8d_status status)
{
    call->stage = CALL_SERVED;
    call->reply.region = slot_region(slot);
    call->reply.process = (uint8_t)slot_process(slot);
    call->reply.status = (uint8_t)status;
    call->reply.symbol = (uint8_t)c8d_symbol_of_reply(status);
    if (call->command == C8D_COMMAND_FORCE_KILL)
        call->reply.symbol = (uint8_t)(call->reply.symbol - C8D_SYM_OK + C8D_SYM_FORCE_OK);
}

/* containerd's two services are asked for a snapshot one after the other. */
static void serve_list(struct scene *scene, struct call *call)
{
    bool record = call->stage == CALL_ASKED ? scene->runtime.record != 0 : call->reply.status != 0;

    if (call->stage == CALL_ASKED) {
        call->stage = CALL_HALF;
    } else {
        truth_describe(scene, 0, C8D_REGION_TASK, &call->reply);
        call->stage = CALL_SERVED;
    }
    call->reply.status = record;
}

static void serve(struct scene *scene, unsigned slot)
{
    struct call *call = &scene->runtime.calls[slot];
    unsigned process = slot_process(slot);
    struct truth_process before = scene->runtime.processes[process];
    enum c8d_status status;

    if (slot == SLOT_LIST || slot == SLOT_OLD_LIST) {
        serve_list(scene, call);
        return;
    }
    if (slot == SLOT_SUBSCRIBE) {
        memset(call, 0, sizeof(*call));
        scene->runtime.subscribed = 1;
        scene->runtime.resends = 0;
        give_symbol(scene, C8D_REGION_CONNECTION, C8D_SYM_SUBSCRIBED, 0);
        return;
    }
    if (call_is_query(call)) {
        call->stage = CALL_SERVED;
        truth_describe(scene, process, slot_region(slot), &call->reply);
        return;
    }
    status = truth_act(scene, call->command, slot_region(slot), process);
    fill_reply(call, slot, status);
    if (status != C8D_OK || slot_region(slot) != C8D_REGION_PROCESS || slot_is_signal(slot))
        return;
    call->reply.pid = scene->runtime.processes[process].pid;
    if (call->command != C8D_COMMAND_DELETE)
        return;
    call->reply.pid = before.pid;
    if (before.state == TRUTH_STOPPED)
        truth_tell_end(scene, process, &before, &call->reply);
}

/* containerd's own part of a call fails when the shim has done its own. */
static void fail_done(struct scene *scene, unsigned slot)
{
    struct call *call = &scene->runtime.calls[slot];
    enum c8d_status status = truth_act(scene, call->command, slot_region(slot), slot_process(slot));

    fill_reply(call, slot, status == C8D_OK ? C8D_REMOTE : status);
}

static void fail(struct scene *scene, unsigned slot, bool oddly)
{
    struct call *call = &scene->runtime.calls[slot];
    unsigned process = slot_process(slot);

    if (slot == SLOT_SUBSCRIBE || slot == SLOT_LIST || slot == SLOT_OLD_LIST) {
        uint64_t number = scene->model->list_number - (slot == SLOT_OLD_LIST ? 1 : 0);

        memset(call, 0, sizeof(*call));
        give(scene,
             &(struct message){.region = C8D_REGION_CONNECTION,
                               .status = C8D_UNAVAILABLE,
                               .symbol =
                                   slot == SLOT_SUBSCRIBE ? C8D_SYM_SUBSCRIBE_FAILED : C8D_SYM_LIST_FAILED},
             slot == SLOT_SUBSCRIBE ? 0 : number);
        return;
    }
    if (call_is_query(call)) {
        call->stage = CALL_SERVED;
        call->reply = (struct message){.region = slot_region(slot),
                                       .process = (uint8_t)process,
                                       .symbol = C8D_SYM_IS_UNANSWERED,
                                       .status = C8D_UNAVAILABLE};
        return;
    }
    truth_fail(scene, call->command, process, oddly);
    fill_reply(call, slot, C8D_REMOTE);
}

static uint64_t request_of(const struct call *call)
{
    return call->request == REQUEST_OWN ? C8D_REQUEST_WISH : call->request;
}

static void answer(struct scene *scene, unsigned slot, const struct message *reply)
{
    struct call *call = &scene->runtime.calls[slot];
    struct call done = *call;

    call->stage = CALL_NONE;
    if (slot_is_signal(slot)) {
        memset(call, 0, sizeof(*call));
        give_killed(scene, slot_process(slot), request_of(&done), (enum c8d_status)reply->status);
    } else if (slot_is_close(slot)) {
        memset(call, 0, sizeof(*call));
        give(scene, reply, done.request);
    } else if (slot == SLOT_LIST || slot == SLOT_OLD_LIST) {
        memset(call, 0, sizeof(*call));
        give_list(scene, reply, slot == SLOT_LIST);
    } else {
        give(scene, reply, 0);
    }
    /* Kept until now for what is printed of it. */
    if (call->stage == CALL_NONE)
        memset(call, 0, sizeof(*call));
    else
        memset(&call->reply, 0, sizeof(call->reply));
}

static void lose(struct scene *scene, unsigned slot, bool late, bool expired)
{
    struct runtime *runtime = &scene->runtime;
    struct call *call = &runtime->calls[slot];
    struct message lost = {.region = slot_region(slot),
                           .process = (uint8_t)slot_process(slot),
                           .status = expired ? C8D_DEADLINE : C8D_INDETERMINATE,
                           .symbol = expired ? C8D_SYM_EXPIRED : C8D_SYM_LOST};

    if (call->command == C8D_COMMAND_FORCE_KILL)
        lost.symbol = expired ? C8D_SYM_FORCE_EXPIRED : C8D_SYM_FORCE_LOST;
    if (call_is_query(call))
        lost.symbol = C8D_SYM_IS_EXPIRED;
    if (late)
        runtime->late[runtime->late_count++] =
            (struct late_call){call->command, slot_region(slot), (uint8_t)slot_process(slot)};
    answer(scene, slot, &lost);
}

static void do_late(struct scene *scene, unsigned which)
{
    struct runtime *runtime = &scene->runtime;
    struct late_call late = runtime->late[which];

    for (runtime->late_count--; which < runtime->late_count; which++)
        runtime->late[which] = runtime->late[which + 1];
    runtime->late[runtime->late_count] = (struct late_call){0};
    (void)truth_act(scene, late.command, late.region, late.process);
}

/* ---- events */

static struct message take_event(struct runtime *runtime, unsigned which)
{
    struct message event = runtime->events[which];

    for (runtime->event_count--; which < runtime->event_count; which++)
        runtime->events[which] = runtime->events[which + 1];
    memset(&runtime->events[runtime->event_count], 0, sizeof(event));
    return event;
}

static void deliver(struct scene *scene, unsigned which, bool again)
{
    struct runtime *runtime = &scene->runtime;
    struct message event = again ? runtime->events[which] : take_event(runtime, which);

    give(scene, &event, 0);
}

static void forget_events(struct runtime *runtime)
{
    runtime->event_count = 0;
    runtime->unnoticed = 0;
    memset(runtime->events, 0, sizeof(runtime->events));
}

/* What was under way is lost; or it has not reached the runtime yet, and waits for its return. */
static void break_stream(struct scene *scene, bool resends)
{
    scene->runtime.subscribed = 0;
    scene->runtime.unnoticed = 0;
    scene->runtime.resends = resends;
    if (!resends)
        forget_events(&scene->runtime);
    give_symbol(scene, C8D_REGION_CONNECTION, C8D_SYM_STREAM_ENDED, 0);
}

/* Nothing that is under way is heard of any more. */
static void outage(struct scene *scene, bool late, bool resends)
{
    if (scene->runtime.subscribed)
        break_stream(scene, resends);
    for (unsigned slot = 0; slot < SLOTS && scene->broken == NULL; slot++) {
        struct call *call = &scene->runtime.calls[slot];

        if (call->stage == CALL_NONE || (slot_is_link(slot) && slot == SLOT_SUBSCRIBE))
            continue;
        if (slot_is_link(slot)) {
            fail(scene, slot, false);
        } else if (call_is_query(call)) {
            struct message unanswered;

            fail(scene, slot, false);
            unanswered = call->reply;
            answer(scene, slot, &unanswered);
        } else {
            lose(scene, slot, late && call_may_be_late(scene, slot), false);
        }
    }
}

/* Our own process ends, with all that it had under way, pauses and timers among it, and begins anew with the
 * image of the model. What had been asked for may still be carried out. */
static void restart(struct scene *scene, bool late)
{
    struct runtime *runtime = &scene->runtime;

    runtime->subscribed = 0;
    runtime->resends = 0;
    forget_events(runtime);
    for (unsigned slot = 0; slot < SLOTS; slot++) {
        const struct call *call = &runtime->calls[slot];

        if (late && !slot_is_link(slot) && !call_is_query(call) && call_may_be_late(scene, slot))
            runtime->late[runtime->late_count++] =
                (struct late_call){call->command, slot_region(slot), (uint8_t)slot_process(slot)};
    }
    memset(runtime->calls, 0, sizeof(runtime->calls));
    memset(runtime->pauses, 0, sizeof(runtime->pauses));
    memset(runtime->timers, 0, sizeof(runtime->timers));
    memset(runtime->old_timers, 0, sizeof(runtime->old_timers));
    memset(runtime->signal_timers, 0, sizeof(runtime->signal_timers));
    runtime->wish_timer = 0;
    runtime->old_wish_timer = 0;
    give_restart(scene);
}

/* ---- commands */

static uint64_t free_request(const struct scene *scene)
{
    uint32_t used = scene->account.pending;

    for (unsigned slot = 0; slot < SLOTS; slot++)
        used |= (uint32_t)1 << scene->runtime.calls[slot].request;
    /* The timer of a stop comes back with the request, even if it was completed long ago. */
    for (unsigned p = 0; p < PROCESSES_MAX; p++) {
        for (unsigned i = 0; i < SIGNAL_TIMERS; i++)
            used |= scene->runtime.signal_timers[p][i] <= REQUESTS_MAX
                        ? (uint32_t)1 << scene->runtime.signal_timers[p][i]
                        : 0;
    }
    for (unsigned i = 1; i <= REQUESTS_MAX; i++) {
        if ((used >> i & 1) == 0)
            return i;
    }
    return 0;
}

static void draw(uint8_t *budget)
{
    if (*budget != 255)
        --*budget;
}

static void want(struct scene *scene, const struct act *act)
{
    struct message command = {.region = act->a, .process = act->process, .symbol = act->b};

    give(scene, &command, free_request(scene));
    if (scene->actions.outcome == C8D_ACCEPTED)
        draw(&scene->runtime.left.commands);
}

/* ---- one of the list */

static void retry(struct scene *scene, unsigned pause)
{
    static const uint8_t regions[] = {C8D_REGION_CONTAINER, C8D_REGION_TASK, C8D_REGION_CONNECTION};
    struct message message = {.region = C8D_REGION_PROCESS, .symbol = C8D_SYM_RETRY};

    scene->runtime.pauses[pause]--;
    if (pause >= PAUSE_PROCESS)
        message.process = (uint8_t)(pause - PAUSE_PROCESS);
    else
        message.region = regions[pause];
    give(scene, &message, 0);
}

static void time_over(struct scene *scene, const struct act *act)
{
    struct runtime *runtime = &scene->runtime;
    uint8_t *timers = act->a != 0 ? runtime->old_timers : runtime->timers;
    uint8_t heard = runtime->subscribed;
    const struct message over = {
        .region = C8D_REGION_PROCESS, .process = act->process, .symbol = C8D_SYM_OUTLIVED};

    timers[act->process]--;
    if (act->a == 0 && truth_outlives(scene, act->process)) {
        runtime->subscribed = heard && act->b == 0;
        truth_end(scene, act->process);
        runtime->subscribed = heard;
    }
    if (act->b != 0)
        draw(&runtime->left.mutes);
    give(scene, &over, 1u - act->a);
}

static void do_call_act(struct scene *scene, const struct act *act)
{
    struct budgets *left = &scene->runtime.left;
    struct message reply = scene->runtime.calls[act->a].reply;

    switch (act->kind) {
    case ACT_SERVE:
        serve(scene, act->a);
        return;
    case ACT_IGNORE:
        draw(&left->ignores);
        fill_reply(&scene->runtime.calls[act->a], act->a, C8D_OK);
        return;
    case ACT_FAIL:
    case ACT_FAIL_ODDLY:
        draw(&left->fails);
        fail(scene, act->a, act->kind == ACT_FAIL_ODDLY);
        return;
    case ACT_FAIL_DONE:
        draw(&left->fails);
        fail_done(scene, act->a);
        return;
    case ACT_REPLY:
        answer(scene, act->a, &reply);
        return;
    default:
        draw(act->kind <= ACT_LOSE_LATE ? &left->losses : &left->expiries);
        lose(scene, act->a, act->kind == ACT_LOSE_LATE || act->kind == ACT_EXPIRE_LATE,
             act->kind >= ACT_EXPIRE);
        return;
    }
}

static void die(struct scene *scene, unsigned process)
{
    if (scene->runtime.processes[process].state == TRUTH_RUNNING) {
        truth_end(scene, process);
        return;
    }
    draw(&scene->runtime.left.early);
    truth_end_early(scene);
}

static void do_fault(struct scene *scene, const struct act *act)
{
    struct budgets *left = &scene->runtime.left;

    switch (act->kind) {
    case ACT_REPEAT:
        draw(&left->repeats);
        deliver(scene, act->a, true);
        return;
    case ACT_VANISH:
        draw(&left->vanishings);
        (void)take_event(&scene->runtime, act->a);
        scene->runtime.unnoticed = 1;
        return;
    case ACT_NOTICE:
        scene->runtime.unnoticed = 0;
        give_symbol(scene, C8D_REGION_CONNECTION, C8D_SYM_OVERFLOW, 0);
        return;
    case ACT_DROP:
        draw(&left->drops);
        forget_events(&scene->runtime);
        give_symbol(scene, C8D_REGION_CONNECTION, C8D_SYM_OVERFLOW, 0);
        return;
    case ACT_BREAK:
        draw(&left->breaks);
        break_stream(scene, false);
        return;
    case ACT_OUTAGE:
        draw(&left->outages);
        outage(scene, act->a != 0, act->b != 0);
        return;
    case ACT_RESTART:
        draw(&left->restarts);
        restart(scene, act->a != 0);
        return;
    case ACT_DIE:
        die(scene, act->process);
        return;
    case ACT_OOM:
        draw(&left->ooms);
        truth_publish(scene, C8D_REGION_PROCESS, 0, C8D_SYM_OOM);
        return;
    case ACT_CRASH:
        draw(&left->crashes);
        truth_crash(scene, act->a != 0);
        return;
    default:
        draw(&left->foreign);
        (void)truth_act(scene, act->b, act->a, act->process);
        return;
    }
}

/* Acts that may publish more than there is room for are put off until events
 * were delivered. */
static bool may_publish(const struct scene *scene, const struct act *act)
{
    if (act->kind == ACT_SERVE)
        return !slot_is_link(act->a) && !call_is_query(&scene->runtime.calls[act->a]);
    return act->kind == ACT_FAIL_ODDLY || act->kind == ACT_FAIL_DONE || act->kind == ACT_LATE ||
           act->kind == ACT_DIE || act->kind == ACT_OOM || act->kind == ACT_TIMER || act->kind == ACT_CRASH ||
           act->kind == ACT_FOREIGN;
}

void act_do(struct scene *scene, unsigned number)
{
    const struct act *act = act_at(number);

    if (may_publish(scene, act) && !truth_has_room(scene)) {
        scene->cut = true;
        return;
    }
    switch (act->kind) {
    case ACT_COMMAND:
        want(scene, act);
        return;
    case ACT_RESTORE:
        give_symbol(scene, C8D_REGION_CONNECTION, C8D_SYM_RESTORE, free_request(scene));
        return;
    case ACT_LATE:
        do_late(scene, act->a);
        return;
    case ACT_RETRY:
        retry(scene, act->a);
        return;
    case ACT_TIMER:
        time_over(scene, act);
        return;
    case ACT_OVERDUE:
        give_overdue(scene, act->process, act->a);
        return;
    case ACT_WISH_TIMER:
        if (act->a == 0 && scene->runtime.wish_timer == C8D_PATIENCE_BACKOFF)
            draw(&scene->runtime.left.agains);
        give_wish_timer(scene, act->a != 0);
        return;
    case ACT_DELIVER:
        deliver(scene, act->a, false);
        return;
    default:
        if (act->kind <= ACT_IGNORE)
            do_call_act(scene, act);
        else
            do_fault(scene, act);
        return;
    }
}
