/* SPDX-License-Identifier: Apache-2.0 */
#include "local_specs.h"

#include <stdio.h>
#include <stdlib.h>

#define LAYERS "\"layerFolders\":[\"C:\\\\layers\\\\base\",\"C:\\\\layers\\\\rw\"]"
/* What a process ends with that is terminated: 0xC000013A. */
#define KILLED 3221225786u

static void write_spec(char *spec, size_t size, const char *rest, const char *process)
{
    int n = snprintf(spec, size, "{\"ociVersion\":\"1.0.2\",\"process\":%s,%s}", process, rest);

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
    return KILLED;
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
    "says test_pause__submitted__is_told_when_it_is_so"

static int run(const struct contract_maker *maker, void (*begin)(void), int (*end)(void))
{
    int failed;

    begin();
    failed = contract_run(maker);
    return failed + end();
}

int local_contract_run(struct c8d_runtime (*make)(const char *namespace_), void (*begin)(void),
                       int (*end)(void))
{
    struct contract_maker maker = {.make = make,
                                   .namespace_ = "contract",
                                   .rootfs = "",
                                   .killed = killed,
                                   .starts_late = true,
                                   .name = "contract: local, process isolation",
                                   .spec = argon,
                                   .without = NOWHERE PAUSE};
    int failed = run(&maker, begin, end);

    maker.name = "contract: local, Hyper-V isolation";
    maker.spec = xenon;
    maker.without = NOWHERE;
    return failed + run(&maker, begin, end);
}
