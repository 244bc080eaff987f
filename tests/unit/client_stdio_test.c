/* SPDX-License-Identifier: Apache-2.0 */
/* Streams: from the first byte to the end-of-file, on real pipes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sink {
    char out[1 << 16];
    size_t out_len;
    size_t bytes;
    size_t err_len;
    int out_ends;
    int err_ends;
};

static void collect(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct sink *sink = user;

    assert_non_null(process);
    if (data == NULL) {
        assert_int_equal(length, 0);
        *(stream == C8D_STDIO_OUT ? &sink->out_ends : &sink->err_ends) += 1;
        return;
    }
    sink->bytes += length;
    if (stream == C8D_STDIO_ERR) {
        sink->err_len += length;
    } else if (sink->out_len + length <= sizeof(sink->out)) {
        memcpy(sink->out + sink->out_len, data, length);
        sink->out_len += length;
    }
}

struct stdio_fixture {
    struct fixture f;
    struct sink sink;
    struct c8d_container *container;
    struct c8d_process *task;
};

static void open_all(struct stdio_fixture *s, uint32_t flags)
{
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = flags, .output = collect, .user = &s->sink};

    memset(&s->sink, 0, sizeof(s->sink));
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

static void close_far(int *fd)
{
    close(*fd);
    *fd = -1;
}

static void put(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

static void output__written_and_closed__is_given_whole_and_ends_once(void **state)
{
    struct stdio_fixture s;
    struct scripted_stdio *far;

    (void)state;
    open_all(&s, C8D_STDIO_OUT | C8D_STDIO_ERR);
    assert_true(scripted_call_of(s.f.script, C8D_CALL_TASK_CREATE, 0)->has_stdio);
    far = scripted_stdio(s.f.script);
    put(far->far_out, "hello ");
    put(far->far_err, "oops");
    fixture_settle(&s.f);
    put(far->far_out, "world");
    close_far(&far->far_out);
    assert_int_equal(c8d_process_drain(s.task, SECOND, NULL), C8D_DEADLINE);
    close_far(&far->far_err);
    assert_int_equal(c8d_process_drain(s.task, SECOND, NULL), C8D_OK);
    assert_memory_equal(s.sink.out, "hello world", 11);
    assert_int_equal(s.sink.out_len, 11);
    assert_int_equal(s.sink.err_len, 4);
    assert_int_equal(s.sink.out_ends, 1);
    assert_int_equal(s.sink.err_ends, 1);
    /* Ended streams are kept until the process has ended. */
    assert_int_equal(scripted_open_stdios(s.f.script), 1);
    scripted_event(s.f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    fixture_settle(&s.f);
    assert_int_equal(scripted_open_stdios(s.f.script), 0);
    close_all(&s);
}

static void output__still_in_the_pipe_at_the_delete__is_given_before_the_delete_returns(void **state)
{
    struct stdio_fixture s;
    struct c8d_exit end;

    (void)state;
    open_all(&s, C8D_STDIO_OUT);
    put(scripted_stdio(s.f.script)->far_out, "last words");
    scripted_event(s.f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    assert_int_equal(c8d_process_wait(s.task, SECOND, &end, NULL), C8D_OK);
    /* Somebody else holds the stream open: the delete does not wait for ever. */
    assert_int_equal(c8d_process_delete(s.task, 10 * SECOND, NULL, NULL), C8D_OK);
    assert_int_equal(s.sink.out_len, 10);
    assert_int_equal(s.sink.out_ends, 1);
    assert_int_equal(scripted_open_stdios(s.f.script), 0);
    close_all(&s);
}

/* What the far end closes before the start was done by nobody who counts. */
static void close_early(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_TASK_CREATE)
        close_far(&scripted_stdio(script)->far_out);
    if (call->kind != C8D_CALL_START)
        scripted_ok(script, call);
}

