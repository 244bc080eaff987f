/* SPDX-License-Identifier: Apache-2.0 */
/* The contract suite on the simulated runtime, in many of its worlds. */
#include "contract.h"

#include <c8d/simulated.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS 20

static uint64_t seed;

static struct c8d_runtime make(const char *namespace_)
{
    struct c8d_simulated_options options = {
        .size = sizeof(options), .seed = seed, .namespace_ = {namespace_, strlen(namespace_)}};
    struct c8d_runtime runtime = {0};

    if (c8d_simulated_new(&options, &runtime, NULL) != C8D_OK)
        abort();
    return runtime;
}

int main(void)
{
    static const struct contract_maker maker = {.name = "contract: simulated",
                                                .make = make,
                                                .namespace_ = "contract",
                                                .rootfs = "/nowhere",
                                                .interrupt = c8d_simulated_disconnect};
    int failed = 0;

    /* The order of replies and events differs from seed to seed. */
    for (seed = 1; seed <= SEEDS && failed == 0; seed++)
        failed = contract_run(&maker);
    if (failed != 0)
        fprintf(stderr, "with seed %llu\n", (unsigned long long)seed - 1);
    return failed;
}
