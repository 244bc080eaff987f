/* SPDX-License-Identifier: Apache-2.0 */
/* A recording in files: killed at any moment, turned over, gone on with, and never written over what is none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "recording_file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define KILLS 200

static char directory[] = "/tmp/c8d-recording-XXXXXX";
static char path[64];

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static int set_up(void **state)
{
    (void)state;
    strcpy(directory + sizeof(directory) - 7, "XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/r", directory);
    return 0;
}

static int tear_down(void **state)
{
    char command[64];

    (void)state;
    snprintf(command, sizeof(command), "rm -rf %s", directory);
    return system(command);
}

/* One frame, whose request is its number. */
static void record(struct c8d_recorder *recorder, uint64_t number)
{
    const struct c8d_actions accepted = {.outcome = C8D_ACCEPTED};
    const struct c8d_input input = {
        .region = C8D_REGION_PROCESS, .symbol = C8D_SYM_KILL, .request = number, .pid = 4711};

    c8d_recorder_input(recorder, &input, str("default"), str("web"), str("web"), &accepted);
}

static struct c8d_recorder *open_recorder(struct c8d__file_sink *file, const struct c8d__file_wish *wish)
{
    struct c8d_recorder_sink sink;
    struct c8d_recorder *recorder = NULL;

    if (!c8d__file_open(file, wish))
        return NULL;
    sink = c8d__file_recorder_sink(file);
    assert_int_equal(c8d_recorder_new_on(&sink, file->resumed, NULL, &recorder, NULL), C8D_OK);
    return recorder;
}

static void close_recorder(struct c8d__file_sink *file, struct c8d_recorder *recorder)
{
    assert_int_equal(c8d_recorder_free(recorder, NULL), C8D_OK);
    assert_int_equal(c8d__file_close(file), 0);
}

/* What stands in a file. */
struct content {
    uint64_t frames, last, resumed, broken, headers;
    bool in_order;
    long read; /* bytes up to the end of the last whole frame */
};

/* Goes on where it was. */
static void read_into(const char *name, struct content *content)
{
    FILE *file = fopen(name, "r");
    char line[4096];

    assert_non_null(file);
    content->broken = 0;
    assert_int_equal(fseek(file, content->read, SEEK_SET), 0);
    while (fgets(line, sizeof(line), file) != NULL) {
        struct c8d_log_record found;
        enum c8d_line_verdict verdict = C8D_LINE_MALFORMED;
        size_t length = strlen(line);

        if (length > 0 && line[length - 1] == '\n')
            verdict = c8d_log_read_line(C8D_LOG_C8D, (struct c8d_str){line, length - 1}, &found);
        if (verdict == C8D_LINE_IGNORED) {
            content->headers++;
        } else if (verdict != C8D_LINE_INPUT) {
            content->broken++;
        } else if (found.resumed) {
            content->resumed++;
        } else {
            content->in_order = content->in_order && found.input.request == content->last + 1;
            content->last = found.input.request;
            content->frames++;
        }
        if (verdict == C8D_LINE_IGNORED || verdict == C8D_LINE_INPUT)
            content->read = ftell(file);
    }
    fclose(file);
}

static struct content read_file(const char *name)
{
    struct content content = {.in_order = true};

    read_into(name, &content);
    return content;
}

/* ---- killed
 * --------------------------------------------------------------------------------------------------- */

/* The victim says how many frames it has got back from the recorder. */
static void write_until_killed(_Atomic uint64_t *done)
{
    const struct c8d__file_wish wish = {.path = path, .if_there = C8D__GO_ON, .sync = C8D__SYNC_NEVER};
    struct c8d__file_sink file;
    struct c8d_recorder *recorder = open_recorder(&file, &wish);

    if (recorder == NULL)
        _exit(1);
    for (uint64_t number = atomic_load(done) + 1;; number++) {
        record(recorder, number);
        atomic_store(done, number);
    }
}

static void kill_one(_Atomic uint64_t *done, unsigned round)
{
    uint64_t before = atomic_load(done);
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0)
        write_until_killed(done);
    /* At another moment each time: from before the first frame to the hundredth. */
    while (atomic_load(done) < before + round % 100) {
        assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
    }
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