static void output__end_of_file_before_the_start__counts_from_the_start_on(void **state)
{
    const struct c8d_start_options options = {.size = sizeof(options), .stdio = C8D_STDIO_OUT};
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task = NULL;
    struct c8d_exit end;

    (void)state;
    fixture_open(&f, close_early);
    container = fixture_create(&f, "c1");
    /* Does not spin either: the clock has to get to the deadline. */
    assert_int_equal(c8d_container_start(container, &options, SECOND, &task, NULL), C8D_INDETERMINATE);
    assert_int_equal(scripted_open_stdios(f.script), 1);
    task = c8d_container_task(container);
    assert_non_null(task);
    assert_int_equal(c8d_process_state(task), C8D_STATE_CREATED);
    assert_int_equal(c8d_process_drain(task, SECOND, NULL), C8D_DEADLINE);
    scripted_set_respond(f.script, NULL);
    scripted_ok(f.script, scripted_call_of(f.script, C8D_CALL_START, 0));
    fixture_settle(&f);
    assert_int_equal(c8d_process_drain(task, SECOND, NULL), C8D_OK);
    scripted_event(f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    assert_int_equal(c8d_process_wait(task, SECOND, &end, NULL), C8D_OK);
    fixture_settle(&f);
    assert_int_equal(scripted_open_stdios(f.script), 0);
    c8d_process_unref(task);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void refuse_create(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_TASK_CREATE)
        scripted_reply(script, call->token, C8D_REMOTE, "no such program");
    else if (call->kind == C8D_CALL_STATE)
        scripted_reply(script, call->token, C8D_NOT_FOUND, "no task");
    else
        scripted_ok(script, call);
}

static void refuse_start(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_START)
        scripted_reply(script, call->token, C8D_REMOTE, "no such program");
    else
        scripted_ok(script, call);
}

