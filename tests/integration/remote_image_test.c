/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of tasks through the content store of a real containerd: what is read and what is written is what
 * the other side has, to the byte, and nothing is left there. A stub stands for runc, see remote_stub.h;
 * where the real one is asked, there is no CRIU that works, and the failure is told as what it is.
 */
#include "remote_counters.h"
#include "remote_stub.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Runs a line of the shell in the stub's directory, where "ctr" asks the shared containerd. */
static void in_stub(const struct stub *stub, const char *line)
{
    shell("cd %s && ctr() { command ctr --address %s --namespace %s \"$@\"; } && %s", stub->directory,
          shared.address, shared.namespace_, line);
}

/* What an image is made of, more than goes into one piece. */
static void make_dump(const struct stub *stub)
{
    in_stub(stub,
            "mkdir -p dump/sub && head -c 700000 /dev/urandom >dump/pages-1.img && echo deep >dump/sub/file");
}

static void make_images(const struct stub *stub)
{
    make_dump(stub);
    in_stub(stub, "cp -R dump images && echo image >images/inventory.img");
}

/* No content, none that was begun, no lease. */
static void expect_nothing_stored(const struct stub *stub)
{
    in_stub(stub, "ctr content ls -q | { ! grep . ; }");
    in_stub(stub, "ctr content active 2>/dev/null | { ! grep -v ^REF ; }");
    in_stub(stub, "ctr leases ls -q | { ! grep . ; }");
}

/* All calls so far, once nothing happens any more: containerd counts one when it is over, a little after its
 * answer. */
static unsigned calls(const struct user *user)
{
    while (c8d_client_dispatch(user->client, 250 * MS) == C8D_OK)
        ;
    return counters_calls();
}

static struct c8d_container *create(struct user *user, const struct stub *stub, const char *id,
                                    const char *commands)
{
    return user_create(user, id, commands, (struct c8d_container_options){.runtime_options = stub->options});
}

static void test_checkpoint__through_the_store__fills_our_directory(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_error err = {0};
    unsigned before;

    (void)state;
    stub_make(&stub);
    make_dump(&stub);
    user_open_storing(&user);
    container = create(&user, &stub, "stored", "sleep 1000");
    task = user_start(&user, container, 0);
    before = calls(&user);
    if (c8d_task_checkpoint(task, str(stub.images), false, PATIENCE, &err) != C8D_OK)
        fail_msg("checkpoint: %s", err.message);
    /* Leases.Create, Tasks.Checkpoint, Content.Read, Leases.Delete */
    assert_int_equal(calls(&user) - before, 4);
    /* It was written elsewhere, and is here now. */
    stub_expect_no_call(&stub, stub.images);
    in_stub(&stub, "test \"$(cat images/inventory.img)\" = image && rm images/inventory.img && "
                   "diff -r dump images");
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    expect_nothing_stored(&stub);
    user_remove(container, task);
    user_close(&user);
    stub_remove(&stub);
}

static void test_checkpoint__through_the_store_with_exit__ends_the_task(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_error err = {0};

    (void)state;
    stub_make(&stub);
    user_open_storing(&user);
    container = create(&user, &stub, "ending", "sleep 1000");
    task = user_start(&user, container, 0);
    if (c8d_task_checkpoint(task, str(stub.images), true, PATIENCE, &err) != C8D_OK)
        fail_msg("checkpoint: %s", err.message);
    user_expect_end(task, 137);
    shell("test -e %s/inventory.img", stub.images);
    user_remove(container, task);
    user_close(&user);
    stub_remove(&stub);
}

/* A shim that, when it is started for a container whose task is being created, looks into the store before it
 * is the one for runc: there is one blob, which has the digest that it is known by. With a file "keep" it
 * makes that its own. */
static struct c8d_container *create_watched(struct user *user, const struct stub *stub, const char *id,
                                            const char *commands)
{
    char shim[128];

    (void)snprintf(shim, sizeof(shim), "%s/shim", stub->directory);
    shell("cat >%s <<'EOF' && chmod +x %s\n"
          "#!/bin/sh\n"
          "here=$(dirname \"$0\")\n"
          "ctr() { command ctr --address %s --namespace %s content \"$@\"; }\n"
          "case \" $* \" in\n"
          "*' start '*)\n"
          "    ctr ls -q >\"$here/digests\"\n"
          "    read -r digest <\"$here/digests\"\n"
          "    ctr get \"$digest\" >\"$here/blob\"\n"
          "    [ ! -e \"$here/keep\" ] || ctr label \"$digest\" containerd.io/gc.root=his >/dev/null\n"
          "    ;;\n"
          "esac\n"
          "exec containerd-shim-runc-v2 \"$@\"\n"
          "EOF",
          shim, shim, shared.address, shared.namespace_);
    return user_create(
        user, id, commands,
        (struct c8d_container_options){.runtime = str(shim), .runtime_options = stub->options});
}

static void test_restore__through_the_store__gives_runc_our_directory(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    (void)state;
    stub_make(&stub);
    make_images(&stub);
    user_open_storing(&user);
    container = create_watched(&user, &stub, "restoring",
                               "while [ ! -e /tmp/restoring ]; do sleep 0.02; done; echo again; exit 7");
    if (stub_restore(container, &stub, &user, &task, &err) != C8D_OK)
        fail_msg("restore: %s", err.message);
    shell("touch %s/tmp/restoring", shared.rootfs);
    user_expect_end(task, 7);
    shell("rm %s/tmp/restoring", shared.rootfs);
    stub_expect_no_call(&stub, stub.images);
    in_stub(&stub, "diff -r images restored");
    in_stub(&stub, "test \"sha256:$(sha256sum <blob | cut -d' ' -f1)\" = \"$(cat digests)\"");
    in_stub(&stub, "mkdir unpacked && tar -C unpacked -xf blob && diff -r images unpacked");
    expect_nothing_stored(&stub);
    user_remove(container, task);
    user_close(&user);
    stub_remove(&stub);
}

