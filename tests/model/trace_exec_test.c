/* SPDX-License-Identifier: Apache-2.0 */
/* Execs: their ends beside the end of init, and what is left of one that failed. */
#include "trace.h"
#include "trace_given.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* moby#45770, moby#45795: the exit of a short exec overtakes the reply. */
static void test_exec_exit__before_start_reply__held_back(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "ev:exit c/e1 7 3; start.ok c/e1 7; ev:exec-started c/e1 7",
         "- | exec-started c/e1, done ok, exit c/e1 3 | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45770: the start failed and an exit with a code came. */
static void test_exec_exit__of_failed_start__does_not_replace_its_end(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "ev:exit c/e1 0 127; start.err c/e1",
         "- | exit c/e1 127 never-ran, done runtime error, >query c/e1"},
        {EXEC_STARTING, "start.err c/e1; ev:exit c/e1 0 127; is:created c/e1",
         "exit c/e1 ? never-ran, done runtime error | >query c/e1 | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd says so of an exec whose task is gone, and of no other; that may not have been told. */
static void test_exec__of_a_task_that_is_not_found__has_it_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; exec.req c/e1", "exec.nf c/e1; is:stopped c 100 3",
         "done not found, >query c | exit c 3"},
        {RUNNING "; exec.req c/e1", "exec.nf c/e1; is:absent c",
         "done not found, >query c | exit c ?, deleted c"},
        {RUNNING "; exec.req c/e1", "exec.nf c/e1; is:running c 100", "done not found, >query c | -"},
        /* It is being asked for already. */
        {RUNNING "; verify c; exec.req c/e1", "exec.nf c/e1; is:running c 100", "done not found | -"},
        /* Or its end was told meanwhile, or a call of ours is to be waited for. */
        {RUNNING "; exec.req c/e1; ev:exit c/c 100 3; del.req c; del.ok c", "exec.nf c/e1",
         "done not found, >query c/e1"},
        {RUNNING "; exec.req c/e1; ev:exit c/c 100 3; del.req c", "exec.nf c/e1; del.err c",
         "done not found | done runtime error, >query c"},
        /* Another failure says nothing of the task. */
        {RUNNING "; exec.req c/e1", "exec.err c/e1", "done runtime error"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#39427: whoever waited for a failed exec waited for ever. */
static void test_exec_start__failed__is_an_end(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "start.err c/e1; del.req c/e1; del.ok c/e1",
         "exit c/e1 ? never-ran, done runtime error | >delete c/e1 | deleted c/e1, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9719, containerd#9999: clients dropped the exec with the container. */
static void test_exec_exit__after_init_exit__is_told(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING, "ev:exit c/c 100 0; ev:exit c/e1 7 137", "exit c 0, >timer c/e1 exec | exit c/e1 137"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9999: the exits of execs were dropped; the code may come late. */
static void test_exec_exit__lost_with_its_task__is_told_unknown(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING, "ev:exit c/c 100 0; del.req c; del.ok c 100 0; is:absent c/e1; ev:exit c/e1 7 137",
         "exit c 0, >timer c/e1 exec | >delete c | deleted c, done ok, >query c/e1 | exit c/e1 ?, deleted "
         "c/e1 | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* kata-containers#6154: virtual machines report one pid for all. */
static void test_exec_exit__with_the_pid_of_init__ends_the_exec(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING "; start.ok c/e1 100", "ev:exit c/e1 100 0; ev:exit c/c 100 0",
         "exit c/e1 0 | exit c 0"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#10589: execs kept coming and the end of init was never published. */
static void test_exec__after_init_exit__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {EXITED, "exec.req c/e1; launch.req c/e1",
         "done conflicting state (impossible) | done conflicting state (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#3365: the second registration replaced the first. */
static void test_exec__registered_twice__is_refused(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_ADDED, "exec.req c/e1", "done already exists (impossible)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#2820: a late exit was attributed to the next exec of that name. */
static void test_exec_id__used_again__late_exit_is_the_old_ones(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; ev:exit c/e1 7 0 5; del.req c/e1; del.ok c/e1 7 0; exec.req c/e1; exec.ok c/e1; "
                      "start.req c/e1; start.ok c/e1 8",
         "ev:exit c/e1 7 0 5; ev:exit c/e1 8 2 6", "- (duplicate) | exit c/e1 2"},
        {EXEC_RUNNING
         "; ev:exit c/e1 7 0 5; del.req c/e1; del.ok c/e1 7 0; exec.req c/e1; exec.ok c/e1; start.req c/e1",
         "ev:exit c/e1 7 1 6; start.ok c/e1 8; is:running c/e1 8",
         "- | exec-started c/e1, done ok | - (late)"},
        /* One that never ran and had no pid has been between them. */
        {EXEC_RUNNING
         "; ev:exit c/e1 7 3 5; del.req c/e1; del.ok c/e1 7 3 5; exec.req c/e1; exec.ok c/e1; "
         "del.req c/e1; del.ok c/e1; exec.req c/e1; exec.ok c/e1; start.req c/e1; start.ok c/e1 8",
         "ev:exit c/e1 7 3 5; ev:exit c/e1 8 2 6", "- (duplicate) | exit c/e1 2"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* ctr task exec --exec-id x, again and again: each is another exec. Of the first one that is met, and of
 * those that an answer told of, the creation was not heard. */
static void test_exec_id__of_others_used_again_and_again__is_asked_for(void **state)
{
#define MET "restore; subscribed; list; snap:running c 100; sweep; listed; "
    static const struct trace_case cases[] = {
        {MET
         "ev:exec-added c/x; is:created c/x; ev:exec-started c/x 9; ev:exit c/x 9 4 5; ev:exec-added c/x; "
         "is:created c/x; ev:exec-started c/x 10; ev:exit c/x 10 4 6",
         "ev:exec-added c/x; is:created c/x; ev:exec-started c/x 11",
         ">query c/x | deleted c/x, exec-added c/x | exec-started c/x"},
        {MET "ev:exit c/x 9 4 5; is:stopped c/x 9 4 5", "ev:exec-added c/x; is:created c/x",
         ">query c/x | deleted c/x, exec-added c/x"},
        /* Its own creation, overtaken by its start. */
        {MET "ev:exec-started c/x 9; is:running c/x 9", "ev:exec-added c/x", "-"},
        /* The event of our own creation may come as late as this, and one with a pid tells whose it is. */
        {RUNNING "; exec.req c/e1; exec.ok c/e1; start.req c/e1; start.ok c/e1 7; ev:exit c/e1 7 0 5",
         "ev:exec-added c/e1", "-"},
        {"ev:exit c/c 100 0 5; is:stopped c/c 100 0 5", "ev:create c/c 100", "-"},
    };
#undef MET

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#32274: execs of health probes were left registered. */
static void test_exec__launch_fails_to_start__is_deleted(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING, "launch.req c/e1; create.ok c/e1; start.err c/e1; del.ok c/e1",
         ">create c/e1 | exec-added c/e1, >start c/e1 | exit c/e1 ? never-ran, >delete c/e1 | deleted c/e1, "
         "done runtime error"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#8557: nothing is known of it but that it is not there. */
static void test_exec__start_reply_lost_and_gone__is_over(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_STARTING, "start.lost c/e1; is:absent c/e1",
         ">query c/e1 | exit c/e1 ? never-ran, deleted c/e1, done unavailable"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#9999: each has an end of its own. */
static void test_exec__two_of_one_task__are_independent(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; exec.req c/e2; exec.ok c/e2; start.req c/e2; start.ok c/e2 8",
         "ev:exit c/e2 8 2; ev:exit c/e1 7 1", "exit c/e2 2 | exit c/e1 1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* Found by fuzzing: the task was replaced unseen, and an exec that was registered since then is its
 * successor's. */
static void test_exec__of_a_task_that_was_replaced_unseen__is_asked_for(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; ev:exit c/e1 7 1; kill.req c; kill.nf c", "is:running c 101; is:stopped c/e1 7 1",
         "exit c ?, deleted c, >query c/e1, create c, start c, >task.query c | -"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45595, containerd#8617: to keep start and exit in order, one start waited for the other, and thirty
 * took 19 s. */
static void test_exec__started_beside_others_and_short__waits_for_none(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_ADDED "; exec.req c/e2; exec.ok c/e2; exec.req c/e3; exec.ok c/e3; start.req c/e1; start.req "
                    "c/e2; start.req c/e3",
         "ev:exit c/e3 9 3; ev:exit c/e1 7 1; start.ok c/e3 9; start.ok c/e2 8; ev:exit c/e2 8 2; start.ok "
         "c/e1 7",
         "- | - | exec-started c/e3, done ok, exit c/e3 3 | exec-started c/e2, done ok | exit c/e2 2 | "
         "exec-started c/e1, done ok, exit c/e1 1"},
        {EXEC_ADDED "; exec.req c/e2; exec.ok c/e2", "start.req c/e1; start.req c/e2",
         ">start c/e1 | >start c/e2"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#53614, moby#43040: a client that had stopped reading held up the exec's exit, and all that came behind
 * it. */
static void test_exec_exit__with_its_streams_stuck__holds_nobody_up(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; closeio.req c/e1", "ev:exit c/e1 7 0; ev:exit c/c 100 0",
         "exit c/e1 0, done ok | exit c 0"},
        {EXEC_RUNNING "; closeio.req c/e1", "ev:exit c/c 100 0; ev:exit c/e1 7 0; closeio.ok c/e1",
         "exit c 0, >timer c/e1 exec | exit c/e1 0, done ok | - (late)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* containerd#3361: a grandchild kept the output open, and the delete of the exec never came back. */
static void test_exec_delete__waits_for_its_output__holds_nobody_up(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_EXITED "; del.req c/e1",
         "ev:exit c/c 100 0; del.req c; del.ok c 100 0; del.expired c/e1; is:absent c/e1",
         "exit c 0 | >delete c | deleted c, done ok | >query c/e1 | deleted c/e1, done ok"},
        {EXEC_EXITED "; del.req c/e1",
         "ev:exit c/c 100 0; del.expired c/e1; is:stopped c/e1 7 0; del.req c/e1; del.ok c/e1 7 0",
         "exit c 0 | >query c/e1 | done unavailable | >delete c/e1 | deleted c/e1, done ok"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* moby#45120: with the pids of the host it is not init that ends an exec, and nobody told that it had ended.
 */
static void test_exec__outlives_a_task_that_is_removed__ends(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING "; fdel.req c; fkill.ok c", "ev:exit c/c 100 137; del.ok c 100 137; ev:exit c/e1 7 137",
         "exit c 137, >delete c, >timer c/e1 exec | deleted c, done ok, >query c/e1 | exit c/e1 137"},
        /* Killed much later: the code is learnt, and no second end is told. */
        {EXEC_RUNNING "; fdel.req c; fkill.ok c",
         "ev:exit c/c 100 137; del.ok c 100 137; is:running c/e1 7; outlived c/e1; ev:exit c/e1 7 137",
         "exit c 137, >delete c, >timer c/e1 exec | deleted c, done ok, >query c/e1 | - | exit c/e1 ? | -"},
        {EXEC_RUNNING "; fdel.req c; fkill.ok c",
         "ev:exit c/c 100 137; del.ok c 100 137; is:failed c/e1; outlived c/e1",
         "exit c 137, >delete c, >timer c/e1 exec | deleted c, done ok, >query c/e1 | >retry c/e1 | exit "
         "c/e1 ?"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* rust-extensions#352: a shim that publishes the exit of init alone. */
static void test_exec_exit__never_published__is_found_by_asking(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING, "kill.req c/e1; kill.nf c/e1; is:stopped c/e1 7 3",
         ">kill c/e1 | done not found, >query c/e1 | exit c/e1 3"},
        {EXEC_RUNNING, "stop.req c/e1; kill.nf c/e1; is:absent c/e1",
         ">kill c/e1, >timer c/e1 grace | >query c/e1 | exit c/e1 ?, deleted c/e1, done ok"},
        {EXEC_RUNNING, "ev:exit c/c 100 0; outlived c/e1", "exit c 0, >timer c/e1 exec | exit c/e1 ?"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* podman#10405: whoever cleared up an exec took its code away with it. */
static void test_exec__cleared_away_before_its_code_was_read__keeps_it(void **state)
{
    static const struct trace_case cases[] = {
        {EXEC_RUNNING, "ev:exit c/e1 7 3; ev:delete c/e1 7 3; del.req c/e1",
         "exit c/e1 3 | deleted c/e1 | done not found (impossible)"},
        {EXEC_RUNNING, "ev:delete c/e1 7 3; ev:exit c/e1 7 3", "exit c/e1 3, deleted c/e1 | - (duplicate)"},
        {EXEC_RUNNING "; ev:exit c/e1 7 3; del.req c/e1", "ev:delete c/e1 7 3; del.nf c/e1",
         "- | deleted c/e1, done ok"},
        /* Its event comes behind: the code is learnt. */
        {EXEC_RUNNING, "verify c/e1; is:absent c/e1; ev:exit c/e1 7 3; ev:exit c/e1 7 4",
         ">query c/e1 | exit c/e1 ?, deleted c/e1 | - | conflict c/e1 4 (duplicate)"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

/* kubernetes#110070: probes went on in what was ending. Whatever point one has reached, it is deleted again.
 */
static void test_exec__probe_of_a_task_that_ends__leaves_nothing_behind(void **state)
{
    static const struct trace_case cases[] = {
        {RUNNING "; launch.req c/e1",
         "ev:exit c/c 100 0; create.ok c/e1; start.precond c/e1; del.ok c/e1; exec.req c/e2",
         "exit c 0 | exec-added c/e1, >start c/e1 | exit c/e1 ? never-ran, >delete c/e1 | deleted c/e1, done "
         "conflicting state | done conflicting state (impossible)"},
        {RUNNING "; launch.req c/e1; create.ok c/e1",
         "ev:exit c/c 100 0; start.precond c/e1; del.nf c/e1; exec.req c/e2",
         "exit c 0 | exit c/e1 ? never-ran, >delete c/e1 | deleted c/e1, done conflicting state | done "
         "conflicting state (impossible)"},
        {EXEC_ADDED, "ev:exit c/c 100 0; start.req c/e1; start.precond c/e1; del.req c/e1; del.ok c/e1",
         "exit c 0 | >start c/e1 | exit c/e1 ? never-ran, done conflicting state | >delete c/e1 | deleted "
         "c/e1, done ok"},
        {EXEC_ADDED, "ev:exit c/c 100 0; del.req c; del.ok c 100 0; is:absent c/e1",
         "exit c 0 | >delete c | deleted c, done ok, >query c/e1 | deleted c/e1"},
    };

    (void)state;
    trace_check(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exec_exit__before_start_reply__held_back),
        cmocka_unit_test(test_exec_exit__of_failed_start__does_not_replace_its_end),
        cmocka_unit_test(test_exec__of_a_task_that_is_not_found__has_it_asked_for),
        cmocka_unit_test(test_exec_start__failed__is_an_end),
        cmocka_unit_test(test_exec_exit__after_init_exit__is_told),
        cmocka_unit_test(test_exec_exit__lost_with_its_task__is_told_unknown),
        cmocka_unit_test(test_exec_exit__with_the_pid_of_init__ends_the_exec),
        cmocka_unit_test(test_exec__after_init_exit__is_refused),
        cmocka_unit_test(test_exec__registered_twice__is_refused),
        cmocka_unit_test(test_exec_id__used_again__late_exit_is_the_old_ones),
        cmocka_unit_test(test_exec_id__of_others_used_again_and_again__is_asked_for),
        cmocka_unit_test(test_exec__launch_fails_to_start__is_deleted),
        cmocka_unit_test(test_exec__start_reply_lost_and_gone__is_over),
        cmocka_unit_test(test_exec__two_of_one_task__are_independent),
        cmocka_unit_test(test_exec__of_a_task_that_was_replaced_unseen__is_asked_for),
        cmocka_unit_test(test_exec__started_beside_others_and_short__waits_for_none),
        cmocka_unit_test(test_exec_exit__with_its_streams_stuck__holds_nobody_up),
        cmocka_unit_test(test_exec_delete__waits_for_its_output__holds_nobody_up),
        cmocka_unit_test(test_exec__outlives_a_task_that_is_removed__ends),
        cmocka_unit_test(test_exec_exit__never_published__is_found_by_asking),
        cmocka_unit_test(test_exec__cleared_away_before_its_code_was_read__keeps_it),
        cmocka_unit_test(test_exec__probe_of_a_task_that_ends__leaves_nothing_behind),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