static void start__fails__leaves_no_stream_open_and_tells_of_none(void **state)
{
    struct sink sink = {.out_ends = 0};
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = C8D_STDIO_IN | C8D_STDIO_OUT, .output = collect, .user = &sink};
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task = NULL;

    (void)state;
    fixture_open(&f, refuse_create);
    container = fixture_create(&f, "c1");
    assert_int_equal(c8d_container_start(container, &options, SECOND, &task, NULL), C8D_REMOTE);
    assert_int_equal(scripted_open_stdios(f.script), 0);
    scripted_set_respond(f.script, refuse_start);
    fixture_settle(&f);
    assert_int_equal(c8d_container_start(container, &options, SECOND, &task, NULL), C8D_REMOTE);
    assert_int_equal(scripted_open_stdios(f.script), 0);
    assert_int_equal(sink.out_ends, 0);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void output__handle_dropped__is_read_and_thrown_away(void **state)
{
    struct stdio_fixture s;
    struct scripted_stdio *far;
    struct sink before;

    (void)state;
    open_all(&s, C8D_STDIO_OUT);
    far = scripted_stdio(s.f.script);
    put(far->far_out, "heard");
    fixture_settle(&s.f);
    c8d_process_unref(s.task);
    s.task = NULL;
    before = s.sink;
    /* More than a pipe holds, so it only goes on when somebody reads. */
    for (int i = 0; i < 40; i++) {
        static const char block[4096];

        assert_int_equal(write(far->far_out, block, sizeof(block)), (ssize_t)sizeof(block));
        fixture_settle(&s.f);
    }
    assert_memory_equal(&s.sink, &before, sizeof(before));
    close_far(&far->far_out);
    scripted_event(s.f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    fixture_settle(&s.f);
    assert_int_equal(scripted_open_stdios(s.f.script), 0);
    close_all(&s);
}

static void stdin__written_full_and_closed__is_taken_as_it_fits(void **state)
{
    struct stdio_fixture s;
    static char block[1 << 17];
    char back[16];
    size_t written = 0;
    size_t total = 0;

    (void)state;
    open_all(&s, C8D_STDIO_IN);
    assert_true(c8d_process_stdin_fd(s.task) >= 0);
    assert_int_equal(c8d_process_write_stdin(s.task, "hello", 5, &written, NULL), C8D_OK);
    assert_int_equal(written, 5);
    assert_int_equal(read(scripted_stdio(s.f.script)->far_in, back, sizeof(back)), 5);
    do {
        assert_int_equal(c8d_process_write_stdin(s.task, block, sizeof(block), &written, NULL), C8D_OK);
        total += written;
    } while (written != 0);
    assert_true(total > 0);
    assert_int_equal(c8d_process_close_stdin(s.task, SECOND, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(s.f.script, C8D_CALL_CLOSE_STDIN), 1);
    assert_int_equal(c8d_process_stdin_fd(s.task), -1);
    assert_int_equal(c8d_process_write_stdin(s.task, "x", 1, &written, NULL), C8D_CONFLICT);
    assert_int_equal(c8d_process_close_stdin(s.task, SECOND, NULL), C8D_CONFLICT);
    close_all(&s);
}

static void stdin__nobody_reads_any_more__is_a_conflict_and_no_signal(void **state)
{
    struct stdio_fixture s;
    struct c8d_error err = {0};
    size_t written = 0;

    (void)state;
    open_all(&s, C8D_STDIO_IN);
    close_far(&scripted_stdio(s.f.script)->far_in);
    assert_int_equal(c8d_process_write_stdin(s.task, "x", 1, &written, &err), C8D_CONFLICT);
    assert_int_equal(err.origin, C8D_ORIGIN_ERRNO);
    close_all(&s);
}

static void close_stdin__of_an_exec__names_it(void **state)
{
    const struct c8d_exec_options options = {
        .size = sizeof(options), .id = str("e1"), .spec = str("{}"), .stdio = C8D_STDIO_IN | C8D_STDIO_ERR};
    struct stdio_fixture s;
    struct c8d_process *exec = NULL;

    (void)state;
    open_all(&s, 0);
    assert_int_equal(c8d_process_stdin_fd(s.task), -1);
    assert_int_equal(c8d_process_close_stdin(s.task, SECOND, NULL), C8D_CONFLICT);
    assert_int_equal(c8d_task_exec(s.task, &options, SECOND, &exec, NULL), C8D_OK);
    assert_int_equal(c8d_process_close_stdin(exec, SECOND, NULL), C8D_OK);
    assert_string_equal(scripted_call_of(s.f.script, C8D_CALL_CLOSE_STDIN, 0)->process, "e1");
    c8d_process_unref(exec);
    close_all(&s);
}

static bool closing_fails;

static void fail_to_close(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_CLOSE_STDIN && closing_fails)
        scripted_reply(script, call->token, C8D_REMOTE, "not now");
    else
        scripted_ok(script, call);
}

static void close_stdin__that_failed__is_asked_for_again(void **state)
{
    struct stdio_fixture s;
    struct c8d_error err = {0};

    (void)state;
    open_all(&s, C8D_STDIO_IN);
    scripted_set_respond(s.f.script, fail_to_close);
    closing_fails = true;
    assert_int_equal(c8d_process_close_stdin(s.task, SECOND, &err), C8D_REMOTE);
    assert_string_equal(err.message, "not now");
    assert_int_equal(c8d_process_stdin_fd(s.task), -1);
    closing_fails = false;
    assert_int_equal(c8d_process_close_stdin(s.task, SECOND, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(s.f.script, C8D_CALL_CLOSE_STDIN), 2);
    assert_int_equal(c8d_process_close_stdin(s.task, SECOND, NULL), C8D_CONFLICT);
    assert_int_equal(scripted_n_calls(s.f.script, C8D_CALL_CLOSE_STDIN), 2);
    close_all(&s);
}

static void close_stdin__of_a_run_that_is_gone__is_not_found(void **state)
{
    struct stdio_fixture s;

    (void)state;
    open_all(&s, C8D_STDIO_IN);
    scripted_event(s.f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    assert_int_equal(c8d_process_wait(s.task, SECOND, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_process_delete(s.task, SECOND, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_process_close_stdin(s.task, SECOND, NULL), C8D_NOT_FOUND);
    close_all(&s);
}

static void close_stdin__after_the_end__is_done_without_a_call(void **state)
{
    struct stdio_fixture s;
    struct c8d_exit end;

    (void)state;
    open_all(&s, C8D_STDIO_IN | C8D_STDIO_OUT);
    scripted_event(s.f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    assert_int_equal(c8d_process_wait(s.task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(c8d_process_close_stdin(s.task, SECOND, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(s.f.script, C8D_CALL_CLOSE_STDIN), 0);
    close_all(&s);
}

static void client__closed_with_streams_open__closes_them(void **state)
{
    struct stdio_fixture s;

    (void)state;
    open_all(&s, C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_ERR);
    close_all(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output__written_and_closed__is_given_whole_and_ends_once),
        cmocka_unit_test(output__still_in_the_pipe_at_the_delete__is_given_before_the_delete_returns),
        cmocka_unit_test(output__end_of_file_before_the_start__counts_from_the_start_on),
        cmocka_unit_test(start__fails__leaves_no_stream_open_and_tells_of_none),
        cmocka_unit_test(output__handle_dropped__is_read_and_thrown_away),
        cmocka_unit_test(stdin__written_full_and_closed__is_taken_as_it_fits),
        cmocka_unit_test(stdin__nobody_reads_any_more__is_a_conflict_and_no_signal),
        cmocka_unit_test(close_stdin__of_an_exec__names_it),
        cmocka_unit_test(close_stdin__that_failed__is_asked_for_again),
        cmocka_unit_test(close_stdin__of_a_run_that_is_gone__is_not_found),
        cmocka_unit_test(close_stdin__after_the_end__is_done_without_a_call),
        cmocka_unit_test(client__closed_with_streams_open__closes_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
