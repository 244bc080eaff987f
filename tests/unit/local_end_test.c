/* SPDX-License-Identifier: Apache-2.0 */
/* The end of compute systems: the shutdown procedure with its limits, and what is left over from an earlier
 * life. */
#include <rig_fixture.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * RIG_SECOND)

static void expect_no_handles_left(void)
{
    struct hcs_sim_left left = hcs_sim_left();

    assert_int_equal(left.handles, 0);
    assert_int_equal(left.callbacks, 0);
    assert_int_equal(left.strings, 0);
    assert_int_equal(left.streams, 0);
}

static enum c8d_status delete_container(void)
{
    return rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", "");
}

/* Whatever went wrong, there is no such container any more. */
static void expect_gone(void)
{
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_NOT_FOUND);
    assert_int_equal(rig_count(&rig, C8D_EVENT_CONTAINER_DELETE, "c", ""), 1);
    expect_no_handles_left();
}

static void create(void)
{
    assert_int_equal(rig_create(&rig, "c", "sleep 1000", false), C8D_OK);
}

static void test_delete__shuts_down_and_does_not_terminate(void **state)
{
    (void)state;
    create();
    assert_int_equal(delete_container(), C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsShutdownComputeSystem), 1);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
    expect_gone();
    assert_int_equal(hcs_sim_left().systems, 0);
}

static void test_delete__of_what_has_stopped__is_done(void **state)
{
    static const uint32_t stopped[] = {0xc0370110, 0x80370110, 0xc037010e, 0x80070490};

    (void)state;
    for (size_t i = 0; i < sizeof(stopped) / sizeof(stopped[0]); i++) {
        rig_renew();
        create();
        rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_RETURN, stopped[i]);
        assert_int_equal(delete_container(), C8D_OK);
        expect_gone();
    }
    rig_renew();
    create();
    assert_true(hcs_sim_exit_system("c", 0));
    rig_go_on(&rig, RIG_SECOND);
    assert_int_equal(delete_container(), C8D_OK);
    expect_gone();
}

static void test_delete__refused_a_shutdown__terminates_and_tells_why(void **state)
{
    (void)state;
    create();
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_RETURN, 0xc0370105);
    assert_int_equal(delete_container(), C8D_REMOTE);
    assert_non_null(strstr(rig.message, "shut down"));
    assert_int_equal(rig.code, (int32_t)0xc0370105);
    expect_gone();
    assert_int_equal(hcs_sim_left().systems, 0);
}

/* A procedure that the library lacks says nothing of the system. */
static void test_delete__whose_shutdown_is_no_procedure__terminates(void **state)
{
    (void)state;
    create();
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_RETURN, 0x8007007f);
    assert_int_equal(delete_container(), C8D_NOT_IMPLEMENTED);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 1);
    assert_int_equal(hcs_sim_left().systems, 0);
    expect_gone();
}

static void test_delete__refused_both__tells_both_and_lets_go(void **state)
{
    (void)state;
    create();
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_RETURN, 0xc0370105);
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(delete_container(), C8D_REMOTE);
    assert_non_null(strstr(rig.message, "cannot be shut down"));
    assert_non_null(strstr(rig.message, "nor can it be terminated"));
    expect_gone();
    assert_int_equal(hcs_sim_left().systems, 1);
}

static void test_delete__told_that_the_shutdown_failed__terminates_at_once(void **state)
{
    int64_t before;

    (void)state;
    create();
    before = hcs_sim_now();
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_SHUTDOWN_FAILED, 0xc0370105);
    assert_int_equal(delete_container(), C8D_REMOTE);
    assert_true(hcs_sim_now() - before < RIG_SECOND);
    assert_int_equal(hcs_sim_left().systems, 0);
    expect_gone();
}

static void test_delete__that_hangs__takes_five_minutes_and_five(void **state)
{
    int64_t before;

    (void)state;
    create();
    before = hcs_sim_now();
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    assert_int_equal(delete_container(), C8D_INDETERMINATE);
    assert_in_range(hcs_sim_now() - before, 5 * MINUTE, 5 * MINUTE + RIG_SECOND);
    assert_int_equal(hcs_sim_left().systems, 0);
    rig_renew();
    create();
    before = hcs_sim_now();
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    assert_int_equal(delete_container(), C8D_INDETERMINATE);
    assert_in_range(hcs_sim_now() - before, 10 * MINUTE, 10 * MINUTE + RIG_SECOND);
    expect_gone();
}

