/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong with HCS, and what comes of it: nothing is left behind, every start has one end, and no
 * code is made up. */
#include <rig_fixture.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * RIG_SECOND)

static int64_t now(void)
{
    return hcs_sim_now();
}

static void expect_nothing_left(void)
{
    struct hcs_sim_left left = hcs_sim_left();

    assert_int_equal(left.systems, 0);
    assert_int_equal(left.processes, 0);
    assert_int_equal(left.handles, 0);
    assert_int_equal(left.callbacks, 0);
    assert_int_equal(left.strings, 0);
    assert_int_equal(left.streams, 0);
}

static void run(const char *id, const char *script, bool hyperv)
{
    assert_int_equal(rig_create(&rig, id, script, hyperv), C8D_OK);
    assert_int_equal(rig_start(&rig, id), C8D_OK);
}

static const struct rig_event *end_of(const char *id, const char *process)
{
    const struct rig_event *event = rig_event(&rig, C8D_EVENT_TASK_EXIT, id, process, 10 * MINUTE);

    assert_non_null(event);
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_EXIT, id, process), 1);
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_START, id, process), 1);
    return event;
}

static void remove_all(const char *id)
{
    (void)end_of(id, "");
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, id, ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, id, ""), C8D_OK);
    expect_nothing_left();
}

/* ---- create
 * -------------------------------------------------------------------------------------------------------------
 */

static void test_create__of_an_id_in_use_by_somebody_else__already_exists(void **state)
{
    (void)state;
    hcs_sim_leave("c", "somebody");
    assert_int_equal(rig_create(&rig, "c", "true", false), C8D_ALREADY_EXISTS);
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_NOT_FOUND);
    assert_true(hcs_sim_exit_system("c", 0)); /* it was left alone */
}

static void test_create__that_fails__leaves_nothing(void **state)
{
    static const struct {
        enum hcs_sim_function function;
        enum hcs_sim_action action;
        uint32_t hr;
        enum c8d_status status;
    } faults[] = {
        {HCS_SIM_NameToGuid, HCS_SIM_RETURN, 0x80070005, C8D_REMOTE},
        {HCS_SIM_HcsCreateComputeSystem, HCS_SIM_RETURN, 0xc037010d, C8D_REMOTE},
        {HCS_SIM_HcsCreateComputeSystem, HCS_SIM_PEND, 0xc0370112, C8D_REMOTE},
        {HCS_SIM_HcsCreateComputeSystem, HCS_SIM_EXIT_DURING, 0xc0370106, C8D_REMOTE},
        {HCS_SIM_HcsCreateComputeSystem, HCS_SIM_DISCONNECT, 0, C8D_INDETERMINATE},
        {HCS_SIM_HcsRegisterComputeSystemCallback, HCS_SIM_RETURN, 0x80070008, C8D_EXHAUSTED},
        {HCS_SIM_HcsStartComputeSystem, HCS_SIM_RETURN, 0xc0370101, C8D_REMOTE},
        {HCS_SIM_HcsStartComputeSystem, HCS_SIM_NO_STRING, 0x8037011e, C8D_INDETERMINATE},
        {HCS_SIM_HcsStartComputeSystem, HCS_SIM_GARBAGE, 0xc0370101, C8D_REMOTE},
        {HCS_SIM_HcsStartComputeSystem, HCS_SIM_PEND, 0xc0370100, C8D_REMOTE},
        {HCS_SIM_HcsStartComputeSystem, HCS_SIM_EXIT_DURING, 0xc0370106, C8D_REMOTE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        rig_renew();
        rig_fault(faults[i].function, 1, faults[i].action, faults[i].hr);
        if (rig_create(&rig, "c", "true", false) == C8D_OK)
            fail_msg("fault %zu did no harm", i);
        if (faults[i].function != HCS_SIM_HcsCreateComputeSystem || faults[i].action != HCS_SIM_DISCONNECT)
            assert_int_equal(rig.status, faults[i].status);
        assert_true(rig.message[0] != '\0');
        assert_int_equal(rig_count(&rig, C8D_EVENT_CONTAINER_CREATE, "c", ""), 0);
        expect_nothing_left();
        assert_int_equal(rig_create(&rig, "c", "true", false), C8D_OK);
    }
}

static void test_create__that_hangs__is_given_up_after_four_minutes(void **state)
{
    (void)state;
    for (int function = HCS_SIM_HcsCreateComputeSystem; function <= HCS_SIM_HcsStartComputeSystem;
         function++) {
        int64_t before = now();

        if (function != HCS_SIM_HcsCreateComputeSystem && function != HCS_SIM_HcsStartComputeSystem)
            continue;
        rig_fault((enum hcs_sim_function)function, 1, HCS_SIM_PEND_NEVER, 0);
        assert_int_equal(rig_create(&rig, "c", "true", false), C8D_INDETERMINATE);
        assert_in_range(now() - before, 4 * MINUTE, 4 * MINUTE + RIG_SECOND);
        expect_nothing_left();
    }
}

static void test_create__whose_caller_cannot_wait__goes_on_and_is_undone_or_done(void **state)
{
    struct c8d_call call = {.kind = C8D_CALL_CONTAINER_CREATE, .container = {"c", 1}};
    uint64_t token;

    (void)state;
    call.spec = (struct c8d_str){rig_spec("true", false), strlen(rig_spec("true", false))};
    token = rig_send(&rig, &call, 1000);
    assert_true(rig_await(&rig, token, RIG_SECOND));
    assert_int_equal(rig.status, C8D_INDETERMINATE);
    /* Whoever asks is answered when it is known. */
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_GET, "c", ""), C8D_OK);
    assert_int_equal(rig_count(&rig, C8D_EVENT_CONTAINER_CREATE, "c", ""), 1);
}

