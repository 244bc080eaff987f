/* SPDX-License-Identifier: Apache-2.0 */
/* What a container and a run of it can be told on a real containerd: options of the shim, snapshots. */
#include "remote_client.h"
#include <c8d/runc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define MEMORY 512

static struct c8d_any pack(struct c8d_runc_options options, char memory[MEMORY])
{
    struct c8d_any any = {0};

    options.size = sizeof(options);
    assert_int_equal(c8d_runc_options_pack(&options, memory, MEMORY, &any, NULL), C8D_OK);
    return any;
}

static void test_runc_options__are_the_shims_message(void **state)
{
    static const unsigned char expected[] = {0x10, 1, 0x1a, 1,   'c',  0x20, 0xa0, 0x8d, 0x06, 0x28, 7,
                                             0x32, 2, 'r',  'c', 0x3a, 2,    '/',  'r',  0x48, 1};
    const struct c8d_runc_options options = {
        .binary_name = str("rc"),
        .root = str("/r"),
        .shim_cgroup = str("c"),
        .systemd_cgroup = true,
        .no_new_keyring = true,
        .io_uid = 100000,
        .io_gid = 7,
    };
    char memory[MEMORY];
    struct c8d_any any = pack(options, memory);

    (void)state;
    assert_int_equal(any.type.len, strlen("containerd.runc.v1.Options"));
    assert_memory_equal(any.type.ptr, "containerd.runc.v1.Options", any.type.len);
    assert_int_equal(any.value.len, sizeof(expected));
    assert_memory_equal(any.value.ptr, expected, sizeof(expected));
}

static void test_runc_options__that_cannot_be_packed__are_refused(void **state)
{
    struct c8d_runc_options options = {.size = sizeof(options), .root = {"/a\0b", 4}};
    char memory[MEMORY];
    struct c8d_any any;

    (void)state;
    assert_int_equal(c8d_runc_options_pack(&options, memory, MEMORY, &any, NULL), C8D_INVALID);
    options.root = str("/a");
    assert_int_equal(
        c8d_runc_options_pack(&options, memory, c8d_runc_options_bytes(&options) - 1, &any, NULL),
        C8D_INVALID);
    assert_int_equal(c8d_runc_options_pack(&options, memory, c8d_runc_options_bytes(&options), &any, NULL),
                     C8D_OK);
    options.size++;
    assert_int_equal(c8d_runc_options_pack(&options, memory, MEMORY, &any, NULL), C8D_INVALID);
}

/* A runc of our own that says that it was there. */
static void write_runc(const char *directory)
{
    shell("printf '#!/bin/sh\\necho \"$@\" >>%s/calls\\nexec runc \"$@\"\\n' >%s/runc && chmod 755 %s/runc",
          directory, directory, directory);
}

static void assert_calls(const char *directory, const char *words)
{
    shell("grep -q -- '%s' %s/calls", words, directory);
}

static void test_options__of_a_container__choose_runc_and_its_state(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;
    char directory[] = "/tmp/c8d-runc-XXXXXX";
    char binary[64];
    char root[64];
    char memory[MEMORY];

    (void)state;
    user_open(&user, false);
    assert_non_null(mkdtemp(directory));
    write_runc(directory);
    (void)snprintf(binary, sizeof(binary), "%s/runc", directory);
    (void)snprintf(root, sizeof(root), "%s/state", directory);
    container = user_create(
        &user, "chosen", "exit 3",
        (struct c8d_container_options){
            .runtime_options =
                pack((struct c8d_runc_options){.binary_name = str(binary), .root = str(root)}, memory)});
    task = user_start(&user, container, 0);
    user_expect_end(task, 3);
    user_remove(container, task);
    user_close(&user);
    assert_calls(directory, "create");
    assert_calls(directory, root);
    shell("rm -r %s", directory);
}

static void test_options__of_a_run__are_used_instead(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_start_options start = {.size = sizeof(start)};
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};
    char memory[MEMORY];

    (void)state;
    user_open(&user, false);
    container = user_create(&user, "replaced", "exit 4", (struct c8d_container_options){0});
    start.runtime_options = pack((struct c8d_runc_options){.binary_name = str("/no/such/runc")}, memory);
    assert_int_equal(c8d_container_start(container, &start, PATIENCE, &task, &err), C8D_REMOTE);
    assert_non_null(strstr(err.message, "unable to retrieve OCI runtime error"));
    task = user_start(&user, container, 0);
    user_expect_end(task, 4);
    user_remove(container, task);
    user_close(&user);
}

