/* SPDX-License-Identifier: Apache-2.0 */
/* A consumer that answers notices later: what waits for it, what does not, and what becomes of too much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXECS 3000
#define KEPT_MAX 101 /* a begun exec is the last one that is kept */
#define KEPT_BYTES_MAX (256 * 1024)
#define HEARD_MAX 1024

/* How many bytes there are, and were at most. */
struct counting {
    struct c8d_allocator allocator;
    size_t live, most;
    bool fails;
};

static void *allocate(void *ctx, size_t bytes)
{
    struct counting *counting = ctx;

    if (counting->fails)
        return NULL;
    counting->live += bytes;
    if (counting->live > counting->most)
        counting->most = counting->live;
    return malloc(bytes);
}

static void release(void *ctx, void *memory, size_t bytes)
{
    struct counting *counting = ctx;

    counting->live -= bytes;
    free(memory);
}

struct life {
    int started, ended;
};

struct slow {
    struct scripted *script;
    struct counting counting;
    struct c8d_client *client;
    struct c8d_container *container, *other;
    struct c8d_process *task, *other_task;
    enum c8d_notice_kind defers; /* of c1 */
    bool defers_all;             /* that come after it */
    enum c8d_status deferred;
    uint64_t sequence; /* of the last one that was deferred */
    char story[HEARD_MAX];
    struct life init, execs[EXECS];
};

static void tell(struct slow *slow, const struct c8d_notice *notice)
{
    size_t length = strlen(slow->story);
    bool of_exec = notice->process.len > 1 && notice->process.ptr[0] == 'e';

    if (!of_exec)
        (void)snprintf(slow->story + length, sizeof(slow->story) - length, "%s%s %.*s",
                       length != 0 ? ", " : "", c8d_notice_name(notice->kind), (int)notice->process.len,
                       notice->process.ptr);
}

static void count(struct slow *slow, const struct c8d_notice *notice)
{
    bool of_exec = notice->process.len > 1 && notice->process.ptr[0] == 'e';
    struct life *life = &slow->init;
    char id[32];

    if (of_exec) {
        (void)snprintf(id, sizeof(id), "%.*s", (int)notice->process.len, notice->process.ptr);
        life = &slow->execs[strtoul(id + 1, NULL, 10)];
    }
    life->started += notice->kind == C8D_NOTICE_EXEC_STARTED;
    if (notice->kind != C8D_NOTICE_EXIT)
        return;
    life->ended++;
    if (of_exec && notice->exit.known)
        assert_int_equal(notice->exit.code, strtoul(id + 1, NULL, 10) % 200);
}

static void hear(void *user, const struct c8d_notice *notice)
{
    struct slow *slow = user;
    bool of_first = notice->container.len == 2 && memcmp(notice->container.ptr, "c1", 2) == 0;

    tell(slow, notice);
    count(slow, notice);
    if (notice->kind == slow->defers && (of_first || notice->container.len == 0)) {
        slow->deferred = c8d_notice_defer(slow->client);
        slow->sequence = notice->sequence;
        slow->defers = slow->defers_all ? slow->defers : C8D_NOTICE_KIND__COUNT;
    }
}

static void open_slow(struct slow *slow, scripted_respond_fn *respond)
{
    struct c8d_client_options options = {.size = sizeof(options),
                                         .namespace_ = str("test"),
                                         .adopt = true,
                                         .notice = hear,
                                         .user = slow,
                                         .kept_notices_max = KEPT_MAX};
    struct c8d_container_options created = {.size = sizeof(created), .id = str("c1"), .spec = str("{}")};

    memset(slow, 0, sizeof(*slow));
    slow->defers = C8D_NOTICE_KIND__COUNT;
    slow->counting.allocator =
        (struct c8d_allocator){.allocate = allocate, .release = release, .ctx = &slow->counting};
    options.allocator = &slow->counting.allocator;
    slow->script = scripted_new(respond);
    options.runtime = scripted_runtime(slow->script);
    assert_int_equal(c8d_client_new(&options, &slow->client, NULL), C8D_OK);
    assert_int_equal(c8d_client_new_container(slow->client, &created, SECOND, &slow->container, NULL),
                     C8D_OK);
    assert_int_equal(c8d_container_start(slow->container, NULL, SECOND, &slow->task, NULL), C8D_OK);
    created.id = str("c2");
    assert_int_equal(c8d_client_new_container(slow->client, &created, SECOND, &slow->other, NULL), C8D_OK);
    assert_int_equal(c8d_container_start(slow->other, NULL, SECOND, &slow->other_task, NULL), C8D_OK);
    slow->story[0] = '\0';
}

static void close_slow(struct slow *slow)
{
    c8d_process_unref(slow->task);
    c8d_process_unref(slow->other_task);
    c8d_container_unref(slow->container);
    c8d_container_unref(slow->other);
    c8d_client_unref(slow->client);
    assert_int_equal(slow->counting.live, 0);
}