/* Somebody has the same content already: it is used, and is his still. */
static void test_restore__of_what_is_stored_already__leaves_it_there(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};
    unsigned before;

    (void)state;
    stub_make(&stub);
    make_images(&stub);
    in_stub(&stub, ": >keep");
    user_open_storing(&user);
    container = create_watched(&user, &stub, "first", "sleep 1000");
    if (stub_restore(container, &stub, &user, &task, &err) != C8D_OK)
        fail_msg("restore: %s", err.message);
    user_remove(container, task);
    in_stub(&stub, "test \"$(ctr content ls -q)\" = \"$(cat digests)\" && rm -r restored");
    container = create(&user, &stub, "second", "sleep 1000");
    before = calls(&user);
    if (stub_restore(container, &stub, &user, &task, &err) != C8D_OK)
        fail_msg("restore: %s", err.message);
    /* Leases.Create, Content.Write, Tasks.Create, Leases.Delete, Tasks.Start */
    assert_int_equal(calls(&user) - before, 5);
    in_stub(&stub, "diff -r images restored");
    in_stub(&stub, "test \"$(ctr content ls -q)\" = \"$(cat digests)\" && "
                   "ctr content rm \"$(cat digests)\" >/dev/null");
    user_remove(container, task);
    user_close(&user);
    stub_remove(&stub);
}

/* runc itself, and no CRIU that works. */
static void test_restore__without_criu__fails_and_leaves_nothing(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    (void)state;
    stub_make(&stub);
    in_stub(&stub, "mkdir images && echo image >images/inventory.img");
    user_open_storing(&user);
    container = user_create(&user, "criuless", "echo afresh", (struct c8d_container_options){0});
    assert_int_equal(stub_restore(container, &stub, &user, &task, &err), C8D_REMOTE);
    assert_null(task);
    assert_true(err.message[0] != '\0');
    assert_string_equal(user.output, "");
    expect_nothing_stored(&stub);
    in_stub(&stub, "ctr tasks ls -q | { ! grep . ; }");
    user_remove(container, NULL);
    in_stub(&stub, "ctr containers ls -q | { ! grep . ; }");
    user_close(&user); /* no pipe is left either */
    stub_remove(&stub);
}

static void test_checkpoint__without_criu__fails_and_leaves_nothing(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_error err = {0};

    (void)state;
    stub_make(&stub);
    user_open_storing(&user);
    container = user_create(&user, "undumped", "sleep 1000", (struct c8d_container_options){0});
    task = user_start(&user, container, 0);
    assert_int_equal(c8d_task_checkpoint(task, str(stub.images), false, PATIENCE, &err), C8D_REMOTE);
    assert_true(err.message[0] != '\0');
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    shell("test -z \"$(ls -A %s)\"", stub.images);
    user_remove(container, task);
    user_close(&user);
    stub_remove(&stub);
}

static void test_image__of_a_directory_that_is_none__asks_nothing(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};
    unsigned before;

    (void)state;
    stub_make(&stub);
    user_open_storing(&user);
    container = create(&user, &stub, "lost", "sleep 1000");
    before = calls(&user);
    assert_int_equal(stub_restore(container, &stub, &user, &task, &err), C8D_INVALID);
    assert_non_null(strstr(err.message, stub.images));
    assert_int_equal(calls(&user) - before, 0);
    task = user_start(&user, container, 0);
    before = calls(&user);
    assert_int_equal(c8d_task_checkpoint(task, str("/dev/null/images"), false, PATIENCE, &err), C8D_REMOTE);
    assert_non_null(strstr(err.message, "/dev/null/images"));
    assert_int_equal(calls(&user) - before, 0);
    assert_int_equal(c8d_process_state(task), C8D_STATE_RUNNING);
    user_remove(container, task);
    user_close(&user);
    stub_remove(&stub);
}

/* What no image has is found on the way: what was begun in the store is given up. */
static void test_restore__of_what_no_image_has__is_refused_and_leaves_nothing(void **state)
{
    struct user user;
    struct stub stub;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};

    (void)state;
    stub_make(&stub);
    make_dump(&stub);
    in_stub(&stub, "cp -R dump images && ln -s / images/z");
    user_open_storing(&user);
    container = create(&user, &stub, "linked", "echo afresh");
    assert_int_equal(stub_restore(container, &stub, &user, &task, &err), C8D_INVALID);
    assert_non_null(strstr(err.message, "images/z: neither a file nor a directory"));
    expect_nothing_stored(&stub);
    stub_expect_no_call(&stub, " restore ");
    user_remove(container, NULL);
    user_close(&user);
    stub_remove(&stub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checkpoint__through_the_store__fills_our_directory),
        cmocka_unit_test(test_checkpoint__through_the_store_with_exit__ends_the_task),
        cmocka_unit_test(test_restore__through_the_store__gives_runc_our_directory),
        cmocka_unit_test(test_restore__of_what_is_stored_already__leaves_it_there),
        cmocka_unit_test(test_restore__without_criu__fails_and_leaves_nothing),
        cmocka_unit_test(test_checkpoint__without_criu__fails_and_leaves_nothing),
        cmocka_unit_test(test_image__of_a_directory_that_is_none__asks_nothing),
        cmocka_unit_test(test_restore__of_what_no_image_has__is_refused_and_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