static void test_shim__that_does_not_exist__is_refused_by_name(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    (void)state;
    user_open(&user, false);
    container = user_create(&user, "shimless", "exit 0",
                            (struct c8d_container_options){.runtime = str("io.containerd.nosuch.v1")});
    assert_int_equal(c8d_container_start(container, NULL, PATIENCE, &task, &err), C8D_REMOTE);
    assert_non_null(strstr(err.message, "nosuch"));
    user_remove(container, NULL);
    user_close(&user);
}

/* The pipes of a process of a remapped user have to be its own, or it cannot open /dev/stdout. */
static void test_options__with_an_owner_of_the_pipes__give_them_away(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;
    char memory[MEMORY];

    (void)state;
    user_open(&user, false);
    container = user_create(
        &user, "owned", "ls -nL /proc/self/fd/1 >&2",
        (struct c8d_container_options){
            .runtime_options = pack((struct c8d_runc_options){.io_uid = 12345, .io_gid = 23456}, memory)});
    task = user_start(&user, container, C8D_STDIO_OUT | C8D_STDIO_ERR);
    user_expect_end(task, 0);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    /* runc gives them on to the process's own user, and leaves the group. */
    assert_non_null(strstr(user.output, "23456"));
    user_remove(container, task);
    user_close(&user);
}

static void ctr_snapshots(const char *words)
{
    shell("ctr --address '%s' --namespace '%s' snapshots --snapshotter native %s", shared.address,
          shared.namespace_, words);
}

static void test_snapshot__of_a_container__becomes_its_root(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task;
    char directory[] = "/tmp/c8d-snap-XXXXXX";

    (void)state;
    assert_non_null(mkdtemp(directory));
    ctr_snapshots("prepare c8d-root '' >/dev/null");
    shell("eval \"$(ctr --address '%s' --namespace '%s' snapshots --snapshotter native mounts %s c8d-root)\"",
          shared.address, shared.namespace_, directory);
    shell("cp -a %s/. %s/ && echo from the snapshot >%s/etc/origin && umount %s && rmdir %s", shared.rootfs,
          directory, directory, directory, directory);
    user_open(&user, false);
    container = user_create(&user, "snapped", "",
                            (struct c8d_container_options){
                                .spec = str(user_spec("snapped", "cat /etc/origin; exit 6", "rootfs", false)),
                                .snapshotter = str("native"),
                                .snapshot_key = str("c8d-root")});
    task = user_start(&user, container, C8D_STDIO_OUT);
    user_expect_end(task, 6);
    assert_int_equal(c8d_process_drain(task, PATIENCE, NULL), C8D_OK);
    assert_string_equal(user.output, "from the snapshot\n");
    user_remove(container, task);
    user_close(&user);
    ctr_snapshots("rm c8d-root");
}

static void test_snapshot__that_is_missing__creates_nothing(void **state)
{
    struct user user;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    (void)state;
    user_open(&user, false);
    container = user_create(
        &user, "unsnapped", "exit 0",
        (struct c8d_container_options){.snapshotter = str("native"), .snapshot_key = str("c8d-nosuch")});
    assert_int_equal(c8d_container_start(container, NULL, PATIENCE, &task, &err), C8D_REMOTE);
    assert_non_null(strstr(err.message, "c8d-nosuch"));
    assert_null(task);
    assert_int_equal(c8d_container_state(container), C8D_STATE_DELETED);
    user_remove(container, NULL);
    user_close(&user);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runc_options__are_the_shims_message),
        cmocka_unit_test(test_runc_options__that_cannot_be_packed__are_refused),
        cmocka_unit_test(test_options__of_a_container__choose_runc_and_its_state),
        cmocka_unit_test(test_options__of_a_run__are_used_instead),
        cmocka_unit_test(test_shim__that_does_not_exist__is_refused_by_name),
        cmocka_unit_test(test_options__with_an_owner_of_the_pipes__give_them_away),
        cmocka_unit_test(test_snapshot__of_a_container__becomes_its_root),
        cmocka_unit_test(test_snapshot__that_is_missing__creates_nothing),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
