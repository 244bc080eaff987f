/* SPDX-License-Identifier: Apache-2.0 */
/* Ends: whatever order, repetition or loss, each is told once and with the right code. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* moby#43767, containerd#7111: the exit overtakes the reply to the start. */
static void test_exit__before_start_reply__held_back(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "ev:exit c/c 100 137; start.ok c 100", "- | start c, done ok, exit c 137"},
        {STARTING, "ev:exit c/c 100 137; start.lost c", "- | start c, done ok, exit c 137"},
        {STARTING, "ev:exit c/c 100 137; ev:start c 100; start.ok c 100",
         "- | start c, exit c 137 | done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#8557: the start fails and its exit was published all the same. */
static void test_exit__before_start_reply__belongs_to_a_failed_start(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "ev:exit c/c 100 127; start.err c", "- | exit c 127 never-ran, done runtime error"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#43767: a start event that is late marked a dead container as running. */
static void test_exit__then_start_event__stays_ended(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:exit c/c 100 0; ev:start c 100", "exit c 0 | - (late)"},
        {STARTING, "ev:exit c/c 100 137; start.ok c 100; ev:start c 100",
         "- | start c, done ok, exit c 137 | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9103: init was killed for lack of memory while it was created. */
static void test_exit__during_create__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "ev:exit c/c 100 137; create.ok c 100; is:stopped c 100 137",
         "- | create c, done ok, >query c | exit c 137 never-ran"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#6429: a create that failed was followed by an exit. */
static void test_exit__after_failed_create__opens_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {CREATING, "ev:exit c/c 0 137; create.err c; is:absent c; ev:exit c/c 0 137",
         "- | done runtime error, >query c | - | - (late)"},
        {CREATING, "create.err c; ev:exit c/c 0 137", "done runtime error | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#2299: a restart published exits and deletes again. */
static void test_exit__repeated__is_told_once(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING,
         "ev:exit c/c 100 0 5; ev:exit c/c 100 0 5; ev:delete c 100; ev:exit c/c 100 0 5; ev:delete c 100",
         "exit c 0 | - (duplicate) | deleted c | - (duplicate) | - (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#46212, moby#51925, moby#52153: the same exit once more, after a restart. */
static void test_exit__repeated__does_not_end_the_next_run(void **state)
{
    static const struct trace_case cases[] = {
        {SECOND_RUN, "ev:exit c/c 100 0 5; ev:exit c/c 200 1 9", "- (duplicate) | exit c 1"},
        {SECOND_RUN, "ev:exit c/c 100 0 6; is:running c 200; ev:exit c/c 200 1 9", ">query c | - | exit c 1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Without a pid the words of the run before prove nothing, whether or not an earlier one had a pid. */
static void test_exit__repeated_without_a_pid__is_no_repetition(void **state)
{
#define BEGUN "ev:create c; ev:start c"
#define OVER "ev:exit c/c 0 7 9; is:stopped c 0 7 9; ev:delete c"
    static const struct trace_case cases[] = {
        {BEGUN "; " OVER "; " BEGUN, "ev:exit c/c 0 7 9", "-"},
        {RUNNING "; ev:exit c/c 100 0 5; ev:delete c 100; " BEGUN "; " OVER "; " BEGUN, "ev:exit c/c 0 7 9",
         "-"},
    };
#undef BEGUN
#undef OVER

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#52156: the filter of repeated exits took "paused" for not running. */
static void test_exit__repeated__does_not_end_a_paused_next_run(void **state)
{
    static const struct trace_case cases[] = {
        {SECOND_RUN "; pause.req c; pause.ok c; ev:paused c", "ev:exit c/c 100 0 6; is:paused c 200",
         ">query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#4769: the clean-up of a dead shim says 137 after the true end. */
static void test_exit__second_with_137__first_code_stands(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:exit c/c 100 0 5; ev:exit c/c 100 137 6; ev:exit c/c 100 137 7; ev:exit c/c 0 137 8",
         "exit c 0 | conflict c 137 (duplicate) | - (duplicate) | - (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#6402, moby#43156: a killed shim's exit has no pid and is the only one there will be. */
static void test_exit__pid_zero__ends_when_the_runtime_agrees(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:exit c/c 0 137 6; is:absent c; ev:delete c",
         ">query c | exit c 137, deleted c | - (duplicate)"},
        {RUNNING, "ev:exit c/c 0 137 6; ev:delete c; is:absent c; is:absent c",
         ">query c | - | >query c | exit c 137, deleted c"},
        {RUNNING, "ev:exit c/c 0 137 6; is:failed c; retry c; is:stopped c 100 ?",
         ">query c | >retry c | >query c | exit c 137"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#43156: a gap may have hidden the end of the run and the start of the next, whose shim died; the code
 * is the run's only if it has been seen since. */
static void test_exit__pid_zero_after_a_gap__has_a_code_if_the_run_was_seen_again(void **state)
{
    static const struct trace_case cases[] = {
        {UP "; " RUNNING GAP "; snap:running c 100; sweep; listed", "ev:exit c/c 0 137 6; is:absent c",
         ">query c | exit c 137, deleted c"},
        {UP "; " RUNNING "; verify c" GAP "; is:running c 100; sweep; listed; is:failed c",
         "ev:exit c/c 0 137 6; retry c; is:absent c", "- | >query c | exit c ?, deleted c"},
        {UP "; " RUNNING GAP, "ev:exit c/c 0 137 6; sweep; listed; is:stopped c 100 ?",
         "- | - | >query c | - | resynced | exit c ?"},
        {UP "; " RUNNING GAP, "ev:exit c/c 0 137 6; snap:running c 100; sweep; listed; is:absent c",
         "- | - | - | >query c | resynced | exit c ?, deleted c"},
        {UP "; " RUNNING "; gap; subscribed; list; ev:start c 100",
         "ev:exit c/c 0 137 6; sweep; listed; is:absent c",
         "- | - | >query c | - | resynced | exit c ?, deleted c"},
        {UP "; " RUNNING,
         "ev:exit c/c 0 137 6; gap; subscribed; list; sweep; listed; is:absent c; is:absent c",
         ">query c | gap, >subscribe | >list | - | - | resynced | >query c | exit c ?, deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#43156: a run that began after the gap was seen from its beginning. */
static void test_exit__pid_zero_of_a_run_begun_after_a_gap__has_a_code(void **state)
{
    static const struct trace_case cases[] = {
        {UP GAP "; sweep; listed; " RUNNING, "ev:exit c/c 0 137 6; is:absent c",
         ">query c | exit c 137, deleted c"},
        {UP GAP "; sweep; listed; ev:new c; ev:create c 100; ev:start c 100",
         "ev:exit c/c 0 137 6; is:absent c; is:absent c", "- | >query c | exit c 137, deleted c"},
        {UP GAP "; ev:new c; ev:create c 100; ev:start c 100; sweep; listed",
         "ev:exit c/c 0 137 6; is:absent c; is:absent c", "- | >query c | exit c ?, deleted c"},
        {UP "; " CREATING GAP "; sweep; listed; create.ok c 100; start.req c; start.ok c 100; is:failed c",
         "ev:exit c/c 0 137 6; retry c; is:absent c", "- | >query c | exit c ?, deleted c"},
        {UP "; " CREATING GAP "; create.ok c 100; start.req c; start.ok c 100; sweep; listed",
         "ev:exit c/c 0 137 6; is:absent c; is:absent c", "- | >query c | exit c ?, deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#46212: whose dead shim it was, is not known when another run is heard of before the runtime agrees. */
static void test_exit__pid_zero_before_another_run__has_no_code(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:exit c/c 0 137 6; ev:create c 300; is:absent c; is:absent c",
         ">query c | - | >query c | exit c ?, deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9103: killed while it is created, with the pid of the one before. */
static void test_exit__during_create_with_the_pid_before__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED "; del.req c; del.ok c 100; create.req c",
         "ev:exit c/c 100 137 6; create.ok c 100; is:stopped c 100 137",
         "- | create c, done ok, >query c | exit c 137 never-ran"},
        {RUNNING "; verify c; is:stopped c 100 9 5; del.req c; del.ok c 100; create.req c",
         "ev:exit c/c 100 137 6; create.ok c 100; is:stopped c 100 137",
         "- | create c, done ok, >query c | exit c 137 never-ran"},
        {EXITED "; del.req c; del.ok c 100; create.req c", "ev:exit c/c 100 0 5; create.ok c 100",
         "- (duplicate) | create c, done ok"},
        {RUNNING "; verify c; is:absent c; create.req c", "ev:exit c/c 100 3 6; create.ok c 100",
         "- | create c, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#46212: a runtime that was away is told by its shims what they could not tell it then. */
static void test_exit__pid_zero_of_a_run_not_heard_to_end__has_no_code(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; verify c; is:absent c; create.req c; create.ok c 200; start.req c",
         "ev:exit c/c 0 137 6; start.err c; is:stopped c 200 ?",
         "- | exit c ? never-ran, done runtime error, >query c | -"},
        {RUNNING "; verify c; is:absent c; create.req c; create.ok c 200; start.req c; start.ok c 200",
         "ev:exit c/c 0 137 6; is:absent c", ">query c | exit c ?, deleted c"},
        {RUNNING
         "; ev:exit c/c 0 137 6; is:absent c; create.req c; create.ok c 200; start.req c; start.ok c 200",
         "ev:exit c/c 0 137 7; is:absent c", ">query c | exit c 137, deleted c"},
        {SECOND_RUN, "ev:exit c/c 0 137 6; is:absent c", ">query c | exit c 137, deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The start is refused for another reason, and whose shim died is not known. */
static void test_exit__pid_zero_and_a_refused_start__has_no_code(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "ev:exit c/c 0 137 6; start.err c; is:created c 100",
         "- | exit c ? never-ran, done runtime error, >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#46212: the same exit may be the echo of the run before. */
static void test_exit__pid_zero_of_an_older_run__is_no_end(void **state)
{
    static const struct trace_case cases[] = {
        {SECOND_RUN, "ev:exit c/c 0 137 6; is:running c 200; ev:exit c/c 200 4", ">query c | - | exit c 4"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41227, moby#41341: the end was inferred while its event was on the way. */
static void test_exit__code_unknown__is_learnt_without_a_second_end(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c; is:absent c; ev:exit c/c 100 7; ev:exit c/c 100 8",
         ">query c | exit c ?, deleted c | - | conflict c 8 (duplicate)"},
        {RUNNING, "verify c; is:stopped c 100 ?; ev:exit c/c 100 7", ">query c | exit c ? | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* The exit event never comes, and who else tells of the end names the pid. */
static void test_exit__code_unknown__is_learnt_from_a_delete_or_an_answer(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c; is:absent c; ev:delete c 100 7; ev:exit c/c 100 8",
         ">query c | exit c ?, deleted c | - | conflict c 8 (duplicate)"},
        {RUNNING, "verify c; is:absent c; ev:delete c 101 7; ev:exit c/c 100 8",
         ">query c | exit c ?, deleted c | - (duplicate) | -"},
        {RUNNING, "verify c; is:absent c; ev:delete c 0 7; ev:exit c/c 100 8",
         ">query c | exit c ?, deleted c | - (duplicate) | -"},
        {RUNNING, "verify c; is:absent c; ev:delete c 100 ?; ev:exit c/c 100 8",
         ">query c | exit c ?, deleted c | - (duplicate) | -"},
        {RUNNING, "verify c; is:stopped c 100 ?; ev:delete c 100 7; ev:exit c/c 100 8",
         ">query c | exit c ? | deleted c | conflict c 8 (duplicate)"},
        {RUNNING, "verify c; is:stopped c 100 ?; verify c; is:stopped c 100 7; ev:exit c/c 100 8",
         ">query c | exit c ? | >query c | - | conflict c 8 (duplicate)"},
        {RUNNING, "ev:exit c/c 100 7; ev:delete c 100 8; ev:delete c 100 9; ev:exit c/c 100 7 5",
         "exit c 7 | deleted c | - (duplicate) | - (duplicate)"},
        {STARTING, "start.err c; verify c; is:stopped c 100 7; ev:exit c/c 100 8",
         "exit c ? never-ran, done runtime error | >query c | - | conflict c 8 never-ran (duplicate)"},
        {EXEC_STARTING,
         "start.err c/e1; verify c/e1; is:stopped c/e1 0 7; ev:exit c/e1 0 8; ev:exit c/e1 0 9",
         "exit c/e1 ? never-ran, done runtime error | >query c/e1 | - | >query c/e1 | conflict c/e1 9 "
         "never-ran "
         "(duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45788: a task that could not be found was taken for one that exited with 0. */
static void test_exit__code_never_told__is_not_zero(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "verify c; is:absent c", ">query c | exit c ?, deleted c"},
        {RUNNING, "ev:delete c 100", "exit c ?, deleted c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#46212: the echo of a dead shim's delete, when the next start has failed. */
static void test_delete__pid_zero_of_an_older_run__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {STARTING, "start.err c; ev:delete c; is:created c 100",
         "exit c ? never-ran, done runtime error | >query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#6402: what was not told is not zero. */
static void test_exit__pid_zero_without_a_code__stays_unknown(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:exit c/c 0 ?; is:stopped c 100 ?", ">query c | exit c ?"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#41227: a kill that finds nobody proves no code; the state is asked for. */
static void test_exit__confirmed_by_kill__asks(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "kill.req c; kill.nf c; is:stopped c 100 3",
         ">kill c | done not found, >query c | exit c 3"},
        {RUNNING, "kill.req c; kill.nf c; ev:exit c/c 100 3; is:stopped c 100 3",
         ">kill c | done not found, >query c | exit c 3 | >query c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#14081: what a kill cannot deliver is no end. */
static void test_kill__other_results__end_nothing(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "kill.req c; kill.ok c; kill.req c; kill.err c; kill.req c; kill.lost c",
         ">kill c | done ok | >kill c | done runtime error | >kill c | done indeterminate"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* kata-containers#6154, moby#44888: a pid selects nothing. */
static void test_exit__with_another_pid__asks(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:exit c/c 999 1; is:running c 100", ">query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#46212: what was known of the run before is no word on the next one. */
static void test_exit__like_the_last_ones_but_for_the_pid__is_an_end(void **state)
{
    static const struct trace_case cases[] = {
        {SECOND_RUN, "ev:exit c/c 200 0 5; ev:exit c/c 100 0 5", "exit c 0 | - (duplicate)"},
        {RUNNING "; ev:exit c/c 100 0 5; del.req c; del.ok c 100 0; create.req c",
         "ev:exit c/c 200 137; create.ok c 200; is:stopped c 200 137",
         "- | create c, done ok, >query c | exit c 137 never-ran"},
        {CREATED, "verify c; is:created c 300", ">query c | deleted c, create c"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#6402: the runtime's own word goes before that of a dead shim, and silence has none. */
static void test_exit__pid_zero_and_another_code__the_runtimes_own_counts(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "ev:exit c/c 0 137 6; is:stopped c 100 5", ">query c | exit c 5"},
        {EXEC_RUNNING, "ev:exit c/c 100 0; ev:exit c/e1 0 3; outlived c/e1",
         "exit c 0, >timer c/e1 exec | >query c/e1 | exit c/e1 ?"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#43767: the reply that names an exec's pid is lost, its exit has named it. */
static void test_exit__names_the_pid_of_a_start_whose_reply_is_lost(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "ev:exit c/e1 7 3; start.lost c/e1; ev:exit c/e1 8 9; ev:exit c/e1 7 9",
         "- | exec-started c/e1, done ok, exit c/e1 3 | - (late) | conflict c/e1 9 (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit__before_start_reply__held_back),
        cmocka_unit_test(test_exit__before_start_reply__belongs_to_a_failed_start),
        cmocka_unit_test(test_exit__then_start_event__stays_ended),
        cmocka_unit_test(test_exit__during_create__is_asked_for),
        cmocka_unit_test(test_exit__after_failed_create__opens_nothing),
        cmocka_unit_test(test_exit__repeated__is_told_once),
        cmocka_unit_test(test_exit__repeated__does_not_end_the_next_run),
        cmocka_unit_test(test_exit__repeated_without_a_pid__is_no_repetition),
        cmocka_unit_test(test_exit__repeated__does_not_end_a_paused_next_run),
        cmocka_unit_test(test_exit__second_with_137__first_code_stands),
        cmocka_unit_test(test_exit__pid_zero__ends_when_the_runtime_agrees),
        cmocka_unit_test(test_exit__pid_zero_after_a_gap__has_a_code_if_the_run_was_seen_again),
        cmocka_unit_test(test_exit__pid_zero_of_a_run_begun_after_a_gap__has_a_code),
        cmocka_unit_test(test_exit__pid_zero_before_another_run__has_no_code),
        cmocka_unit_test(test_exit__during_create_with_the_pid_before__is_asked_for),
        cmocka_unit_test(test_exit__pid_zero_of_a_run_not_heard_to_end__has_no_code),
        cmocka_unit_test(test_exit__pid_zero_and_a_refused_start__has_no_code),
        cmocka_unit_test(test_exit__pid_zero_of_an_older_run__is_no_end),
        cmocka_unit_test(test_exit__code_unknown__is_learnt_without_a_second_end),
        cmocka_unit_test(test_exit__code_unknown__is_learnt_from_a_delete_or_an_answer),
        cmocka_unit_test(test_exit__code_never_told__is_not_zero),
        cmocka_unit_test(test_delete__pid_zero_of_an_older_run__is_asked_for),
        cmocka_unit_test(test_exit__pid_zero_without_a_code__stays_unknown),
        cmocka_unit_test(test_exit__confirmed_by_kill__asks),
        cmocka_unit_test(test_kill__other_results__end_nothing),
        cmocka_unit_test(test_exit__with_another_pid__asks),
        cmocka_unit_test(test_exit__like_the_last_ones_but_for_the_pid__is_an_end),
        cmocka_unit_test(test_exit__pid_zero_and_another_code__the_runtimes_own_counts),
        cmocka_unit_test(test_exit__names_the_pid_of_a_start_whose_reply_is_lost),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
