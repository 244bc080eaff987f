/* SPDX-License-Identifier: Apache-2.0 */
/* The contract suite on a real containerd, which tests/support/with-containerd.sh runs beside it: over
 * sockets of its own, and over such that are handed over. */
#include "contract.h"
#include "transport.h"

#include <c8d/remote.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
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

static struct c8d_runtime make_with(struct c8d_remote_options options, const char *namespace_)
{
    const char *address = setting("C8D_TEST_ADDRESS");
    struct c8d_runtime runtime = {0};
    struct c8d_error err = {0};

    options.size = sizeof(options);
    options.address = (struct c8d_str){address, strlen(address)};
    options.namespace_ = (struct c8d_str){namespace_, strlen(namespace_)};
    options.fifo_directory = (struct c8d_str){fifos, strlen(fifos)};
    options.transport = test_transport();
    if (c8d_remote_new(&options, &runtime, &err) != C8D_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    return runtime;
}

static struct c8d_runtime make(const char *namespace_)
{
    return make_with((struct c8d_remote_options){0}, namespace_);
}

static struct c8d_runtime make_given(const char *namespace_)
{
    struct sockaddr_un place = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(place.sun_path, sizeof(place.sun_path), "%s", setting("C8D_TEST_ADDRESS"));
    if (fd < 0 || connect(fd, (const struct sockaddr *)&place, sizeof(place)) != 0) {
        perror(place.sun_path);
        exit(1);
    }
    return make_with((struct c8d_remote_options){.has_fd = true, .fd = fd}, namespace_);
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
    struct contract_maker maker = {.name = "contract: containerd",
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
    maker.name = "contract: containerd, over a socket that is handed over";
    maker.make = make_given;
    failed += contract_run(&maker);
    /* Nothing may be left in it. */
    if (rmdir(fifos) != 0) {
        perror(fifos);
        failed++;
    }
    return failed;
}
