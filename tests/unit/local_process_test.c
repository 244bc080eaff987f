/* SPDX-License-Identifier: Apache-2.0 */
/* Processes whose state is not what was last heard of them: ends that HCS never tells, a pause that nobody
 * knows of, and what waits for a start. */
#include <rig_fixture.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * RIG_SECOND)

static void run(const char *script, bool hyperv)
{
    assert_int_equal(rig_create(&rig, "c", script, hyperv), C8D_OK);
    assert_int_equal(rig_start(&rig, "c"), C8D_OK);
}

static size_t ends_of(const char *process)
{
    return rig_count(&rig, C8D_EVENT_TASK_EXIT, "c", process);
}

static void expect_state(const char *process, enum c8d_entry_state state)
{
    assert_int_equal(rig_do(&rig, C8D_CALL_STATE, "c", process), C8D_OK);
    assert_int_equal(rig.state, state);
}

static uint64_t send(enum c8d_call_kind kind)
{
    struct c8d_call call = {.kind = kind, .container = {"c", 1}};

    return rig_send(&rig, &call, 10 * MINUTE);
}

static void expect_nothing_left(void)
{
    struct hcs_sim_left left = hcs_sim_left();

    assert_int_equal(left.processes, 0);
    assert_int_equal(left.handles, 0);
    assert_int_equal(left.callbacks, 0);
    assert_int_equal(left.strings, 0);
    assert_int_equal(left.streams, 0);
}

/* ---- ends that are not told
 * ------------------------------------------------------------------------------------------------- */

static void test_exec__whose_end_is_never_told__is_asked_after_once_a_signal_finds_nobody(void **state)
{
    const struct rig_event *end;

    (void)state;
    run("sleep 1000", false);
    rig_fault(HCS_SIM_HcsCreateProcess, 1, HCS_SIM_EXIT_UNTOLD, 0);
    assert_int_equal(rig_exec(&rig, "c", "e", "sleep 1; exit 7"), C8D_OK);
    rig_go_on(&rig, MINUTE);
    expect_state("e", C8D_ENTRY_RUNNING);
    assert_int_equal(rig_kill(&rig, "c", "e", 9), C8D_OK);
    end = rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "e", RIG_SECOND);
    assert_non_null(end);
    assert_true(end->exit.known && end->exit.ran);
    assert_int_equal(end->exit.code, 7);
    assert_int_equal(ends_of("e"), 1);
    assert_int_equal(rig_kill(&rig, "c", "e", 9), C8D_NOT_FOUND);
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", "e"), C8D_OK);
    assert_int_equal(rig.exit.code, 7);
}

/* To be said to have ended is no proof: HCS says so of what it does not let us end. */
static void test_exec__that_runs_on__is_not_told_to_have_ended(void **state)
{
    static const uint32_t ended[] = {0x80070005, 0x80070490, 0x8037011f, 0xc037010e};

    (void)state;
    run("sleep 1000", false);
    assert_int_equal(rig_exec(&rig, "c", "e", "sleep 1000"), C8D_OK);
    for (size_t i = 0; i < sizeof(ended) / sizeof(ended[0]); i++) {
        rig_fault(HCS_SIM_HcsTerminateProcess, 1, HCS_SIM_RETURN, ended[i]);
        assert_int_equal(rig_kill(&rig, "c", "e", 9), C8D_OK);
        rig_go_on(&rig, RIG_SECOND);
        assert_int_equal(ends_of("e"), 0);
        expect_state("e", C8D_ENTRY_RUNNING);
    }
    rig_fault(HCS_SIM_HcsTerminateProcess, 1, HCS_SIM_RETURN, 0x80070490);
    rig_fault(HCS_SIM_HcsGetProcessProperties, 1, HCS_SIM_GARBAGE, 0);
    assert_int_equal(rig_kill(&rig, "c", "e", 9), C8D_OK);
    rig_go_on(&rig, RIG_SECOND);
    assert_int_equal(ends_of("e"), 0);
    assert_int_equal(rig_kill(&rig, "c", "e", 9), C8D_OK);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "e", RIG_SECOND));
}

static void test_init__whose_end_is_never_told__is_asked_after_once_its_system_is_not_found(void **state)
{
    const struct rig_event *end;

    (void)state;
    rig_fault(HCS_SIM_HcsCreateProcess, 1, HCS_SIM_EXIT_UNTOLD, 0);
    run("sleep 1; exit 6", false);
    rig_go_on(&rig, MINUTE);
    expect_state("", C8D_ENTRY_RUNNING);
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_RETURN, 0xc037010e);
    assert_int_equal(rig_kill(&rig, "c", "", 15), C8D_OK);
    end = rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", RIG_SECOND);
    assert_non_null(end);
    assert_int_equal(end->exit.code, 6);
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_OK);
    expect_nothing_left();
}

