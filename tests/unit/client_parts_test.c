/* SPDX-License-Identifier: Apache-2.0 */
/* Errors, names, the default allocator, and options of other sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <string.h>

static void error__too_long_and_with_line_breaks__is_one_terminated_line(void **state)
{
    struct c8d_error err;
    char text[1000];

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    text[3] = '\n';
    text[4] = '\t';
    assert_int_equal(c8d_error_set_origin(&err, C8D_REMOTE, C8D_ORIGIN_GRPC, 2, "%s", text), C8D_REMOTE);
    assert_int_equal(err.status, C8D_REMOTE);
    assert_int_equal(err.origin, C8D_ORIGIN_GRPC);
    assert_int_equal(err.origin_code, 2);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
    assert_memory_equal(err.message, "xxx  x", 6);
    assert_int_equal(c8d_error_set(&err, C8D_INVALID, "%d", 5), C8D_INVALID);
    assert_int_equal(err.origin, C8D_ORIGIN_NONE);
    assert_string_equal(err.message, "5");
}

static void error__nobody_wants_it__returns_the_status(void **state)
{
    (void)state;
    assert_int_equal(c8d_error_set(NULL, C8D_CANCELED, "x"), C8D_CANCELED);
    assert_int_equal(c8d_error_set_origin(NULL, C8D_CANCELED, C8D_ORIGIN_ERRNO, 1, "x"), C8D_CANCELED);
}

static void names__each_value_and_one_too_many__are_named(void **state)
{
    (void)state;
    for (int i = 0; i < C8D_CALL_KIND__COUNT; i++) {
        assert_string_not_equal(c8d_call_name((enum c8d_call_kind)i), "?");
        for (int j = 0; j < i; j++)
            assert_string_not_equal(c8d_call_name((enum c8d_call_kind)i),
                                    c8d_call_name((enum c8d_call_kind)j));
    }
    for (int i = 0; i < C8D_EVENT_KIND__COUNT; i++)
        assert_int_equal(c8d_event_topic((enum c8d_event_kind)i)[0], '/');
    assert_string_equal(c8d_call_name(C8D_CALL_TASK_CREATE), "task-create");
    assert_string_equal(c8d_event_topic(C8D_EVENT_EXEC_ADDED), "/tasks/exec-added");
    assert_string_equal(c8d_call_name(C8D_CALL_KIND__COUNT), "?");
    assert_string_equal(c8d_event_topic(C8D_EVENT_KIND__COUNT), "?");
}

static void allocator__default__gives_and_takes(void **state)
{
    const struct c8d_allocator *heap = c8d_allocator_default();
    void *memory = heap->allocate(heap->ctx, 10);

    (void)state;
    assert_non_null(memory);
    heap->release(heap->ctx, memory, 10);
    heap->release(heap->ctx, NULL, 0);
}

static void options__of_a_newer_or_older_caller__are_read_as_far_as_known(void **state)
{
    struct {
        struct c8d_client_options known;
        char more[64];
    } newer = {.known = {.namespace_ = str("test")}};
    struct c8d_client *client = NULL;
    struct c8d_error err = {0};
    struct scripted *script = scripted_new(NULL);

    (void)state;
    newer.known.runtime = scripted_runtime(script);
    newer.known.size = (uint32_t)sizeof(newer);
    assert_int_equal(c8d_client_new(&newer.known, &client, &err), C8D_OK);
    c8d_client_unref(client);
    script = scripted_new(NULL);
    newer.known.runtime = scripted_runtime(script);
    newer.known.size = (uint32_t)offsetof(struct c8d_client_options, allocator);
    assert_int_equal(c8d_client_new(&newer.known, &client, &err), C8D_OK);
    c8d_client_unref(client);
    newer.known.size = 0;
    assert_int_equal(c8d_client_new(&newer.known, &client, &err), C8D_INVALID);
}

static void client__without_runtime_or_namespace__is_invalid(void **state)
{
    struct scripted *script = scripted_new(NULL);
    struct c8d_client_options options = {.size = sizeof(options), .namespace_ = str("test")};
    struct c8d_client *client = NULL;
    struct c8d_error err = {0};
    struct c8d_runtime runtime = scripted_runtime(script);

    (void)state;
    assert_int_equal(c8d_client_new(&options, &client, &err), C8D_INVALID);
    options.runtime = runtime;
    options.namespace_ = str("a b");
    assert_int_equal(c8d_client_new(&options, &client, &err), C8D_INVALID);
    assert_string_equal(err.message,
                        "not a namespace: 'a b' (at most 76 letters, digits, and . _ - between them)");
    assert_null(client);
    runtime.ops->destroy(runtime.ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error__too_long_and_with_line_breaks__is_one_terminated_line),
        cmocka_unit_test(error__nobody_wants_it__returns_the_status),
        cmocka_unit_test(names__each_value_and_one_too_many__are_named),
        cmocka_unit_test(allocator__default__gives_and_takes),
        cmocka_unit_test(options__of_a_newer_or_older_caller__are_read_as_far_as_known),
        cmocka_unit_test(client__without_runtime_or_namespace__is_invalid),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
