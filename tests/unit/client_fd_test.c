/* SPDX-License-Identifier: Apache-2.0 */
/* The one descriptor for an event loop. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <poll.h>
#include <unistd.h>

static void fail_state(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_STATE)
        scripted_reply(script, call->token, C8D_UNAVAILABLE, "nobody listens there");
    else
        scripted_ok(script, call);
}

/* The loop sleeps on the descriptor, for as long as it was told to, while another thread makes a blocking
 * call; what that leaves behind to be tried again is the loop's to do. */
static void fd__blocking_call_leaves_a_retry__becomes_readable(void **state)
{
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
    struct pollfd loop = {.events = POLLIN};

    (void)state;
    fixture_open(&f, fail_state);
    loop.fd = c8d_client_fd(f.client);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    fixture_settle(&f);
    assert_true(c8d_client_next_timeout(f.client) == C8D_NO_DEADLINE);
    assert_int_equal(poll(&loop, 1, 0), 0);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 0, 137);
    assert_int_equal(c8d_process_wait(task, SECOND / 1000, NULL, NULL), C8D_DEADLINE);
    assert_int_equal(poll(&loop, 1, 0), 1);
    fixture_settle(&f);
    assert_in_range(c8d_client_next_timeout(f.client), 1, SECOND / 50);
    /* Told once: there is no busy loop. */
    assert_int_equal(poll(&loop, 1, 0), 0);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

struct stdio_fixture {
    struct fixture f;
    size_t n; /* bytes of its output, and ends */
    int ends;
    struct c8d_container *container;
    struct c8d_process *task;
};

static void count(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct stdio_fixture *s = user;

    (void)process;
    (void)stream;
    s->n += length;
    s->ends += data == NULL;
}

static void open_all(struct stdio_fixture *s, uint32_t flags)
{
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = flags, .output = count, .user = s};

    *s = (struct stdio_fixture){0};
    fixture_open(&s->f, NULL);
    s->container = fixture_create(&s->f, "c1");
    assert_int_equal(c8d_container_start(s->container, &options, SECOND, &s->task, NULL), C8D_OK);
}

static void close_all(struct stdio_fixture *s)
{
    c8d_process_unref(s->task);
    c8d_container_unref(s->container);
    fixture_close(&s->f);
}

static void fd__output_is_there__becomes_readable_until_it_is_dispatched(void **state)
{
    struct stdio_fixture s;
    struct pollfd loop = {.events = POLLIN};

    (void)state;
    open_all(&s, C8D_STDIO_OUT);
    loop.fd = c8d_client_fd(s.f.client);
    assert_true(loop.fd >= 0);
    assert_int_equal(c8d_client_fd(s.f.client), loop.fd);
    fixture_settle(&s.f);
    assert_int_equal(poll(&loop, 1, 0), 0);
    assert_int_equal(write(scripted_stdio(s.f.script)->far_out, "x", 1), 1);
    assert_int_equal(poll(&loop, 1, 1000), 1);
    assert_int_equal(c8d_client_dispatch(s.f.client, 0), C8D_OK);
    assert_int_equal(s.n, 1);
    assert_int_equal(poll(&loop, 1, 0), 0);
    /* And no spinning on a stream that has ended. */
    close(scripted_stdio(s.f.script)->far_out);
    scripted_stdio(s.f.script)->far_out = -1;
    assert_int_equal(poll(&loop, 1, 1000), 1);
    fixture_settle(&s.f);
    assert_int_equal(s.ends, 1);
    assert_int_equal(poll(&loop, 1, 0), 0);
    close_all(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fd__blocking_call_leaves_a_retry__becomes_readable),
        cmocka_unit_test(fd__output_is_there__becomes_readable_until_it_is_dispatched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
