/* SPDX-License-Identifier: Apache-2.0 */
/* Replacing a container through the handles. */
#include "fixture.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* A run before has left a task that runs; the name is free once its record is deleted. */
static void leftover(struct scripted *script, const struct scripted_call *call)
{
    switch (call->kind) {
    case C8D_CALL_CONTAINER_CREATE:
        if (scripted_n_calls(script, C8D_CALL_CONTAINER_DELETE) == 0)
            scripted_reply(script, call->token, C8D_ALREADY_EXISTS, "taken");
        else
            scripted_ok(script, call);
        break;
    case C8D_CALL_STATE:
        scripted_reply_state(script, call, C8D_ENTRY_RUNNING, 77, 0);
        break;
    case C8D_CALL_KILL:
        scripted_ok(script, call);
        scripted_event(script, C8D_EVENT_TASK_EXIT, "c1", "", 77, 137);
        break;
    default:
        scripted_ok(script, call);
        break;
    }
}

static void test_replace__left_by_a_run_before__takes_its_place(void **state)
{
    const struct c8d_container_options what = {
        .size = sizeof(what), .id = str("c1"), .spec = str("{\"a\":1}")};
    struct c8d_container *container;
    struct fixture f;

    (void)state;
    fixture_open(&f, leftover);
    assert_int_equal(c8d_client_replace_container(f.client, &what, 60 * SECOND, &container, NULL), C8D_OK);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_CONTAINER_CREATE), 2);
    /* The second create is of the same container. */
    assert_int_equal(scripted_call_of(f.script, C8D_CALL_CONTAINER_CREATE, 1)->spec_len, what.spec.len);
    assert_string_equal(fixture_story(&f), "create start exit deleted");
    assert_int_equal(c8d_container_state(container), C8D_STATE_DELETED);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void bundle(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind == C8D_CALL_CONTAINER_CREATE)
        scripted_reply(script, call->token, C8D_ALREADY_EXISTS, "the bundle exists");
    else if (call->kind == C8D_CALL_CONTAINER_GET)
        scripted_reply(script, call->token, C8D_NOT_FOUND, "no such container");
    else
        scripted_ok(script, call);
}

/* moby#50040: reported, and not tried for ever. */
static void test_replace__what_is_there_cannot_be_found__is_a_conflict(void **state)
{
    const struct c8d_container_options what = {.size = sizeof(what), .id = str("c1"), .spec = str("{}")};
    struct c8d_container *container = NULL;
    struct c8d_error err;
    struct fixture f;

    (void)state;
    fixture_open(&f, bundle);
    assert_int_equal(c8d_client_replace_container(f.client, &what, 60 * SECOND, &container, &err),
                     C8D_CONFLICT);
    assert_null(container);
    assert_int_equal(scripted_n_calls(f.script, C8D_CALL_CONTAINER_CREATE), 2);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replace__left_by_a_run_before__takes_its_place),
        cmocka_unit_test(test_replace__what_is_there_cannot_be_found__is_a_conflict),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
