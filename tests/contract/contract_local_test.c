/* SPDX-License-Identifier: Apache-2.0 */
/* The contract suite on the Host Compute Service, simulated, in many orders: [HOW-MANY] */
#include "local_specs.h"

#include <hcs_sim.h>
#include <local/local_internal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS 20

static uint64_t seed;

static struct c8d_runtime make(const char *namespace_)
{
    const struct c8d_local_options options = {.size = sizeof(options),
                                              .namespace_ = {namespace_, strlen(namespace_)}};
    const struct c8d__host host = hcs_sim_host();
    struct c8d_runtime runtime = {0};

    if (c8d__local_new(&options, &host, &runtime, NULL) != C8D_OK)
        abort();
    return runtime;
}

static void begin(void)
{
    hcs_sim_reset(seed);
    hcs_sim_folder("C:\\layers\\base\\UtilityVM");
}

/* Nothing may be left in it. */
static int end(void)
{
    struct hcs_sim_left left = hcs_sim_left();
    size_t n = left.systems + left.processes + left.handles + left.callbacks + left.strings + left.streams;

    if (n != 0)
        fprintf(stderr,
                "left in HCS: systems %zu processes %zu handles %zu callbacks %zu strings %zu streams %zu\n",
                left.systems, left.processes, left.handles, left.callbacks, left.strings, left.streams);
    hcs_sim_finish();
    return n != 0;
}

int main(int argc, char **argv)
{
    uint64_t seeds = argc > 1 ? strtoull(argv[1], NULL, 10) : SEEDS;
    int failed = seeds == 0;

    for (seed = 1; seed <= seeds && failed == 0; seed++)
        failed = local_contract_run(make, begin, end);
    if (failed != 0)
        fprintf(stderr, "with seed %llu\n", (unsigned long long)seed - 1);
    return failed;
}