static void test_recording__killed_200_times__has_all_frames_that_were_given_back(void **state)
{
    _Atomic uint64_t *done =
        mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct content content = {.in_order = true};

    (void)state;
    assert_true(done != MAP_FAILED);
    for (unsigned round = 0; round < KILLS; round++) {
        kill_one(done, round);
        if (access(path, F_OK) != 0)
            continue;
        read_into(path, &content);
        /* The last one may be there in whole without having been given back, or in part. */
        assert_true(content.in_order);
        assert_true(content.last == atomic_load(done) || content.last == atomic_load(done) + 1);
        assert_true(content.broken <= 1);
        atomic_store(done, content.last);
    }
    assert_true(content.frames > KILLS);
    /* Each recorder but the first, and but those killed before they wrote, says that it went on. */
    assert_true(content.resumed > KILLS / 2 && content.resumed < KILLS);
    munmap((void *)done, sizeof(*done));
}

/* ---- cut off
 * -------------------------------------------------------------------------------------------------- */

static size_t load(char *bytes, size_t room)
{
    FILE *file = fopen(path, "r");
    size_t length;

    assert_non_null(file);
    length = fread(bytes, 1, room, file);
    assert_true(length < room);
    fclose(file);
    return length;
}

static void store(const char *bytes, size_t length)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void test_recording__cut_off_anywhere__is_gone_on_with_after_its_last_whole_frame(void **state)
{
    const struct c8d__file_wish wish = {.path = path, .if_there = C8D__GO_ON, .sync = C8D__SYNC_NEVER};
    struct c8d__file_sink file;
    struct c8d_recorder *recorder = open_recorder(&file, &wish);
    char bytes[4096];
    size_t length;

    (void)state;
    record(recorder, 1);
    record(recorder, 2);
    close_recorder(&file, recorder);
    length = load(bytes, sizeof(bytes));
    for (size_t cut = 0; cut < length; cut++) {
        struct content before, after;

        store(bytes, cut);
        before = read_file(path);
        recorder = open_recorder(&file, &wish);
        assert_non_null(recorder);
        close_recorder(&file, recorder);
        after = read_file(path);
        assert_int_equal(after.broken, 0);
        assert_int_equal(after.frames, before.frames);
        assert_int_equal(after.headers, 1);
        assert_int_equal(after.resumed, before.headers);
    }
}

static void test_recording__garbage_at_its_end__is_taken_away(void **state)
{
    const struct c8d__file_wish wish = {.path = path, .if_there = C8D__GO_ON};
    static const char zeros[5000] = {0};
    struct c8d__file_sink file;
    struct c8d_recorder *recorder = open_recorder(&file, &wish);
    int fd;

    (void)state;
    record(recorder, 1);
    close_recorder(&file, recorder);
    fd = open(path, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, zeros, sizeof(zeros)), sizeof(zeros));
    assert_int_equal(write(fd, "deadbeef {}\n", 12), 12);
    close(fd);
    recorder = open_recorder(&file, &wish);
    record(recorder, 2);
    close_recorder(&file, recorder);
    assert_int_equal(read_file(path).frames, 2);
    assert_int_equal(read_file(path).broken, 0);
}

/* ---- turned over
 * ---------------------------------------------------------------------------------------------- */

static void test_recording__larger_than_wished__is_turned_over_with_nothing_lost(void **state)
{
    const struct c8d__file_wish wish = {.path = path, .rotate_bytes = 65536, .keep = 9};
    struct c8d__file_sink file;
    struct c8d_recorder *recorder = open_recorder(&file, &wish);
    struct content content = {.in_order = true};
    char part[80];
    int parts = 0;

    (void)state;
    for (uint64_t number = 1; number <= 2000; number++)
        record(recorder, number);
    close_recorder(&file, recorder);
    for (int number = 9; number >= 0; number--) {
        struct stat status;

        snprintf(part, sizeof(part), number > 0 ? "%s.%d" : "%s", path, number);
        if (stat(part, &status) != 0)
            continue;
        parts++;
        content.read = 0;
        assert_true(status.st_size <= 65536);
        read_into(part, &content);
    }
    assert_true(parts > 3 && parts < 9);
    assert_true(content.in_order);
    assert_int_equal(content.frames, 2000);
    assert_int_equal(content.headers, parts);
    assert_int_equal(content.broken, 0);
}

