/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the table that measure a task and change what it may use. */
#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SLEEPS "\"sleep\",\"1000\""
#define LIMIT_OF_SPEC (UINT64_C(32) << 20)
#define SPEC_LIMIT "{\"memory\":{\"limit\":33554432}}"
#define DOUBLE_LIMIT "{\"memory\":{\"limit\":67108864}}"

enum { KILL = 9 };

static enum c8d_status ask(struct table *table, enum c8d_call_kind kind, const char *container)
{
    return table_do(table, kind, container, "");
}

static void start_exec(struct table *table, const char *container, const char *id)
{
    assert_int_equal(table_exec(table, container, id, SLEEPS, NULL), C8D_OK);
    assert_int_equal(table_do(table, C8D_CALL_START, container, id), C8D_OK);
}

static void end(struct table *table, const char *container)
{
    assert_int_equal(table_kill(table, container, "", KILL, true), C8D_OK);
    table_await_event(table, C8D_EVENT_TASK_EXIT, container, "");
}

static uint64_t memory_limit(struct table *table, const char *container)
{
    assert_int_equal(ask(table, C8D_CALL_STATS, container), C8D_OK);
    assert_true(table->reply.stats.memory.limit.told);
    return table->reply.stats.memory.limit.value;
}

static void test_stats__of_a_running_task__tell_what_it_uses(void **state)
{
    struct table *table = *state;
    const struct c8d_stats *stats = &table->reply.stats;

    table_start_shell(table, "measured", "sleep 1000", NULL);
    assert_int_equal(ask(table, C8D_CALL_STATS, "measured"), C8D_OK);
    assert_true(table->reply.has_stats);
    assert_true(stats->cgroup == C8D_CGROUP_V1 || stats->cgroup == C8D_CGROUP_V2);
    assert_true(stats->at_ns > 0);
    assert_true(stats->cpu.usage_ns.told);
    assert_true(stats->cpu.usage_ns.value > 0);
    assert_true(stats->memory.usage.told);
    assert_true(stats->memory.usage.value > 0);
    assert_true(stats->memory.limit.told);
    assert_int_equal(stats->memory.limit.value, LIMIT_OF_SPEC);
    assert_true(stats->pids.current.told);
    assert_true(stats->pids.current.value >= 1);
    assert_true(stats->pids.limit.told);
    assert_true(stats->pids.limit.value == C8D_NO_LIMIT);
    table_remove(table, "measured");
}

/* Their replies prove nothing about absence, but all agree that nothing was measured. */
static void test_stats__of_what_does_not_run__tell_nothing(void **state)
{
    struct table *table = *state;

    assert_int_equal(ask(table, C8D_CALL_STATS, "nowhere"), C8D_REMOTE);
    assert_true(table->reply.message[0] != '\0');
    table_create_shell(table, "idle", "exit 0");
    assert_int_equal(ask(table, C8D_CALL_STATS, "idle"), C8D_REMOTE);
    assert_false(table->reply.has_stats);
    assert_int_equal(ask(table, C8D_CALL_CONTAINER_DELETE, "idle"), C8D_OK);
}

static void test_stats__of_a_paused_task__are_told(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "iced", "sleep 1000", NULL);
    assert_int_equal(ask(table, C8D_CALL_PAUSE, "iced"), C8D_OK);
    assert_int_equal(memory_limit(table, "iced"), LIMIT_OF_SPEC);
    assert_int_equal(ask(table, C8D_CALL_RESUME, "iced"), C8D_OK);
    table_remove(table, "iced");
}

static bool has(const struct table *table, uint32_t pid, const char *exec)
{
    for (size_t i = 0; i < table->reply.n_processes; i++) {
        if (table->reply.processes[i].pid == pid && strcmp(table->reply.processes[i].exec, exec) == 0)
            return true;
    }
    return false;
}

static void test_pids__of_a_task_with_an_exec__name_both(void **state)
{
    struct table *table = *state;
    uint32_t init = table_start_shell(table, "peopled", "sleep 1000", NULL);
    uint32_t exec;

    start_exec(table, "peopled", "e1");
    exec = table->reply.pid;
    assert_int_equal(ask(table, C8D_CALL_PIDS, "peopled"), C8D_OK);
    assert_true(table->reply.n_processes >= 2);
    assert_true(has(table, init, ""));
    assert_true(has(table, exec, "e1"));
    table_remove(table, "peopled");
}

