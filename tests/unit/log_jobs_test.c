/* SPDX-License-Identifier: Apache-2.0 */
/* One log and several threads: the same is told, byte for byte. And what is over is let go of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include "log_told.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LOGS C8D_TESTS_DIR "/data/logs"

static const unsigned jobs[] = {2, 3, 8};

#define N_JOBS (sizeof(jobs) / sizeof(jobs[0]))

static void compare_jobs(const char *name, const char *log, size_t length)
{
    static const size_t pieces[] = {700, 20000, (size_t)1 << 30};
    struct told one;

    told_replay(&one, log, length, length + 1);
    for (size_t i = 0; i < N_JOBS; i++) {
        struct told told;

        told_replay_jobs(&told, log, length, pieces[i], jobs[i]);
        if (strcmp(told.text, one.text) != 0)
            fail_msg("%s is told otherwise by %u jobs:\n%s\n%s", name, jobs[i], one.text, told.text);
        assert_memory_equal(&told.summary, &one.summary, sizeof(one.summary));
        free(told.text);
    }
    free(one.text);
}

static void test_jobs__each_stored_log__is_told_the_same(void **state)
{
    (void)state;
    assert_true(told_for_each_log(LOGS, compare_jobs) >= 40);
}

/* A small generator: the same numbers everywhere. */
static uint32_t next_number(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33);
}

/* Lives of containers with events left out, told twice and out of turn, and lines that are none. */
static char *wild_log(uint64_t seed, unsigned lines, unsigned containers, size_t *length)
{
    static const char *const topics[] = {"create", "start",      "exit",         "delete", "oom",
                                         "paused", "exec-added", "exec-started", "exit",   "delete"};
    char *text = NULL;
    FILE *out = open_memstream(&text, length);

    assert_non_null(out);
    for (unsigned i = 0; i < lines; i++) {
        unsigned topic = next_number(&seed) % 10;
        unsigned container = i / 40 + next_number(&seed) % containers;

        if (next_number(&seed) % 97 == 0) {
            fputs("level=warning something else\n", out);
            continue;
        }
        fprintf(out, "2023-11-14 22:13:20.%06u +0000 UTC n%u /tasks/%s {\"container_id\":\"c%u\"",
                i % 1000000, container % 3, topics[topic], container);
        if (topic >= 6 && topic <= 8)
            fprintf(out, ",\"%s\":\"e%u\",\"pid\":%u}\n", topic == 8 ? "id" : "exec_id",
                    next_number(&seed) % 200, 1000 + topic);
        else
            fprintf(out, ",\"id\":\"c%u\",\"pid\":%u,\"exit_status\":%u}\n", container, 10 + container,
                    next_number(&seed) % 2);
    }
    fclose(out);
    return text;
}

static void test_jobs__a_wild_log__is_told_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        size_t length;
        char *log = wild_log(seed, 4000, 40, &length);

        compare_jobs("a wild log", log, length);
        free(log);
    }
}

/* Long enough for most to be let go of before its end. */
static void test_jobs__a_long_wild_log__is_told_the_same(void **state)
{
    size_t length;
    char *log = wild_log(7, 150000, 40, &length);
    struct told one;
    struct told two;

    (void)state;
    told_replay(&one, log, length, 1 << 20);
    told_replay_jobs(&two, log, length, 1 << 18, 2);
    assert_int_equal(one.size, two.size);
    assert_memory_equal(one.text, two.text, one.size);
    assert_memory_equal(&two.summary, &one.summary, sizeof(one.summary));
    free(one.text);
    free(two.text);
    free(log);
}

/* ---- what is let go of
 * ---------------------------------------------------------------------------------- */

#define REMEMBERED 65536

static void add(FILE *out, const char *topic, const char *container, unsigned code)
{
    fprintf(out,
            "2023-11-14 22:13:20 +0000 UTC n /tasks/%s {\"container_id\":\"%s\",\"id\":\"%s\",\"pid\":7,"
            "\"exit_status\":%u,\"exited_at\":{\"seconds\":5}}\n",
            topic, container, container, code);
}

/* A life, so many lines about something else, and the exit once more. */
static void told_late(struct told *told, unsigned lines)
{
    char *log = NULL;
    size_t length;
    FILE *out = open_memstream(&log, &length);

    assert_non_null(out);
    add(out, "create", "c", 0);
    add(out, "start", "c", 0);
    add(out, "exit", "c", 3);
    add(out, "delete", "c", 3);
    for (unsigned i = 0; i < lines; i++)
        fputs("2023-11-14 22:13:20 +0000 UTC n /images/update {}\n", out);
    add(out, "exit", "c", 3);
    fclose(out);
    told_replay(told, log, length, length);
    free(log);
}