static void test_recording__more_parts_than_are_kept__loses_the_oldest(void **state)
{
    const struct c8d__file_wish wish = {.path = path, .rotate_bytes = 65536, .keep = 1};
    struct c8d__file_sink file;
    struct c8d_recorder *recorder = open_recorder(&file, &wish);
    char part[80];

    (void)state;
    for (uint64_t number = 1; number <= 2000; number++)
        record(recorder, number);
    close_recorder(&file, recorder);
    snprintf(part, sizeof(part), "%s.2", path);
    assert_int_equal(access(part, F_OK), -1);
    snprintf(part, sizeof(part), "%s.1", path);
    assert_true(read_file(part).last < 2000);
    assert_int_equal(read_file(path).last, 2000);
}

/* ---- not written over
 * ----------------------------------------------------------------------------------------- */

static void put(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_recording__a_file_that_is_none__is_left_as_it_is(void **state)
{
    const enum c8d__if_there wishes[] = {C8D__REFUSE, C8D__REPLACE, C8D__GO_ON};
    struct c8d__file_sink file;
    char text[16];

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct c8d__file_wish wish = {.path = path, .if_there = wishes[i]};
        FILE *left;

        put("my only copy\n");
        assert_false(c8d__file_open(&file, &wish));
        left = fopen(path, "r");
        assert_non_null(fgets(text, sizeof(text), left));
        assert_string_equal(text, "my only copy\n");
        fclose(left);
    }
}

static void test_recording__one_that_is_there__is_replaced_when_wished(void **state)
{
    const struct c8d__file_wish first = {.path = path};
    const struct c8d__file_wish second = {.path = path, .if_there = C8D__REPLACE};
    struct c8d__file_sink file;
    struct c8d_recorder *recorder = open_recorder(&file, &first);

    (void)state;
    record(recorder, 7);
    close_recorder(&file, recorder);
    assert_false(c8d__file_open(&file, &first));
    assert_int_equal(read_file(path).last, 7);
    recorder = open_recorder(&file, &second);
    record(recorder, 1);
    close_recorder(&file, recorder);
    assert_int_equal(read_file(path).frames, 1);
    assert_int_equal(read_file(path).resumed, 0);
}

static void test_recording__that_another_writes__is_refused(void **state)
{
    const struct c8d__file_wish wish = {.path = path, .if_there = C8D__GO_ON};
    struct c8d__file_sink file;
    struct c8d__file_sink other;
    struct c8d_recorder *recorder = open_recorder(&file, &wish);

    (void)state;
    record(recorder, 1);
    assert_false(c8d__file_open(&other, &wish));
    close_recorder(&file, recorder);
    assert_true(c8d__file_open(&other, &wish));
    assert_int_equal(c8d__file_close(&other), 0);
}

/* ---- lasting
 * -------------------------------------------------------------------------------------------------- */

static void test_sync__says_when_it_is_due(void **state)
{
    const enum c8d__sync wishes[] = {C8D__SYNC_NEVER, C8D__SYNC_FRAME, C8D__SYNC_INTERVAL};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        const struct c8d__file_wish wish = {.path = path, .if_there = C8D__GO_ON, .sync = wishes[i]};
        struct c8d__file_sink file;
        struct c8d_recorder *recorder = open_recorder(&file, &wish);
        int64_t due;

        record(recorder, 1);
        due = c8d__file_due_ns(&file);
        if (wishes[i] == C8D__SYNC_INTERVAL)
            assert_true(due >= 0 && due <= INT64_C(1000000000));
        else
            assert_true(due == INT64_MAX);
        assert_int_equal(file.dirty, wishes[i] != C8D__SYNC_FRAME);
        /* A second ago. */
        file.synced_ns -= INT64_C(1000000000);
        assert_int_equal(c8d__file_tick(&file), 0);
        assert_int_equal(file.dirty, wishes[i] == C8D__SYNC_NEVER);
        close_recorder(&file, recorder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_recording__killed_200_times__has_all_frames_that_were_given_back,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            test_recording__cut_off_anywhere__is_gone_on_with_after_its_last_whole_frame, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recording__garbage_at_its_end__is_taken_away, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recording__larger_than_wished__is_turned_over_with_nothing_lost,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_recording__more_parts_than_are_kept__loses_the_oldest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_recording__a_file_that_is_none__is_left_as_it_is, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_recording__one_that_is_there__is_replaced_when_wished, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_recording__that_another_writes__is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_sync__says_when_it_is_due, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