static void test_completion__early_twice_or_at_once__is_one(void **state)
{
    static const enum hcs_sim_action actions[] = {HCS_SIM_PEND_EARLY, HCS_SIM_PEND_TWICE, HCS_SIM_SYNC};

    (void)state;
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        rig_fault(HCS_SIM_HcsCreateComputeSystem, 1, actions[i], 0);
        rig_fault(HCS_SIM_HcsStartComputeSystem, 1, actions[i], 0);
        rig_fault(HCS_SIM_HcsPauseComputeSystem, 1, actions[i], 0);
        rig_fault(HCS_SIM_HcsResumeComputeSystem, 1, actions[i], 0);
        run("c", "sleep 5; exit 3", true);
        assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_OK);
        assert_int_equal(rig_do(&rig, C8D_CALL_RESUME, "c", ""), C8D_OK);
        assert_int_equal(end_of("c", "")->exit.code, 3);
        remove_all("c");
        rig.n_events = 0;
    }
}

static void test_notification__that_is_unknown_or_for_nobody__changes_nothing(void **state)
{
    static const uint32_t types[] = {0, 6, 7, 8, 9, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10, 0x11, 0x20000, 0xf0000001};

    (void)state;
    run("c", "sleep 5; exit 3", true);
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        assert_true(hcs_sim_notify("c", types[i], (c8d__hr)0xc0370106));
    /* A completion from before is not the next one's. */
    assert_true(hcs_sim_notify("c", C8D__HCS_PAUSE_COMPLETED, 0));
    rig_fault(HCS_SIM_HcsPauseComputeSystem, 1, HCS_SIM_PEND, 0xc0370105);
    assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_REMOTE);
    assert_int_equal(end_of("c", "")->exit.code, 3);
    remove_all("c");
}

/* ---- processes
 * ----------------------------------------------------------------------------------------------------------
 */

