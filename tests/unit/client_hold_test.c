/* SPDX-License-Identifier: Apache-2.0 */
/* Output that the consumer holds: it stays in real pipes, and keeps nobody else waiting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

struct held {
    struct fixture f;
    size_t bytes; /* of both streams */
    int ends;
    bool holds_each; /* the callback does, after each piece */
    struct c8d_container *container;
    struct c8d_process *task;
};

static void hear(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct held *held = user;

    (void)stream;
    held->bytes += length;
    held->ends += data == NULL;
    if (held->holds_each)
        c8d_process_hold_output(process, true);
}

static void open_all(struct held *held)
{
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = C8D_STDIO_OUT | C8D_STDIO_ERR, .output = hear, .user = held};

    memset(held, 0, sizeof(*held));
    fixture_open(&held->f, NULL);
    held->container = fixture_create(&held->f, "c1");
    assert_int_equal(c8d_container_start(held->container, &options, SECOND, &held->task, NULL), C8D_OK);
}

static void close_all(struct held *held)
{
    c8d_process_unref(held->task);
    c8d_container_unref(held->container);
    fixture_close(&held->f);
}

static void put(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* Writes until it does not fit any more. Returns how many bytes that were. */
static size_t fill(int fd)
{
    static const char block[4096];
    size_t filled = 0;

    assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    for (ssize_t n = write(fd, block, sizeof(block)); n > 0; n = write(fd, block, sizeof(block)))
        filled += (size_t)n;
    return filled;
}

static bool is_readable(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    return poll(&one, 1, 0) == 1;
}

static void output__held__fills_its_pipe_and_is_given_when_it_is_wanted(void **state)
{
    struct held s;
    struct scripted_stdio *far;
    size_t filled;

    (void)state;
    open_all(&s);
    far = scripted_stdio(s.f.script);
    c8d_process_hold_output(s.task, true);
    c8d_process_hold_output(s.task, true);
    filled = fill(far->far_out);
    fixture_settle(&s.f);
    assert_int_equal(fill(far->far_out), 0);
    assert_int_equal(s.bytes, 0);
    /* All else goes on. */
    assert_int_equal(c8d_client_version(s.f.client, SECOND, &(struct c8d_version){0}, NULL), C8D_OK);
    assert_int_equal(c8d_process_drain(s.task, SECOND, NULL), C8D_DEADLINE);
    scripted_event(s.f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    assert_int_equal(c8d_process_wait(s.task, SECOND, NULL, NULL), C8D_OK);
    assert_int_equal(s.bytes, 0);
    c8d_process_hold_output(s.task, false);
    close(far->far_out);
    close(far->far_err);
    far->far_out = far->far_err = -1;
    assert_int_equal(c8d_process_drain(s.task, SECOND, NULL), C8D_OK);
    assert_int_equal(s.bytes, filled);
    assert_int_equal(s.ends, 2);
    close_all(&s);
}

/* The loop is not woken for what nobody wants, and is for what is wanted again. */
static void output__held__leaves_an_event_loop_alone(void **state)
{
    struct held s;
    struct scripted_stdio *far;
    int loop;

    (void)state;
    open_all(&s);
    far = scripted_stdio(s.f.script);
    c8d_process_hold_output(s.task, true);
    loop = c8d_client_fd(s.f.client);
    put(far->far_out, "early");
    fixture_settle(&s.f);
    assert_false(is_readable(loop));
    c8d_process_hold_output(s.task, false);
    assert_true(is_readable(loop));
    fixture_settle(&s.f);
    assert_int_equal(s.bytes, 5);
    c8d_process_hold_output(s.task, true);
    put(far->far_out, "late");
    fixture_settle(&s.f);
    assert_false(is_readable(loop));
    assert_int_equal(s.bytes, 5);
    close_all(&s);
}

static void output__held_by_the_callback__comes_piece_by_piece_and_whole_with_a_delete(void **state)
{
    struct held s;
    struct scripted_stdio *far;
    int64_t before;

    (void)state;
    open_all(&s);
    s.holds_each = true;
    far = scripted_stdio(s.f.script);
    put(far->far_out, "one");
    put(far->far_err, "four");
    fixture_settle(&s.f);
    assert_int_equal(s.bytes, 3);
    c8d_process_hold_output(s.task, false);
    fixture_settle(&s.f);
    assert_int_equal(s.bytes, 7);
    put(far->far_out, "three");
    scripted_event(s.f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    fixture_settle(&s.f);
    assert_int_equal(s.bytes, 7);
    close(far->far_out);
    close(far->far_err);
    far->far_out = far->far_err = -1;
    s.holds_each = false;
    before = scripted_now(s.f.script);
    assert_int_equal(c8d_process_delete(s.task, 10 * SECOND, NULL, NULL), C8D_OK);
    assert_true(scripted_now(s.f.script) < before + SECOND); /* it does not wait for what is held */
    assert_int_equal(s.bytes, 12);
    assert_int_equal(s.ends, 2);
    assert_int_equal(scripted_open_stdios(s.f.script), 0);
    close_all(&s);
}

static void output__held_and_the_handle_dropped__is_thrown_away(void **state)
{
    struct held s;
    struct scripted_stdio *far;

    (void)state;
    open_all(&s);
    far = scripted_stdio(s.f.script);
    c8d_process_hold_output(s.task, true);
    assert_true(fill(far->far_out) > 0);
    c8d_process_unref(s.task);
    s.task = NULL;
    fixture_settle(&s.f);
    assert_true(fill(far->far_out) > 0);
    assert_int_equal(s.bytes, 0);
    close_all(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output__held__fills_its_pipe_and_is_given_when_it_is_wanted),
        cmocka_unit_test(output__held__leaves_an_event_loop_alone),
        cmocka_unit_test(output__held_by_the_callback__comes_piece_by_piece_and_whole_with_a_delete),
        cmocka_unit_test(output__held_and_the_handle_dropped__is_thrown_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
