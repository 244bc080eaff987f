/* SPDX-License-Identifier: Apache-2.0 */
/* Output into files and into a ring, from the pipes of a process on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <c8d/sink.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BOTH (C8D_STDIO_OUT | C8D_STDIO_ERR)

struct scene {
    struct fixture f;
    struct c8d_container *container;
    struct c8d_process *task;
};

static void open_scene(struct scene *s, c8d_output_fn *output, void *user)
{
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = BOTH, .output = output, .user = user};

    fixture_open(&s->f, NULL);
    s->container = fixture_create(&s->f, "c1");
    assert_int_equal(c8d_container_start(s->container, &options, SECOND, &s->task, NULL), C8D_OK);
}

static void says(struct scene *s, int stream, const char *text)
{
    const struct scripted_stdio *far = scripted_stdio(s->f.script);
    int fd = stream == C8D_STDIO_OUT ? far->far_out : far->far_err;

    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    fixture_settle(&s->f);
}

/* Its end, with that of its streams. */
static void ends(struct scene *s)
{
    struct scripted_stdio *far = scripted_stdio(s->f.script);

    (void)close(far->far_out);
    (void)close(far->far_err);
    far->far_out = far->far_err = -1;
    scripted_event(s->f.script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 0);
    assert_int_equal(c8d_process_wait(s->task, SECOND, NULL, NULL), C8D_OK);
    assert_int_equal(c8d_process_drain(s->task, SECOND, NULL), C8D_OK);
}

static void close_scene(struct scene *s)
{
    c8d_process_unref(s->task);
    c8d_container_unref(s->container);
    fixture_close(&s->f);
}

/* ---- files
 * ---------------------------------------------------------------------------------------------------- */

static void assert_holds(FILE *file, const char *expected)
{
    char text[128] = "";

    rewind(file);
    assert_int_equal(fread(text, 1, sizeof(text) - 1, file), strlen(expected));
    assert_string_equal(text, expected);
}

static void test_files__one_for_each_stream__have_all_of_it(void **state)
{
    FILE *out = tmpfile();
    FILE *err = tmpfile();
    struct c8d_file_sink sink = {.out = fileno(out), .err = fileno(err)};
    struct scene s;

    (void)state;
    open_scene(&s, c8d_file_output, &sink);
    says(&s, C8D_STDIO_OUT, "one ");
    says(&s, C8D_STDIO_ERR, "wrong");
    says(&s, C8D_STDIO_OUT, "two");
    ends(&s);
    assert_holds(out, "one two");
    assert_holds(err, "wrong");
    assert_int_equal(sink.error, 0);
    assert_int_equal(sink.lost, 0);
    close_scene(&s);
    /* They stay the consumer's. */
    assert_int_equal(fclose(out), 0);
    assert_int_equal(fclose(err), 0);
}

static void test_files__the_same_for_both__has_what_came_in_its_order(void **state)
{
    FILE *file = tmpfile();
    struct c8d_file_sink sink = {.out = fileno(file), .err = fileno(file)};
    struct scene s;

    (void)state;
    open_scene(&s, c8d_file_output, &sink);
    says(&s, C8D_STDIO_OUT, "one ");
    says(&s, C8D_STDIO_ERR, "wrong ");
    says(&s, C8D_STDIO_OUT, "two");
    ends(&s);
    assert_holds(file, "one wrong two");
    close_scene(&s);
    assert_int_equal(fclose(file), 0);
}

/* Like a disk that is full: it holds nobody up, and does not pass for one that takes all. */
static void test_files__cannot_be_written__what_is_lost_is_counted(void **state)
{
    FILE *readable = fopen(C8D_SOURCE_DIR "/README.md", "rb");
    struct c8d_file_sink sink = {.out = fileno(readable), .err = -1};
    struct scene s;

    (void)state;
    open_scene(&s, c8d_file_output, &sink);
    says(&s, C8D_STDIO_OUT, "four");
    says(&s, C8D_STDIO_ERR, "not wanted");
    says(&s, C8D_STDIO_OUT, "three");
    ends(&s);
    assert_int_equal(sink.error, EBADF);
    assert_int_equal(sink.lost, 9);
    close_scene(&s);
    assert_int_equal(fclose(readable), 0);
}

/* ---- the ring
 * ------------------------------------------------------------------------------------------------- */

/* What is read at once from the position, which moves. */
static const char *read_on(struct c8d_ring *ring, int stream, uint64_t *position, size_t bytes, bool *ended)
{
    static char text[64];
    size_t n = c8d_ring_read(ring, stream, position, text, bytes, ended);

    assert_true(n < sizeof(text));
    text[n] = '\0';
    return text;
}

