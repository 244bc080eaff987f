/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong with the streams that HCS gives: what has come is heard, then there is an end, and the
 * process ends with its code all the same. */
#include <rig_fixture.h>

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MINUTE (60 * RIG_SECOND)
#define TEXT_BYTES 256
/* Each lets the world go on by a millisecond of its own time. */
#define TRIES 10000

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

/* A task whose streams are spoilt. */
static struct c8d_stdio start(const char *script, uint32_t flags, enum hcs_sim_action action)
{
    struct c8d_stdio stdio;
    struct c8d_call create = {.kind = C8D_CALL_TASK_CREATE, .container = str("c"), .stdio = &stdio};

    hcs_sim_fault(&(struct hcs_sim_fault){.function = HCS_SIM_HcsCreateProcess, .nth = 1, .action = action});
    assert_int_equal(rig.runtime.ops->open_stdio(rig.runtime.ctx, str("c"), str(""), flags, &stdio, NULL),
                     C8D_OK);
    assert_int_equal(rig_create(&rig, "c", script, false), C8D_OK);
    assert_int_equal(rig_call(&rig, &create), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_START, "c", ""), C8D_OK);
    return stdio;
}

static short look(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    (void)poll(&one, 1, 0);
    return one.revents;
}

/* Reads up to the end of the stream, or to this text. */
static void expect_text(int fd, const char *expected, bool to_the_end)
{
    char text[TEXT_BYTES] = "";
    size_t n = 0;

    for (int i = 0; i < TRIES && (to_the_end ? look(fd) != POLLHUP : n < strlen(expected)); i++) {
        if ((look(fd) & POLLIN) != 0) {
            ssize_t got = read(fd, text + n, sizeof(text) - 1 - n);

            assert_true(got > 0);
            n += (size_t)got;
        }
        rig_go_on(&rig, RIG_SECOND / 1000);
    }
    text[n] = '\0';
    assert_string_equal(text, expected);
    assert_int_equal(look(fd) == POLLHUP, to_the_end);
}

static void expect_end(uint32_t code)
{
    const struct rig_event *event = rig_event(&rig, C8D_EVENT_TASK_EXIT, "c", "", MINUTE);

    assert_non_null(event);
    assert_true(event->exit.known);
    assert_int_equal(event->exit.code, code);
    assert_int_equal(rig_count(&rig, C8D_EVENT_TASK_EXIT, "c", ""), 1);
}

static void clean_up(struct c8d_stdio *stdio)
{
    struct hcs_sim_left left;

    rig.runtime.ops->close_stdio(rig.runtime.ctx, stdio);
    assert_int_equal(rig_do(&rig, C8D_CALL_DELETE, "c", ""), C8D_OK);
    assert_int_equal(rig_do(&rig, C8D_CALL_CONTAINER_DELETE, "c", ""), C8D_OK);
    left = hcs_sim_left();
    assert_int_equal(left.processes, 0);
    assert_int_equal(left.handles, 0);
    assert_int_equal(left.streams, 0);
}

static void test_output__for_which_hcs_gives_no_handle__ends_at_once(void **state)
{
    struct c8d_stdio stdio =
        start("echo hello; echo oops >&2; exit 3", C8D_STDIO_OUT | C8D_STDIO_ERR, HCS_SIM_STREAM_MISSING);

    (void)state;
    expect_text(stdio.out, "", true);
    expect_text(stdio.err, "oops\n", true);
    expect_end(3);
    clean_up(&stdio);
}

static void test_output__that_breaks__is_heard_up_to_there(void **state)
{
    struct c8d_stdio stdio =
        start("echo hello; echo oops >&2; exit 3", C8D_STDIO_OUT | C8D_STDIO_ERR, HCS_SIM_STREAM_BREAKS);

    (void)state;
    expect_text(stdio.out, "he", true);
    expect_text(stdio.err, "oops\n", true);
    expect_end(3);
    clean_up(&stdio);
}

static void test_streams__that_take_and_give_a_byte_at_a_time__lose_none(void **state)
{
    static const char text[] = "drop by drop, and none of them beside it\n";
    struct c8d_stdio stdio = start("cat; exit 4", C8D_STDIO_IN | C8D_STDIO_OUT, HCS_SIM_STREAM_STALLS);

    (void)state;
    assert_int_equal(write(stdio.in, text, strlen(text)), strlen(text));
    expect_text(stdio.out, text, false);
    assert_int_equal(write(stdio.in, text, strlen(text)), strlen(text));
    close(stdio.in);
    stdio.in = -1;
    /* The end comes behind what is still on its way. */
    assert_int_equal(rig_do(&rig, C8D_CALL_CLOSE_STDIN, "c", ""), C8D_OK);
    expect_text(stdio.out, text, true);
    expect_end(4);
    clean_up(&stdio);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RIG_TEST(test_output__for_which_hcs_gives_no_handle__ends_at_once),
        RIG_TEST(test_output__that_breaks__is_heard_up_to_there),
        RIG_TEST(test_streams__that_take_and_give_a_byte_at_a_time__lose_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