/* ---- pause
 * ----------------------------------------------------------------------------------------------------------
 */

static void pause_task(void)
{
    assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_OK);
}

static void test_pause__that_is_not_answered_and_has_come_about__is_told_so(void **state)
{
    (void)state;
    run("sleep 100000", true);
    rig_fault(HCS_SIM_HcsPauseComputeSystem, 1, HCS_SIM_PEND_UNTOLD, 0);
    pause_task();
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_PAUSED, "c", ""), 1);
    expect_state("", C8D_ENTRY_PAUSED);
    rig_fault(HCS_SIM_HcsResumeComputeSystem, 1, HCS_SIM_PEND_UNTOLD, 0);
    assert_int_equal(rig_do(&rig, C8D_CALL_RESUME, "c", ""), C8D_OK);
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_RESUMED, "c", ""), 1);
    expect_state("", C8D_ENTRY_RUNNING);
}

static void test_pause__that_hcs_refuses__leaves_what_it_is(void **state)
{
    (void)state;
    run("sleep 1000", true);
    rig_fault(HCS_SIM_HcsPauseComputeSystem, 1, HCS_SIM_RETURN, 0xc0370105);
    assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_REMOTE);
    assert_int_equal(rig.code, (int32_t)0xc0370105);
    expect_state("", C8D_ENTRY_RUNNING);
    rig_fault(HCS_SIM_HcsPauseComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_INDETERMINATE);
    expect_state("", C8D_ENTRY_RUNNING);
    pause_task();
    rig_fault(HCS_SIM_HcsResumeComputeSystem, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(rig_do(&rig, C8D_CALL_RESUME, "c", ""), C8D_REMOTE);
    expect_state("", C8D_ENTRY_PAUSED);
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_PAUSED, "c", ""), 1);
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_RESUMED, "c", ""), 0);
    assert_int_equal(rig_do(&rig, C8D_CALL_RESUME, "c", ""), C8D_OK);
    expect_state("", C8D_ENTRY_RUNNING);
}

/* Nobody can say whether it is: both are left to HCS. */
static void test_pause__of_which_nothing_can_be_said__may_be_undone_and_tried_again(void **state)
{
    (void)state;
    run("sleep 1000", true);
    for (int i = 0; i < 2; i++) {
        rig_fault(HCS_SIM_HcsPauseComputeSystem, 1, HCS_SIM_PEND_UNTOLD, 0);
        rig_fault(HCS_SIM_HcsGetComputeSystemProperties, 1, i == 0 ? HCS_SIM_RETURN : HCS_SIM_GARBAGE,
                  i == 0 ? 0x80070005 : 0);
        assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_INDETERMINATE);
        expect_state("", C8D_ENTRY_RUNNING);
        assert_int_equal(rig_do(&rig, C8D_CALL_RESUME, "c", ""), C8D_OK);
    }
    pause_task();
    expect_state("", C8D_ENTRY_PAUSED);
}

static void test_pause__while_another_is_under_way__waits_for_it(void **state)
{
    uint64_t first, second;

    (void)state;
    run("sleep 1000", true);
    first = send(C8D_CALL_PAUSE);
    second = send(C8D_CALL_RESUME);
    assert_true(rig_await(&rig, first, RIG_SECOND));
    assert_int_equal(rig.status, C8D_OK);
    assert_true(rig_await(&rig, second, RIG_SECOND));
    assert_int_equal(rig.status, C8D_OK);
    expect_state("", C8D_ENTRY_RUNNING);
}

static void test_pause__that_has_nothing_to_do__is_refused_without_a_call(void **state)
{
    (void)state;
    assert_int_equal(rig_create(&rig, "c", "sleep 1000", true), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_REMOTE);
    assert_string_equal(rig.message, "the task does not run");
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_RESUME, "c", ""), C8D_REMOTE);
    assert_string_equal(rig.message, "the task is not paused");
    pause_task();
    assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_REMOTE);
    assert_string_equal(rig.message, "the task is paused");
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsPauseComputeSystem), 1);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsResumeComputeSystem), 0);
}

