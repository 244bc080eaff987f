/* SPDX-License-Identifier: Apache-2.0 */
/* The contract suite on a real containerd, which tests/support/with-containerd.sh runs beside it. */
#include "contract.h"
#include "transport.h"

#include <c8d/remote.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *setting(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL) {
        fprintf(stderr, "%s is not set: run this through tests/support/with-containerd.sh\n", name);
        exit(1);
    }
    return value;
}

/* Under which every FIFO of the suite is made. */
static char fifos[] = "/tmp/c8d-contract-XXXXXX";

static struct c8d_runtime make(const char *namespace_)
{
    const char *address = setting("C8D_TEST_ADDRESS");
    struct c8d_remote_options options = {.size = sizeof(options),
                                         .address = {address, strlen(address)},
                                         .namespace_ = {namespace_, strlen(namespace_)},
                                         .fifo_directory = {fifos, strlen(fifos)},
                                         .transport = test_transport()};
    struct c8d_runtime runtime = {0};
    struct c8d_error err = {0};

    if (c8d_remote_new(&options, &runtime, &err) != C8D_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    return runtime;
}

/* Kills containerd and starts it again; shims and containers live on. */
static void interrupt(struct c8d_runtime runtime)
{
    char command[1024];

    (void)runtime;
    snprintf(command, sizeof(command), "%s kill %s && %s restart %s", setting("C8D_TEST_CONTAINERD"),
             setting("C8D_TEST_DIR"), setting("C8D_TEST_CONTAINERD"), setting("C8D_TEST_DIR"));
    if (system(command) != 0) {
        fprintf(stderr, "cannot restart containerd\n");
        exit(1);
    }
}

int main(void)
{
    const struct contract_maker maker = {.name = "contract: containerd",
                                         .make = make,
                                         .namespace_ = setting("C8D_TEST_NAMESPACE"),
                                         .rootfs = setting("C8D_TEST_ROOTFS"),
                                         .interrupt = interrupt};
    int failed;

    if (mkdtemp(fifos) == NULL) {
        perror(fifos);
        return 1;
    }
    failed = contract_run(&maker);
    /* Nothing may be left in it. */
    if (rmdir(fifos) != 0) {
        perror(fifos);
        failed++;
    }
    return failed;
}
