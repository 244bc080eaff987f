/* SPDX-License-Identifier: Apache-2.0 */
/* Create in place of what is there. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static void test_replace__name_is_free__is_one_create(void **state)
{
    static const struct trace_case cases[] = {
        {"", "replace.req c; new.ok c", ">rec.create c | done ok"},
        {"", "replace.req c; new.err c", ">rec.create c | done runtime error"},
        {"", "replace.req c; new.nf c", ">rec.create c | done not found"},
        {"", "replace.req c; new.lost c; rec.is:created c", ">rec.create c | >rec.query c | done ok"},
        {"", "replace.req c; new.lost c; rec.is:absent c", ">rec.create c | >rec.query c | done unavailable"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#38364, moby#36249, moby#40613: not cleaned up from the run before. */
static void test_replace__left_by_a_run_before__is_cleared_away(void **state)
{
    static const struct trace_case cases[] = {
        {"replace.req c; new.exists c",
         "rec.is:created c; is:running c 100; fkill.ok c; ev:exit c/c 100 137; del.ok c "
         "100 137; rm.ok c; new.ok c",
         ">query c | create c, start c, >force-kill c, >timer c kill | - | exit c 137, "
         ">delete c | deleted c, >rec.delete c | >rec.create c | done ok"},
        {"replace.req c; new.exists c; rec.is:created c",
         "is:stopped c 100 3; del.ok c 100 3; rm.ok c; new.ok c",
         "create c, start c, exit c 3, >delete c | deleted c, >rec.delete c | >rec.create c | done ok"},
        {"replace.req c; new.exists c; rec.is:created c", "is:created c 100; del.ok c 100; rm.ok c; new.ok c",
         "create c, >delete c | deleted c, >rec.delete c | >rec.create c | done ok"},
        {"replace.req c; new.exists c; rec.is:created c", "is:absent c; rm.ok c; new.ok c",
         ">rec.delete c | >rec.create c | done ok"},
        {"replace.req c; new.exists c; rec.is:created c", "is:absent c; rm.nf c; new.ok c",
         ">rec.delete c | >rec.create c | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_replace__known_here_already__needs_no_query(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "replace.req c; fkill.ok c; ev:exit c/c 100 137; del.ok c 100 137; rm.ok c; new.ok c",
         ">force-kill c, >timer c kill | - | exit c 137, >delete c | deleted c, >rec.delete c | >rec.create "
         "c | done ok"},
        {RUNNING, "replace.req c; fkill.nf c; del.nf c; rm.ok c; new.ok c",
         ">force-kill c, >timer c kill | >delete c | exit c ?, deleted c, >rec.delete c | >rec.create c | "
         "done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#50040: a bundle is left over. There is no third create. */
static void test_replace__exists_and_is_not_found__is_a_conflict(void **state)
{
    static const struct trace_case cases[] = {
        {"replace.req c; new.exists c",
         "rec.is:absent c; new.exists c; rec.is:absent c; replace.req c; new.ok c",
         ">rec.create c | >rec.query c, done conflicting state | - | >rec.create c | done ok"},
        {"replace.req c; new.exists c", "rec.is:absent c; new.ok c", ">rec.create c | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_replace__a_step_fails__is_told_with_the_reason(void **state)
{
    static const struct trace_case cases[] = {
        {"replace.req c; new.exists c", "rec.is:expired c; rec.retry c; rec.is:expired c",
         ">rec.retry c | >rec.query c | >rec.retry c, unresponsive c, done indeterminate"},
        {"replace.req c; new.exists c; rec.is:created c", "is:expired c; retry c; is:expired c",
         ">retry c | >query c | >retry c, unresponsive c, done indeterminate"},
        {RUNNING "; replace.req c", "fkill.err c", "done runtime error"},
        {RUNNING "; replace.req c", "fkill.ok c; overdue c", "- | unresponsive c, done deadline exceeded"},
        {RUNNING "; replace.req c; fkill.ok c; ev:exit c/c 100 137",
         "del.lost c; is:absent c; rm.err c; rec.is:created c",
         ">query c | deleted c, >rec.delete c | >rec.query c, done runtime error | -"},
        {RUNNING "; replace.req c; fkill.ok c; ev:exit c/c 100 137", "del.exists c; is:stopped c 100 137",
         ">query c, done already exists | -"},
        {RUNNING "; replace.req c; fkill.ok c; ev:exit c/c 100 137; del.ok c 100 137",
         "rm.exists c; rec.is:created c", ">rec.query c, done already exists | -"},
        {RUNNING "; replace.req c; fkill.ok c; ev:exit c/c 100 137; del.ok c 100 137; rm.ok c", "new.err c",
         ">rec.query c, done runtime error"},
        {RUNNING "; replace.req c; fkill.ok c; ev:exit c/c 100 137; del.ok c 100 137; rm.ok c",
         "new.exists c; rec.is:created c", ">rec.query c, done conflicting state | -"},
        {RUNNING "; replace.req c; fkill.ok c; ev:exit c/c 100 137; del.ok c 100 137; rm.ok c", "new.nf c",
         ">rec.query c, done not found"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_replace__while_another_command_is_at_work__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {"replace.req c", "replace.req c; rm.req c; new.ok c",
         "done conflicting state (impossible) | done conflicting state (impossible) | done ok"},
        {RUNNING "; fdel.req c", "replace.req c", "done conflicting state"},
        {"new.req c", "replace.req c; new.ok c", "done conflicting state | done ok"},
        {RUNNING "; fdel.req c; ev:exit c/c 100 137 1; del.ok c 100 137; create.req c; create.ok c 200; "
                 "start.req c; start.ok c 200",
         "replace.req c; fkill.nf c", "done conflicting state | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

static void test_replace__of_what_the_snapshot_shows__goes_on(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; replace.req c; new.exists c",
         "gap; subscribed; list; rec.is:created c; snap:stopped c 100 3; sweep; listed; rec.is:created c; "
         "del.ok c; rm.ok c; new.ok c",
         "gap, >subscribe | >list | >rec.query c | - (late) | - (late) | create c, start c, exit c 3 | "
         "resynced | >delete c | deleted c, >rec.delete c | >rec.create c | done ok"},
        {UP "; replace.req c; new.exists c; rec.is:created c",
         "gap; subscribed; list; is:running c 100; sweep; listed; is:absent c; rm.ok c; new.ok c",
         "gap, >subscribe | >list | >query c | - | - | resynced | >rec.create c | done ok | - (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* An exec's silence is the second sign: what is given up then is the container's, and is told of it. */
static void test_replace__given_up_by_the_silence_of_an_exec__is_completed_for_the_container(void **state)
{
    struct trace trace;
    const struct c8d_action *done;

    (void)state;
    assert_true(trace_open(&trace, true));
    (void)trace_feed(&trace, EXEC_RUNNING "; replace.req c; fkill.lost c; is:expired c; kill.req c/e1");
    assert_string_equal(trace_feed(&trace, "kill.expired c/e1"),
                        "done indeterminate, unresponsive c, done indeterminate");
    done = &trace.actions.items[trace.actions.count - 1];
    assert_int_equal(done->region, C8D_REGION_CONTAINER);
    assert_int_equal(done->process, C8D_REF_NONE);
    assert_int_equal(done->pid, 100);
    assert_null(trace.witness.broken);
    trace_close(&trace);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replace__name_is_free__is_one_create),
        cmocka_unit_test(test_replace__left_by_a_run_before__is_cleared_away),
        cmocka_unit_test(test_replace__known_here_already__needs_no_query),
        cmocka_unit_test(test_replace__exists_and_is_not_found__is_a_conflict),
        cmocka_unit_test(test_replace__a_step_fails__is_told_with_the_reason),
        cmocka_unit_test(test_replace__while_another_command_is_at_work__is_refused),
        cmocka_unit_test(test_replace__of_what_the_snapshot_shows__goes_on),
        cmocka_unit_test(test_replace__given_up_by_the_silence_of_an_exec__is_completed_for_the_container),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