static void test_limits__that_are_given__are_kept(void **state)
{
    const struct c8d_local_limits limits = {.shutdown_ns = 2 * RIG_SECOND, .terminate_ns = 3 * RIG_SECOND};
    int64_t before;

    (void)state;
    rig_close(&rig);
    assert_true(rig_open(&rig, NULL, &limits));
    create();
    before = hcs_sim_now();
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    assert_int_equal(delete_container(), C8D_INDETERMINATE);
    assert_in_range(hcs_sim_now() - before, 5 * RIG_SECOND, 6 * RIG_SECOND);
}

static void test_delete__after_a_kill__waits_for_the_exit_and_shuts_nothing_down(void **state)
{
    (void)state;
    create();
    assert_int_equal(rig_start(&rig, "c"), C8D_OK);
    assert_int_equal(rig_kill(&rig, "c", "", 9), C8D_OK);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", RIG_SECOND));
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    assert_int_equal(delete_container(), C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsShutdownComputeSystem), 0);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 1);
    expect_gone();
}

static void test_delete__that_cannot_close__is_told_and_the_container_is_gone(void **state)
{
    (void)state;
    create();
    rig_fault(HCS_SIM_HcsCloseComputeSystem, 1, HCS_SIM_RETURN, 0x8007001f);
    assert_int_equal(delete_container(), C8D_REMOTE);
    assert_non_null(strstr(rig.message, "closed"));
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_NOT_FOUND);
}

static void test_delete__with_an_exec_that_runs_on__tells_its_end_first(void **state)
{
    (void)state;
    assert_int_equal(rig_create(&rig, "c", "sleep 1; exit 0", false), C8D_OK);
    assert_int_equal(rig_start(&rig, "c"), C8D_OK);
    assert_int_equal(rig_exec(&rig, "c", "e", "sleep 1000"), C8D_OK);
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", 10 * RIG_SECOND));
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_EXIT, "c", "e"), 0);
    assert_int_equal(delete_container(), C8D_OK);
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_EXIT, "c", "e"), 1);
    expect_gone();
}

static void test_container__whose_system_was_killed__is_brought_up_again(void **state)
{
    (void)state;
    create();
    for (int run = 0; run < 3; run++) {
        assert_int_equal(rig_start(&rig, "c"), C8D_OK);
        rig.n_events = 0;
        assert_int_equal(rig_kill(&rig, "c", "", 9), C8D_OK);
        assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", RIG_SECOND));
        assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    }
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsCreateComputeSystem), 3);
    assert_int_equal(delete_container(), C8D_OK);
    expect_gone();
}

/* ---- leftovers
 * ----------------------------------------------------------------------------------------------------------
 */

static enum c8d_status load(const char *id, bool takes_over)
{
    struct c8d_call call = {
        .kind = C8D_CALL_CONTAINER_GET, .container = {id, strlen(id)}, .takes_over = takes_over};

    return rig_call(&rig, &call);
}

static void test_leftover__that_is_asked_for__is_left_alone(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    assert_int_equal(load("c", false), C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
    assert_int_equal(hcs_sim_left().systems, 1);
    expect_no_handles_left();
    assert_int_equal(load("d", false), C8D_NOT_FOUND);
    assert_int_equal(load("d", true), C8D_NOT_FOUND);
}

static void test_leftover__that_is_taken_over__is_terminated_and_can_only_be_deleted(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    assert_int_equal(load("c", true), C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 1);
    assert_int_equal(rig_do(&rig, C8D_CALL_STATE, "c", ""), C8D_NOT_FOUND);
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_NOT_IMPLEMENTED);
    assert_int_equal(delete_container(), C8D_OK);
    expect_gone();
    assert_int_equal(hcs_sim_left().systems, 0);
}

static void test_leftover__that_does_not_end__is_given_up_after_two_minutes(void **state)
{
    int64_t before = hcs_sim_now();

    (void)state;
    hcs_sim_leave("c", "libc8d");
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    assert_int_equal(load("c", true), C8D_INDETERMINATE);
    assert_in_range(hcs_sim_now() - before, 2 * MINUTE, 2 * MINUTE + RIG_SECOND);
    expect_no_handles_left();
    assert_int_equal(load("c", true), C8D_OK);
}

