/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A life of a container, and in it each call of HCS fails, once and for ever, and each allocation likewise:
 * whatever comes of it, every call has its reply, nobody ends twice, and nothing is left behind.
 */
#include <rig_fixture.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MINUTE (60 * RIG_SECOND)

/* ---- memory that runs out
 * ----------------------------------------------------------------------------------------------- */

static size_t allocations, fail_at;
static bool fail_on;
static size_t in_use;

static bool fails(void)
{
    allocations++;
    return fail_at != 0 && (fail_on ? allocations >= fail_at : allocations == fail_at);
}

static void *allocate(void *ctx, size_t bytes)
{
    (void)ctx;
    if (fails())
        return NULL;
    in_use += bytes;
    return malloc(bytes);
}

static void release(void *ctx, void *memory, size_t bytes)
{
    (void)ctx;
    if (memory != NULL)
        in_use -= bytes;
    free(memory);
}

static const struct c8d_allocator allocator = {allocate, release, NULL};

/* ---- a life
 * -------------------------------------------------------------------------------------------------------------
 */

static void live(void)
{
    struct c8d_call load = {.kind = C8D_CALL_CONTAINER_GET, .container = {"left", 4}, .takes_over = true};

    (void)rig_create(&rig, "c", "echo hello; sleep 2; exit 3", true);
    (void)rig_start(&rig, "c");
    (void)rig_exec(&rig, "c", "e", "sleep 1000");
    (void)rig_do(&rig, C8D_CALL_PAUSE, "c", "");
    (void)rig_do(&rig, C8D_CALL_RESUME, "c", "");
    (void)rig_do(&rig, C8D_CALL_STATS, "c", "");
    (void)rig_do(&rig, C8D_CALL_PIDS, "c", "");
    (void)rig_do(&rig, C8D_CALL_LIST, "", "");
    (void)rig_do(&rig, C8D_CALL_STATE, "c", "e");
    (void)rig_kill(&rig, "c", "e", 15);
    rig_go_on(&rig, 5 * RIG_SECOND);
    (void)rig_do(&rig, C8D_CALL_DELETE, "c", "e");
    (void)rig_do(&rig, C8D_CALL_DELETE, "c", "");
    (void)rig_call(&rig, &load);
    (void)rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "left", "");
}

/* Afterwards all goes well again, and everything can be removed. */
static void clean_up(const char *id)
{
    if (rig_do(&rig, C8D_CALL_STATE, id, "") == C8D_OK) {
        (void)rig_kill(&rig, id, "", 9);
        rig_go_on(&rig, 11 * MINUTE);
        (void)rig_do(&rig, C8D_CALL_DELETE, id, "");
    }
    (void)rig_do(&rig, C8D_CALL_CONTAINER_DELETE, id, "");
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, id, ""), C8D_NOT_FOUND);
}

static void check(void)
{
    struct hcs_sim_left left;

    clean_up("c");
    clean_up("left");
    assert_true(rig_count(&rig, C8D_EVENT_TASK_EXIT, "c", "") <= 1);
    assert_true(rig_count(&rig, C8D_EVENT_TASK_EXIT, "c", "e") <= 1);
    rig_close(&rig);
    left = hcs_sim_left();
    assert_int_equal(left.strings, 0);
    assert_int_equal(left.streams, 0);
    assert_int_equal(in_use, 0);
}

static void begin(void)
{
    hcs_sim_reset(3);
    hcs_sim_folder("C:\\layers\\base\\UtilityVM");
    hcs_sim_leave("left", "libc8d");
    allocations = 0;
    fail_at = 0;
}

/* Every start has its end, at the latest when it is killed. */
static bool has_ended(void)
{
    (void)rig_kill(&rig, "c", "", 9);
    rig_go_on(&rig, MINUTE);
    return rig_count(&rig, C8D_EVENT_TASK_START, "c", "") <= rig_count(&rig, C8D_EVENT_TASK_EXIT, "c", "");
}

/* How many calls of HCS a life takes in which nothing fails. */
static unsigned count_calls(void)
{
    unsigned calls = 0;

    begin();
    assert_true(rig_open(&rig, &allocator, NULL));
    live();
    for (const char *at = hcs_sim_calls(); (at = strchr(at, '\n')) != NULL; at++)
        calls++;
    check();
    return calls;
}

static void fail_each_call(bool for_ever, c8d__hr hr)
{
    unsigned calls = count_calls();

    assert_true(calls > 20);
    for (unsigned nth = 1; nth <= calls; nth++) {
        begin();
        assert_true(rig_open(&rig, &allocator, NULL));
        hcs_sim_fail_calls(nth, for_ever, hr);
        live();
        hcs_sim_fail_calls(0, false, 0);
        if (!has_ended())
            fail_msg("after call %u there is a start without an end", nth);
        check();
    }
    hcs_sim_finish();
}

static void test_call__that_fails_once__breaks_nothing_else(void **state)
{
    (void)state;
    fail_each_call(false, (c8d__hr)0x80070008);
    fail_each_call(false, (c8d__hr)0xc0370105);
    fail_each_call(false, (c8d__hr)0xc037010e);
}

static void test_calls__that_fail_for_ever__break_nothing_afterwards(void **state)
{
    (void)state;
    fail_each_call(true, (c8d__hr)0x80070008);
    fail_each_call(true, (c8d__hr)0x8037011e);
}

static void fail_each_allocation(bool for_ever)
{
    size_t needed = 1;

    for (size_t nth = 0; nth < needed; nth++) {
        begin();
        fail_on = for_ever;
        fail_at = nth;
        if (rig_open(&rig, &allocator, NULL)) {
            live();
            needed = nth == 0 ? allocations : needed;
            fail_at = 0;
            check();
        }
        rig_close(&rig);
        assert_int_equal(in_use, 0);
    }
    assert_true(needed > 100);
    hcs_sim_finish();
}

static void test_allocation__that_fails_once__breaks_nothing_else(void **state)
{
    (void)state;
    fail_each_allocation(false);
}

static void test_allocations__that_fail_for_ever__break_nothing_afterwards(void **state)
{
    (void)state;
    fail_each_allocation(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_call__that_fails_once__breaks_nothing_else),
        cmocka_unit_test(test_calls__that_fail_for_ever__break_nothing_afterwards),
        cmocka_unit_test(test_allocation__that_fails_once__breaks_nothing_else),
        cmocka_unit_test(test_allocations__that_fail_for_ever__break_nothing_afterwards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
