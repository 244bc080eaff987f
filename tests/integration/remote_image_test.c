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

static void test_checkpoint__through_the_store__fills_our_directory(void **state)
{
    struct stubbed *s = *state;
    unsigned before;

    make_dump(&s->stub);
    stubbed_start(s, "stored", "sleep 1000");
    before = calls(&s->user);
    stubbed_checkpoint(s, false);
    /* Leases.Create, Tasks.Checkpoint, Content.Read, Leases.Delete */
    assert_int_equal(calls(&s->user) - before, 4);
    /* It was written elsewhere, and is here now. */
    stub_expect_no_call(&s->stub, s->stub.images);
    in_stub(&s->stub, "test \"$(cat images/inventory.img)\" = image && rm images/inventory.img && "
                      "diff -r dump images");
    assert_int_equal(c8d_process_state(s->task), C8D_STATE_RUNNING);
    expect_nothing_stored(&s->stub);
}

static void test_checkpoint__through_the_store_with_exit__ends_the_task(void **state)
{
    struct stubbed *s = *state;

    stubbed_start(s, "ending", "sleep 1000");
    stubbed_checkpoint(s, true);
    user_expect_end(s->task, 137);
    shell("test -e %s/inventory.img", s->stub.images);
}

/* A shim that, when it is started for a container whose task is being created, looks into the store before it
 * is the one for runc: there is one blob, which has the digest that it is known by. With a file "keep" it
 * makes that its own. */
static void create_watched(struct stubbed *s, const char *id, const char *commands)
{
    char shim[128];

    (void)snprintf(shim, sizeof(shim), "%s/shim", s->stub.directory);
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
    s->container =
        user_create(&s->user, id, commands,
                    (struct c8d_container_options){.runtime = str(shim), .runtime_options = s->stub.options});
}

static void test_restore__through_the_store__gives_runc_our_directory(void **state)
{
    struct stubbed *s = *state;

    make_images(&s->stub);
    create_watched(s, "restoring", "while [ ! -e /tmp/restoring ]; do sleep 0.02; done; echo again; exit 7");
    stubbed_restore(s);
    shell("touch %s/tmp/restoring", shared.rootfs);
    user_expect_end(s->task, 7);
    shell("rm %s/tmp/restoring", shared.rootfs);
    stub_expect_no_call(&s->stub, s->stub.images);
    in_stub(&s->stub, "diff -r images restored");
    in_stub(&s->stub, "test \"sha256:$(sha256sum <blob | cut -d' ' -f1)\" = \"$(cat digests)\"");
    in_stub(&s->stub, "mkdir unpacked && tar -C unpacked -xf blob && diff -r images unpacked");
    expect_nothing_stored(&s->stub);
}

/* Somebody has the same content already: it is used, and is his still. */
static void test_restore__of_what_is_stored_already__leaves_it_there(void **state)
{
    struct stubbed *s = *state;
    unsigned before;

    make_images(&s->stub);
    in_stub(&s->stub, ": >keep");
    create_watched(s, "first", "sleep 1000");
    stubbed_restore(s);
    user_remove(s->container, s->task);
    in_stub(&s->stub, "test \"$(ctr content ls -q)\" = \"$(cat digests)\" && rm -r restored");
    stubbed_create(s, "second", "sleep 1000");
    before = calls(&s->user);
    stubbed_restore(s);
    /* Leases.Create, Content.Write, Tasks.Create, Leases.Delete, Tasks.Start */
    assert_int_equal(calls(&s->user) - before, 5);
    in_stub(&s->stub, "diff -r images restored");
    in_stub(&s->stub, "test \"$(ctr content ls -q)\" = \"$(cat digests)\" && "
                      "ctr content rm \"$(cat digests)\" >/dev/null");
}

/* runc itself, and no CRIU that works. */
static void test_restore__without_criu__fails_and_leaves_nothing(void **state)
{
    struct stubbed *s = *state;

    in_stub(&s->stub, "mkdir images && echo image >images/inventory.img");
    s->container = user_create(&s->user, "criuless", "echo afresh", (struct c8d_container_options){0});
    assert_int_equal(stubbed_try_restore(s), C8D_REMOTE);
    assert_null(s->task);
    assert_true(s->err.message[0] != '\0');
    assert_string_equal(s->user.output, "");
    expect_nothing_stored(&s->stub);
    in_stub(&s->stub, "ctr tasks ls -q | { ! grep . ; }");
    user_remove(s->container, NULL);
    s->container = NULL;
    in_stub(&s->stub, "ctr containers ls -q | { ! grep . ; }");
}

static void test_checkpoint__without_criu__fails_and_leaves_nothing(void **state)
{
    struct stubbed *s = *state;

    s->container = user_create(&s->user, "undumped", "sleep 1000", (struct c8d_container_options){0});
    s->task = user_start(&s->user, s->container, 0);
    assert_int_equal(c8d_task_checkpoint(s->task, str(s->stub.images), false, PATIENCE, &s->err), C8D_REMOTE);
    assert_true(s->err.message[0] != '\0');
    assert_int_equal(c8d_process_state(s->task), C8D_STATE_RUNNING);
    shell("test -z \"$(ls -A %s)\"", s->stub.images);
}

static void test_image__of_a_directory_that_is_none__asks_nothing(void **state)
{
    struct stubbed *s = *state;
    unsigned before;

    stubbed_create(s, "lost", "sleep 1000");
    before = calls(&s->user);
    assert_int_equal(stubbed_try_restore(s), C8D_INVALID);
    assert_non_null(strstr(s->err.message, s->stub.images));
    assert_int_equal(calls(&s->user) - before, 0);
    s->task = user_start(&s->user, s->container, 0);
    before = calls(&s->user);
    assert_int_equal(c8d_task_checkpoint(s->task, str("/dev/null/images"), false, PATIENCE, &s->err),
                     C8D_REMOTE);
    assert_non_null(strstr(s->err.message, "/dev/null/images"));
    assert_int_equal(calls(&s->user) - before, 0);
    assert_int_equal(c8d_process_state(s->task), C8D_STATE_RUNNING);
}

/* What no image has is found on the way: what was begun in the store is given up. */
static void test_restore__of_what_no_image_has__is_refused_and_leaves_nothing(void **state)
{
    struct stubbed *s = *state;

    make_dump(&s->stub);
    in_stub(&s->stub, "cp -R dump images && ln -s / images/z");
    stubbed_create(s, "linked", "echo afresh");
    assert_int_equal(stubbed_try_restore(s), C8D_INVALID);
    assert_non_null(strstr(s->err.message, "images/z: neither a file nor a directory"));
    expect_nothing_stored(&s->stub);
    stub_expect_no_call(&s->stub, " restore ");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, stubbed_set_up_storing, stubbed_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_checkpoint__through_the_store__fills_our_directory),
        TEST(test_checkpoint__through_the_store_with_exit__ends_the_task),
        TEST(test_restore__through_the_store__gives_runc_our_directory),
        TEST(test_restore__of_what_is_stored_already__leaves_it_there),
        TEST(test_restore__without_criu__fails_and_leaves_nothing),
        TEST(test_checkpoint__without_criu__fails_and_leaves_nothing),
        TEST(test_image__of_a_directory_that_is_none__asks_nothing),
        TEST(test_restore__of_what_no_image_has__is_refused_and_leaves_nothing),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
