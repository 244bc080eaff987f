/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract suite on the containerd runtime, with a double of containerd in another process: where there
 * is no containerd, as under Wine; and at a unix socket, which shows that the double passes for one.
 *
 *   contract_double_remote_test DOUBLE ADDRESS [FIFOS]
 *
 * The address, and the directory of FIFOs, get the number of this process behind them.
 */
#include "contract.h"
#include "transport.h"

#include <c8d/remote.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NAMESPACE "contract"
#define PATIENCE_S 60

static char address[128];
static char fifos[128]; /* empty: there is no directory of them */
static FILE *double_;

static enum c8d_status try_make(const char *namespace_, struct c8d_runtime *out, struct c8d_error *err)
{
    const struct c8d_remote_options options = {.size = sizeof(options),
                                               .address = {address, strlen(address)},
                                               .namespace_ = {namespace_, strlen(namespace_)},
                                               .fifo_directory = {fifos, strlen(fifos)},
                                               .transport = test_transport()};

    return c8d_remote_new(&options, out, err);
}

static struct c8d_runtime make(const char *namespace_)
{
    struct c8d_runtime runtime = {0};
    struct c8d_error err = {0};

    if (try_make(namespace_, &runtime, &err) != C8D_OK) {
        (void)fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    return runtime;
}

static void interrupt(struct c8d_runtime runtime)
{
    (void)runtime;
    if (fputs("drop\n", double_) < 0 || fflush(double_) != 0)
        abort();
}

/* Returns when it answers. */
static bool start(const char *program)
{
    const time_t until = time(NULL) + PATIENCE_S;
    char command[1024];
    struct c8d_runtime runtime;

    (void)snprintf(command, sizeof(command), "\"%s\" %s %s", program, address, NAMESPACE);
    double_ = popen(command, "w");
    if (double_ == NULL)
        return false;
    while (try_make(NAMESPACE, &runtime, NULL) != C8D_OK) {
        if (time(NULL) > until)
            return false;
        (void)usleep(10000);
    }
    runtime.ops->destroy(runtime.ctx);
    return true;
}

int main(int argc, char **argv)
{
    const struct contract_maker maker = {.name = "contract: containerd's double",
                                         .make = make,
                                         .namespace_ = NAMESPACE,
                                         .rootfs = "/nowhere",
                                         .interrupt = interrupt};
    int failed;

    if (argc < 3) {
        (void)fprintf(stderr, "usage: contract_double_remote_test DOUBLE ADDRESS [FIFOS]\n");
        return 2;
    }
    (void)snprintf(address, sizeof(address), "%s%d", argv[2], (int)getpid());
    if (argc > 3)
        (void)snprintf(fifos, sizeof(fifos), "%s%d", argv[3], (int)getpid());
    if (!start(argv[1])) {
        (void)fprintf(stderr, "the double does not answer\n");
        return 1;
    }
    failed = contract_run(&maker);
    /* Nothing may be left: in the double, of which it tells, and in the directory. */
    failed += pclose(double_) != 0;
    if (argc > 3 && rmdir(fifos) != 0) {
        perror(fifos);
        failed++;
    }
    return failed;
}
