/* SPDX-License-Identifier: Apache-2.0 */
/* What a server says that a task uses, and what is taken from it. */
#include "remote_measured.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define V1 "io.containerd.cgroups.v1.Metrics"
#define V2 "io.containerd.cgroups.v2.Metrics"
#define DETAILS "containerd.runc.v1.ProcessDetails"
#define NOT_LIMITED UINT64_C(9223372036854771712)

static void memory_v2(struct wire *metrics)
{
    struct wire memory = {0};

    NUMBERS(&memory, 1, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117,
            118, 119);
    NUMBERS(&memory, 32, 132, 133, 134, UINT64_MAX, 136);
    wire_message(metrics, 4, &memory);
}

static void io_v2(struct wire *metrics)
{
    struct wire first = {0};
    struct wire second = {0};
    struct wire io = {0};

    NUMBERS(&first, 1, 8, 0, 1000, 2000, 10, 20);
    NUMBERS(&second, 1, 8, 16, 1, 2, 3, 4);
    wire_message(&io, 1, &first);
    wire_message(&io, 1, &second);
    wire_message(metrics, 6, &io);
}

static void test_metrics__of_cgroup_v2__are_told_in_full(void **state)
{
    struct wire metrics = {0};
    struct wire pids = {0};
    struct wire cpu = {0};
    struct wire events = {0};
    const struct c8d_stats *stats;
    const struct measured *answer;

    (void)state;
    NUMBERS(&pids, 1, 3, 512);
    wire_message(&metrics, 1, &pids);
    NUMBERS(&cpu, 1, 7, 4, 3, 11, 12, 13);
    wire_message(&metrics, 2, &cpu);
    memory_v2(&metrics);
    io_v2(&metrics);
    NUMBERS(&events, 1, 21, 22, 23, 24, 25);
    wire_message(&metrics, 8, &events);
    answer = measure(V2, &metrics);
    stats = &answer->stats;
    assert_int_equal(answer->status, C8D_OK);
    assert_int_equal(stats->cgroup, C8D_CGROUP_V2);
    assert_true(stats->at_ns == INT64_C(1700000000000000005));
    TELLS(stats->pids.current, 3);
    TELLS(stats->pids.limit, 512);
    TELLS(stats->cpu.usage_ns, 7000);
    TELLS(stats->cpu.user_ns, 4000);
    TELLS(stats->cpu.system_ns, 3000);
    TELLS(stats->cpu.periods, 11);
    TELLS(stats->cpu.throttled_periods, 12);
    TELLS(stats->cpu.throttled_ns, 13000);
    TELLS(stats->memory.anonymous, 101);
    TELLS(stats->memory.file, 102);
    TELLS(stats->memory.kernel_stack, 103);
    TELLS(stats->memory.slab, 104);
    TELLS(stats->memory.socket, 105);
    TELLS(stats->memory.shared, 106);
    TELLS(stats->memory.file_mapped, 107);
    TELLS(stats->memory.file_dirty, 108);
    TELLS(stats->memory.file_writeback, 109);
    TELLS(stats->memory.inactive_anonymous, 111);
    TELLS(stats->memory.active_anonymous, 112);
    TELLS(stats->memory.inactive_file, 113);
    TELLS(stats->memory.active_file, 114);
    TELLS(stats->memory.unevictable, 115);
    TELLS(stats->memory.page_faults, 118);
    TELLS(stats->memory.major_page_faults, 119);
    TELLS(stats->memory.usage, 132);
    TELLS(stats->memory.limit, 133);
    TELLS(stats->memory.swap_usage, 134);
    TELLS(stats->memory.swap_limit, C8D_NO_LIMIT);
    TELLS(stats->memory.max_usage, 136);
    SILENT(stats->memory.kernel_usage);
    SILENT(stats->memory.failures);
    TELLS(stats->memory_events.low, 21);
    TELLS(stats->memory_events.high, 22);
    TELLS(stats->memory_events.max, 23);
    TELLS(stats->memory_events.oom, 24);
    TELLS(stats->memory_events.oom_kill, 25);
    SILENT(stats->memory_events.under_oom);
    TELLS(stats->io.read_bytes, 1001);
    TELLS(stats->io.write_bytes, 2002);
    TELLS(stats->io.read_operations, 13);
    TELLS(stats->io.write_operations, 24);
}

static void cpu_v1(struct wire *metrics)
{
    struct wire usage = {0};
    struct wire throttling = {0};
    struct wire cpu = {0};

    NUMBERS(&usage, 1, 70, 30, 40, 35, 35);
    NUMBERS(&throttling, 1, 11, 12, 13);
    wire_message(&cpu, 1, &usage);
    wire_message(&cpu, 2, &throttling);
    wire_message(metrics, 3, &cpu);
}