static void settle(struct slow *slow)
{
    while (c8d_client_dispatch(slow->client, 0) == C8D_OK)
        ;
}

static void event(struct slow *slow, enum c8d_event_kind kind, const char *container)
{
    scripted_event(slow->script, kind, container, "", 100, 7);
}

static void deferred__the_container_waits__and_no_other(void **state)
{
    struct slow slow;
    struct c8d_exit end = {0};

    (void)state;
    open_slow(&slow, NULL);
    slow.defers = C8D_NOTICE_OOM;
    event(&slow, C8D_EVENT_TASK_OOM, "c1");
    event(&slow, C8D_EVENT_TASK_EXIT, "c1");
    event(&slow, C8D_EVENT_TASK_EXIT, "c2");
    settle(&slow);
    assert_int_equal(slow.deferred, C8D_OK);
    assert_string_equal(slow.story, "oom c1, exit c2");
    assert_int_equal(c8d_process_wait(slow.task, 0, NULL, NULL), C8D_DEADLINE);
    /* A completion does not wait. */
    assert_int_equal(c8d_process_kill(slow.task, 9, SECOND, NULL), C8D_NOT_FOUND);
    assert_int_equal(c8d_notice_done(slow.client, slow.sequence + 1), C8D_NOT_FOUND);
    assert_int_equal(c8d_notice_done(slow.client, 0), C8D_NOT_FOUND);
    assert_int_equal(c8d_notice_done(slow.client, slow.sequence), C8D_OK);
    assert_int_equal(c8d_notice_done(slow.client, slow.sequence), C8D_NOT_FOUND);
    assert_int_equal(c8d_client_next_timeout(slow.client), 0);
    assert_int_equal(c8d_process_wait(slow.task, SECOND, &end, NULL), C8D_OK);
    assert_int_equal(end.code, 7);
    assert_string_equal(slow.story, "oom c1, exit c2, exit c1");
    close_slow(&slow);
}

static void deferred__each_one__is_told_by_the_answer_to_the_last(void **state)
{
    struct slow slow;

    (void)state;
    open_slow(&slow, NULL);
    slow.defers = C8D_NOTICE_OOM;
    event(&slow, C8D_EVENT_TASK_OOM, "c1");
    event(&slow, C8D_EVENT_TASK_EXIT, "c1");
    event(&slow, C8D_EVENT_TASK_DELETE, "c1");
    settle(&slow);
    slow.defers = C8D_NOTICE_EXIT;
    assert_int_equal(c8d_notice_done(slow.client, slow.sequence), C8D_OK);
    settle(&slow);
    assert_string_equal(slow.story, "oom c1, exit c1");
    assert_int_equal(c8d_notice_done(slow.client, slow.sequence), C8D_OK);
    settle(&slow);
    assert_string_equal(slow.story, "oom c1, exit c1, deleted c1");
    close_slow(&slow);
}

static void defer__where_there_is_no_container__is_refused(void **state)
{
    struct slow slow;

    (void)state;
    open_slow(&slow, NULL);
    assert_int_equal(c8d_notice_defer(slow.client), C8D_CONFLICT);
    slow.defers = C8D_NOTICE_GAP;
    scripted_end_stream(slow.script);
    settle(&slow);
    assert_int_equal(slow.deferred, C8D_INVALID);
    close_slow(&slow);
}

static void defer__without_memory__holds_nothing_back(void **state)
{
    struct slow slow;

    (void)state;
    open_slow(&slow, NULL);
    slow.defers = C8D_NOTICE_OOM;
    event(&slow, C8D_EVENT_TASK_OOM, "c1");
    event(&slow, C8D_EVENT_TASK_EXIT, "c1");
    slow.counting.fails = true;
    settle(&slow);
    assert_int_equal(slow.deferred, C8D_EXHAUSTED);
    assert_string_equal(slow.story, "oom c1, exit c1");
    close_slow(&slow);
}

/* What cannot be kept stays where it is, and keeps its place. */
static void deferred__without_memory_to_keep__waits_all_the_same(void **state)
{
    struct slow slow;

    (void)state;
    open_slow(&slow, NULL);
    slow.defers = C8D_NOTICE_OOM;
    event(&slow, C8D_EVENT_TASK_OOM, "c1");
    settle(&slow);
    event(&slow, C8D_EVENT_TASK_EXIT, "c1");
    event(&slow, C8D_EVENT_TASK_EXIT, "c2");
    slow.counting.fails = true;
    settle(&slow);
    assert_string_equal(slow.story, "oom c1");
    slow.counting.fails = false;
    assert_int_equal(c8d_process_wait(slow.other_task, SECOND, NULL, NULL), C8D_OK);
    assert_string_equal(slow.story, "oom c1, exit c2");
    assert_int_equal(c8d_notice_done(slow.client, slow.sequence), C8D_OK);
    settle(&slow);
    assert_string_equal(slow.story, "oom c1, exit c2, exit c1");
    close_slow(&slow);
}

