/* SPDX-License-Identifier: Apache-2.0 */
/* The simulated runtime by itself, through its table: it behaves as containerd does, and twice the same from
 * one seed. */
#include <c8d/simulated.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)
#define SLEEPER "{\"process\":{\"env\":[\"A=\\\"]}\"],\"args\":[\"/bin/sh\",\"-c\",\"sleep 1000\"]}}"

struct reply {
    enum c8d_status status;
    uint32_t pid;
    struct c8d_exit exit;
    size_t n_entries;
    enum c8d_entry_state state;
};

/* What has arrived, as text, and the last reply. */
struct world {
    struct c8d_runtime runtime;
    uint64_t token;
    uint64_t awaited;
    bool replied;
    struct reply reply;
    char story[8192];
};

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void open_world(struct world *world, uint64_t seed, const struct c8d_allocator *allocator)
{
    struct c8d_simulated_options options = {
        .size = sizeof(options), .seed = seed, .namespace_ = str("test"), .allocator = allocator};

    *world = (struct world){0};
    assert_int_equal(c8d_simulated_new(&options, &world->runtime, NULL), C8D_OK);
}

static void close_world(struct world *world)
{
    world->runtime.ops->destroy(world->runtime.ctx);
}

static void tell(struct world *world, const char *text)
{
    size_t length = strlen(world->story);

    snprintf(world->story + length, sizeof(world->story) - length, "%s%s", length != 0 ? " " : "", text);
}

static void take(struct world *world, const struct c8d_arrival *arrival)
{
    char text[128];

    switch (arrival->kind) {
    case C8D_ARRIVAL_EVENT:
        snprintf(text, sizeof(text), "%s:%.*s/%.*s:%u", c8d_event_topic(arrival->event.kind),
                 (int)arrival->event.container.len, arrival->event.container.ptr,
                 (int)arrival->event.process.len, arrival->event.process.ptr, arrival->event.exit.code);
        tell(world, text);
        break;
    case C8D_ARRIVAL_STREAM_ENDED:
        tell(world, "ended");
        break;
    default:
        if (arrival->token != world->awaited)
            break;
        world->replied = true;
        world->reply = (struct reply){.status = arrival->status,
                                      .pid = arrival->pid,
                                      .exit = arrival->exit,
                                      .n_entries = arrival->n_entries};
        if (arrival->n_entries != 0)
            world->reply.state = arrival->entries[0].process_state;
        break;
    }
}

/* Lets the world go on for so long. */
static void run(struct world *world, int64_t span_ns)
{
    const struct c8d_runtime_ops *ops = world->runtime.ops;
    int64_t until = ops->now(world->runtime.ctx) + span_ns;
    struct c8d_arrival arrival;

    do {
        while (ops->next(world->runtime.ctx, &arrival))
            take(world, &arrival);
        ops->wait(world->runtime.ctx, NULL, 0, until - ops->now(world->runtime.ctx));
    } while (ops->now(world->runtime.ctx) < until);
    while (ops->next(world->runtime.ctx, &arrival))
        take(world, &arrival);
}

static struct reply call_full(struct world *world, struct c8d_call *call)
{
    call->token = world->awaited = ++world->token;
    if (call->deadline_ns == 0)
        call->deadline_ns = C8D_NO_DEADLINE;
    world->replied = false;
    assert_int_equal(world->runtime.ops->submit(world->runtime.ctx, call, NULL), C8D_OK);
    run(world, SECOND / 100);
    return world->reply;
}

static struct reply call(struct world *world, enum c8d_call_kind kind, const char *container,
                         const char *process)
{
    struct c8d_call what = {.kind = kind, .container = str(container), .process = str(process), .signal = 9};

    if (kind == C8D_CALL_CONTAINER_CREATE) {
        what.spec = str(SLEEPER);
        what.runtime = str("r");
    }
    if (kind == C8D_CALL_EXEC_CREATE)
        what.spec = str("{\"args\":[\"true\"]}");
    return call_full(world, &what);
}

static void create_with(struct world *world, const char *id, const char *spec)
{
    struct c8d_call what = {
        .kind = C8D_CALL_CONTAINER_CREATE, .container = str(id), .spec = str(spec), .runtime = str("r")};

    assert_int_equal(call_full(world, &what).status, C8D_OK);
}

