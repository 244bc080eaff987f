/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What whole lives of containers cost the client: RPCs (as containerd counts them), processor time, context
 * switches. One life is create, start, an exec to its end, pause, resume, stats, kill, the exit, cleanup.
 *
 *   lifecycle_bench lives LIVES FLIGHT   so many lives, so many at a time
 *   lifecycle_bench idle                 resident memory and threads with the event stream open
 *   lifecycle_bench make N               so many containers without a task; `clear N` removes them
 *   lifecycle_bench restore              takes up all that there is
 *
 * Beside a containerd (tests/support/with-containerd.sh), over C8D_TEST_TRANSPORT. tests/bench/go does the
 * same in Go.
 */
#include "life.h"
#include "metrics.h"
#include "transport.h"
#include <c8d/task.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define SECOND INT64_C(1000000000)
#define PATIENCE (60 * SECOND)

static const char *transport_name;
static struct c8d_client *client;
static atomic_uint next_life;
static unsigned lives;

static void check(enum c8d_status status, const char *what, const struct c8d_error *err)
{
    if (status == C8D_OK)
        return;
    fprintf(stderr, "lifecycle_bench: %s: %s\n", what, err->message);
    exit(1);
}

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static struct c8d_str setting(const char *name)
{
    return str(life_setting(name));
}

static void open_client(void)
{
    struct c8d_remote_options remote = {.size = sizeof(remote),
                                        .address = setting("C8D_TEST_ADDRESS"),
                                        .namespace_ = setting("C8D_TEST_NAMESPACE"),
                                        .transport = test_transport()};
    struct c8d_client_options options = {
        .size = sizeof(options), .namespace_ = remote.namespace_, .adopt = true};
    struct c8d_error err = {0};

    transport_name = c8d_transport_name(remote.transport);
    check(c8d_remote_new(&remote, &options.runtime, &err), "runtime", &err);
    check(c8d_client_new(&options, &client, &err), "client", &err);
}

static struct c8d_container *create(const char *id)
{
    char spec[LIFE_SPEC_BYTES];
    struct c8d_container_options options = {.size = sizeof(options), .id = str(id)};
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    life_spec(spec, id);
    options.spec = str(spec);
    check(c8d_client_new_container(client, &options, PATIENCE, &container, &err), "create", &err);
    return container;
}

static void live(const char *id)
{
    struct c8d_exec_options how = {
        .size = sizeof(how),
        .id = str("e"),
        .spec = str(LIFE_EXEC),
    };
    struct c8d_container *container = create(id);
    struct c8d_process *task;
    struct c8d_process *process;
    struct c8d_stats stats;
    struct c8d_error err = {0};

    check(c8d_container_start(container, NULL, PATIENCE, &task, &err), "start", &err);
    check(c8d_task_exec(task, &how, PATIENCE, &process, &err), "exec", &err);
    check(c8d_process_wait(process, PATIENCE, NULL, &err), "exec's end", &err);
    check(c8d_process_delete(process, PATIENCE, NULL, &err), "exec's delete", &err);
    check(c8d_task_pause(task, PATIENCE, &err), "pause", &err);
    check(c8d_task_resume(task, PATIENCE, &err), "resume", &err);
    check(c8d_task_stats(task, PATIENCE, &stats, &err), "stats", &err);
    check(c8d_process_kill(task, 9, PATIENCE, &err), "kill", &err);
    check(c8d_process_wait(task, PATIENCE, NULL, &err), "end", &err);
    check(c8d_process_delete(task, PATIENCE, NULL, &err), "delete", &err);
    check(c8d_container_delete(container, PATIENCE, &err), "container's delete", &err);
    c8d_process_unref(process);
    c8d_process_unref(task);
    c8d_container_unref(container);
}

static void *live_on(void *arg)
{
    unsigned n;
    char id[32];

    (void)arg;
    while ((n = atomic_fetch_add(&next_life, 1)) < lives) {
        snprintf(id, sizeof(id), "%s%u", transport_name, n);
        live(id);
    }
    return NULL;
}

static double wall_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

struct mark {
    struct rusage usage;
    double us;
    uint64_t calls;
};

static struct mark mark(void)
{
    struct mark now = {.calls = metrics_calls(setting("C8D_TEST_METRICS").ptr)};

    getrusage(RUSAGE_SELF, &now.usage);
    now.us = wall_us();
    return now;
}

static void report(const char *what, double n, const struct mark *before)
{
    double us = wall_us() - before->us;
    struct mark after;

    getrusage(RUSAGE_SELF, &after.usage);
    after.calls = metrics_calls(setting("C8D_TEST_METRICS").ptr);
    printf("%-7s %-10s %9.1f us each, CPU %8.1f us, switches %.2f + %.2f, RPCs %.2f\n", transport_name, what,
           us / n, life_cpu_us(&before->usage, &after.usage) / n,
           (double)(after.usage.ru_nvcsw - before->usage.ru_nvcsw) / n,
           (double)(after.usage.ru_nivcsw - before->usage.ru_nivcsw) / n,
           (double)(after.calls - before->calls) / n);
}

static void run_lives(unsigned n, unsigned flight)
{
    pthread_t threads[64];
    struct c8d_error err = {0};
    struct mark before;
    char what[32];

    check(c8d_client_connect(client, PATIENCE, &err), "connect", &err);
    lives = n;
    before = mark();
    if (flight == 1) {
        live_on(NULL);
    } else {
        for (unsigned i = 0; i < flight && i < 64; i++)
            pthread_create(&threads[i], NULL, live_on, NULL);
        for (unsigned i = 0; i < flight && i < 64; i++)
            pthread_join(threads[i], NULL);
    }
    snprintf(what, sizeof(what), "life/%u", flight);
    report(what, n, &before);
}

static void idle(void)
{
    struct c8d_version version;
    struct c8d_error err = {0};

    check(c8d_client_connect(client, PATIENCE, &err), "connect", &err);
    check(c8d_client_version(client, PATIENCE, &version, &err), "version", &err);
    (void)c8d_client_dispatch(client, SECOND);
    life_report_idle(transport_name);
}

static void make_or_clear(bool make, unsigned n)
{
    struct c8d_error err = {0};
    char id[32];

    for (unsigned i = 0; i < n; i++) {
        struct c8d_container *container = NULL;

        snprintf(id, sizeof(id), "rest%u", i);
        if (make) {
            container = create(id);
        } else {
            check(c8d_client_load_container(client, str(id), PATIENCE, &container, &err), "load", &err);
            check(c8d_container_delete(container, PATIENCE, &err), "delete", &err);
        }
        c8d_container_unref(container);
    }
}

static void restore(void)
{
    struct c8d_error err = {0};
    struct mark before = mark();

    check(c8d_client_restore(client, PATIENCE, &err), "restore", &err);
    report("restore", 1, &before);
}

int main(int argc, char **argv)
{
    unsigned n = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1000;

    if (argc < 2) {
        fprintf(stderr, "usage: lifecycle_bench lives LIVES FLIGHT | idle | make N | clear N | restore\n");
        return 2;
    }
    open_client();
    if (strcmp(argv[1], "lives") == 0)
        run_lives(n, argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 1);
    else if (strcmp(argv[1], "idle") == 0)
        idle();
    else if (strcmp(argv[1], "restore") == 0)
        restore();
    else
        make_or_clear(strcmp(argv[1], "make") == 0, n);
    c8d_client_unref(client);
    return 0;
}
