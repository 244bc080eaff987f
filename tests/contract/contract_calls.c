/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the table: what each does in each state, how it fails, and which events tell of it. */
#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SLEEPS "\"sleep\",\"1000\""
#define MISSING "\"/no/such/program\""

enum { KILL = 9 };

#define expect(table, kind, container, process, status)                                                      \
    assert_int_equal(table_do(table, C8D_CALL_##kind, container, process), C8D_##status)

static void create_task(struct table *table, const char *id)
{
    if (table_do(table, C8D_CALL_TASK_CREATE, id, "") != C8D_OK)
        fail_msg("task %s: %s", id, table->reply.message);
}

/* ---- containers
 * ----------------------------------------------------------------------------------------------- */

static void test_version__of_any_runtime__is_told(void **state)
{
    struct table *table = *state;

    expect(table, VERSION, "", "", OK);
    assert_true(table->reply.version[0] != '\0');
}

static void test_container__that_is_made__can_be_got_as_it_was_given(void **state)
{
    struct table *table = *state;
    const struct table_entry *entry = &table->reply.entries[0];
    char spec[SPEC_BYTES];

    spec_container(spec, sizeof(spec), table->maker, "given", SLEEPS);
    assert_int_equal(table_create(table, "given", SLEEPS), C8D_OK);
    expect(table, CONTAINER_GET, "given", "", OK);
    assert_int_equal(table->reply.n_entries, 1);
    assert_string_equal(entry->container, "given");
    assert_true(entry->container_present);
    assert_false(entry->process_told);
    assert_string_equal(entry->spec, spec);
    assert_string_equal(entry->runtime, "io.containerd.runc.v2");
    assert_string_equal(entry->label, "contract");
    assert_true(entry->created_at_ns > 0);
    expect(table, CONTAINER_DELETE, "given", "", OK);
}

static void test_container__made_and_deleted__is_told_by_events(void **state)
{
    struct table *table = *state;
    const struct table_event *event;

    assert_int_equal(table_create(table, "told", SLEEPS), C8D_OK);
    expect(table, CONTAINER_DELETE, "told", "", OK);
    event = table_await_event(table, C8D_EVENT_CONTAINER_CREATE, "told", "");
    assert_string_equal(event->namespace_, table->maker->namespace_);
    assert_true(event->time_ns > 0);
    table_await_event(table, C8D_EVENT_CONTAINER_DELETE, "told", "");
    assert_true(table_place(table, C8D_EVENT_CONTAINER_CREATE, "told", "") <
                table_place(table, C8D_EVENT_CONTAINER_DELETE, "told", ""));
}

static void test_container__that_is_missing__is_not_found_by_any_call(void **state)
{
    static const enum c8d_call_kind kinds[] = {C8D_CALL_CONTAINER_GET, C8D_CALL_CONTAINER_DELETE,
                                               C8D_CALL_TASK_CREATE,   C8D_CALL_START,
                                               C8D_CALL_DELETE,        C8D_CALL_KILL,
                                               C8D_CALL_STATE,         C8D_CALL_PAUSE,
                                               C8D_CALL_RESUME,        C8D_CALL_CLOSE_STDIN,
                                               C8D_CALL_RESIZE};
    struct table *table = *state;

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (table_do(table, kinds[i], "missing", "") != C8D_NOT_FOUND)
            fail_msg("%s: %s", c8d_call_name(kinds[i]), table->reply.message);
        assert_true(table->reply.message[0] != '\0');
    }
    assert_int_equal(table_exec(table, "missing", "e", SLEEPS, NULL), C8D_NOT_FOUND);
}

static void test_container__that_is_there__is_not_made_again(void **state)
{
    struct table *table = *state;

    assert_int_equal(table_create(table, "once", SLEEPS), C8D_OK);
    assert_int_equal(table_create(table, "once", SLEEPS), C8D_ALREADY_EXISTS);
    expect(table, CONTAINER_DELETE, "once", "", OK);
    assert_int_equal(table_create(table, "once", SLEEPS), C8D_OK);
    expect(table, CONTAINER_DELETE, "once", "", OK);
}

static void test_container__whose_id_is_no_identifier__is_refused(void **state)
{
    static const char *const ids[] = {"-a", "a-", "a..b", "a b", "a/b"};
    struct table *table = *state;

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        assert_int_equal(table_create(table, ids[i], SLEEPS), C8D_INVALID);
}

static void test_list__of_containers_in_each_state__tells_all_of_each(void **state)
{
    static const struct {
        const char *id;
        enum c8d_entry_state state;
    } expected[] = {{"l-absent", C8D_ENTRY_ABSENT},
                    {"l-created", C8D_ENTRY_CREATED},
                    {"l-running", C8D_ENTRY_RUNNING},
                    {"l-stopped", C8D_ENTRY_STOPPED}};
    struct table *table = *state;

    table_create_shell(table, "l-absent", "exit 0");
    table_create_shell(table, "l-created", "exit 0");
    create_task(table, "l-created");
    table_start_shell(table, "l-running", "sleep 1000", NULL);
    table_start_shell(table, "l-stopped", "exit 9", NULL);
    table_await_event(table, C8D_EVENT_TASK_EXIT, "l-stopped", "");
    expect(table, LIST, "", "", OK);
    assert_int_equal(table->reply.n_entries, 4);
    for (size_t i = 0; i < table->reply.n_entries; i++) {
        const struct table_entry *entry = &table->reply.entries[i];
        size_t k = 0;

        while (strcmp(entry->container, expected[k].id) != 0)
            assert_true(++k < 4);
        assert_true(entry->container_present);
        assert_true(entry->process_told);
        assert_int_equal(entry->state, expected[k].state);
        assert_int_equal(entry->pid != 0,
                         entry->state != C8D_ENTRY_ABSENT &&
                             (entry->state != C8D_ENTRY_CREATED || !table->maker->starts_late));
        assert_int_equal(entry->exit.known, entry->state == C8D_ENTRY_STOPPED);
        assert_int_equal(entry->exit.code, entry->state == C8D_ENTRY_STOPPED ? 9 : 0);
        assert_string_equal(entry->label, "contract");
    }
    for (size_t i = 1; i < 4; i++)
        table_remove(table, expected[i].id);
    expect(table, CONTAINER_DELETE, "l-absent", "", OK);
}

/* ---- tasks
 * ---------------------------------------------------------------------------------------------------- */

static void test_task__that_does_not_exist__is_not_found(void **state)
{
    static const enum c8d_call_kind kinds[] = {C8D_CALL_START, C8D_CALL_DELETE, C8D_CALL_KILL,
                                               C8D_CALL_STATE, C8D_CALL_PAUSE,  C8D_CALL_RESUME};
    struct table *table = *state;

    table_create_shell(table, "taskless", "exit 0");
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        assert_int_equal(table_do(table, kinds[i], "taskless", ""), C8D_NOT_FOUND);
    assert_int_equal(table_exec(table, "taskless", "e", SLEEPS, NULL), C8D_NOT_FOUND);
    expect(table, CONTAINER_DELETE, "taskless", "", OK);
}

static void test_task__from_its_creation_to_its_deletion__is_told_by_replies_events_and_state(void **state)
{
    struct table *table = *state;
    const struct table_event *event;
    uint32_t pid;

    table_create_shell(table, "life", "exit 7");
    create_task(table, "life");
    pid = table->reply.pid;
    assert_int_equal(pid == 0, table->maker->starts_late);
    assert_int_equal(table_state(table, "life", ""), C8D_ENTRY_CREATED);
    assert_int_equal(table->reply.entries[0].pid, pid);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_CREATE, "life", "")->pid, pid);
    expect(table, START, "life", "", OK);
    if (table->maker->starts_late)
        pid = table->reply.pid;
    assert_int_not_equal(pid, 0);
    assert_int_equal(table->reply.pid, pid);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_START, "life", "")->pid, pid);
    event = table_await_event(table, C8D_EVENT_TASK_EXIT, "life", "");
    assert_int_equal(event->pid, pid);
    assert_true(event->exit.known);
    assert_true(event->exit.ran);
    assert_int_equal(event->exit.code, 7);
    assert_true(event->exit.at_ns > 0);
    assert_int_equal(table_state(table, "life", ""), C8D_ENTRY_STOPPED);
    assert_int_equal(table->reply.entries[0].exit.code, 7);
    assert_int_equal(table_kill(table, "life", "", KILL, false), C8D_NOT_FOUND);
    expect(table, DELETE, "life", "", OK);
    assert_true(table->reply.exit.known);
    assert_int_equal(table->reply.exit.code, 7);
    event = table_await_event(table, C8D_EVENT_TASK_DELETE, "life", "");
    assert_int_equal(event->exit.code, 7);
    expect(table, STATE, "life", "", NOT_FOUND);
    expect(table, DELETE, "life", "", NOT_FOUND);
    expect(table, CONTAINER_DELETE, "life", "", OK);
    assert_int_equal(table_count(table, C8D_EVENT_TASK_EXIT, "life", ""), 1);
}