static void memory_v1(struct wire *metrics)
{
    struct wire usage = {0};
    struct wire swap = {0};
    struct wire kernel = {0};
    struct wire memory = {0};

    NUMBERS(&memory, 18, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132);
    NUMBERS(&usage, 1, NOT_LIMITED, 202, 203, 204);
    NUMBERS(&swap, 1, 301, 302, 303, 304);
    NUMBERS(&kernel, 1, 401, 402, 403, 404);
    wire_message(&memory, 33, &usage);
    wire_message(&memory, 34, &swap);
    wire_message(&memory, 35, &kernel);
    wire_message(metrics, 4, &memory);
}

static void block_entry(struct wire *block, unsigned field, const char *op, uint64_t value)
{
    struct wire entry = {0};

    wire_text(&entry, 1, op);
    wire_number(&entry, 3, 8);
    wire_number(&entry, 5, value);
    wire_message(block, field, &entry);
}

static void block_v1(struct wire *metrics)
{
    struct wire block = {0};

    block_entry(&block, 1, "Read", 1000);
    block_entry(&block, 1, "Write", 2000);
    block_entry(&block, 1, "Total", 3000);
    block_entry(&block, 1, "Read", 1);
    block_entry(&block, 2, "Read", 5);
    block_entry(&block, 2, "Sync", 9);
    wire_message(metrics, 5, &block);
}

static void test_metrics__of_cgroup_v1__are_told_in_full(void **state)
{
    struct wire metrics = {0};
    struct wire pids = {0};
    struct wire oom = {0};
    const struct c8d_stats *stats;

    (void)state;
    wire_number(&pids, 1, 3);
    wire_message(&metrics, 2, &pids);
    cpu_v1(&metrics);
    memory_v1(&metrics);
    block_v1(&metrics);
    NUMBERS(&oom, 1, 0, 1, 9);
    wire_message(&metrics, 9, &oom);
    stats = &measure(V1, &metrics)->stats;
    assert_int_equal(stats->cgroup, C8D_CGROUP_V1);
    TELLS(stats->pids.current, 3);
    TELLS(stats->pids.limit, C8D_NO_LIMIT);
    TELLS(stats->cpu.usage_ns, 70);
    TELLS(stats->cpu.system_ns, 30);
    TELLS(stats->cpu.user_ns, 40);
    TELLS(stats->cpu.periods, 11);
    TELLS(stats->cpu.throttled_periods, 12);
    TELLS(stats->cpu.throttled_ns, 13);
    TELLS(stats->memory.file, 118);
    TELLS(stats->memory.anonymous, 119);
    TELLS(stats->memory.file_mapped, 121);
    TELLS(stats->memory.file_dirty, 122);
    TELLS(stats->memory.file_writeback, 123);
    TELLS(stats->memory.page_faults, 126);
    TELLS(stats->memory.major_page_faults, 127);
    TELLS(stats->memory.inactive_anonymous, 128);
    TELLS(stats->memory.active_anonymous, 129);
    TELLS(stats->memory.inactive_file, 130);
    TELLS(stats->memory.active_file, 131);
    TELLS(stats->memory.unevictable, 132);
    TELLS(stats->memory.limit, C8D_NO_LIMIT);
    TELLS(stats->memory.usage, 202);
    TELLS(stats->memory.max_usage, 203);
    TELLS(stats->memory.failures, 204);
    TELLS(stats->memory.swap_limit, 301);
    TELLS(stats->memory.swap_usage, 302);
    TELLS(stats->memory.kernel_usage, 402);
    SILENT(stats->memory.slab);
    TELLS(stats->memory_events.under_oom, 1);
    TELLS(stats->memory_events.oom_kill, 9);
    SILENT(stats->memory_events.oom);
    TELLS(stats->io.read_bytes, 1001);
    TELLS(stats->io.write_bytes, 2000);
    TELLS(stats->io.read_operations, 5);
    TELLS(stats->io.write_operations, 0);
}

static void test_metrics__without_controllers__tell_no_number(void **state)
{
    struct wire nothing = {0};
    struct wire hollow = {0};
    const struct measured *answer;

    (void)state;
    answer = measure(V1, &nothing);
    assert_int_equal(answer->stats.cgroup, C8D_CGROUP_V1);
    assert_true(all_silent(&answer->stats));
    answer = measure("types.containerd.io/" V2, &nothing);
    assert_int_equal(answer->stats.cgroup, C8D_CGROUP_V2);
    assert_true(all_silent(&answer->stats));
    /* A controller of v1 whose parts are missing. */
    wire_message(&hollow, 3, &nothing);
    answer = measure(V1, &hollow);
    SILENT(answer->stats.cpu.usage_ns);
    SILENT(answer->stats.cpu.periods);
    wire_message(&hollow, 4, &nothing);
    answer = measure(V1, &hollow);
    TELLS(answer->stats.memory.file, 0);
    SILENT(answer->stats.memory.usage);
    SILENT(answer->stats.memory.swap_usage);
}

static void test_metrics__in_words_that_are_not_known__tell_no_number(void **state)
{
    struct wire metrics = {0};
    const struct measured *answer;

    (void)state;
    wire_number(&metrics, 1, 1);
    answer = measure("containerd.windows.Statistics", &metrics);
    assert_int_equal(answer->status, C8D_OK);
    assert_int_equal(answer->stats.cgroup, C8D_CGROUP_UNKNOWN);
    assert_true(all_silent(&answer->stats));
}

