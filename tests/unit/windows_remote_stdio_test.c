/* SPDX-License-Identifier: Apache-2.0 */
/* The pipes of containerd on Windows: where a server may be, and those of processes, with the test as the
 * shim. */
#include "fixture.h"
#include <c8d/remote.h>
#include <windows/link.h>

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <windows.h>

#include <cmocka.h>

#define PATIENCE_MS 60000
#define ALL (C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_ERR)

/* A server that says nothing, and the runtime that is connected to it. */
struct world {
    char address[64];
    char container[64]; /* no other test has it */
    int server;
    struct c8d_runtime runtime;
};

static enum c8d_status connect_to(const char *address, struct c8d_runtime *out, struct c8d_error *err)
{
    const struct c8d_remote_options options = {.size = sizeof(options),
                                               .address = {address, strlen(address)},
                                               .namespace_ = str("test"),
                                               .transport = C8D_TRANSPORT_NGHTTP2};

    return c8d_remote_new(&options, out, err);
}

static int set_up(void **state)
{
    struct world *world = test_calloc(1, sizeof(*world));

    (void)snprintf(world->address, sizeof(world->address), "\\\\.\\pipe\\c8d-server-%lu",
                   GetCurrentProcessId());
    (void)snprintf(world->container, sizeof(world->container), "c%lu", GetCurrentProcessId());
    world->server = c8d__link_listen(world->address, 0);
    assert_true(world->server >= 0);
    assert_int_equal(connect_to(world->address, &world->runtime, NULL), C8D_OK);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    struct world *world = *state;

    world->runtime.ops->destroy(world->runtime.ctx);
    close(world->server);
    test_free(world);
    return 0;
}

static const char *name_of(const struct world *world, const char *process, const char *stream)
{
    static char name[128];

    (void)snprintf(name, sizeof(name), "\\\\.\\pipe\\containerd-%s-%s-%s", world->container, process, stream);
    return name;
}

static int shim_opens(const struct world *world, const char *process, const char *stream)
{
    int fd = c8d__link_connect(name_of(world, process, stream));

    assert_true(fd >= 0);
    return fd;
}

static struct c8d_stdio open_streams(const struct world *world, const char *process, uint32_t flags)
{
    struct c8d_stdio stdio;
    struct c8d_error err = {0};

    if (world->runtime.ops->open_stdio(world->runtime.ctx, str(world->container), str(process), flags, &stdio,
                                       &err) != C8D_OK)
        fail_msg("%s", err.message);
    return stdio;
}

static void close_streams(const struct world *world, struct c8d_stdio *stdio)
{
    world->runtime.ops->close_stdio(world->runtime.ctx, stdio);
    assert_int_equal(stdio->in, -1);
    assert_int_equal(stdio->out, -1);
    assert_int_equal(stdio->err, -1);
}

