/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one call costs the client: CPU time, context switches and latency of sequential Version calls on a
 * real containerd, with the event stream open. Run beside a containerd: tests/support/with-containerd.sh
 * version_bench [CALLS]
 */
#include "transport.h"
#include <c8d/client.h>
#include <c8d/remote.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define SECOND INT64_C(1000000000)
#define WARM_UP 500

static struct c8d_str setting(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL) {
        fprintf(stderr, "version_bench: %s is not set\n", name);
        exit(2);
    }
    return (struct c8d_str){value, strlen(value)};
}

static struct c8d_client *make_client(void)
{
    struct c8d_remote_options remote = {.size = sizeof(remote),
                                        .address = setting("C8D_TEST_ADDRESS"),
                                        .namespace_ = setting("C8D_TEST_NAMESPACE"),
                                        .transport = test_transport()};
    struct c8d_client_options options = {.size = sizeof(options), .namespace_ = remote.namespace_};
    struct c8d_client *client = NULL;
    struct c8d_error err = {0};

    if (c8d_remote_new(&remote, &options.runtime, &err) != C8D_OK ||
        c8d_client_new(&options, &client, &err) != C8D_OK ||
        c8d_client_connect(client, 10 * SECOND, &err) != C8D_OK) {
        fprintf(stderr, "version_bench: %s\n", err.message);
        exit(2);
    }
    return client;
}

static void call(struct c8d_client *client, unsigned n)
{
    struct c8d_version version;

    for (unsigned i = 0; i < n; i++) {
        if (c8d_client_version(client, 10 * SECOND, &version, NULL) != C8D_OK)
            exit(1);
    }
}

static double cpu_us(const struct rusage *usage)
{
    return (double)(usage->ru_utime.tv_sec + usage->ru_stime.tv_sec) * 1e6 +
           (double)(usage->ru_utime.tv_usec + usage->ru_stime.tv_usec);
}

static double wall_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

int main(int argc, char **argv)
{
    unsigned calls = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 5000;
    struct c8d_client *client = make_client();
    struct rusage before;
    struct rusage after;
    double begin;

    call(client, WARM_UP);
    getrusage(RUSAGE_SELF, &before);
    begin = wall_us();
    call(client, calls);
    begin = wall_us() - begin;
    getrusage(RUSAGE_SELF, &after);
    printf("%s, Version: %.1f us, client CPU %.1f us, switches %.2f voluntary + %.2f involuntary, "
           "max RSS %.1f MB\n",
           getenv("C8D_TEST_TRANSPORT") != NULL ? getenv("C8D_TEST_TRANSPORT") : "auto", begin / calls,
           (cpu_us(&after) - cpu_us(&before)) / calls, (double)(after.ru_nvcsw - before.ru_nvcsw) / calls,
           (double)(after.ru_nivcsw - before.ru_nivcsw) / calls, (double)after.ru_maxrss / 1024);
    c8d_client_unref(client);
    return 0;
}