static void test_task__that_is_there__is_not_made_again(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "again", "sleep 1000", NULL);
    expect(table, TASK_CREATE, "again", "", ALREADY_EXISTS);
    expect(table, START, "again", "", REMOTE);
    assert_int_equal(table_state(table, "again", ""), C8D_ENTRY_RUNNING);
    table_remove(table, "again");
}

static void test_task__that_runs__is_not_deleted(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "runs", "sleep 1000", NULL);
    expect(table, DELETE, "runs", "", REMOTE);
    assert_int_equal(table_state(table, "runs", ""), C8D_ENTRY_RUNNING);
    table_remove(table, "runs");
}

static void test_task__deleted_before_its_start__ends_without_having_run(void **state)
{
    struct table *table = *state;
    const struct table_event *event;

    table_create_shell(table, "unrun", "exit 0");
    create_task(table, "unrun");
    expect(table, DELETE, "unrun", "", OK);
    assert_false(table->reply.exit.known);
    event = table_await_event(table, C8D_EVENT_TASK_EXIT, "unrun", "");
    assert_int_equal(event->exit.code, table->maker->starts_late ? 0 : contract_killed(9));
    assert_false(event->exit.ran);
    assert_int_equal(event->exit.at_ns, 0);
    event = table_await_event(table, C8D_EVENT_TASK_DELETE, "unrun", "");
    assert_false(event->exit.known);
    expect(table, CONTAINER_DELETE, "unrun", "", OK);
}