/* What is kept would be missing in an image. */
static void save__while_something_is_kept__is_refused(void **state)
{
    struct slow slow;
    size_t needed;

    (void)state;
    open_slow(&slow, NULL);
    slow.defers = C8D_NOTICE_OOM;
    event(&slow, C8D_EVENT_TASK_OOM, "c1");
    settle(&slow);
    assert_int_equal(c8d_client_save(slow.client, NULL, 0, &needed, NULL), C8D_EXHAUSTED);
    event(&slow, C8D_EVENT_TASK_EXIT, "c1");
    settle(&slow);
    assert_int_equal(c8d_client_save(slow.client, NULL, 0, &needed, NULL), C8D_CONFLICT);
    close_slow(&slow);
}

/* Until the flood is over its execs run; then they are gone, and init has ended. */
static bool over;

static void flooded(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_LIST)
        scripted_reply_list(script, call->token, "c1", C8D_ENTRY_STOPPED, 100, 7);
    else if (call->kind == C8D_CALL_STATE && call->process[0] != '\0' && over)
        scripted_reply(script, call->token, C8D_NOT_FOUND, "gone");
    else if (call->kind == C8D_CALL_STATE && over)
        scripted_reply_state(script, call, C8D_ENTRY_STOPPED, 100, 7);
    else
        scripted_ok(script, call);
}

static void flood(struct slow *slow)
{
    char id[16];

    for (unsigned i = 0; i < EXECS; i++) {
        (void)snprintf(id, sizeof(id), "e%u", i);
        scripted_event(slow->script, C8D_EVENT_EXEC_ADDED, "c1", id, 0, 0);
        scripted_event(slow->script, C8D_EVENT_EXEC_STARTED, "c1", id, 1000 + i, 0);
        scripted_event(slow->script, C8D_EVENT_TASK_EXIT, "c1", id, 1000 + i, i % 200);
    }
    scripted_event(slow->script, C8D_EVENT_TASK_EXIT, "c1", "", 100, 7);
    over = true;
    settle(slow);
}

static void check_lives(const struct slow *slow)
{
    int begun = 0;

    for (unsigned i = 0; i < EXECS; i++) {
        assert_int_equal(slow->execs[i].ended, slow->execs[i].started);
        assert_in_range(slow->execs[i].started, 0, 1);
        begun += slow->execs[i].started;
    }
    assert_in_range(begun, KEPT_MAX / 3, EXECS);
}

static void flood__nobody_answers__is_kept_to_the_limit_and_made_good(void **state)
{
    static struct slow slow;
    struct c8d_client_counters counters;
    size_t before;

    (void)state;
    over = false;
    open_slow(&slow, flooded);
    slow.defers = C8D_NOTICE_OOM;
    event(&slow, C8D_EVENT_TASK_OOM, "c1");
    settle(&slow);
    before = slow.counting.most = slow.counting.live;
    flood(&slow);
    c8d_client_counters(slow.client, &counters);
    assert_in_range(counters.kept_notices, KEPT_MAX, KEPT_MAX + 40);
    assert_in_range(counters.dropped_events, 2 * EXECS, 3 * EXECS);
    assert_in_range(slow.counting.most - before, 1, KEPT_BYTES_MAX);
    assert_string_equal(slow.story, "oom c1");
    assert_int_equal(counters.gaps, 0);
    event(&slow, C8D_EVENT_TASK_OOM, "c2");
    settle(&slow);
    assert_string_equal(slow.story, "oom c1, oom c2");

    assert_int_equal(c8d_notice_done(slow.client, slow.sequence), C8D_OK);
    settle(&slow);
    c8d_client_counters(slow.client, &counters);
    assert_int_equal(counters.kept_notices, 0);
    assert_int_equal(counters.gaps, 1);
    assert_int_equal(scripted_n_calls(slow.script, C8D_CALL_LIST), 1);
    assert_non_null(strstr(slow.story, "oom c2, gap , exit c1"));
    assert_null(strstr(strstr(slow.story, "exit c1") + 1, "exit c1"));
    assert_non_null(strstr(slow.story, "resynced "));
    check_lives(&slow);
    close_slow(&slow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deferred__the_container_waits__and_no_other),
        cmocka_unit_test(deferred__each_one__is_told_by_the_answer_to_the_last),
        cmocka_unit_test(defer__where_there_is_no_container__is_refused),
        cmocka_unit_test(defer__without_memory__holds_nothing_back),
        cmocka_unit_test(deferred__without_memory_to_keep__waits_all_the_same),
        cmocka_unit_test(save__while_something_is_kept__is_refused),
        cmocka_unit_test(flood__nobody_answers__is_kept_to_the_limit_and_made_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