/* Only "not found" proves absence. */
static void test_leftover__that_cannot_be_opened__is_not_missing(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    rig_fault(HCS_SIM_HcsOpenComputeSystem, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(load("c", true), C8D_REMOTE);
    rig_fault(HCS_SIM_HcsRegisterComputeSystemCallback, 1, HCS_SIM_RETURN, 0x80070006);
    assert_int_equal(load("c", true), C8D_REMOTE);
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(load("c", true), C8D_REMOTE);
    expect_no_handles_left();
    assert_int_equal(hcs_sim_left().systems, 1);
}

/* Ids are those of the machine, and others have systems there, too. */
static void test_system_of_another_owner__is_no_container_here_and_is_left_alone(void **state)
{
    (void)state;
    hcs_sim_leave("c", "docker");
    for (int takes_over = 0; takes_over < 2; takes_over++) {
        assert_int_equal(load("c", takes_over != 0), C8D_NOT_FOUND);
        assert_non_null(strstr(rig.message, "\"docker\""));
    }
    assert_int_equal(rig_create(&rig, "c", "true", false), C8D_ALREADY_EXISTS);
    assert_int_equal(delete_container(), C8D_NOT_FOUND);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsRegisterComputeSystemCallback), 0);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsShutdownComputeSystem), 0);
    assert_int_equal(hcs_sim_left().systems, 1);
    expect_no_handles_left();
}

/* Neither ours, nor proved to be another's: it is not touched, and not said to be missing. */
static void test_system_whose_owner_is_not_told__is_left_alone_and_not_missing(void **state)
{
    static const enum hcs_sim_action actions[] = {HCS_SIM_GOES_WELL, HCS_SIM_NO_RESULT, HCS_SIM_GARBAGE,
                                                  HCS_SIM_RETURN};

    (void)state;
    hcs_sim_leave("c", "");
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        rig_fault(HCS_SIM_HcsGetComputeSystemProperties, 1, actions[i], 0x80070005);
        assert_int_equal(load("c", true), C8D_REMOTE);
        rig_fault(HCS_SIM_HcsGetComputeSystemProperties, 1, actions[i], 0x80070005);
        assert_int_equal(load("c", false), C8D_REMOTE);
    }
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
    assert_int_equal(hcs_sim_left().systems, 1);
    expect_no_handles_left();
}

static enum c8d_status list(void)
{
    return rig_do(&rig, C8D_CALL_LIST, "", "");
}

static void test_list__names_what_its_owner_has_left_and_leaves_it_running(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    hcs_sim_leave("theirs", "docker");
    assert_int_equal(rig_create(&rig, "mine", "sleep 1000", false), C8D_OK);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(list(), C8D_OK);
        assert_int_equal(rig.n_entries, 2);
    }
    assert_string_equal(hcs_sim_document(HCS_SIM_HcsEnumerateComputeSystems), "{\"Owners\":[\"libc8d\"]}");
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsOpenComputeSystem), 0);
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_NOT_IMPLEMENTED);
    assert_int_equal(rig_create(&rig, "c", "true", false), C8D_ALREADY_EXISTS);
    assert_int_equal(delete_container(), C8D_OK);
    assert_int_equal(list(), C8D_OK);
    assert_int_equal(rig.n_entries, 1);
    assert_int_equal(hcs_sim_left().systems, 2);
}

static void test_list__of_what_has_ended_by_itself__names_it_no_more(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    hcs_sim_leave("d", "libc8d");
    assert_int_equal(list(), C8D_OK);
    assert_int_equal(rig.n_entries, 2);
    assert_true(hcs_sim_exit_system("c", 0));
    assert_true(hcs_sim_exit_system("d", 0));
    assert_int_equal(delete_container(), C8D_NOT_FOUND);
    assert_int_equal(list(), C8D_OK);
    assert_int_equal(rig.n_entries, 0);
    assert_int_equal(rig_create(&rig, "d", "true", false), C8D_OK);
}

/* Between the list and the deletion ours has ended, and somebody else has made one of that id. */
static void test_listed__that_is_another_owners_by_now__is_left_alone(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    assert_int_equal(list(), C8D_OK);
    assert_int_equal(rig.n_entries, 1);
    assert_true(hcs_sim_exit_system("c", 0));
    hcs_sim_leave("c", "docker");
    assert_int_equal(delete_container(), C8D_NOT_FOUND);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
    assert_int_equal(list(), C8D_OK);
    assert_int_equal(rig.n_entries, 0);
    expect_no_handles_left();
}

