/* SPDX-License-Identifier: Apache-2.0 */
/* The contract suite on the Host Compute Service, simulated, with both kinds of isolation and in many orders.
 */
#include "contract.h"

#include <hcs_sim.h>
#include <local/local_internal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS 20
#define LAYERS "\"layerFolders\":[\"C:\\\\layers\\\\base\",\"C:\\\\layers\\\\rw\"]"

static uint64_t seed;
static unsigned runtimes;

static struct c8d_runtime make(const char *namespace_)
{
    const struct c8d_local_options options = {.size = sizeof(options),
                                              .namespace_ = {namespace_, strlen(namespace_)}};
    const struct c8d__host host = hcs_sim_host();
    struct c8d_runtime runtime = {0};

    if (c8d__local_new(&options, &host, &runtime, NULL) != C8D_OK)
        abort();
    runtimes++;
    return runtime;
}

static void write_spec(char *spec, size_t size, const char *format, const char *process)
{
    int n = snprintf(spec, size, "{\"ociVersion\":\"1.0.2\",\"process\":%s,%s}", process, format);

    if (n < 0 || (size_t)n >= size)
        abort();
}

static void argon(char *spec, size_t size, const char *process)
{
    write_spec(spec, size,
               "\"root\":{\"path\":\"\\\\\\\\?\\\\Volume{66d1ef4c-7a00-11e6-8948-00155ddbef9d}\\\\\"},"
               "\"windows\":{" LAYERS "}",
               process);
}

static void xenon(char *spec, size_t size, const char *process)
{
    write_spec(spec, size, "\"windows\":{" LAYERS ",\"hyperv\":{}}", process);
}

static uint32_t killed(uint32_t signal)
{
    (void)signal;
    return HCS_SIM_KILLED;
}

/* No memory limit that ends one process, no update, no connection that breaks, no snapshots; what Linux does
 * with signals and with a frozen process. */
#define NOWHERE                                                                                              \
    "test_task__out_of_memory__is_told_of_and_ends "                                                         \
    "test_task__out_of_memory__is_told_and_ends_by_sigkill "                                                 \
    "test_pause__of_a_task__holds_it_until_resume "                                                          \
    "test_task__killed_while_paused__ends_without_resume "                                                   \
    "test_connection__that_breaks__is_told_as_one_gap_and_made_good "                                        \
    "test_task__that_ends_while_nobody_listens__is_seen_to_end_once_with_its_code "                          \
    "test_stats__of_a_running_task__tell_what_it_uses test_stats__of_a_paused_task__are_told "               \
    "test_pids__in_each_state__are_told_or_refused test_update__of_a_limit__shows_in_the_stats "             \
    "test_update__in_each_state__is_done_or_refused test_update__that_is_malformed__changes_nothing "        \
    "test_stats__after_an_update__tell_the_new_limit test_update__that_is_refused__says_why "                \
    "test_container__made_with_everything__is_loaded_with_it"

/* Without a utility VM there is no pause. */
#define PAUSE                                                                                                \
    " test_pause__in_a_wrong_state__fails test_call__whose_deadline_is_too_near__does_not_succeed "          \
    "test_pause__and_resume__change_the_state_and_are_told test_status__in_each_state__is_what_the_runtime_" \
    "says"

static int run(const struct contract_maker *maker)
{
    struct hcs_sim_left left;
    int failed;

    hcs_sim_reset(seed);
    hcs_sim_folder("C:\\layers\\base\\UtilityVM");
    failed = contract_run(maker);
    left = hcs_sim_left();
    if (failed == 0 &&
        left.systems + left.processes + left.handles + left.callbacks + left.strings + left.streams != 0) {
        fprintf(
            stderr,
            "left in HCS: systems %zu, processes %zu, handles %zu, callbacks %zu, strings %zu, streams %zu\n",
            left.systems, left.processes, left.handles, left.callbacks, left.strings, left.streams);
        failed = 1;
    }
    hcs_sim_finish();
    return failed;
}

int main(void)
{
    struct contract_maker maker = {
        .make = make, .namespace_ = "contract", .rootfs = "", .killed = killed, .starts_late = true};
    int failed = 0;

    for (seed = 1; seed <= SEEDS && failed == 0; seed++) {
        maker.name = "contract: local, process isolation";
        maker.spec = argon;
        maker.without = NOWHERE PAUSE;
        failed = run(&maker);
        maker.name = "contract: local, Hyper-V isolation";
        maker.spec = xenon;
        maker.without = NOWHERE;
        failed += run(&maker);
    }
    if (failed != 0)
        fprintf(stderr, "with seed %llu\n", (unsigned long long)seed - 1);
    return failed != 0 || runtimes == 0;
}
