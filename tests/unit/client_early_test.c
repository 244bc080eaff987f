/* SPDX-License-Identifier: Apache-2.0 */
/* Output of a process whose start was submitted, that comes before the handle does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "fixture.h"
#include <unistd.h>

struct early {
    int told;
    enum c8d_status status;
    struct c8d_process *handle;
    struct c8d_client *client; /* given up at the first output; NULL = none */
    struct c8d_process *process;
    size_t bytes;
    int ends;
};

static void launched(void *user, enum c8d_status status, struct c8d_process *process,
                     const struct c8d_error *err)
{
    struct early *early = user;

    assert_true((err == NULL) == (status == C8D_OK));
    early->told++;
    early->status = status;
    early->handle = process;
}

static void hold_start(struct scripted *script, const struct scripted_call *call)
{
    if (call->kind != C8D_CALL_START)
        scripted_ok(script, call);
}

static void hear_early(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct early *early = user;

    assert_int_equal(stream, C8D_STDIO_OUT);
    assert_non_null(process);
    early->process = process;
    early->bytes += length;
    early->ends += data == NULL;
    c8d_client_unref(early->client);
    early->client = NULL;
}

/* Its start is under way, and it has written. */
static void write_early(struct fixture *f, struct c8d_container *container, struct early *early)
{
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = C8D_STDIO_OUT, .output = hear_early, .user = early};

    assert_int_equal(c8d_container_start_submit(container, &options, launched, early, NULL), C8D_OK);
    fixture_settle(f);
    assert_int_equal(write(scripted_stdio(f->script)->far_out, "up", 2), 2);
}

static void output__before_the_handle__is_given_with_the_handle_that_comes(void **state)
{
    struct c8d_container *container;
    struct early early = {0};
    struct fixture f;

    (void)state;
    fixture_open(&f, hold_start);
    container = fixture_create(&f, "c1");
    write_early(&f, container, &early);
    fixture_settle(&f);
    assert_int_equal(early.bytes, 2);
    assert_int_equal(early.told, 0);
    scripted_reply_pid(f.script, scripted_call_of(f.script, C8D_CALL_START, 0)->token, 100);
    fixture_settle(&f);
    assert_int_equal(early.told, 1);
    assert_int_equal(early.status, C8D_OK);
    assert_ptr_equal(early.handle, early.process);
    /* Given up, it is heard no more. */
    c8d_process_unref(early.handle);
    assert_int_equal(write(scripted_stdio(f.script)->far_out, "more", 4), 4);
    fixture_settle(&f);
    assert_int_equal(early.bytes, 2);
    c8d_container_unref(container);
    fixture_close(&f);
}

static void unref__in_output_before_the_handle__cancels(void **state)
{
    struct c8d_container *container;
    struct failing failing;
    struct early early = {0};
    struct fixture f;

    (void)state;
    failing_init(&failing);
    fixture_open_with(&f, hold_start, false, &failing.allocator);
    container = fixture_create(&f, "c1");
    write_early(&f, container, &early);
    early.client = f.client;
    c8d_container_unref(container);
    assert_int_equal(c8d_client_dispatch(f.client, 0), C8D_OK);
    assert_int_equal(early.bytes, 2);
    assert_int_equal(early.told, 1);
    assert_int_equal(early.status, C8D_CANCELED);
    assert_null(early.handle);
    assert_int_equal(failing.live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(output__before_the_handle__is_given_with_the_handle_that_comes),
        cmocka_unit_test(unref__in_output_before_the_handle__cancels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