static void start(struct world *world, const char *id)
{
    assert_int_equal(call(world, C8D_CALL_TASK_CREATE, id, "").status, C8D_OK);
    assert_int_equal(call(world, C8D_CALL_START, id, "").status, C8D_OK);
}

static void test_calls__in_a_wrong_state__fail_as_containerds_do(void **state)
{
    struct world world;

    (void)state;
    open_world(&world, 1, NULL);
    assert_int_equal(call(&world, C8D_CALL_CONTAINER_GET, "c", "").status, C8D_NOT_FOUND);
    assert_int_equal(call(&world, C8D_CALL_TASK_CREATE, "c", "").status, C8D_NOT_FOUND);
    create_with(&world, "c", SLEEPER);
    assert_int_equal(call(&world, C8D_CALL_CONTAINER_CREATE, "c", "").status, C8D_ALREADY_EXISTS);
    assert_int_equal(call(&world, C8D_CALL_STATE, "c", "").status, C8D_NOT_FOUND);
    assert_int_equal(call(&world, C8D_CALL_EXEC_CREATE, "c", "e").status, C8D_NOT_FOUND);
    assert_int_equal(call(&world, C8D_CALL_PAUSE, "c", "").status, C8D_NOT_FOUND);
    assert_int_equal(call(&world, C8D_CALL_TASK_CREATE, "c", "").status, C8D_OK);
    assert_int_equal(call(&world, C8D_CALL_TASK_CREATE, "c", "").status, C8D_ALREADY_EXISTS);
    assert_int_equal(call(&world, C8D_CALL_CONTAINER_DELETE, "c", "").status, C8D_CONFLICT);
    assert_int_equal(call(&world, C8D_CALL_STATE, "c", "").state, C8D_ENTRY_CREATED);
    assert_int_equal(call(&world, C8D_CALL_START, "c", "").status, C8D_OK);
    assert_int_equal(call(&world, C8D_CALL_START, "c", "").status, C8D_REMOTE);
    assert_int_equal(call(&world, C8D_CALL_DELETE, "c", "").status, C8D_REMOTE);
    assert_int_equal(call(&world, C8D_CALL_RESUME, "c", "").status, C8D_REMOTE);
    assert_int_equal(call(&world, C8D_CALL_EXEC_CREATE, "c", "e").status, C8D_OK);
    assert_int_equal(call(&world, C8D_CALL_EXEC_CREATE, "c", "e").status, C8D_ALREADY_EXISTS);
    assert_int_equal(call(&world, C8D_CALL_KILL, "c", "").status, C8D_OK);
    assert_int_equal(call(&world, C8D_CALL_KILL, "c", "").status, C8D_NOT_FOUND);
    assert_int_equal(call(&world, C8D_CALL_STATE, "c", "").state, C8D_ENTRY_STOPPED);
    assert_int_equal(call(&world, C8D_CALL_DELETE, "c", "").exit.code, 137);
    assert_int_equal(call(&world, C8D_CALL_CONTAINER_DELETE, "c", "").status, C8D_OK);
    assert_int_equal(c8d_simulated_objects(world.runtime), 0);
    close_world(&world);
}

static void test_exec__of_a_missing_program__stays_created_and_has_no_exit(void **state)
{
    struct world world;
    struct c8d_call exec = {.kind = C8D_CALL_EXEC_CREATE,
                            .container = str("c"),
                            .process = str("e"),
                            .spec = str("{\"args\":[\"/no/such\"]}")};

    (void)state;
    open_world(&world, 1, NULL);
    assert_int_equal(call(&world, C8D_CALL_SUBSCRIBE, "", "").status, C8D_OK);
    create_with(&world, "c", SLEEPER);
    start(&world, "c");
    assert_int_equal(call_full(&world, &exec).status, C8D_OK);
    assert_int_equal(call(&world, C8D_CALL_START, "c", "e").status, C8D_REMOTE);
    assert_int_equal(call(&world, C8D_CALL_STATE, "c", "e").state, C8D_ENTRY_CREATED);
    assert_int_equal(call(&world, C8D_CALL_DELETE, "c", "e").status, C8D_OK);
    assert_false(world.reply.exit.known);
    assert_string_equal(world.story, "/containers/create:c/:0 /tasks/create:c/:0 /tasks/start:c/:0 "
                                     "/tasks/exec-added:c/e:0");
    close_world(&world);
}