static void test_start__that_fails__is_no_start_and_has_no_end(void **state)
{
    static const struct {
        enum hcs_sim_function function;
        enum hcs_sim_action action;
        uint32_t hr;
    } faults[] = {{HCS_SIM_HcsCreateProcess, HCS_SIM_RETURN, 0x80070002},
                  {HCS_SIM_HcsCreateProcess, HCS_SIM_NO_STRING, 0xc0370105},
                  {HCS_SIM_HcsRegisterProcessCallback, HCS_SIM_RETURN, 0x80070006}};

    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        assert_int_equal(rig_create(&rig, "c", "sleep 5", false), C8D_OK);
        rig_fault(faults[i].function, 1, faults[i].action, faults[i].hr);
        assert_int_equal(rig_start(&rig, "c"), C8D_REMOTE);
        rig_go_on(&rig, MINUTE);
        assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_START, "c", ""), 0);
        assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_EXIT, "c", ""), 0);
        assert_int_equal(hcs_sim_left().processes, 0);
        /* It can be tried again. */
        assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", ""), C8D_OK);
        remove_all("c");
        rig.n_events = 0;
    }
}

static void test_end__whose_code_cannot_be_had__is_told_without_one(void **state)
{
    static const struct {
        enum hcs_sim_function function;
        enum hcs_sim_action action;
        uint32_t hr;
    } faults[] = {{HCS_SIM_HcsGetProcessProperties, HCS_SIM_RETURN, 0x80070006},
                  {HCS_SIM_HcsGetProcessProperties, HCS_SIM_NO_RESULT, 0},
                  {HCS_SIM_HcsGetProcessProperties, HCS_SIM_GARBAGE, 0},
                  {HCS_SIM_HcsGetProcessProperties, HCS_SIM_WAIT_FAILED, 0},
                  {HCS_SIM_HcsCreateProcess, HCS_SIM_EXIT_STATUS, 0x8007006d}};

    (void)state;
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        rig_fault(faults[i].function, 1, faults[i].action, faults[i].hr);
        run("c", "exit 0", false);
        assert_false(end_of("c", "")->exit.known);
        assert_true(end_of("c", "")->exit.ran);
        remove_all("c");
        assert_false(rig.exit.known);
        rig.n_events = 0;
    }
    run("c", "exit 4294967295", false);
    assert_false(end_of("c", "")->exit.known);
    remove_all("c");
}

static void test_end__when_its_handle_cannot_be_closed__keeps_its_code(void **state)
{
    (void)state;
    rig_fault(HCS_SIM_HcsCloseProcess, 1, HCS_SIM_RETURN, 0x8007001f);
    run("c", "exit 4", false);
    assert_true(end_of("c", "")->exit.known);
    assert_int_equal(end_of("c", "")->exit.code, 4);
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_OK);
}

static void test_end__that_hcs_never_tells__is_told_a_second_after_its_system(void **state)
{
    int64_t before;

    (void)state;
    rig_fault(HCS_SIM_HcsCreateProcess, 1, HCS_SIM_EXIT_UNTOLD, 0);
    run("c", "sleep 1000", false);
    before = now();
    assert_true(hcs_sim_exit_system("c", (c8d__hr)0xc0370106));
    /* Its code can be asked for all the same. */
    assert_true(end_of("c", "")->exit.known);
    assert_int_equal(end_of("c", "")->exit.code, HCS_SIM_KILLED);
    assert_in_range(now() - before, RIG_SECOND, 2 * RIG_SECOND);
    remove_all("c");
}

static void test_service__that_goes_away__ends_all_without_a_code(void **state)
{
    (void)state;
    run("c", "sleep 1000", false);
    assert_int_equal(rig_exec(&rig, "c", "e", "sleep 1000"), C8D_OK);
    hcs_sim_disconnect();
    assert_false(end_of("c", "")->exit.known);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "e", RIG_SECOND));
    assert_int_equal(rig_do(&rig, C8D_CALL_STATE, "c", ""), C8D_OK);
    assert_int_equal(rig.state, C8D_ENTRY_STOPPED);
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    (void)rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", "");
    expect_nothing_left();
}

static void test_exit__while_pause_is_pending__ends_the_wait(void **state)
{
    int64_t before;

    (void)state;
    run("c", "sleep 1000", true);
    before = now();
    rig_fault(HCS_SIM_HcsPauseComputeSystem, 1, HCS_SIM_EXIT_DURING, 0xc0370106);
    assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_REMOTE);
    assert_true(now() - before < RIG_SECOND);
    assert_int_equal(rig_do(&rig, C8D_CALL_STATE, "c", ""), C8D_OK);
    assert_int_not_equal(rig.state, C8D_ENTRY_PAUSED);
    remove_all("c");
}