static void write_text(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void expect_text(int fd, const char *expected)
{
    char text[64] = "";
    size_t n = 0;

    while (n < strlen(expected)) {
        struct pollfd one = {.fd = fd, .events = POLLIN};
        ssize_t got;

        assert_int_equal(poll(&one, 1, PATIENCE_MS), 1);
        got = read(fd, text + n, sizeof(text) - 1 - n);
        assert_true(got > 0);
        n += (size_t)got;
    }
    assert_string_equal(text, expected);
}

static void expect_end(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    assert_int_equal(poll(&one, 1, PATIENCE_MS), 1);
    assert_int_equal(one.revents, POLLHUP);
}

/* ---- streams
 * ------------------------------------------------------------------------------------------------ */

static void test_streams__of_init__are_at_the_names_of_libcontainerd(void **state)
{
    const struct world *world = *state;
    struct c8d_stdio stdio = open_streams(world, "", ALL);
    int in, out, err;

    write_text(stdio.in, "early");
    in = shim_opens(world, "init", "stdin");
    out = shim_opens(world, "init", "stdout");
    err = shim_opens(world, "init", "stderr");
    expect_text(in, "early");
    write_text(out, "said");
    write_text(err, "oops");
    expect_text(stdio.out, "said");
    expect_text(stdio.err, "oops");
    close(out);
    close(err);
    expect_end(stdio.out);
    expect_end(stdio.err);
    close_streams(world, &stdio);
    expect_end(in);
    close(in);
}

static void test_streams__of_an_exec__are_those_that_are_wanted(void **state)
{
    const struct world *world = *state;
    struct c8d_stdio stdio = open_streams(world, "e1", C8D_STDIO_OUT);
    int out = shim_opens(world, "e1", "stdout");

    assert_int_equal(stdio.in, -1);
    assert_int_equal(stdio.err, -1);
    assert_int_equal(c8d__link_connect(name_of(world, "e1", "stdin")), -1);
    assert_int_equal(c8d__link_connect(name_of(world, "e1", "stderr")), -1);
    close_streams(world, &stdio);
    close(out);
}

/* A run after another one has the same names. */
static void test_streams__that_are_closed__free_their_names(void **state)
{
    const struct world *world = *state;

    for (int i = 0; i < 5; i++) {
        struct c8d_stdio stdio = open_streams(world, "", ALL);
        int out = i % 2 != 0 ? shim_opens(world, "init", "stdout") : -1;

        close_streams(world, &stdio);
        if (out >= 0)
            close(out);
        assert_int_equal(c8d__link_connect(name_of(world, "init", "stdout")), -1);
    }
}

static void test_attach__at_the_names_that_are_told__hears_the_shim_when_it_comes_again(void **state)
{
    const struct world *world = *state;
    struct c8d_stdio stdio = open_streams(world, "", C8D_STDIO_OUT);
    int out = shim_opens(world, "init", "stdout");
    char name[128];
    const struct c8d_stdio_names names = {.out = {name, strlen(name_of(world, "init", "stdout"))}};

    (void)snprintf(name, sizeof(name), "%s", name_of(world, "init", "stdout"));
    write_text(out, "one");
    expect_text(stdio.out, "one");
    close_streams(world, &stdio);
    expect_end(out);
    close(out);
    assert_int_equal(
        world->runtime.ops->attach_stdio(world->runtime.ctx, &names, C8D_STDIO_OUT, &stdio, NULL), C8D_OK);
    out = shim_opens(world, "init", "stdout");
    write_text(out, "two");
    close(out);
    expect_text(stdio.out, "two");
    expect_end(stdio.out);
    close_streams(world, &stdio);
}

static void test_attach__to_what_is_no_pipe__is_not_implemented(void **state)
{
    static const char *const others[] = {"C:\\logs\\out", "binary:///logger.exe", "\\\\.\\pipe\\"};
    const struct world *world = *state;

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        const struct c8d_stdio_names names = {.out = {others[i], strlen(others[i])}};
        struct c8d_stdio stdio;

        assert_int_equal(
            world->runtime.ops->attach_stdio(world->runtime.ctx, &names, C8D_STDIO_OUT, &stdio, NULL),
            C8D_NOT_IMPLEMENTED);
        assert_int_equal(stdio.out, -1);
    }
}

/* ---- where a server may be
 * ---------------------------------------------------------------------------------- */

static void test_address__of_a_pipe__may_have_its_scheme(void **state)
{
    const struct world *world = *state;
    int another = c8d__link_listen(world->address, 0);
    char address[128];
    struct c8d_runtime runtime;

    assert_true(another >= 0);
    (void)snprintf(address, sizeof(address), "npipe://%s", world->address);
    assert_int_equal(connect_to(address, &runtime, NULL), C8D_OK);
    runtime.ops->destroy(runtime.ctx);
    close(another);
}

static void test_address__of_no_pipe__is_refused(void **state)
{
    static const char *const wrong[] = {"", "/run/containerd/containerd.sock", "\\\\.\\pipe\\", "npipe://",
                                        "C:\\containerd"};
    struct c8d_runtime runtime;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_int_equal(connect_to(wrong[i], &runtime, NULL), C8D_INVALID);
}

static void test_address__where_nobody_is__is_unavailable(void **state)
{
    struct c8d_runtime runtime;
    struct c8d_error err = {0};

    (void)state;
    assert_int_equal(connect_to("\\\\.\\pipe\\c8d-nobody", &runtime, &err), C8D_UNAVAILABLE);
    assert_int_equal(err.origin, C8D_ORIGIN_ERRNO);
    assert_int_equal(err.origin_code, ENOENT);
}

/* What cannot be done is said, and not left undone. */
static void test_options__that_windows_has_no_use_for__are_refused(void **state)
{
    const struct world *world = *state;
    struct c8d_remote_options options = {.size = sizeof(options),
                                         .address = str(world->address),
                                         .namespace_ = str("test"),
                                         .fifo_directory = str("C:\\fifos")};
    struct c8d_runtime runtime;

    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_INVALID);
    options.fifo_directory = str("");
    options.transport = C8D_TRANSPORT_GRPC;
    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_NOT_IMPLEMENTED);
    options.transport = C8D_TRANSPORT_AUTO;
    options.has_fd = true;
    options.fd = -1;
    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_UNAVAILABLE);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_streams__of_init__are_at_the_names_of_libcontainerd),
        TEST(test_streams__of_an_exec__are_those_that_are_wanted),
        TEST(test_streams__that_are_closed__free_their_names),
        TEST(test_attach__at_the_names_that_are_told__hears_the_shim_when_it_comes_again),
        TEST(test_attach__to_what_is_no_pipe__is_not_implemented),
        TEST(test_address__of_a_pipe__may_have_its_scheme),
        TEST(test_address__of_no_pipe__is_refused),
        TEST(test_address__where_nobody_is__is_unavailable),
        TEST(test_options__that_windows_has_no_use_for__are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