static void test_exec__in_a_task_that_is_paused__is_neither_added_nor_started(void **state)
{
    struct c8d_call add = {.kind = C8D_CALL_EXEC_CREATE,
                           .container = {"c", 1},
                           .process = {"late", 4},
                           .spec = {"{\"args\":[\"true\"]}", 17}};

    (void)state;
    run("sleep 1000", true);
    assert_int_equal(rig_exec(&rig, "c", "e", "sleep 1000"), C8D_OK);
    assert_int_equal(rig_call(&rig, &add), C8D_OK);
    pause_task();
    /* Who runs in it is paused with it. */
    expect_state("e", C8D_ENTRY_PAUSED);
    expect_state("late", C8D_ENTRY_CREATED);
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", "late"), C8D_REMOTE);
    assert_string_equal(rig.message, "the task is paused");
    add.process = (struct c8d_str){"later", 5};
    assert_int_equal(rig_call(&rig, &add), C8D_REMOTE);
    assert_string_equal(rig.message, "the task is paused");
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsCreateProcess), 2);
    assert_int_equal(rig_do(&rig, C8D_CALL_RESUME, "c", ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", "late"), C8D_OK);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "late", RIG_SECOND));
    assert_int_equal(rig_count(&rig, C8D_EVENT_EXEC_ADDED, "c", "late"), 1);
    assert_int_equal(rig_count(&rig, C8D_EVENT_EXEC_STARTED, "c", "late"), 1);
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_START, "c", "late"), 0);
}

/* ---- execs and their task
 * ---------------------------------------------------------------------------------------------------- */

static void test_exec__of_a_task_that_does_not_run__is_not_started(void **state)
{
    struct c8d_call add = {.kind = C8D_CALL_EXEC_CREATE,
                           .container = {"c", 1},
                           .process = {"e", 1},
                           .spec = {"{\"args\":[\"true\"]}", 17}};

    (void)state;
    assert_int_equal(rig_create(&rig, "c", "sleep 1", false), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_OK);
    assert_int_equal(rig_call(&rig, &add), C8D_OK);
    assert_int_equal(rig_call(&rig, &add), C8D_ALREADY_EXISTS);
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", "e"), C8D_REMOTE);
    assert_int_equal(rig_kill(&rig, "c", "e", 9), C8D_CONFLICT);
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", ""), C8D_OK);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", MINUTE));
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", "e"), C8D_REMOTE);
    add.process = (struct c8d_str){"f", 1};
    assert_int_equal(rig_call(&rig, &add), C8D_REMOTE);
    assert_string_equal(rig.message, "the task has ended");
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsCreateProcess), 1);
    /* It goes with its task, and has no end. */
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_STATE, "c", "e"), C8D_NOT_FOUND);
    assert_int_equal(ends_of("e"), 0);
}

static void test_exec__that_runs_when_its_task_is_deleted__stays_until_it_is_deleted(void **state)
{
    (void)state;
    run("sleep 1", false);
    assert_int_equal(rig_exec(&rig, "c", "e", "sleep 5; exit 3"), C8D_OK);
    assert_int_equal(rig_exec(&rig, "c", "over", "true"), C8D_OK);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", MINUTE));
    assert_int_equal(ends_of("over"), 1);
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_STATE, "c", "over"), C8D_NOT_FOUND);
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", "e"), C8D_REMOTE);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "e", MINUTE));
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", "e"), C8D_OK);
    assert_int_equal(rig.exit.code, 3);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_OK);
    expect_nothing_left();
}

/* ---- a start that takes its time
 * --------------------------------------------------------------------------------------------- */

static void begin_slowly(uint64_t *started)
{
    rig_renew_threads();
    assert_int_equal(rig_create(&rig, "c", "sleep 1000", false), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_OK);
    hcs_sim_fault(&(struct hcs_sim_fault){
        .function = HCS_SIM_HcsCreateProcess, .nth = 1, .action = HCS_SIM_BLOCK, .delay_ns = RIG_SECOND / 2});
    *started = send(C8D_CALL_START);
    rig_go_on(&rig, RIG_SECOND / 20);
}

static void test_kill__while_it_is_being_started__waits_and_ends_it(void **state)
{
    struct c8d_call kill = {.kind = C8D_CALL_KILL, .container = {"c", 1}, .signal = 9};
    uint64_t started, killed;

    (void)state;
    begin_slowly(&started);
    killed = rig_send(&rig, &kill, MINUTE);
    /* It is neither deleted nor started once more meanwhile. */
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_REMOTE);
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", ""), C8D_REMOTE);
    expect_state("", C8D_ENTRY_CREATED);
    assert_true(rig_await(&rig, started, MINUTE));
    assert_int_equal(rig.status, C8D_OK);
    assert_true(rig.replied == killed || rig_await(&rig, killed, MINUTE));
    assert_int_equal(rig.status, C8D_OK);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", MINUTE));
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_START, "c", ""), 1);
    assert_int_equal(ends_of(""), 1);
}

