/* SPDX-License-Identifier: Apache-2.0 */
/* The streams of the table, and what holds for every call: one reply each, deadlines, waiting. */
#include "table.h"

#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { KILL = 9, BOTH = C8D_STDIO_OUT | C8D_STDIO_ERR };

static struct c8d_stdio open_streams(struct table *table, const char *container, const char *process,
                                     uint32_t flags)
{
    struct c8d_stdio stdio;

    assert_int_equal(table->runtime.ops->open_stdio(table->runtime.ctx, table_str(container),
                                                    table_str(process), flags, &stdio, NULL),
                     C8D_OK);
    assert_int_equal(stdio.in >= 0, (flags & C8D_STDIO_IN) != 0);
    assert_int_equal(stdio.out >= 0, (flags & C8D_STDIO_OUT) != 0);
    assert_int_equal(stdio.err >= 0, (flags & C8D_STDIO_ERR) != 0);
    return stdio;
}

static void close_streams(struct table *table, struct c8d_stdio *stdio)
{
    table->runtime.ops->close_stdio(table->runtime.ctx, stdio);
    assert_int_equal(stdio->in, -1);
    assert_int_equal(stdio->out, -1);
    assert_int_equal(stdio->err, -1);
}

static short look(int fd)
{
    struct pollfd pollfd = {.fd = fd, .events = POLLIN};

    assert_in_range(poll(&pollfd, 1, 0) + 1, 1, 2);
    return pollfd.revents;
}

/* Reads until so many bytes are there, or with `end` until the end of the stream. */
static void expect_text(struct table *table, int fd, const char *expected, bool end)
{
    size_t wanted = strlen(expected);
    char text[256] = "";
    size_t n = 0;

    for (int i = 0; i < 3000 && (n < wanted || (end && look(fd) != POLLHUP)); i++) {
        struct pollfd pollfd = {.fd = fd, .events = POLLIN};
        ssize_t got = 0;

        if ((look(fd) & POLLIN) != 0)
            got = read(fd, text + n, sizeof(text) - 1 - n);
        else
            table->runtime.ops->wait(table->runtime.ctx, &pollfd, 1, TABLE_SECOND / 100);
        n += got > 0 ? (size_t)got : 0;
        table_go_on(table, 0);
    }
    text[n] = '\0';
    assert_string_equal(text, expected);
    if (end)
        assert_int_equal(look(fd), POLLHUP);
}

