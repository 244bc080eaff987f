/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the table about execs. */
#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SLEEPS "\"sleep\",\"1000\""
#define MISSING "\"/no/such/program\""

enum { KILL = 9, TERM = 15 };

#define expect(table, kind, container, process, status)                                                      \
    assert_int_equal(table_do(table, C8D_CALL_##kind, container, process), C8D_##status)

static void test_exec__from_its_creation_to_its_deletion__is_told_by_replies_events_and_state(void **state)
{
    struct table *table = *state;
    const struct table_event *event;
    uint32_t pid;

    table_start_shell(table, "host", "sleep 1000", NULL);
    assert_int_equal(table_exec(table, "host", "e", "\"sh\",\"-c\",\"exit 42\"", NULL), C8D_OK);
    assert_int_equal(table_state(table, "host", "e"), C8D_ENTRY_CREATED);
    assert_int_equal(table_kill(table, "host", "e", KILL, false), C8D_CONFLICT);
    assert_int_equal(table_await_event(table, C8D_EVENT_EXEC_ADDED, "host", "e")->pid, 0);
    expect(table, START, "host", "e", OK);
    pid = table->reply.pid;
    assert_int_not_equal(pid, 0);
    assert_int_equal(table_await_event(table, C8D_EVENT_EXEC_STARTED, "host", "e")->pid, pid);
    event = table_await_event(table, C8D_EVENT_TASK_EXIT, "host", "e");
    assert_int_equal(event->pid, pid);
    assert_int_equal(event->exit.code, 42);
    assert_int_equal(table_state(table, "host", "e"), C8D_ENTRY_STOPPED);
    assert_int_equal(table->reply.entries[0].exit.code, 42);
    assert_int_equal(table_kill(table, "host", "e", KILL, false), C8D_NOT_FOUND);
    expect(table, START, "host", "e", REMOTE);
    expect(table, DELETE, "host", "e", OK);
    assert_int_equal(table->reply.exit.code, 42);
    expect(table, STATE, "host", "e", NOT_FOUND);
    expect(table, DELETE, "host", "e", NOT_FOUND);
    assert_int_equal(table_state(table, "host", ""), C8D_ENTRY_RUNNING);
    table_remove(table, "host");
    assert_int_equal(table_count(table, C8D_EVENT_TASK_EXIT, "host", "e"), 1);
}

static void test_exec__whose_id_is_used__is_refused_until_it_is_deleted(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "ids", "sleep 1000", NULL);
    assert_int_equal(table_exec(table, "ids", "e", SLEEPS, NULL), C8D_OK);
    assert_int_equal(table_exec(table, "ids", "e", SLEEPS, NULL), C8D_ALREADY_EXISTS);
    assert_int_equal(table_exec(table, "ids", "-e", SLEEPS, NULL), C8D_INVALID);
    expect(table, DELETE, "ids", "e", OK);
    assert_false(table->reply.exit.known);
    table_start_exec(table, "ids", "e", SLEEPS);
    assert_int_equal(table_exec(table, "ids", "e", SLEEPS, NULL), C8D_ALREADY_EXISTS);
    expect(table, DELETE, "ids", "e", REMOTE);
    assert_int_equal(table_kill(table, "ids", "e", TERM, false), C8D_OK);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "ids", "e")->exit.code,
                     contract_killed(15));
    expect(table, DELETE, "ids", "e", OK);
    assert_int_equal(table_exec(table, "ids", "e", SLEEPS, NULL), C8D_OK);
    table_remove(table, "ids");
}

static void test_exec__whose_program_is_missing__stays_created_and_has_no_exit(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "poor", "sleep 1000", NULL);
    assert_int_equal(table_exec(table, "poor", "e", MISSING, NULL), C8D_OK);
    expect(table, START, "poor", "e", REMOTE);
    assert_int_equal(table_state(table, "poor", "e"), C8D_ENTRY_CREATED);
    expect(table, DELETE, "poor", "e", OK);
    assert_false(table->reply.exit.known);
    /* Whatever there was of it has come before what comes after it. */
    table_start_exec(table, "poor", "after", "\"true\"");
    table_await_event(table, C8D_EVENT_TASK_EXIT, "poor", "after");
    assert_int_equal(table_count(table, C8D_EVENT_EXEC_ADDED, "poor", "e"), 1);
    assert_int_equal(table_count(table, C8D_EVENT_EXEC_STARTED, "poor", "e"), 0);
    assert_int_equal(table_count(table, C8D_EVENT_TASK_EXIT, "poor", "e"), 0);
    table_remove(table, "poor");
}

static void test_exec__in_a_task_that_has_ended__fails(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "over", "exit 0", NULL);
    table_await_event(table, C8D_EVENT_TASK_EXIT, "over", "");
    assert_int_equal(table_state(table, "over", ""), C8D_ENTRY_STOPPED);
    assert_int_equal(table_exec(table, "over", "e", SLEEPS, NULL), C8D_REMOTE);
    expect(table, STATE, "over", "e", NOT_FOUND);
    table_remove(table, "over");
}

static void test_init__that_ends__takes_its_execs_with_it(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "family", "sleep 1000", NULL);
    table_start_exec(table, "family", "e1", SLEEPS);
    table_start_exec(table, "family", "e2", SLEEPS);
    assert_int_equal(table_kill(table, "family", "", KILL, false), C8D_OK);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "family", "")->exit.code,
                     contract_killed(9));
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "family", "e1")->exit.code,
                     contract_killed(9));
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "family", "e2")->exit.code,
                     contract_killed(9));
    table_remove(table, "family");
    assert_int_equal(table_count(table, C8D_EVENT_TASK_DELETE, "family", "e1"), 0);
}

int contract_execs(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_exec__from_its_creation_to_its_deletion__is_told_by_replies_events_and_state),
        TEST(test_exec__whose_id_is_used__is_refused_until_it_is_deleted),
        TEST(test_exec__whose_program_is_missing__stays_created_and_has_no_exit),
        TEST(test_exec__in_a_task_that_has_ended__fails),
        TEST(test_init__that_ends__takes_its_execs_with_it),
    };

    return contract_run_tests(tests);
}