static void test_task__killed_before_its_start__has_ended(void **state)
{
    struct table *table = *state;

    table_create_shell(table, "early", "exit 0");
    create_task(table, "early");
    assert_int_equal(table_kill(table, "early", "", KILL, false), C8D_OK);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "early", "")->exit.code,
                     table->maker->starts_late ? 0 : contract_killed(9));
    expect(table, START, "early", "", REMOTE);
    assert_int_equal(table_state(table, "early", ""), C8D_ENTRY_STOPPED);
    table_remove(table, "early");
}

static void test_task__whose_program_is_missing__is_not_made(void **state)
{
    struct table *table = *state;

    assert_int_equal(table_create(table, "empty", MISSING), C8D_OK);
    if (table->maker->starts_late) {
        create_task(table, "empty");
        expect(table, START, "empty", "", REMOTE);
        assert_true(table->reply.message[0] != '\0');
        expect(table, DELETE, "empty", "", OK);
        expect(table, CONTAINER_DELETE, "empty", "", OK);
        assert_int_equal(table_count(table, C8D_EVENT_TASK_START, "empty", ""), 0);
        return;
    }
    expect(table, TASK_CREATE, "empty", "", REMOTE);
    assert_true(table->reply.message[0] != '\0');
    expect(table, STATE, "empty", "", NOT_FOUND);
    expect(table, CONTAINER_DELETE, "empty", "", OK);
    assert_int_equal(table_count(table, C8D_EVENT_TASK_CREATE, "empty", ""), 0);
    assert_int_equal(table_count(table, C8D_EVENT_TASK_EXIT, "empty", ""), 0);
}

static void test_task__that_is_killed__ends_by_the_signal(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "killed", "sleep 1000", NULL);
    assert_int_equal(table_kill(table, "killed", "", 0, false), C8D_OK);
    assert_int_equal(table_kill(table, "killed", "", 99, false), C8D_REMOTE);
    assert_int_equal(table_kill(table, "killed", "", KILL, false), C8D_OK);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "killed", "")->exit.code,
                     contract_killed(9));
    table_remove(table, "killed");
}

static void test_task__out_of_memory__is_told_of_and_ends(void **state)
{
    struct table *table = *state;

    assert_int_equal(table_create(table, "greedy", "\"/bin/hog\""), C8D_OK);
    create_task(table, "greedy");
    expect(table, START, "greedy", "", OK);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "greedy", "")->exit.code,
                     contract_killed(9));
    table_await_event(table, C8D_EVENT_TASK_OOM, "greedy", "");
    table_remove(table, "greedy");
}