static void write_text(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void test_streams__of_a_terminal__have_one_output(void **state)
{
    struct table *table = *state;
    struct c8d_stdio stdio;
    struct c8d_error err = {0};

    assert_int_equal(table->runtime.ops->open_stdio(table->runtime.ctx, table_str("c"), table_str(""),
                                                    BOTH | C8D_STDIO_TERMINAL, &stdio, &err),
                     C8D_INVALID);
    assert_true(err.message[0] != '\0');
}

static void test_output__of_a_task__is_silent_then_said_then_ends(void **state)
{
    struct table *table = *state;
    struct c8d_stdio stdio = open_streams(table, "says", "", BOTH);

    assert_int_equal(look(stdio.out), 0);
    assert_int_equal(look(stdio.err), 0);
    table_start_shell(table, "says", "echo one 'two  three'; echo oops >&2; exit 3", &stdio);
    table_await_event(table, C8D_EVENT_TASK_EXIT, "says", "");
    expect_text(table, stdio.out, "one two  three\n", true);
    expect_text(table, stdio.err, "oops\n", true);
    table_remove(table, "says");
    close_streams(table, &stdio);
}

static void test_input__of_a_task__ends_with_close_stdin_and_not_before(void **state)
{
    struct table *table = *state;
    struct c8d_stdio stdio = open_streams(table, "hears", "", C8D_STDIO_IN | C8D_STDIO_OUT);

    write_text(stdio.in, "before\n");
    table_start_shell(table, "hears", "cat; exit 3", &stdio);
    expect_text(table, stdio.out, "before\n", false);
    write_text(stdio.in, "after\n");
    close(stdio.in);
    stdio.in = -1;
    expect_text(table, stdio.out, "after\n", false);
    assert_int_equal(table_state(table, "hears", ""), C8D_ENTRY_RUNNING);
    assert_int_equal(table_do(table, C8D_CALL_CLOSE_STDIN, "hears", ""), C8D_OK);
    assert_int_equal(table_await_event(table, C8D_EVENT_TASK_EXIT, "hears", "")->exit.code, 3);
    expect_text(table, stdio.out, "", true);
    assert_int_equal(table_do(table, C8D_CALL_CLOSE_STDIN, "hears", ""), C8D_OK);
    table_remove(table, "hears");
    close_streams(table, &stdio);
}

static void test_output__of_an_exec_that_cannot_start__stays_silent(void **state)
{
    struct table *table = *state;
    struct c8d_stdio stdio = open_streams(table, "mute", "e", BOTH);

    table_start_shell(table, "mute", "sleep 1000", NULL);
    assert_int_equal(table_exec(table, "mute", "e", "\"/no/such/program\"", &stdio), C8D_OK);
    assert_int_equal(table_do(table, C8D_CALL_START, "mute", "e"), C8D_REMOTE);
    assert_int_equal(table_do(table, C8D_CALL_DELETE, "mute", "e"), C8D_OK);
    assert_int_equal(look(stdio.out), 0);
    assert_int_equal(look(stdio.err), 0);
    table_remove(table, "mute");
    close_streams(table, &stdio);
}

static void test_input__closed_before_the_start_of_an_exec__is_closed_in_vain(void **state)
{
    struct table *table = *state;
    struct c8d_stdio stdio = open_streams(table, "eager", "e", C8D_STDIO_IN | C8D_STDIO_OUT);

    table_start_shell(table, "eager", "sleep 1000", NULL);
    assert_int_equal(table_exec(table, "eager", "e", "\"cat\"", &stdio), C8D_OK);
    assert_int_equal(table_do(table, C8D_CALL_CLOSE_STDIN, "eager", "e"), C8D_OK);
    assert_int_equal(table_do(table, C8D_CALL_START, "eager", "e"), C8D_OK);
    write_text(stdio.in, "heard\n");
    expect_text(table, stdio.out, "heard\n", false);
    close(stdio.in);
    stdio.in = -1;
    assert_int_equal(table_do(table, C8D_CALL_CLOSE_STDIN, "eager", "e"), C8D_OK);
    table_await_event(table, C8D_EVENT_TASK_EXIT, "eager", "e");
    table_remove(table, "eager");
    close_streams(table, &stdio);
}

/* Nobody is ended by a SIGPIPE, and nobody learns that the other side has gone. */
static void test_input__of_a_process_that_has_ended__takes_what_fits(void **state)
{
    struct table *table = *state;
    struct c8d_stdio stdio = open_streams(table, "deaf", "", C8D_STDIO_IN | C8D_STDIO_OUT);

    table_start_shell(table, "deaf", "exit 0", &stdio);
    table_await_event(table, C8D_EVENT_TASK_EXIT, "deaf", "");
    write_text(stdio.in, "hello?\n");
    table_remove(table, "deaf");
    write_text(stdio.in, "anybody?\n");
    close_streams(table, &stdio);
}

/* ---- every call
 * ------------------------------------------------------------------------------------------------ */

static void test_calls__in_flight_together__get_one_reply_each(void **state)
{
    enum { CALLS = 60 };
    struct table *table = *state;
    uint64_t last = 0;

    for (int i = 0; i < CALLS; i++) {
        struct c8d_call call = {.kind = i % 2 != 0 ? C8D_CALL_VERSION : C8D_CALL_STATE,
                                .container = table_str(i % 2 != 0 ? "" : "nobody")};

        last = table_submit(table, &call);
    }
    for (uint64_t token = last - CALLS + 1; token <= last; token++) {
        while (table->replies[token] == 0)
            table_go_on(table, TABLE_SECOND / 100);
    }
}

static void test_call__whose_deadline_has_passed__is_not_made(void **state)
{
    struct table *table = *state;
    struct c8d_call call = {.kind = C8D_CALL_VERSION,
                            .deadline_ns = table->runtime.ops->now(table->runtime.ctx)};

    /* A clock that starts at zero has no moment before. */
    call.deadline_ns += call.deadline_ns == 0;
    table_go_on(table, 1000);
    assert_int_equal(table_call(table, &call)->status, C8D_DEADLINE);
}

static void test_call__whose_deadline_is_too_near__does_not_succeed(void **state)
{
    struct table *table = *state;
    struct c8d_call call = {.kind = C8D_CALL_PAUSE, .container = table_str("hurried")};
    enum c8d_status status;

    table_start_shell(table, "hurried", "sleep 1000", NULL);
    call.deadline_ns = table->runtime.ops->now(table->runtime.ctx) + 1000;
    status = table_call(table, &call)->status;
    /* By the time that it is sent it can be too late to send it; and containerd, whose deadline is the same
     * one, can be the first to say that it is over. */
    if (status != C8D_INDETERMINATE && status != C8D_DEADLINE && status != C8D_REMOTE)
        fail_msg("it ends with \"%s\"", c8d_status_text(status));
    assert_int_equal(table_kill(table, "hurried", "", KILL, true), C8D_OK);
    table_await_event(table, C8D_EVENT_TASK_EXIT, "hurried", "");
    table_remove(table, "hurried");
}

static void test_wait__with_a_descriptor_that_is_ready__returns(void **state)
{
    struct table *table = *state;
    struct pollfd pollfd;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    write_text(ends[1], "x");
    pollfd = (struct pollfd){.fd = ends[0], .events = POLLIN};
    for (int i = 0; i < 100 && pollfd.revents == 0; i++)
        table->runtime.ops->wait(table->runtime.ctx, &pollfd, 1, C8D_NO_DEADLINE);
    assert_int_equal(pollfd.revents, POLLIN);
    close(ends[0]);
    close(ends[1]);
}

static void *wake(void *arg)
{
    const struct table *table = arg;

    table->runtime.ops->wake(table->runtime.ctx);
    return NULL;
}

static void test_wait__that_another_thread_wakes__returns(void **state)
{
    struct table *table = *state;
    pthread_t thread;

    table_go_on(table, TABLE_SECOND / 10);
    assert_int_equal(pthread_create(&thread, NULL, wake, table), 0);
    /* Without the wake-up it would last for ever: nothing is under way. */
    table->runtime.ops->wait(table->runtime.ctx, NULL, 0, C8D_NO_DEADLINE);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

struct sleeper {
    pthread_t thread;
    struct c8d_runtime runtime;
    atomic_bool begins;
};

static void *sleep_long(void *arg)
{
    struct sleeper *sleeper = arg;

    atomic_store(&sleeper->begins, true);
    sleeper->runtime.ops->wait(sleeper->runtime.ctx, NULL, 0, C8D_NO_DEADLINE);
    return NULL;
}

/* Nobody calls wake: the runtime itself sees to it, be the call sent or refused. */
static void test_wait__while_another_thread_submits__returns(void **state)
{
    enum { ROUNDS = 100 };
    struct table *table = *state;
    struct sleeper sleeper = {.runtime = table->runtime};

    table_go_on(table, TABLE_SECOND / 10);
    for (int i = 0; i < ROUNDS; i++) {
        struct c8d_call call = {.kind = C8D_CALL_VERSION, .deadline_ns = i % 2};
        uint64_t token;

        atomic_store(&sleeper.begins, false);
        assert_int_equal(pthread_create(&sleeper.thread, NULL, sleep_long, &sleeper), 0);
        while (!atomic_load(&sleeper.begins))
            (void)sched_yield();
        token = table_submit(table, &call);
        assert_int_equal(pthread_join(sleeper.thread, NULL), 0);
        assert_int_equal(table_await(table, token)->status, i % 2 != 0 ? C8D_DEADLINE : C8D_OK);
    }
}

/* Who was held up between reading the clock and the call asks for less than nothing. */
static void test_wait__for_a_time_that_is_over__returns(void **state)
{
    struct table *table = *state;
    int64_t before = table->runtime.ops->now(table->runtime.ctx);

    for (int64_t over = 0; over <= TABLE_SECOND; over = 10 * over + 1)
        table->runtime.ops->wait(table->runtime.ctx, NULL, 0, -over);
    assert_true(table->runtime.ops->now(table->runtime.ctx) < before + TABLE_PATIENCE);
}

static void test_wait__for_some_time__lets_it_pass(void **state)
{
    struct table *table = *state;
    int64_t before = table->runtime.ops->now(table->runtime.ctx);

    table_go_on(table, TABLE_SECOND / 20);
    assert_true(table->runtime.ops->now(table->runtime.ctx) >= before + TABLE_SECOND / 20);
}

int contract_streams(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_streams__of_a_terminal__have_one_output),
        TEST(test_output__of_a_task__is_silent_then_said_then_ends),
        TEST(test_input__of_a_task__ends_with_close_stdin_and_not_before),
        TEST(test_output__of_an_exec_that_cannot_start__stays_silent),
        TEST(test_input__closed_before_the_start_of_an_exec__is_closed_in_vain),
        TEST(test_input__of_a_process_that_has_ended__takes_what_fits),
        TEST(test_calls__in_flight_together__get_one_reply_each),
        TEST(test_call__whose_deadline_has_passed__is_not_made),
        TEST(test_call__whose_deadline_is_too_near__does_not_succeed),
        TEST(test_wait__with_a_descriptor_that_is_ready__returns),
        TEST(test_wait__that_another_thread_wakes__returns),
        TEST(test_wait__while_another_thread_submits__returns),
        TEST(test_wait__for_a_time_that_is_over__returns),
        TEST(test_wait__for_some_time__lets_it_pass),
    };

    return contract_run_tests(tests);
}