static void test_spec__with_escapes__gives_the_words_that_are_meant(void **state)
{
    struct world world;

    (void)state;
    open_world(&world, 1, NULL);
    assert_int_equal(call(&world, C8D_CALL_SUBSCRIBE, "", "").status, C8D_OK);
    create_with(&world, "c",
                "{\"x\":[{\"y\":\"}\\\\\"}],\"process\":{\"cwd\":\"\\/\",\"args\":[\"sh\",\"-c\","
                "\"\\u0065xi\\u0074 9\"]}}");
    start(&world, "c");
    run(&world, SECOND);
    assert_non_null(strstr(world.story, "/tasks/exit:c/:9"));
    close_world(&world);
}

static void test_spec__that_is_no_json__is_a_program_that_is_missing(void **state)
{
    static const char *const specs[] = {
        "", "{", "{\"process\":{\"args\":[", "[[[[", "{\"process\"", "{\"process\":{\"args\":[\"sh\\"};
    struct world world;

    (void)state;
    open_world(&world, 1, NULL);
    for (size_t i = 0; i < sizeof(specs) / sizeof(specs[0]); i++) {
        create_with(&world, "c", specs[i]);
        assert_int_equal(call(&world, C8D_CALL_TASK_CREATE, "c", "").status, C8D_REMOTE);
        assert_int_equal(call(&world, C8D_CALL_CONTAINER_DELETE, "c", "").status, C8D_OK);
    }
    close_world(&world);
}

static void live(struct world *world)
{
    assert_int_equal(call(world, C8D_CALL_SUBSCRIBE, "", "").status, C8D_OK);
    create_with(world, "c", "{\"process\":{\"args\":[\"sh\",\"-c\",\"sleep 0.005; exit 6\"]}}");
    start(world, "c");
    run(world, SECOND);
    assert_int_equal(call(world, C8D_CALL_DELETE, "c", "").exit.code, 6);
}

static void test_world__of_one_seed__is_the_same_twice(void **state)
{
    struct world first;
    struct world second;

    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++) {
        open_world(&first, seed, NULL);
        open_world(&second, seed, NULL);
        live(&first);
        live(&second);
        assert_string_equal(first.story, second.story);
        assert_int_equal(first.runtime.ops->now(first.runtime.ctx),
                         second.runtime.ops->now(second.runtime.ctx));
        close_world(&first);
        close_world(&second);
    }
}

static void test_reply__held_back_past_its_deadline__is_lost(void **state)
{
    struct world world;
    struct c8d_call version = {.kind = C8D_CALL_VERSION};

    (void)state;
    open_world(&world, 1, NULL);
    version.deadline_ns = world.runtime.ops->now(world.runtime.ctx) + SECOND;
    c8d_simulated_hold_replies(world.runtime, true);
    (void)call_full(&world, &version);
    assert_false(world.replied);
    run(&world, 2 * SECOND);
    assert_true(world.replied);
    assert_int_equal(world.reply.status, C8D_INDETERMINATE);
    close_world(&world);
}

static void test_connection__that_breaks__loses_replies_and_ends_the_stream(void **state)
{
    struct world world;

    (void)state;
    open_world(&world, 1, NULL);
    assert_int_equal(call(&world, C8D_CALL_SUBSCRIBE, "", "").status, C8D_OK);
    create_with(&world, "c", SLEEPER);
    c8d_simulated_set_down(world.runtime, true);
    assert_int_equal(call(&world, C8D_CALL_VERSION, "", "").status, C8D_UNAVAILABLE);
    c8d_simulated_set_down(world.runtime, false);
    assert_int_equal(call(&world, C8D_CALL_VERSION, "", "").status, C8D_OK);
    assert_string_equal(world.story, "/containers/create:c/:0 ended");
    close_world(&world);
}