static void test_forget__within_the_time__a_late_event_is_known_to_be_late(void **state)
{
    struct told told;

    (void)state;
    told_late(&told, REMEMBERED - 1);
    assert_int_equal(told.summary.runs, 1);
    assert_int_equal(told.summary.anomalies, 1);
    assert_non_null(strstr(told.text, "\"duplicate-exit\""));
    free(told.text);
}

static void test_forget__after_the_time__it_is_of_something_unknown(void **state)
{
    struct told told;

    (void)state;
    told_late(&told, REMEMBERED);
    assert_int_equal(told.summary.runs, 2);
    assert_int_equal(told.summary.anomalies, 0);
    free(told.text);
}

static void ignore_run(void *user, const struct c8d_replay_run *run)
{
    ++*(unsigned *)user;
    assert_true(run->exit.known);
}

static void ignore_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    (void)user;
    fail_msg("line %" PRIu64 ": %s", anomaly->line, anomaly->kind);
}

#define LIVES_AT_ONCE 1000

/* So many lives one after the other, of containers with numbers from this one on. */
static char *lives_from(unsigned first, size_t *length)
{
    char *log = NULL;
    FILE *out = open_memstream(&log, length);

    assert_non_null(out);
    for (unsigned life = first; life < first + LIVES_AT_ONCE; life++) {
        char name[16];

        snprintf(name, sizeof(name), "c%u", life);
        add(out, "create", name, 0);
        add(out, "start", name, 0);
        add(out, "exit", name, 1);
        add(out, "delete", name, 1);
    }
    fclose(out);
    return log;
}

/* Any number of lives one after the other need no more memory than the first 100,000 lines. */
static void test_forget__a_log_without_end__needs_memory_once(void **state)
{
    struct failing failing;
    unsigned runs = 0;
    const struct c8d_replay_sink sink = {.run = ignore_run, .anomaly = ignore_anomaly, .user = &runs};
    struct c8d_replay_summary summary;
    struct c8d_replay *replay;
    long made = 0;

    (void)state;
    failing_init(&failing);
    assert_int_equal(c8d_replay_new(C8D_LOG_CTR, &sink, &failing.allocator, &replay), C8D_OK);
    for (unsigned life = 0; life < 75000; life += LIVES_AT_ONCE) {
        size_t length;
        char *log = lives_from(life, &length);

        assert_int_equal(c8d_replay_feed(replay, log, length), C8D_OK);
        free(log);
        if (life == 25000)
            made = failing.made;
    }
    assert_int_equal(failing.made, made);
    assert_int_equal(c8d_replay_finish(replay, &summary), C8D_OK);
    assert_int_equal(runs, 75000);
    c8d_replay_free(replay);
    assert_int_equal(failing.live, 0);
}

/* ---- without memory
 * ------------------------------------------------------------------------------------- */

static enum c8d_status replay_with(const struct c8d_allocator *allocator, const char *log, size_t length)
{
    struct told told = {0};
    struct c8d_replay_sink sink;
    struct c8d_replay_summary summary;
    struct c8d_replay *replay;
    enum c8d_status status;

    sink = told_sink(&told);
    told.out = fopen("/dev/null", "w");
    assert_non_null(told.out);
    status = c8d_replay_new(C8D_LOG_AUTO, &sink, allocator, &replay);
    if (status == C8D_OK) {
        status = c8d_replay_set_jobs(replay, 2);
        if (status == C8D_OK)
            status = c8d_replay_feed(replay, log, length);
        if (status == C8D_OK)
            status = c8d_replay_finish(replay, &summary);
        c8d_replay_free(replay);
    }
    fclose(told.out);
    return status;
}

static void test_jobs__memory_that_fails_anywhere__is_told_and_leaks_nothing(void **state)
{
    size_t length;
    char *log = wild_log(3, 300, 90, &length);
    struct failing failing;
    long needed;

    (void)state;
    failing_init(&failing);
    assert_int_equal(replay_with(&failing.allocator, log, length), C8D_OK);
    assert_int_equal(failing.live, 0);
    needed = failing.made;
    assert_true(needed > 10);
    for (long at = 1; at <= needed; at++) {
        failing_init(&failing);
        failing.fail_at = at;
        assert_int_equal(replay_with(&failing.allocator, log, length), C8D_EXHAUSTED);
        assert_int_equal(failing.live, 0);
    }
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_jobs__each_stored_log__is_told_the_same),
        cmocka_unit_test(test_jobs__a_wild_log__is_told_the_same),
        cmocka_unit_test(test_jobs__a_long_wild_log__is_told_the_same),
        cmocka_unit_test(test_forget__within_the_time__a_late_event_is_known_to_be_late),
        cmocka_unit_test(test_forget__after_the_time__it_is_of_something_unknown),
        cmocka_unit_test(test_forget__a_log_without_end__needs_memory_once),
        cmocka_unit_test(test_jobs__memory_that_fails_anywhere__is_told_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