static void test_metrics__of_times_beyond_measure__are_the_largest(void **state)
{
    struct wire cpu = {0};
    struct wire metrics = {0};

    (void)state;
    wire_number(&cpu, 1, UINT64_MAX);
    wire_message(&metrics, 2, &cpu);
    TELLS(measure(V2, &metrics)->stats.cpu.usage_ns, UINT64_MAX);
}

static void test_metrics__that_are_malformed__are_internal(void **state)
{
    struct wire broken = {.bytes = {0xff, 0xff, 0xff}, .n = 3};

    (void)state;
    assert_int_equal(measure(V1, &broken)->status, C8D_INTERNAL);
    assert_int_equal(measure(V2, &broken)->status, C8D_INTERNAL);
    assert_int_equal(ask(C8D_CALL_STATS, &broken)->status, C8D_INTERNAL);
    assert_int_equal(ask(C8D_CALL_PIDS, &broken)->status, C8D_INTERNAL);
}

static void test_metrics__of_nothing__prove_no_absence(void **state)
{
    struct wire none = {0};
    struct wire empty = {0};
    struct wire metric = {0};

    (void)state;
    assert_int_equal(ask(C8D_CALL_STATS, &none)->status, C8D_REMOTE);
    wire_message(&empty, 1, &metric);
    assert_int_equal(ask(C8D_CALL_STATS, &empty)->status, C8D_REMOTE);
    assert_false(ask(C8D_CALL_STATS, &empty)->has_stats);
}

static void process(struct wire *reply, uint32_t pid, const char *type_url, const char *exec)
{
    struct wire details = {0};
    struct wire one = {0};

    wire_number(&one, 1, pid);
    if (exec != NULL) {
        wire_text(&details, 1, exec);
        wire_any(&one, 2, type_url, &details);
    }
    wire_message(reply, 1, &one);
}

static void test_pids__with_and_without_details__are_told(void **state)
{
    struct wire reply = {0};
    const struct measured *answer;

    (void)state;
    process(&reply, 10, NULL, NULL);
    process(&reply, 11, DETAILS, "e1");
    process(&reply, 12, "hcsshim.options.ProcessDetails", "not ours");
    answer = ask(C8D_CALL_PIDS, &reply);
    assert_int_equal(answer->n, 3);
    assert_int_equal(answer->processes[0].pid, 10);
    assert_string_equal(answer->processes[0].exec, "");
    assert_string_equal(answer->processes[1].exec, "e1");
    assert_int_equal(answer->processes[2].pid, 12);
    assert_string_equal(answer->processes[2].exec, "");
}

/* The shim for Windows has a message of its own, with the exec far behind. */
static void test_pids__of_the_shim_for_windows__are_told(void **state)
{
    struct wire reply = {0};
    struct wire details = {0};
    struct wire one = {0};
    const struct measured *answer;

    (void)state;
    wire_text(&details, 1, "cmd.exe");
    wire_number(&details, 7, 11);
    wire_text(&details, 9, "e1");
    wire_number(&one, 1, 11);
    wire_any(&one, 2, "type.googleapis.com/containerd.runhcs.v1.ProcessDetails", &details);
    wire_message(&reply, 1, &one);
    answer = ask(C8D_CALL_PIDS, &reply);
    assert_int_equal(answer->n, 1);
    assert_int_equal(answer->processes[0].pid, 11);
    assert_string_equal(answer->processes[0].exec, "e1");
}

static void test_pids__with_a_name_that_is_too_long__are_refused(void **state)
{
    struct wire reply = {0};
    char name[C8D_NAME_BYTES_MAX + 2];

    (void)state;
    memset(name, 'e', sizeof(name) - 1);
    name[sizeof(name) - 1] = '\0';
    process(&reply, 11, DETAILS, name);
    assert_int_equal(ask(C8D_CALL_PIDS, &reply)->status, C8D_INTERNAL);
    name[sizeof(name) - 2] = '\0';
    reply = (struct wire){0};
    process(&reply, 11, DETAILS, name);
    assert_string_equal(ask(C8D_CALL_PIDS, &reply)->processes[0].exec, name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics__of_cgroup_v2__are_told_in_full),
        cmocka_unit_test(test_metrics__of_cgroup_v1__are_told_in_full),
        cmocka_unit_test(test_metrics__without_controllers__tell_no_number),
        cmocka_unit_test(test_metrics__in_words_that_are_not_known__tell_no_number),
        cmocka_unit_test(test_metrics__of_times_beyond_measure__are_the_largest),
        cmocka_unit_test(test_metrics__that_are_malformed__are_internal),
        cmocka_unit_test(test_metrics__of_nothing__prove_no_absence),
        cmocka_unit_test(test_pids__with_and_without_details__are_told),
        cmocka_unit_test(test_pids__of_the_shim_for_windows__are_told),
        cmocka_unit_test(test_pids__with_a_name_that_is_too_long__are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
