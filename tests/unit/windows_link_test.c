/* SPDX-License-Identifier: Apache-2.0 */
/* Named pipes of Windows as descriptors. */
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
#define MANY ((size_t)1 << 20)

static char name[64];

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(name, sizeof(name), "\\\\.\\pipe\\c8d-link-%lu", GetCurrentProcessId());
    return 0;
}

static short look(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN | POLLOUT};

    (void)poll(&one, 1, 0);
    return one.revents;
}

static void await(int fd, short events)
{
    struct pollfd one = {.fd = fd, .events = events};

    assert_int_equal(poll(&one, 1, PATIENCE_MS), 1);
}

static int listen_here(int flags)
{
    int fd = c8d__link_listen(name, flags);

    assert_true(fd >= 0);
    return fd;
}

static int connect_here(void)
{
    int fd = c8d__link_connect(name);

    assert_true(fd >= 0);
    return fd;
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
        ssize_t got;

        await(fd, POLLIN);
        got = read(fd, text + n, sizeof(text) - 1 - n);
        assert_true(got > 0);
        n += (size_t)got;
    }
    assert_string_equal(text, expected);
}

static void expect_end(int fd)
{
    char byte;

    await(fd, POLLIN);
    assert_int_equal(look(fd) & (POLLIN | POLLHUP), POLLHUP);
    assert_int_equal(read(fd, &byte, 1), 0);
}

static void test_link__from_beginning_to_end__carries_both_ways(void **state)
{
    int ours = listen_here(0);
    int theirs;
    char byte;

    (void)state;
    assert_int_equal(look(ours), 0);
    assert_int_equal(read(ours, &byte, 1), -1);
    assert_int_equal(errno, EAGAIN);
    theirs = connect_here();
    await(ours, POLLOUT);
    write_text(theirs, "hello");
    expect_text(ours, "hello");
    write_text(ours, "good bye");
    expect_text(theirs, "good bye");
    assert_int_equal(look(ours), POLLOUT);
    close(theirs);
    expect_end(ours);
    assert_int_equal(write(ours, "x", 1), -1);
    assert_int_equal(errno, EPIPE);
    close(ours);
}

/* Who comes, writes and goes before we wait for him has been here. */
static void test_link__whose_peer_has_gone_before_the_wait__has_what_he_wrote(void **state)
{
    wchar_t wide[64];
    HANDLE handle;
    int ours, theirs;

    (void)state;
    (void)MultiByteToWideChar(CP_UTF8, 0, name, -1, wide, 64);
    handle = CreateNamedPipeW(wide, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE, 1, 4096, 4096,
                              0, NULL);
    assert_ptr_not_equal(handle, INVALID_HANDLE_VALUE);
    theirs = connect_here();
    write_text(theirs, "was here");
    close(theirs);
    ours = c8d__link_listen_at(handle, 0);
    assert_true(ours >= 0);
    expect_text(ours, "was here");
    expect_end(ours);
    close(ours);
}

static void test_link__that_is_patient__takes_what_is_written_before_and_after(void **state)
{
    int ours = listen_here(C8D__LINK_FIRST | C8D__LINK_PATIENT);
    int theirs;

    (void)state;
    write_text(ours, "early");
    theirs = connect_here();
    expect_text(theirs, "early");
    close(theirs);
    await(ours, 0);
    write_text(ours, "late");
    close(ours);
}

static void test_link__closed_after_a_write__lets_it_arrive(void **state)
{
    int ours = listen_here(0);
    int theirs = connect_here();

    (void)state;
    await(ours, POLLOUT);
    write_text(ours, "the last word");
    close(ours);
    expect_text(theirs, "the last word");
    expect_end(theirs);
    close(theirs);
}

/* More than any buffer holds: whoever writes waits for room. */
static void test_link__with_much_to_carry__carries_it_in_order(void **state)
{
    unsigned char *bytes = malloc(MANY);
    int ours = listen_here(0);
    int theirs = connect_here();
    size_t written = 0, got = 0;

    (void)state;
    assert_non_null(bytes);
    while (got < MANY) {
        struct pollfd both[] = {{.fd = ours, .events = POLLIN},
                                {.fd = theirs, .events = written < MANY ? POLLOUT : 0}};
        unsigned char out[5000], in[7000];
        ssize_t n;

        assert_true(poll(both, 2, PATIENCE_MS) > 0);
        for (size_t i = 0; i < sizeof(out); i++)
            out[i] = (unsigned char)((written + i) * 7 % 251);
        n = both[1].revents != 0
                ? write(theirs, out, MANY - written < sizeof(out) ? MANY - written : sizeof(out))
                : 0;
        written += n > 0 ? (size_t)n : 0;
        n = both[0].revents != 0 ? read(ours, in, sizeof(in)) : 0;
        for (ssize_t i = 0; i < n; i++, got++)
            assert_int_equal(in[i], got * 7 % 251);
    }
    assert_int_equal(got, MANY);
    close(theirs);
    expect_end(ours);
    close(ours);
    free(bytes);
}

static void test_link__to_nobody__is_not_there(void **state)
{
    (void)state;
    assert_int_equal(c8d__link_connect(name), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(c8d__link_connect("no name of a pipe"), -1);
}

static void test_link__that_is_taken__is_busy_until_there_is_another_end(void **state)
{
    int ours = listen_here(0);
    int theirs = connect_here();
    int more;

    (void)state;
    assert_int_equal(c8d__link_connect(name), -1);
    assert_int_equal(errno, EAGAIN);
    more = listen_here(0);
    close(theirs);
    theirs = connect_here();
    write_text(theirs, "again");
    expect_text(more, "again");
    close(ours);
    close(more);
    close(theirs);
}

static void test_link__closed_while_it_waits__frees_its_name(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        close(listen_here(C8D__LINK_FIRST));
    assert_int_equal(c8d__link_connect(name), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_link__from_beginning_to_end__carries_both_ways),
        cmocka_unit_test(test_link__whose_peer_has_gone_before_the_wait__has_what_he_wrote),
        cmocka_unit_test(test_link__that_is_patient__takes_what_is_written_before_and_after),
        cmocka_unit_test(test_link__closed_after_a_write__lets_it_arrive),
        cmocka_unit_test(test_link__with_much_to_carry__carries_it_in_order),
        cmocka_unit_test(test_link__to_nobody__is_not_there),
        cmocka_unit_test(test_link__that_is_taken__is_busy_until_there_is_another_end),
        cmocka_unit_test(test_link__closed_while_it_waits__frees_its_name),
    };

    return cmocka_run_group_tests(tests, set_up, NULL);
}
