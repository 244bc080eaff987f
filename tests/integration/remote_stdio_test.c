/* SPDX-License-Identifier: Apache-2.0 */
/* The containerd runtime against a real containerd: the streams of processes. */
#include "remote_world.h"
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* Reads until `want` bytes came or the end, polling through wait(). Returns how many. */
static size_t read_stream(struct world *world, int fd, char *to, size_t want)
{
    int64_t until = world_now(world) + PATIENCE;
    size_t have = 0;
    bool over = false;
    struct reply unheard;

    while (have < want && !over && world_now(world) < until) {
        struct pollfd extra = {.fd = fd, .events = POLLIN};
        ssize_t n;

        world->runtime.ops->wait(world->runtime.ctx, &extra, 1, until - world_now(world));
        (void)world_take(world, 0, str(""), &unheard);
        if (extra.revents == 0)
            continue;
        n = read(fd, to + have, want - have);
        if (n > 0)
            have += (size_t)n;
        else
            over = n == 0;
    }
    return have;
}

static void test_remote__streams__carry_all_bytes_both_ways(void **state)
{
    struct world world;
    struct c8d_stdio stdio;
    char text[64] = "";

    (void)state;
    world_open(&world, &shared);
    world_subscribe(&world);
    world_create(&world, "pipes", "cat; echo oops >&2", false);
    world_open_stdio(&world, "pipes", C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_ERR, &stdio);
    world_launch(&world, "pipes", &stdio);
    assert_int_equal(write(stdio.in, "hello\n", 6), 6);
    assert_int_equal(read_stream(&world, stdio.out, text, 6), 6);
    assert_memory_equal(text, "hello\n", 6);
    (void)close(stdio.in);
    stdio.in = -1;
    world_call_ok(&world, call_on(C8D_CALL_CLOSE_STDIN, "pipes"));
    assert_int_equal(read_stream(&world, stdio.out, text, sizeof(text)), 0);
    assert_int_equal(read_stream(&world, stdio.err, text, sizeof(text)), 5);
    assert_memory_equal(text, "oops\n", 5);
    assert_int_equal(world_finish(&world, "pipes"), 0);
    world_close_stdio(&world, &stdio);
    world_close(&world);
}

static void test_remote__output_alone__needs_no_error_stream(void **state)
{
    struct world world;
    struct c8d_stdio stdio;
    char text[64] = "";

    (void)state;
    world_open(&world, &shared);
    world_subscribe(&world);
    world_create(&world, "out", "echo err >&2; echo out", false);
    world_open_stdio(&world, "out", C8D_STDIO_OUT, &stdio);
    world_launch(&world, "out", &stdio);
    assert_int_equal(read_stream(&world, stdio.out, text, sizeof(text)), 4);
    assert_memory_equal(text, "out\n", 4);
    assert_int_equal(world_finish(&world, "out"), 0);
    world_close_stdio(&world, &stdio);
    world_close(&world);
}

static void test_remote__terminal__has_the_size_that_was_set(void **state)
{
    struct world world;
    struct c8d_stdio stdio;
    struct c8d_call resize = call_on(C8D_CALL_RESIZE, "tty");
    char text[64] = "";
    size_t length;

    (void)state;
    world_open(&world, &shared);
    world_subscribe(&world);
    world_create(&world, "tty", "read line; stty size", true);
    world_open_stdio(&world, "tty", C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_TERMINAL, &stdio);
    world_launch(&world, "tty", &stdio);
    resize.columns = 77;
    resize.rows = 33;
    world_call_ok(&world, resize);
    assert_int_equal(write(stdio.in, "\n", 1), 1);
    length = read_stream(&world, stdio.out, text, sizeof(text) - 1);
    text[length] = '\0';
    assert_non_null(strstr(text, "33 77"));
    assert_int_equal(world_finish(&world, "tty"), 0);
    world_close_stdio(&world, &stdio);
    world_close(&world);
}

static void test_remote__terminal_with_an_error_stream__is_refused(void **state)
{
    struct world world;
    struct c8d_stdio stdio;

    (void)state;
    world_open(&world, &shared);
    assert_int_equal(world.runtime.ops->open_stdio(world.runtime.ctx, str("x"), str(""),
                                                   C8D_STDIO_OUT | C8D_STDIO_ERR | C8D_STDIO_TERMINAL, &stdio,
                                                   NULL),
                     C8D_INVALID);
    world_close(&world);
}

static void test_remote__pipe_before_its_first_writer__is_silent_to_poll(void **state)
{
    struct world world;
    struct c8d_stdio stdio;
    struct pollfd fd;
    struct stat directory;
    char path[512];
    int writer;

    (void)state;
    world_open(&world, &shared);
    world_open_stdio(&world, "fifo", C8D_STDIO_OUT, &stdio);
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", stdio.out);
    fd = (struct pollfd){.fd = stdio.out, .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 0), 0);
    writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(writer >= 0);
    (void)close(writer);
    assert_int_equal(poll(&fd, 1, 0), 1);
    assert_true((fd.revents & POLLHUP) != 0);
    assert_int_equal(fcntl(stdio.out, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(stat(world.fifos, &directory), 0);
    world_close_stdio(&world, &stdio);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote__streams__carry_all_bytes_both_ways),
        cmocka_unit_test(test_remote__output_alone__needs_no_error_stream),
        cmocka_unit_test(test_remote__terminal__has_the_size_that_was_set),
        cmocka_unit_test(test_remote__terminal_with_an_error_stream__is_refused),
        cmocka_unit_test(test_remote__pipe_before_its_first_writer__is_silent_to_poll),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