/* It cannot be watched: it is ended, and never was for anybody. */
static void test_start__that_cannot_be_watched__is_undone_and_may_be_tried_again(void **state)
{
    (void)state;
    assert_int_equal(rig_create(&rig, "c", "exit 2", false), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_OK);
    rig_fault(HCS_SIM_HcsRegisterProcessCallback, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", ""), C8D_REMOTE);
    assert_non_null(strstr(rig.message, "watched"));
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateProcess), 1);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsCloseProcess), 1);
    assert_int_equal(ends_of(""), 0);
    expect_state("", C8D_ENTRY_CREATED);
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", ""), C8D_OK);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", MINUTE));
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_START, "c", ""), 1);
}

/* The code belongs to who has ended, and to nobody else. */
static void test_init__that_was_never_started__ends_without_having_run(void **state)
{
    const struct rig_event *end;

    (void)state;
    assert_int_equal(rig_create(&rig, "c", "exit 2", false), C8D_OK);
    for (int kills = 0; kills < 2; kills++) {
        assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_OK);
        if (kills != 0) {
            assert_int_equal(rig_kill(&rig, "c", "", 0), C8D_OK);
            assert_int_equal(rig_kill(&rig, "c", "", 15), C8D_OK);
            assert_int_equal(rig_kill(&rig, "c", "", 0), C8D_NOT_FOUND);
            expect_state("", C8D_ENTRY_STOPPED);
        }
        assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
        assert_false(rig.exit.known || rig.exit.ran);
        end = rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", RIG_SECOND);
        assert_non_null(end);
        assert_false(end->exit.known || end->exit.ran);
        assert_int_equal(ends_of(""), kills + 1);
    }
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsShutdownComputeSystem), 0);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
}

static void test_signal__that_there_is_not__is_refused_and_ends_nothing(void **state)
{
    (void)state;
    run("sleep 1000", false);
    assert_int_equal(rig_kill(&rig, "c", "", 65), C8D_REMOTE);
    assert_int_equal(rig_kill(&rig, "c", "", 0), C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsShutdownComputeSystem), 0);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
}

/* Its pid is nobody's any more. */
static void test_start__that_was_undone__leaves_nothing_of_itself(void **state)
{
    static const enum hcs_sim_function functions[] = {HCS_SIM_HcsCreateProcess,
                                                      HCS_SIM_HcsRegisterProcessCallback};
    struct c8d_stdio stdio;
    struct c8d_call create = {.kind = C8D_CALL_TASK_CREATE, .container = {"c", 1}, .stdio = &stdio};
    const uint32_t flags = C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_ERR;
    const struct rig_event *end;

    (void)state;
    assert_int_equal(rig_create(&rig, "c", "exit 2", false), C8D_OK);
    assert_int_equal(
        rig.runtime.ops->open_stdio(rig.runtime.ctx, create.container, create.process, flags, &stdio, NULL),
        C8D_OK);
    assert_int_equal(rig_call(&rig, &create), C8D_OK);
    for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
        rig_fault(functions[i], 1, i == 0 ? HCS_SIM_STREAM_REFUSED : HCS_SIM_RETURN, 0x80070005);
        assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", ""), i == 0 ? C8D_EXHAUSTED : C8D_REMOTE);
        assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateProcess), i + 1);
        assert_int_equal(hcs_sim_count(HCS_SIM_HcsCloseProcess), i + 1);
    }
    assert_int_equal(rig_kill(&rig, "c", "", 9), C8D_OK);
    end = rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", RIG_SECOND);
    assert_non_null(end);
    assert_int_equal(end->pid, 0);
    rig.runtime.ops->close_stdio(rig.runtime.ctx, &stdio);
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_OK);
    expect_nothing_left();
}

static void test_signal__to_all__ends_all_at_once(void **state)
{
    struct c8d_call kill = {.kind = C8D_CALL_KILL, .container = {"c", 1}, .signal = 15, .all = true};

    (void)state;
    run("sleep 1000", false);
    assert_int_equal(rig_call(&rig, &kill), C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 1);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsShutdownComputeSystem), 0);
}