static void test_kill__while_pause_is_pending__does_not_wait_for_it(void **state)
{
    struct c8d_call pause = {.kind = C8D_CALL_PAUSE, .container = {"c", 1}};
    uint64_t token;

    (void)state;
    run("c", "sleep 1000", true);
    rig_fault(HCS_SIM_HcsPauseComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    token = rig_send(&rig, &pause, MINUTE);
    rig_go_on(&rig, RIG_SECOND / 10);
    assert_int_equal(rig_kill(&rig, "c", "", 9), C8D_OK);
    assert_int_equal(end_of("c", "")->exit.code, HCS_SIM_KILLED);
    assert_true(rig.replied == token || rig_await(&rig, token, RIG_SECOND));
    remove_all("c");
}

static void test_kill__that_hcs_refuses__is_told(void **state)
{
    (void)state;
    run("c", "sleep 1000", false);
    assert_int_equal(rig_exec(&rig, "c", "e", "sleep 1000"), C8D_OK);
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(rig_kill(&rig, "c", "", 9), C8D_REMOTE);
    assert_non_null(strstr(rig.message, "[injected, sim 7]"));
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_RETURN, 0xc0370105);
    assert_int_equal(rig_kill(&rig, "c", "", 15), C8D_REMOTE);
    rig_fault(HCS_SIM_HcsTerminateProcess, 1, HCS_SIM_RETURN, 0x80070057);
    assert_int_equal(rig_kill(&rig, "c", "e", 9), C8D_REMOTE);
    /* What is over already is what was wanted. */
    rig_fault(HCS_SIM_HcsTerminateProcess, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(rig_kill(&rig, "c", "e", 9), C8D_OK);
    rig_fault(HCS_SIM_HcsTerminateProcess, 1, HCS_SIM_RETURN, 0x8037011f);
    assert_int_equal(rig_kill(&rig, "c", "e", 9), C8D_OK);
    assert_int_equal(rig_kill(&rig, "c", "", 15), C8D_OK);
    remove_all("c");
}

static void test_call__that_is_missing_from_this_windows__is_not_implemented(void **state)
{
    (void)state;
    hcs_sim_lack(HCS_SIM_HcsPauseComputeSystem);
    run("c", "sleep 1", true);
    assert_int_equal(rig_do(&rig, C8D_CALL_PAUSE, "c", ""), C8D_NOT_IMPLEMENTED);
    assert_int_equal(rig_do(&rig, C8D_CALL_UPDATE, "c", ""), C8D_NOT_IMPLEMENTED);
    remove_all("c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_create__of_an_id_in_use_by_somebody_else__already_exists),
        RIG_TEST(test_create__that_fails__leaves_nothing),
        RIG_TEST(test_create__that_hangs__is_given_up_after_four_minutes),
        RIG_TEST(test_create__whose_caller_cannot_wait__goes_on_and_is_undone_or_done),
        RIG_TEST(test_completion__early_twice_or_at_once__is_one),
        RIG_TEST(test_notification__that_is_unknown_or_for_nobody__changes_nothing),
        RIG_TEST(test_start__that_fails__is_no_start_and_has_no_end),
        RIG_TEST(test_end__whose_code_cannot_be_had__is_told_without_one),
        RIG_TEST(test_end__when_its_handle_cannot_be_closed__keeps_its_code),
        RIG_TEST(test_end__that_hcs_never_tells__is_told_a_second_after_its_system),
        RIG_TEST(test_service__that_goes_away__ends_all_without_a_code),
        RIG_TEST(test_exit__while_pause_is_pending__ends_the_wait),
        RIG_TEST(test_kill__while_pause_is_pending__does_not_wait_for_it),
        RIG_TEST(test_kill__that_hcs_refuses__is_told),
        RIG_TEST(test_call__that_is_missing_from_this_windows__is_not_implemented),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