/* A list that is not whole would say that the rest is gone. */
static void test_list__that_hcs_does_not_give__is_none(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    rig_fault(HCS_SIM_HcsEnumerateComputeSystems, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(list(), C8D_REMOTE);
    rig_fault(HCS_SIM_HcsEnumerateComputeSystems, 1, HCS_SIM_RETURN, 0xc037010e);
    assert_int_equal(list(), C8D_REMOTE);
    rig_fault(HCS_SIM_HcsEnumerateComputeSystems, 1, HCS_SIM_NO_RESULT, 0);
    assert_int_equal(list(), C8D_REMOTE);
    rig_fault(HCS_SIM_HcsEnumerateComputeSystems, 1, HCS_SIM_GARBAGE, 0);
    assert_int_equal(list(), C8D_REMOTE);
    assert_int_equal(list(), C8D_OK);
    assert_int_equal(rig.n_entries, 1);
    expect_no_handles_left();
}

static void test_list__on_a_windows_without_one__names_what_was_made_here(void **state)
{
    (void)state;
    hcs_sim_lack(HCS_SIM_HcsEnumerateComputeSystems);
    hcs_sim_leave("d", "libc8d");
    create();
    assert_int_equal(list(), C8D_OK);
    assert_int_equal(rig.n_entries, 1);
}

static void test_listed__that_cannot_be_deleted__is_still_there(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    assert_int_equal(list(), C8D_OK);
    rig_fault(HCS_SIM_HcsOpenComputeSystem, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(delete_container(), C8D_REMOTE);
    assert_int_equal(list(), C8D_OK);
    assert_int_equal(rig.n_entries, 1);
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    assert_int_equal(load("c", true), C8D_INDETERMINATE);
    assert_int_equal(list(), C8D_OK);
    assert_int_equal(rig.n_entries, 1);
    assert_int_equal(load("c", true), C8D_OK);
    assert_int_equal(delete_container(), C8D_OK);
    assert_int_equal(hcs_sim_left().systems, 0);
    expect_no_handles_left();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_delete__shuts_down_and_does_not_terminate),
        RIG_TEST(test_delete__of_what_has_stopped__is_done),
        RIG_TEST(test_delete__refused_a_shutdown__terminates_and_tells_why),
        RIG_TEST(test_delete__whose_shutdown_is_no_procedure__terminates),
        RIG_TEST(test_delete__refused_both__tells_both_and_lets_go),
        RIG_TEST(test_delete__told_that_the_shutdown_failed__terminates_at_once),
        RIG_TEST(test_delete__that_hangs__takes_five_minutes_and_five),
        RIG_TEST(test_limits__that_are_given__are_kept),
        RIG_TEST(test_delete__after_a_kill__waits_for_the_exit_and_shuts_nothing_down),
        RIG_TEST(test_delete__that_cannot_close__is_told_and_the_container_is_gone),
        RIG_TEST(test_delete__with_an_exec_that_runs_on__tells_its_end_first),
        RIG_TEST(test_container__whose_system_was_killed__is_brought_up_again),
        RIG_TEST(test_leftover__that_is_asked_for__is_left_alone),
        RIG_TEST(test_leftover__that_is_taken_over__is_terminated_and_can_only_be_deleted),
        RIG_TEST(test_leftover__that_does_not_end__is_given_up_after_two_minutes),
        RIG_TEST(test_leftover__that_cannot_be_opened__is_not_missing),
        RIG_TEST(test_system_of_another_owner__is_no_container_here_and_is_left_alone),
        RIG_TEST(test_system_whose_owner_is_not_told__is_left_alone_and_not_missing),
        RIG_TEST(test_listed__that_is_another_owners_by_now__is_left_alone),
        RIG_TEST(test_list__names_what_its_owner_has_left_and_leaves_it_running),
        RIG_TEST(test_list__of_what_has_ended_by_itself__names_it_no_more),
        RIG_TEST(test_list__that_hcs_does_not_give__is_none),
        RIG_TEST(test_list__on_a_windows_without_one__names_what_was_made_here),
        RIG_TEST(test_listed__that_cannot_be_deleted__is_still_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