/* ---- who is used by somebody else
 * --------------------------------------------------------------------------------------------- */

static void test_end__while_a_call_is_under_way__closes_the_handle_after_it(void **state)
{
    struct c8d_call resize = {
        .kind = C8D_CALL_RESIZE, .container = {"c", 1}, .process = {"e", 1}, .columns = 80, .rows = 24};
    uint64_t resized;

    (void)state;
    rig_renew_threads();
    run("sleep 1000", false);
    assert_int_equal(rig_exec(&rig, "c", "e", "sleep 1000"), C8D_OK);
    hcs_sim_fault(&(struct hcs_sim_fault){
        .function = HCS_SIM_HcsModifyProcess, .nth = 1, .action = HCS_SIM_BLOCK, .delay_ns = RIG_SECOND});
    resized = rig_send(&rig, &resize, MINUTE);
    rig_go_on(&rig, RIG_SECOND / 20);
    assert_true(hcs_sim_exit_process("c", rig.pid, 3));
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "e", MINUTE));
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", "e"), C8D_OK);
    assert_int_not_equal(rig.replied, resized);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsCloseProcess), 0);
    assert_int_equal(rig_do(&rig, C8D_CALL_STATE, "c", "e"), C8D_NOT_FOUND);
    assert_true(rig_await(&rig, resized, MINUTE));
    rig_go_on(&rig, RIG_SECOND / 2);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsCloseProcess), 1);
}

static void test_deletion__beside_other_calls_of_the_same_moment__frees_nothing_in_use(void **state)
{
    struct c8d_call ask = {.kind = C8D_CALL_STATE, .container = {"c", 1}};
    struct c8d_call delete_exec = {.kind = C8D_CALL_DELETE, .container = {"c", 1}, .process = {"e", 1}};

    (void)state;
    run("sleep 1000", false);
    for (int first = 0; first < 2; first++) {
        uint64_t last;

        rig.n_events = 0;
        assert_int_equal(rig_exec(&rig, "c", "e", "exit 5"), C8D_OK);
        assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "e", MINUTE));
        rig_go_on(&rig, RIG_SECOND);
        if (first == 0)
            assert_int_not_equal(rig_send(&rig, &delete_exec, MINUTE), 0);
        last = rig_send(&rig, &ask, MINUTE);
        if (first != 0)
            last = rig_send(&rig, &delete_exec, MINUTE);
        assert_true(rig.replied == last || rig_await(&rig, last, MINUTE));
        rig_go_on(&rig, RIG_SECOND);
        assert_int_equal(rig_do(&rig, C8D_CALL_STATE, "c", "e"), C8D_NOT_FOUND);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_exec__whose_end_is_never_told__is_asked_after_once_a_signal_finds_nobody),
        RIG_TEST(test_exec__that_runs_on__is_not_told_to_have_ended),
        RIG_TEST(test_init__whose_end_is_never_told__is_asked_after_once_its_system_is_not_found),
        RIG_TEST(test_pause__that_is_not_answered_and_has_come_about__is_told_so),
        RIG_TEST(test_pause__that_hcs_refuses__leaves_what_it_is),
        RIG_TEST(test_pause__of_which_nothing_can_be_said__may_be_undone_and_tried_again),
        RIG_TEST(test_pause__while_another_is_under_way__waits_for_it),
        RIG_TEST(test_pause__that_has_nothing_to_do__is_refused_without_a_call),
        RIG_TEST(test_exec__in_a_task_that_is_paused__is_neither_added_nor_started),
        RIG_TEST(test_exec__of_a_task_that_does_not_run__is_not_started),
        RIG_TEST(test_exec__that_runs_when_its_task_is_deleted__stays_until_it_is_deleted),
        RIG_TEST(test_kill__while_it_is_being_started__waits_and_ends_it),
        RIG_TEST(test_start__that_cannot_be_watched__is_undone_and_may_be_tried_again),
        RIG_TEST(test_init__that_was_never_started__ends_without_having_run),
        RIG_TEST(test_signal__that_there_is_not__is_refused_and_ends_nothing),
        RIG_TEST(test_start__that_was_undone__leaves_nothing_of_itself),
        RIG_TEST(test_signal__to_all__ends_all_at_once),
        RIG_TEST(test_end__while_a_call_is_under_way__closes_the_handle_after_it),
        RIG_TEST(test_deletion__beside_other_calls_of_the_same_moment__frees_nothing_in_use),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