static void test_faults__that_are_asked_for__happen(void **state)
{
    struct world world;
    struct c8d_event event = {.kind = C8D_EVENT_TASK_EXIT, .container = str("ghost"), .exit = {.code = 5}};

    (void)state;
    open_world(&world, 1, NULL);
    assert_int_equal(call(&world, C8D_CALL_SUBSCRIBE, "", "").status, C8D_OK);
    c8d_simulated_fail_next(world.runtime, C8D_CALL_CONTAINER_CREATE, C8D_INDETERMINATE, true);
    assert_int_equal(call(&world, C8D_CALL_CONTAINER_CREATE, "acted", "").status, C8D_INDETERMINATE);
    assert_int_equal(call(&world, C8D_CALL_CONTAINER_GET, "acted", "").status, C8D_OK);
    c8d_simulated_fail_next(world.runtime, C8D_CALL_CONTAINER_CREATE, C8D_REMOTE, false);
    assert_int_equal(call(&world, C8D_CALL_CONTAINER_CREATE, "not", "").status, C8D_REMOTE);
    assert_int_equal(call(&world, C8D_CALL_CONTAINER_GET, "not", "").status, C8D_NOT_FOUND);
    c8d_simulated_drop_next(world.runtime, C8D_EVENT_TASK_CREATE);
    start(&world, "acted");
    c8d_simulated_inject(world.runtime, &event);
    assert_true(c8d_simulated_exit(world.runtime, str("acted"), str(""), 77));
    assert_false(c8d_simulated_exit(world.runtime, str("acted"), str(""), 77));
    run(&world, SECOND);
    assert_string_equal(world.story, "/containers/create:acted/:0 /tasks/start:acted/:0 /tasks/exit:ghost/:5 "
                                     "/tasks/exit:acted/:77");
    close_world(&world);
}

static void test_options__out_of_range__are_refused(void **state)
{
    struct c8d_simulated_options options = {.size = sizeof(options), .namespace_ = str("n")};
    struct c8d_runtime runtime;
    struct c8d_error err = {0};

    (void)state;
    options.faults.event_lost = 1001;
    assert_int_equal(c8d_simulated_new(&options, &runtime, &err), C8D_INVALID);
    assert_true(err.message[0] != '\0');
    options.faults.event_lost = 0;
    options.namespace_ = str("");
    assert_int_equal(c8d_simulated_new(&options, &runtime, NULL), C8D_INVALID);
    options.namespace_ = str("n");
    options.size = 1;
    assert_int_equal(c8d_simulated_new(&options, &runtime, NULL), C8D_INVALID);
}

/* ---- no memory
 * ------------------------------------------------------------------------------------------------ */

struct stingy {
    struct c8d_allocator allocator;
    long live, made, fail_at;
    bool for_ever;
};

static void *allocate(void *ctx, size_t bytes)
{
    struct stingy *stingy = ctx;

    stingy->made++;
    if (stingy->made == stingy->fail_at || (stingy->for_ever && stingy->made > stingy->fail_at))
        return NULL;
    assert_int_not_equal(bytes, 0);
    stingy->live += (long)bytes;
    return malloc(bytes);
}

static void release(void *ctx, void *memory, size_t bytes)
{
    if (memory != NULL)
        ((struct stingy *)ctx)->live -= (long)bytes;
    free(memory);
}

/* A life in which every call may fail for lack of memory; nothing may crash, hang or leak. */
static void poor_life(struct stingy *stingy)
{
    struct c8d_simulated_options options = {
        .size = sizeof(options), .namespace_ = str("test"), .allocator = &stingy->allocator};
    static const enum c8d_call_kind kinds[] = {C8D_CALL_SUBSCRIBE,     C8D_CALL_CONTAINER_CREATE,
                                               C8D_CALL_TASK_CREATE,   C8D_CALL_START,
                                               C8D_CALL_EXEC_CREATE,   C8D_CALL_LIST,
                                               C8D_CALL_CONTAINER_GET, C8D_CALL_KILL,
                                               C8D_CALL_STATS,         C8D_CALL_PIDS,
                                               C8D_CALL_UPDATE,        C8D_CALL_DELETE};
    struct c8d_label label = {str("k"), str("v")};
    struct c8d_stdio stdio = {.in = -1, .out = -1, .err = -1};
    struct world world = {0};

    if (c8d_simulated_new(&options, &world.runtime, NULL) != C8D_OK)
        return;
    (void)!world.runtime.ops->open_stdio(world.runtime.ctx, str("c"), str(""), 7, &stdio, NULL);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct c8d_call what = {.kind = kinds[i],
                                .token = i + 1,
                                .deadline_ns = C8D_NO_DEADLINE,
                                .container = str("c"),
                                .process = str(kinds[i] == C8D_CALL_EXEC_CREATE ? "e" : ""),
                                .spec = str(SLEEPER),
                                .labels = &label,
                                .n_labels = 1,
                                .signal = 9};

        if (kinds[i] == C8D_CALL_TASK_CREATE && stdio.runtime_data != NULL)
            what.stdio = &stdio;
        (void)!world.runtime.ops->submit(world.runtime.ctx, &what, NULL);
        run(&world, SECOND / 50);
    }
    world.runtime.ops->close_stdio(world.runtime.ctx, &stdio);
    close_world(&world);
}

