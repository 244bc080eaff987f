/* SPDX-License-Identifier: Apache-2.0 */
/* Wishes that are said anew while another one is followed, and those that outlive their program. */
#include "trace.h"
#include "trace_given_wish.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Another wish makes a timer late that runs, and waits for the command in flight. */
static void test_wish__said_anew__takes_the_place_of_the_old_one(void **state)
{
    static const struct trace_case cases[] = {
        {BACKING_OFF, "wish-running.req c; again c", "done ok | >create c"},
        {BACKING_OFF, "wish-paused.req c; again c; wish-running.req c",
         "done ok | - (late) | done ok, >create c"},
        {BACKING_OFF, "wish-removed.req c", "done ok, >rec.delete c"},
        {BACKING_OFF, "wish-none.req c; again c", "done ok | - (late)"},
        {UP_RUNNING, "wish-none.req c; ev:exit c/c 100 0 5", "done ok | exit c 0"},
        {ASKING,
         "wish-paused.req c; wish-removed.req c; wish-paused.req c; wish-stopped.req c; wish-paused.req c; "
         "wish-running.req c; wish-removed.req c; wish-running.req c; wish-removed.req c; wish-stopped.req "
         "c; wish-running.req c; wish-removed.req c; wish-none.req c; is:running c 100",
         "done ok | done ok | done ok | done ok | done ok | done ok | done ok | done ok | done ok | done ok "
         "| done ok | done ok | done ok | -"},
        {LIVE "; wish-stopped.req c",
         "wish-none.req c; wish-stopped.req c; wish-paused.req c; wish-none.req c; wish-paused.req c; "
         "wish-running.req c",
         "done ok | done ok | done ok | done ok | done ok | done ok, >create c"},
        {LIVE "; wish-stopped.req c", "wish-removed.req c", "done ok, >rec.delete c"},
        {WISHED, "wish-paused.req c; create.ok c 100", "done ok | create c"},
        {WISHED, "wish-none.req c; create.ok c 100; wish-running.req c",
         "done ok | create c | done ok, >start c"},
        {DROPPED, "wish-running.req c; create.err c; again c",
         "done ok | >rec.timer c backoff 1 | >create c"},
        {DROPPED, "wish-stopped.req c; create.err c; again c",
         "done ok | >rec.timer c backoff 1 | >rec.timer c steady"},
        {DROPPED, "wish-paused.req c; create.ok c 100", "done ok | create c"},
        {DROPPED, "wish-removed.req c; create.ok c 100", "done ok | create c, >delete c"},
        {DROPPED, "create.err c; wish-running.req c", "- | done ok, >create c"},
        {REAPING_RUN, "wish-none.req c; del.ok c 100 1", "done ok | deleted c"},
        {"hold c; " REAPING_RUN, "wish-none.req c; del.ok c 100 1", "done ok | deleted c"},
        {REAPING_RUN, "wish-paused.req c; del.ok c 100 1", "done ok | deleted c"},
        {REAPING_RUN, "wish-removed.req c; del.ok c 100 1", "done ok | deleted c, >rec.delete c"},
        {STOPPING, "wish-none.req c; kill.ok c; ev:exit c/c 100 143 5", "done ok | - | exit c 143"},
        {STOPPING, "wish-running.req c; kill.ok c; ev:exit c/c 100 143 5; del.ok c 100 143",
         "done ok | - | exit c 143, >delete c | deleted c, >create c"},
        {STOPPING, "wish-paused.req c; kill.err c; again c; pause.ok c",
         "done ok | >rec.timer c backoff 1 | >pause c | paused c, >rec.timer c steady"},
        {STOPPING, "wish-removed.req c; kill.ok c; ev:exit c/c 100 143 5",
         "done ok | - | exit c 143, >delete c"},
        {STOP_FAILED, "again c; kill.ok c; ev:exit c/c 100 143 5",
         ">kill c, >timer c grace | - | exit c 143, >rec.timer c steady"},
        {STOP_FAILED, "wish-none.req c; again c", "done ok | - (late)"},
        {STOP_FAILED, "wish-running.req c", "done ok"},
        {STOP_FAILED, "wish-paused.req c", "done ok, >pause c"},
        {STOP_FAILED, "wish-removed.req c", "done ok, >kill c, >timer c grace"},
        {PAUSING, "wish-none.req c; pause.ok c", "done ok | paused c"},
        {PAUSING, "wish-running.req c; pause.ok c; resume.ok c", "done ok | paused c, >resume c | resumed c"},
        {PAUSING, "wish-stopped.req c; pause.ok c", "done ok | paused c, >resume c, >kill c, >timer c grace"},
        {PAUSING, "wish-removed.req c; pause.ok c", "done ok | paused c, >resume c, >kill c, >timer c grace"},
        {PAUSE_FAILED, "wish-none.req c; again c", "done ok | - (late)"},
        {PAUSE_FAILED, "wish-running.req c", "done ok"},
        {PAUSE_FAILED, "wish-stopped.req c", "done ok, >kill c, >timer c grace"},
        {PAUSE_FAILED, "wish-removed.req c", "done ok, >kill c, >timer c grace"},
        {REMOVING, "wish-none.req c; rm.ok c", "done ok | -"},
        {REMOVING, "wish-running.req c; rm.ok c", "done ok | >rec.create c"},
        {REMOVING, "wish-stopped.req c; rm.ok c", "done ok | -"},
        {REMOVING, "wish-paused.req c; rm.ok c", "done ok | -"},
        {REMOVE_FAILED, "again c; rm.ok c", ">rec.delete c | -"},
        {REMOVE_FAILED, "wish-none.req c; again c", "done ok | - (late)"},
        {REMOVE_FAILED, "wish-running.req c", "done ok, >create c"},
        {REMOVE_FAILED, "wish-stopped.req c; again c", "done ok | - (late)"},
        {REMOVE_FAILED, "wish-paused.req c; again c", "done ok | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The wish is in the image; what was in flight for it is asked for, and its pause begins again. */
static void test_wish__program_starts_anew__goes_on(void **state)
{
    static const struct trace_case cases[] = {
        {UP_RUNNING,
         "restart; subscribed; list; snap:stopped c 100 7; sweep; listed; pursue; del.ok c 100 7; again c",
         "gap, >subscribe | >list | - | - | exit c 7 | resynced | >delete c | deleted c, >rec.timer c "
         "backoff 1 | >create c"},
        {WISHED,
         "restart; is:created c 100; subscribed; list; snap:created c 100; sweep; listed; pursue; start.ok c "
         "100",
         ">query c | gap, >subscribe | create c | >list | - | - (late) | - | resynced | >start c | start c"},
        {REAPING_RUN, "restart; is:absent c; subscribed; list; snap:absent c; sweep; listed; again c; pursue",
         ">query c, >rec.timer c backoff 1 | gap, >subscribe | deleted c | >list | - | - | - | resynced | "
         ">create c"},
        {BACKING_OFF, "restart; subscribed; list; snap:absent c; sweep; listed; pursue; again c",
         ">rec.timer c backoff 1 | gap, >subscribe | >list | - | - | - | resynced | >create c"},
        {DROPPED, "restart; is:created c 100; subscribed; list; snap:created c 100; sweep; listed; pursue",
         ">query c | gap, >subscribe | create c | >list | - | - (late) | - | resynced"},
        {STOPPING,
         "restart; subscribed; list; snap:running c 100; sweep; listed; pursue; overdue c; kill.ok c; "
         "ev:exit c/c 100 137 9",
         ">timer c grace | gap, >subscribe | >list | - | - | - | resynced | >escalate c, >timer c kill | - | "
         "exit c 137"},
        {STOP_FAILED, "restart; subscribed; list; snap:running c 100; sweep; listed; pursue; again c",
         ">rec.timer c backoff 1 | gap, >subscribe | >list | - | - | - | resynced | >kill c, >timer c grace"},
        {PAUSING, "restart; task.is:paused c 100; subscribed; list; snap:paused c 100; sweep; listed; pursue",
         ">task.query c | gap, >subscribe | paused c | >list | - | - | - | resynced"},
        {PAUSE_FAILED, "restart; subscribed; list; snap:running c 100; sweep; listed; pursue; again c",
         ">rec.timer c backoff 1 | gap, >subscribe | >list | - | - | - | resynced | >pause c"},
        {REMOVING,
         "restart; rec.is:created c; subscribed; list; snap:absent c; sweep; listed; pursue; again c; rm.ok "
         "c",
         ">rec.query c | gap, >subscribe | - | >list | - | - | - | resynced | >rec.timer c backoff 1 | "
         ">rec.delete c | -"},
        {REMOVE_FAILED, "restart; subscribed; list; snap:absent c; sweep; listed; pursue; again c",
         ">rec.timer c backoff 1 | gap, >subscribe | >list | - | - | - | resynced | >rec.delete c"},
        {LIVE "; wish-stopped.req c",
         "restart; subscribed; list; snap:running c 300; sweep; listed; pursue; again c",
         "gap, >subscribe | >list | - | - (late) | create c, start c | resynced | >rec.timer c backoff 1 | "
         ">kill c, >timer c grace"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wish__said_anew__takes_the_place_of_the_old_one),
        cmocka_unit_test(test_wish__program_starts_anew__goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