static void test_pids__in_each_state__are_told_or_refused(void **state)
{
    struct table *table = *state;
    uint32_t pid;

    assert_int_equal(ask(table, C8D_CALL_PIDS, "nowhere"), C8D_NOT_FOUND);
    table_create_shell(table, "ages", "sleep 1000");
    assert_int_equal(ask(table, C8D_CALL_PIDS, "ages"), C8D_NOT_FOUND);
    assert_int_equal(ask(table, C8D_CALL_TASK_CREATE, "ages"), C8D_OK);
    pid = table->reply.pid;
    assert_int_equal(ask(table, C8D_CALL_PIDS, "ages"), C8D_OK);
    assert_true(has(table, pid, ""));
    assert_int_equal(ask(table, C8D_CALL_START, "ages"), C8D_OK);
    assert_int_equal(ask(table, C8D_CALL_PAUSE, "ages"), C8D_OK);
    assert_int_equal(ask(table, C8D_CALL_PIDS, "ages"), C8D_OK);
    assert_true(has(table, pid, ""));
    assert_int_equal(ask(table, C8D_CALL_RESUME, "ages"), C8D_OK);
    end(table, "ages");
    assert_int_equal(ask(table, C8D_CALL_PIDS, "ages"), C8D_OK);
    assert_int_equal(table->reply.n_processes, 0);
    table_remove(table, "ages");
}

static void test_update__of_a_limit__shows_in_the_stats(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "limited", "sleep 1000", NULL);
    assert_int_equal(memory_limit(table, "limited"), LIMIT_OF_SPEC);
    assert_int_equal(table_update(table, "limited", DOUBLE_LIMIT), C8D_OK);
    assert_int_equal(memory_limit(table, "limited"), 2 * LIMIT_OF_SPEC);
    table_remove(table, "limited");
}

static void test_update__in_each_state__is_done_or_refused(void **state)
{
    struct table *table = *state;

    assert_int_equal(table_update(table, "nowhere", DOUBLE_LIMIT), C8D_NOT_FOUND);
    table_create_shell(table, "changing", "sleep 1000");
    assert_int_equal(table_update(table, "changing", DOUBLE_LIMIT), C8D_NOT_FOUND);
    assert_int_equal(ask(table, C8D_CALL_TASK_CREATE, "changing"), C8D_OK);
    assert_int_equal(memory_limit(table, "changing"), LIMIT_OF_SPEC);
    assert_int_equal(table_update(table, "changing", DOUBLE_LIMIT), C8D_OK);
    assert_int_equal(ask(table, C8D_CALL_START, "changing"), C8D_OK);
    assert_int_equal(table_update(table, "changing", "{}"), C8D_OK);
    assert_int_equal(memory_limit(table, "changing"), 2 * LIMIT_OF_SPEC);
    assert_int_equal(ask(table, C8D_CALL_PAUSE, "changing"), C8D_OK);
    assert_int_equal(table_update(table, "changing", SPEC_LIMIT), C8D_OK);
    assert_int_equal(memory_limit(table, "changing"), LIMIT_OF_SPEC);
    assert_int_equal(table_state(table, "changing", ""), C8D_ENTRY_PAUSED);
    assert_int_equal(ask(table, C8D_CALL_RESUME, "changing"), C8D_OK);
    end(table, "changing");
    assert_int_equal(table_update(table, "changing", DOUBLE_LIMIT), C8D_REMOTE);
    assert_int_equal(ask(table, C8D_CALL_STATS, "changing"), C8D_OK);
    table_remove(table, "changing");
}

static void test_update__that_is_malformed__changes_nothing(void **state)
{
    static const char *const malformed[] = {"", "{\"memory\":", "[]", "{\"memory\":{\"limit\":\"64m\"}}",
                                            "{\"memory\":{\"limit\":1.5}}"};
    struct table *table = *state;

    table_start_shell(table, "firm", "sleep 1000", NULL);
    for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
        if (table_update(table, "firm", malformed[i]) != C8D_REMOTE)
            fail_msg("'%s': %d", malformed[i], (int)table->reply.status);
        assert_true(table->reply.message[0] != '\0');
    }
    assert_int_equal(memory_limit(table, "firm"), LIMIT_OF_SPEC);
    table_remove(table, "firm");
}

int contract_measures(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_stats__of_a_running_task__tell_what_it_uses),
        TEST(test_stats__of_what_does_not_run__tell_nothing),
        TEST(test_stats__of_a_paused_task__are_told),
        TEST(test_pids__of_a_task_with_an_exec__name_both),
        TEST(test_pids__in_each_state__are_told_or_refused),
        TEST(test_update__of_a_limit__shows_in_the_stats),
        TEST(test_update__in_each_state__is_done_or_refused),
        TEST(test_update__that_is_malformed__changes_nothing),
    };

    return contract_run_tests(tests);
}
