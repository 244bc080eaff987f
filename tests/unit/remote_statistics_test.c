/* SPDX-License-Identifier: Apache-2.0 */
/* What the shim for Windows says that a container uses, byte for byte, and what is taken from it. */
#include "remote_measured.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define RUNHCS "containerd.runhcs.stats.v1.Statistics"

/* A Statistics of the shim for Windows, by hand: windows (1) with its time, its start and uptime, processor
 * (4), memory (5) and storage (6). */
static const struct wire of_windows = {
    .bytes =
        {0x0a, 58,                                                /* windows */
         0x0a, 8,    0x08, 0x81, 0xe2, 0xcf, 0xaa, 0x06, 0x10, 9, /* at 1700000001 s, 9 ns */
         0x12, 2,    0x08, 0x01,                                  /* its start */
         0x18, 0x63,                                              /* 99 ns up */
         0x22, 7,    0x08, 0xac, 0x02, 0x10, 100,  0x18, 50, /* 300 = 100 in user mode, 50 in the kernel */
         0x2a, 11,   0x08, 0x80, 0x80, 0x04, 0x10, 0x80, 0x80, 0x08, 0x18,
         0x80, 0x20,                                                     /* 64 KiB, 128 KiB, 4 KiB */
         0x32, 18,   0x08, 3,    0x10, 0x80, 0x10, 0x18, 4,              /* 3 reads of 2 KiB, 4 writes */
         0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1}, /* of all the bytes there are */
    .n = 60,
};

static void test_statistics__of_a_windows_container__are_told_in_full(void **state)
{
    const struct measured *answer = measure(RUNHCS, &of_windows);
    const struct c8d_stats *stats = &answer->stats;

    (void)state;
    assert_int_equal(answer->status, C8D_OK);
    assert_int_equal(stats->cgroup, C8D_CGROUP_UNKNOWN);
    assert_true(stats->at_ns == INT64_C(1700000001000000009));
    TELLS(stats->cpu.usage_ns, 300);
    TELLS(stats->cpu.user_ns, 100);
    TELLS(stats->cpu.system_ns, 50);
    TELLS(stats->memory.usage, 65536);
    TELLS(stats->memory.max_usage, 131072);
    TELLS(stats->memory.anonymous, 4096);
    TELLS(stats->io.read_operations, 3);
    TELLS(stats->io.read_bytes, 2048);
    TELLS(stats->io.write_operations, 4);
    TELLS(stats->io.write_bytes, UINT64_MAX);
    SILENT(stats->cpu.periods);
    SILENT(stats->memory.limit);
    SILENT(stats->pids.current);
}

static void test_statistics__that_are_cut_off__are_refused(void **state)
{
    struct wire cut = of_windows;
    struct wire number = {0};

    (void)state;
    for (cut.n = of_windows.n - 1; cut.n > 4; cut.n -= 4)
        assert_int_equal(measure(RUNHCS, &cut)->status, C8D_INTERNAL);
    wire_number(&number, 1, 5); /* where a message should be */
    assert_int_equal(measure(RUNHCS, &number)->status, C8D_INTERNAL);
}

static void test_statistics__of_a_linux_container_in_a_utility_vm__are_those_of_its_cgroup(void **state)
{
    struct wire pids = {0};
    struct wire metrics = {0};
    struct wire statistics = {0};
    const struct c8d_stats *stats;

    (void)state;
    wire_number(&pids, 1, 3);
    wire_message(&metrics, 2, &pids);
    wire_message(&statistics, 2, &metrics);
    stats = &measure("type.googleapis.com/" RUNHCS, &statistics)->stats;
    assert_int_equal(stats->cgroup, C8D_CGROUP_V1);
    assert_true(stats->at_ns == INT64_C(1700000000000000005));
    TELLS(stats->pids.current, 3);
}

static void test_statistics__without_parts__tell_no_number(void **state)
{
    struct wire nothing = {0};
    struct wire windows = {0};
    const struct measured *answer;

    (void)state;
    answer = measure(RUNHCS, &nothing);
    assert_int_equal(answer->status, C8D_OK);
    assert_true(all_silent(&answer->stats));
    wire_message(&windows, 1, &nothing);
    answer = measure(RUNHCS, &windows);
    assert_int_equal(answer->status, C8D_OK);
    assert_true(answer->stats.at_ns == INT64_C(1700000000000000005));
    assert_true(all_silent(&answer->stats));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statistics__of_a_windows_container__are_told_in_full),
        cmocka_unit_test(test_statistics__that_are_cut_off__are_refused),
        cmocka_unit_test(test_statistics__of_a_linux_container_in_a_utility_vm__are_those_of_its_cgroup),
        cmocka_unit_test(test_statistics__without_parts__tell_no_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