/* ---- pause
 * ---------------------------------------------------------------------------------------------------- */

static void test_pause__in_a_wrong_state__fails(void **state)
{
    struct table *table = *state;

    table_create_shell(table, "warm", "sleep 1000");
    create_task(table, "warm");
    expect(table, PAUSE, "warm", "", REMOTE);
    expect(table, RESUME, "warm", "", REMOTE);
    expect(table, START, "warm", "", OK);
    expect(table, RESUME, "warm", "", REMOTE);
    expect(table, PAUSE, "warm", "", OK);
    expect(table, PAUSE, "warm", "", REMOTE);
    expect(table, DELETE, "warm", "", REMOTE);
    assert_int_equal(table_exec(table, "warm", "e", SLEEPS, NULL), C8D_REMOTE);
    expect(table, RESUME, "warm", "", OK);
    assert_int_equal(table_kill(table, "warm", "", KILL, false), C8D_OK);
    table_await_event(table, C8D_EVENT_TASK_EXIT, "warm", "");
    expect(table, PAUSE, "warm", "", REMOTE);
    expect(table, RESUME, "warm", "", REMOTE);
    table_remove(table, "warm");
}

static void test_pause__of_a_task__holds_it_until_resume(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "cold", "sleep 1000", NULL);
    table_start_exec(table, "cold", "e", SLEEPS);
    expect(table, PAUSE, "cold", "", OK);
    table_await_event(table, C8D_EVENT_TASK_PAUSED, "cold", "");
    assert_int_equal(table_state(table, "cold", ""), C8D_ENTRY_PAUSED);
    assert_int_equal(table_state(table, "cold", "e"), C8D_ENTRY_PAUSED);
    /* A signal gets to a frozen process when it is thawed. */
    assert_int_equal(table_kill(table, "cold", "e", KILL, false), C8D_OK);
    expect(table, DELETE, "cold", "e", REMOTE);
    assert_int_equal(table_count(table, C8D_EVENT_TASK_EXIT, "cold", "e"), 0);
    expect(table, RESUME, "cold", "", OK);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "cold", "e")->exit.code,
                     contract_killed(9));
    table_await_event(table, C8D_EVENT_TASK_RESUMED, "cold", "");
    assert_int_equal(table_state(table, "cold", ""), C8D_ENTRY_RUNNING);
    table_remove(table, "cold");
}

static void test_task__killed_while_paused__ends_without_resume(void **state)
{
    struct table *table = *state;

    table_start_shell(table, "frozen", "sleep 1000", NULL);
    table_start_exec(table, "frozen", "e", SLEEPS);
    expect(table, PAUSE, "frozen", "", OK);
    assert_int_equal(table_kill(table, "frozen", "", KILL, true), C8D_OK);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "frozen", "")->exit.code,
                     contract_killed(9));
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "frozen", "e")->exit.code,
                     contract_killed(9));
    assert_int_equal(table_state(table, "frozen", ""), C8D_ENTRY_STOPPED);
    table_remove(table, "frozen");
}

int contract_calls(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_version__of_any_runtime__is_told),
        TEST(test_container__that_is_made__can_be_got_as_it_was_given),
        TEST(test_container__made_and_deleted__is_told_by_events),
        TEST(test_container__that_is_missing__is_not_found_by_any_call),
        TEST(test_container__that_is_there__is_not_made_again),
        TEST(test_container__whose_id_is_no_identifier__is_refused),
        TEST(test_list__of_containers_in_each_state__tells_all_of_each),
        TEST(test_task__that_does_not_exist__is_not_found),
        TEST(test_task__from_its_creation_to_its_deletion__is_told_by_replies_events_and_state),
        TEST(test_task__that_is_there__is_not_made_again),
        TEST(test_task__that_runs__is_not_deleted),
        TEST(test_task__deleted_before_its_start__ends_without_having_run),
        TEST(test_task__killed_before_its_start__has_ended),
        TEST(test_task__whose_program_is_missing__is_not_made),
        TEST(test_task__that_is_killed__ends_by_the_signal),
        TEST(test_task__out_of_memory__is_told_of_and_ends),
        TEST(test_pause__in_a_wrong_state__fails),
        TEST(test_pause__of_a_task__holds_it_until_resume),
        TEST(test_task__killed_while_paused__ends_without_resume),
    };

    return contract_run_tests(tests);
}