static void test_memory__failing_at_each_allocation__leaks_nothing(void **state)
{
    struct stingy stingy = {.allocator = {allocate, release, &stingy}};
    long total;

    (void)state;
    poor_life(&stingy);
    total = stingy.made;
    assert_true(total > 50);
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        for (long at = 1; at <= total; at++) {
            stingy = (struct stingy){
                .allocator = {allocate, release, &stingy}, .fail_at = at, .for_ever = for_ever != 0};
            poor_life(&stingy);
            assert_int_equal(stingy.live, 0);
        }
    }
}

static void test_memory__of_a_life_without_labels__is_asked_for_and_given_back_as_agreed(void **state)
{
    struct stingy stingy = {.allocator = {allocate, release, &stingy}};
    struct c8d_call text = {.kind = C8D_CALL_CONTAINER_CREATE,
                            .token = 1,
                            .deadline_ns = C8D_NO_DEADLINE,
                            .container = str("c2"),
                            .spec = {"{}\0{}", 5}};
    struct world world;

    (void)state;
    open_world(&world, 1, &stingy.allocator);
    create_with(&world, "c1", SLEEPER);
    assert_int_equal(call(&world, C8D_CALL_LIST, "", "").n_entries, 1);
    /* What containerd's wire has no room for has none here either. */
    assert_int_equal(world.runtime.ops->submit(world.runtime.ctx, &text, NULL), C8D_INVALID);
    close_world(&world);
    assert_int_equal(stingy.live, 0);
}

/* Every call gets its reply, and every stream its end, also when there is no memory left. */
static void test_connection__that_breaks_without_memory__still_says_so(void **state)
{
    struct stingy stingy = {.allocator = {allocate, release, &stingy}};
    struct c8d_call version = {
        .kind = C8D_CALL_VERSION, .token = 77, .deadline_ns = C8D_NO_DEADLINE, .container = str("")};
    struct world world;

    (void)state;
    open_world(&world, 1, &stingy.allocator);
    assert_int_equal(call(&world, C8D_CALL_SUBSCRIBE, "", "").status, C8D_OK);
    assert_int_equal(world.runtime.ops->submit(world.runtime.ctx, &version, NULL), C8D_OK);
    stingy.fail_at = stingy.made;
    stingy.for_ever = true;
    c8d_simulated_disconnect(world.runtime);
    world.replied = false;
    world.awaited = version.token;
    run(&world, SECOND / 100);
    assert_true(world.replied);
    assert_int_equal(world.reply.status, C8D_INDETERMINATE);
    assert_string_equal(world.story, "ended");
    close_world(&world);
    assert_int_equal(stingy.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls__in_a_wrong_state__fail_as_containerds_do),
        cmocka_unit_test(test_exec__of_a_missing_program__stays_created_and_has_no_exit),
        cmocka_unit_test(test_spec__with_escapes__gives_the_words_that_are_meant),
        cmocka_unit_test(test_spec__that_is_no_json__is_a_program_that_is_missing),
        cmocka_unit_test(test_world__of_one_seed__is_the_same_twice),
        cmocka_unit_test(test_reply__held_back_past_its_deadline__is_lost),
        cmocka_unit_test(test_connection__that_breaks__loses_replies_and_ends_the_stream),
        cmocka_unit_test(test_faults__that_are_asked_for__happen),
        cmocka_unit_test(test_options__out_of_range__are_refused),
        cmocka_unit_test(test_memory__failing_at_each_allocation__leaks_nothing),
        cmocka_unit_test(test_memory__of_a_life_without_labels__is_asked_for_and_given_back_as_agreed),
        cmocka_unit_test(test_connection__that_breaks_without_memory__still_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