static void test_ring__read_as_it_comes__has_all_of_it_to_the_end(void **state)
{
    struct c8d_ring *ring = NULL;
    uint64_t out = 0;
    uint64_t err = 0;
    bool ended = true;
    struct scene s;

    (void)state;
    assert_int_equal(c8d_ring_new(8, NULL, &ring, NULL), C8D_OK);
    open_scene(&s, c8d_ring_output, ring);
    assert_string_equal(read_on(ring, C8D_STDIO_OUT, &out, 63, &ended), "");
    assert_false(ended);
    says(&s, C8D_STDIO_OUT, "abcdef");
    says(&s, C8D_STDIO_ERR, "x");
    assert_string_equal(read_on(ring, C8D_STDIO_OUT, &out, 63, &ended), "abcdef");
    says(&s, C8D_STDIO_OUT, "ghijkl");
    ends(&s);
    /* Across the end of the ring, and in pieces. */
    assert_string_equal(read_on(ring, C8D_STDIO_OUT, &out, 4, &ended), "ghij");
    assert_false(ended);
    assert_string_equal(read_on(ring, C8D_STDIO_OUT, &out, 4, &ended), "kl");
    assert_true(ended);
    assert_int_equal(out, 12);
    assert_string_equal(read_on(ring, C8D_STDIO_ERR, &err, 63, &ended), "x");
    assert_true(ended);
    close_scene(&s);
    c8d_ring_free(ring);
}

static void test_ring__read_too_late__has_the_last_of_it_and_tells_how_much_is_lost(void **state)
{
    struct c8d_ring *ring = NULL;
    uint64_t slow = 0;
    uint64_t late = 0;
    uint64_t beyond = 1000;
    struct scene s;

    (void)state;
    assert_int_equal(c8d_ring_new(8, NULL, &ring, NULL), C8D_OK);
    open_scene(&s, c8d_ring_output, ring);
    says(&s, C8D_STDIO_OUT, "abc");
    assert_string_equal(read_on(ring, C8D_STDIO_OUT, &slow, 2, NULL), "ab");
    /* At once more than it keeps. */
    says(&s, C8D_STDIO_OUT, "0123456789ABCDEF");
    assert_string_equal(read_on(ring, C8D_STDIO_OUT, &slow, 63, NULL), "89ABCDEF");
    assert_int_equal(slow, 19);
    assert_string_equal(read_on(ring, C8D_STDIO_OUT, &late, 3, NULL), "89A");
    assert_int_equal(late, 14);
    assert_string_equal(read_on(ring, C8D_STDIO_OUT, &beyond, 63, NULL), "");
    assert_int_equal(beyond, 19);
    ends(&s);
    close_scene(&s);
    c8d_ring_free(ring);
}

/* Each size beside each length of a piece: whatever is kept is what was written. */
static void test_ring__of_any_size__keeps_the_last_bytes(void **state)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz";

    (void)state;
    for (size_t size = 1; size <= 9; size++) {
        for (size_t piece = 1; piece <= 26; piece++) {
            struct c8d_ring *ring = NULL;
            uint64_t position = 0;
            size_t kept = size < 26 ? size : 26;

            assert_int_equal(c8d_ring_new(size, NULL, &ring, NULL), C8D_OK);
            for (size_t at = 0; at < 26; at += piece)
                c8d_ring_output(ring, NULL, C8D_STDIO_ERR, alphabet + at, at + piece < 26 ? piece : 26 - at);
            assert_string_equal(read_on(ring, C8D_STDIO_ERR, &position, 63, NULL), alphabet + 26 - kept);
            assert_int_equal(position, 26);
            c8d_ring_free(ring);
        }
    }
}

static void test_ring__that_cannot_be__is_refused(void **state)
{
    struct failing failing;
    struct c8d_ring *ring = NULL;

    (void)state;
    assert_int_equal(c8d_ring_new(0, NULL, &ring, NULL), C8D_INVALID);
    assert_int_equal(c8d_ring_new(((size_t)1 << 30) + 1, NULL, &ring, NULL), C8D_INVALID);
    failing_init(&failing);
    failing.fail_at = 1;
    assert_int_equal(c8d_ring_new(8, &failing.allocator, &ring, NULL), C8D_EXHAUSTED);
    assert_null(ring);
    assert_int_equal(c8d_ring_new(8, &failing.allocator, &ring, NULL), C8D_OK);
    c8d_ring_free(ring);
    c8d_ring_free(NULL);
    assert_int_equal(failing.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files__one_for_each_stream__have_all_of_it),
        cmocka_unit_test(test_files__the_same_for_both__has_what_came_in_its_order),
        cmocka_unit_test(test_files__cannot_be_written__what_is_lost_is_counted),
        cmocka_unit_test(test_ring__read_as_it_comes__has_all_of_it_to_the_end),
        cmocka_unit_test(test_ring__read_too_late__has_the_last_of_it_and_tells_how_much_is_lost),
        cmocka_unit_test(test_ring__of_any_size__keeps_the_last_bytes),
        cmocka_unit_test(test_ring__that_cannot_be__is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
