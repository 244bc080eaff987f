/* SPDX-License-Identifier: Apache-2.0 */
/* What a client takes up that was there before it, and what its tap sees. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <stdio.h>
#include <string.h>

/* A runtime in which c1 runs. */
static void running(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_LIST)
        scripted_reply_list(script, call->token, "c1", C8D_ENTRY_RUNNING, 100, 0);
    else if (call->kind == C8D_CALL_STATE)
        scripted_reply_state(script, call, C8D_ENTRY_RUNNING, 100, 0);
    else
        scripted_ok(script, call);
}

/* What a recorder would write down. */
struct tapped {
    size_t n;
    char symbols[2048];
    size_t snapshot_entries;
};

static void tap(void *user, const struct c8d_input *input, struct c8d_str namespace_,
                struct c8d_str container, struct c8d_str process, const struct c8d_actions *result)
{
    struct tapped *tapped = user;

    assert_int_equal(namespace_.len, 4);
    assert_true((input->region == C8D_REGION_CONNECTION) == (container.len == 0));
    assert_true((input->process != C8D_REF_NONE) == (process.len != 0));
    assert_non_null(result);
    tapped->n++;
    tapped->snapshot_entries += input->request == C8D_REQUEST_SNAPSHOT;
    strcat(tapped->symbols, c8d_symbol_name((enum c8d_symbol)input->symbol));
    strcat(tapped->symbols, " ");
}

static void tap__a_life_with_a_gap__sees_every_input_in_order(void **state)
{
    struct tapped tapped = {0};
    struct scripted *script = scripted_new(running);
    const struct c8d_client_options options = {.size = sizeof(options),
                                               .runtime = scripted_runtime(script),
                                               .namespace_ = str("test"),
                                               .tap = {tap, &tapped}};
    struct fixture f = {.script = script};
    struct c8d_container *container;
    struct c8d_process *task;

    (void)state;
    assert_int_equal(c8d_client_new(&options, &f.client, NULL), C8D_OK);
    container = fixture_create(&f, "c1");
    task = fixture_start(&f, container);
    assert_int_equal(c8d_process_kill(task, 1, SECOND, NULL), C8D_OK);
    scripted_end_stream(script);
    fixture_settle(&f);
    assert_string_equal(tapped.symbols, "OPEN SUBSCRIBED CREATE OK LAUNCH OK OK KILL KILL STREAM_ENDED "
                                        "SUBSCRIBED LISTING IS_CREATED IS_RUNNING IS_RUNNING LISTED ");
    assert_int_equal(tapped.snapshot_entries, 3);
    c8d_process_unref(task);
    c8d_container_unref(container);
    c8d_client_unref(f.client);
}

struct visited {
    size_t n;
    uint8_t task_state;
};

static void visit(void *user, const struct c8d_container_view *container, const struct c8d_process_view *task)
{
    struct visited *visited = user;

    assert_int_equal(container->id.len, 2);
    visited->n++;
    visited->task_state = task != NULL ? task->public_state : C8D_STATE_DELETED;
}

static void restore__adopting__tells_what_is_there_for_two_calls(void **state)
{
    struct fixture f;
    struct visited visited = {0};

    (void)state;
    fixture_open_with(&f, running, true, NULL);
    assert_int_equal(c8d_client_restore(f.client, SECOND, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_LIST), 1);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_STATE), 0);
    assert_string_equal(fixture_story(&f), "create start resynced");
    c8d_client_visit(f.client, visit, &visited);
    assert_int_equal(visited.n, 1);
    assert_int_equal(visited.task_state, C8D_STATE_RUNNING);
    /* Again, now that the stream is open. */
    assert_int_equal(c8d_client_restore(f.client, SECOND, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_LIST), 2);
    fixture_close(&f);
}

static void restore__not_adopting__is_invalid(void **state)
{
    struct fixture f;

    (void)state;
    fixture_open(&f, NULL);
    assert_int_equal(c8d_client_restore(f.client, SECOND, NULL), C8D_INVALID);
    fixture_close(&f);
}

static void adopt__more_containers_and_execs_than_there_is_room_for__room_is_made(void **state)
{
    struct fixture f;
    struct c8d_client_counters counters;
    char name[16];

    (void)state;
    fixture_open_with(&f, NULL, true, NULL);
    assert_int_equal(c8d_client_connect(f.client, SECOND, NULL), C8D_OK);
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof(name), "c%d", i);
        scripted_event(f.script, C8D_EVENT_TASK_START, name, "", 100, 0);
        if (i % 4 == 0)
            fixture_settle(&f);
    }
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof(name), "e%d", i);
        scripted_event(f.script, C8D_EVENT_EXEC_ADDED, "c0", name, 0, 0);
    }
    fixture_settle(&f);
    c8d_client_counters(f.client, &counters);
    assert_int_equal(counters.gaps, 0);
    assert_int_equal(counters.model.forgotten, 0);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_START), 100);
    assert_int_equal(fixture_count(&f, C8D_NOTICE_EXEC_ADDED), 40);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tap__a_life_with_a_gap__sees_every_input_in_order),
        cmocka_unit_test(restore__adopting__tells_what_is_there_for_two_calls),
        cmocka_unit_test(restore__not_adopting__is_invalid),
        cmocka_unit_test(adopt__more_containers_and_execs_than_there_is_room_for__room_is_made),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
