/* SPDX-License-Identifier: Apache-2.0 */
/* Private servers for tests of the containerd runtime. */
#include "remote_world.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

void server_script(const char *verb, const char *directory, const char *argument)
{
    const char *path = getenv("C8D_TEST_CONTAINERD");
    char command[2048];

    (void)snprintf(command, sizeof(command), "'%s' %s '%s' '%s'",
                   path != NULL ? path : "support/containerd.sh", verb, directory, argument);
    assert_int_equal(system(command), 0);
}

static void read_line(const char *directory, const char *name, char *to, size_t size)
{
    char path[512];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(to, (int)size, file));
    to[strcspn(to, "\n")] = '\0';
    (void)fclose(file);
}

void server_start(struct server *server)
{
    (void)snprintf(server->directory, sizeof(server->directory), "/tmp/c8d-remote-XXXXXX");
    assert_non_null(mkdtemp(server->directory));
    server_script("start", server->directory, "");
    read_line(server->directory, "address", server->address, sizeof(server->address));
    read_line(server->directory, "namespace", server->namespace_, sizeof(server->namespace_));
    (void)snprintf(server->rootfs, sizeof(server->rootfs), "%.200s/rootfs", server->directory);
    server_script("rootfs", server->directory, server->rootfs);
}

void server_stop(struct server *server)
{
    char command[512];

    if (server->directory[0] == '\0')
        return;
    server_script("stop", server->directory, "");
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", server->directory);
    assert_int_equal(system(command), 0);
}

pid_t server_pid(const struct server *server)
{
    char pid[32];

    read_line(server->directory, "pid", pid, sizeof(pid));
    return (pid_t)strtol(pid, NULL, 10);
}

/* Of all threads: one that still runs may answer a call. */
static bool all_stopped(pid_t pid)
{
    char command[128];

    (void)snprintf(command, sizeof(command), "! grep -L '^State:.T' /proc/%d/task/*/status | grep -q .",
                   (int)pid);
    return system(command) == 0;
}

void server_pause(const struct server *server)
{
    pid_t pid = server_pid(server);
    int tries = 0;

    assert_int_equal(kill(pid, SIGSTOP), 0);
    while (!all_stopped(pid))
        assert_true(++tries < 1000);
}

struct server shared;

int shared_start(void **state)
{
    const char *address = getenv("C8D_TEST_ADDRESS");
    const char *namespace_ = getenv("C8D_TEST_NAMESPACE");
    const char *rootfs = getenv("C8D_TEST_ROOTFS");

    (void)state;
    if (address == NULL || namespace_ == NULL || rootfs == NULL) {
        server_start(&shared);
        return 0;
    }
    (void)snprintf(shared.address, sizeof(shared.address), "%s", address);
    (void)snprintf(shared.namespace_, sizeof(shared.namespace_), "%s", namespace_);
    (void)snprintf(shared.rootfs, sizeof(shared.rootfs), "%s", rootfs);
    return 0;
}

int shared_stop(void **state)
{
    (void)state;
    server_stop(&shared);
    return 0;
}
