/* SPDX-License-Identifier: Apache-2.0 */
/* A compute system while something is being done to it: what others see of it, and what an answer means that
 * comes late. */
#include <rig_fixture.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uint64_t send(enum c8d_call_kind kind)
{
    struct c8d_call call = {.kind = kind, .container = {"c", 1}};

    return rig_send(&rig, &call, 600 * RIG_SECOND);
}

/* Its task is over and deleted, and its system was told to end and has not. */
static void kill_without_an_exit(void)
{
    assert_int_equal(rig_create(&rig, "c", "sleep 1; exit 0", false), C8D_OK);
    assert_int_equal(rig_start(&rig, "c"), C8D_OK);
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    assert_int_equal(rig_kill(&rig, "c", "", 9), C8D_OK);
}

static void delete_task(void)
{
    assert_non_null(rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", 60 * RIG_SECOND));
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
}

/* Whatever is missing in a list is gone. */
static void test_list__while_a_container_is_brought_up_again__names_it(void **state)
{
    uint64_t wanted, second;

    (void)state;
    kill_without_an_exit();
    delete_task();
    wanted = send(C8D_CALL_TASK_CREATE);
    rig_go_on(&rig, RIG_SECOND);
    assert_int_not_equal(rig.replied, wanted);
    assert_int_equal(rig_do(&rig, C8D_CALL_LIST, "", ""), C8D_OK);
    assert_int_equal(rig.n_entries, 1);
    assert_int_equal(rig_create(&rig, "c", "true", false), C8D_ALREADY_EXISTS);
    second = send(C8D_CALL_CONTAINER_GET);
    assert_true(hcs_sim_exit_system("c", 0));
    assert_true(rig_await(&rig, wanted, 10 * RIG_SECOND));
    assert_int_equal(rig.status, C8D_OK);
    assert_true(rig_await(&rig, second, 10 * RIG_SECOND));
    assert_int_equal(rig.status, C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsCreateComputeSystem), 2);
}

/* What is on its way to its end is not shut down besides. */
static void test_kill__refused_after_another_was_accepted__revives_nothing(void **state)
{
    uint64_t deleted;

    (void)state;
    kill_without_an_exit();
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_RETURN, 0xc0370105);
    assert_int_equal(rig_kill(&rig, "c", "", 9), C8D_REMOTE);
    delete_task();
    deleted = send(C8D_CALL_CONTAINER_DELETE);
    rig_go_on(&rig, RIG_SECOND);
    assert_true(hcs_sim_exit_system("c", 0));
    assert_true(rig_await(&rig, deleted, 10 * RIG_SECOND));
    assert_int_equal(rig.status, C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsShutdownComputeSystem), 0);
}

/* Terminate takes its time, and the task ends by itself: whether its system is over depends on the answer. */
static void test_task__while_a_termination_is_not_answered__waits_for_the_answer(void **state)
{
    struct c8d_call kill = {.kind = C8D_CALL_KILL, .container = {"c", 1}, .signal = 9};
    uint64_t wanted;

    (void)state;
    rig_renew_threads();
    assert_int_equal(rig_create(&rig, "c", "sleep 1000", false), C8D_OK);
    assert_int_equal(rig_start(&rig, "c"), C8D_OK);
    hcs_sim_fault(&(struct hcs_sim_fault){.function = HCS_SIM_HcsTerminateComputeSystem,
                                          .nth = 1,
                                          .action = HCS_SIM_BLOCK,
                                          .delay_ns = RIG_SECOND / 2});
    assert_int_not_equal(rig_send(&rig, &kill, 600 * RIG_SECOND), 0);
    rig_go_on(&rig, RIG_SECOND / 20);
    (void)hcs_sim_exit_process("c", rig.pid, 0);
    delete_task();
    wanted = send(C8D_CALL_TASK_CREATE);
    assert_true(rig_await(&rig, wanted, 60 * RIG_SECOND));
    assert_int_equal(rig.status, C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsCreateComputeSystem), 2);
}

static void test_leftover__that_could_not_be_deleted__can_be_deleted_later(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    assert_int_equal(rig_do(&rig, C8D_CALL_LIST, "", ""), C8D_OK);
    rig_fault(HCS_SIM_HcsOpenComputeSystem, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_REMOTE);
    rig_fault(HCS_SIM_HcsGetComputeSystemProperties, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_REMOTE);
    rig_fault(HCS_SIM_HcsTerminateComputeSystem, 1, HCS_SIM_PEND_NEVER, 0);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_INDETERMINATE);
    assert_int_equal(hcs_sim_left().handles, 0);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_OK);
    assert_int_equal(rig_count(&rig, C8D_EVENT_CONTAINER_DELETE, "c", ""), 1);
    assert_int_equal(hcs_sim_left().systems, 0);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_NOT_FOUND);
}

/* It has gone since it was listed, and its id with it. */
static void test_leftover__that_is_not_found_any_more__is_forgotten(void **state)
{
    (void)state;
    hcs_sim_leave("c", "libc8d");
    assert_int_equal(rig_do(&rig, C8D_CALL_LIST, "", ""), C8D_OK);
    assert_int_equal(rig.n_entries, 1);
    assert_true(hcs_sim_exit_system("c", 0));
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_NOT_FOUND);
    assert_int_equal(rig_create(&rig, "c", "true", false), C8D_OK);
}

/* What was closed is not closed once more. */
static void test_container__that_could_not_be_made_anew__has_nothing_to_close(void **state)
{
    (void)state;
    assert_int_equal(rig_create(&rig, "c", "sleep 1000", false), C8D_OK);
    assert_int_equal(rig_start(&rig, "c"), C8D_OK);
    assert_int_equal(rig_kill(&rig, "c", "", 9), C8D_OK);
    delete_task();
    rig_fault(HCS_SIM_HcsCreateComputeSystem, 1, HCS_SIM_RETURN, 0x80070005);
    assert_int_equal(rig_do(&rig, C8D_CALL_TASK_CREATE, "c", ""), C8D_REMOTE);
    assert_int_equal(rig_do(&rig, C8D_CALL_LIST, "", ""), C8D_OK);
    assert_int_equal(rig.n_entries, 1);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsCloseComputeSystem), 1);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsUnregisterComputeSystemCallback), 1);
    assert_int_equal(hcs_sim_left().handles, 0);
}

/* HCS's word that the consumer's shutdown has failed is not about the one of the deletion. */
static void test_delete__after_a_shutdown_that_failed__is_shut_down_by_itself(void **state)
{
    (void)state;
    assert_int_equal(rig_create(&rig, "c", "sleep 1; exit 0", false), C8D_OK);
    assert_int_equal(rig_start(&rig, "c"), C8D_OK);
    rig_fault(HCS_SIM_HcsShutdownComputeSystem, 1, HCS_SIM_SHUTDOWN_FAILED, 0xc0370105);
    assert_int_equal(rig_kill(&rig, "c", "", 15), C8D_OK);
    delete_task();
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsShutdownComputeSystem), 2);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_list__while_a_container_is_brought_up_again__names_it),
        RIG_TEST(test_kill__refused_after_another_was_accepted__revives_nothing),
        RIG_TEST(test_task__while_a_termination_is_not_answered__waits_for_the_answer),
        RIG_TEST(test_leftover__that_could_not_be_deleted__can_be_deleted_later),
        RIG_TEST(test_leftover__that_is_not_found_any_more__is_forgotten),
        RIG_TEST(test_container__that_could_not_be_made_anew__has_nothing_to_close),
        RIG_TEST(test_delete__after_a_shutdown_that_failed__is_shut_down_by_itself),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
