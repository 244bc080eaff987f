/* SPDX-License-Identifier: Apache-2.0 */
/* A connection that the embedder has made, over each transport. */
#include "fixture.h"
#include "remote_answers.h"
#include "remote_fake_call.h"
#include "transport.h"
#include <c8d/remote.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct c8d_arrival call(struct c8d_runtime runtime)
{
    return fake_call(runtime, (struct c8d_call){.kind = C8D_CALL_VERSION}, FAKE_PATIENCE);
}

/* Room for a few bytes at a time: the request is sent as it is taken. */
static void test_remote_given__socket_with_little_room__a_large_request_goes_through(void **state)
{
    struct fake fake = {.reply = ""};
    const struct c8d_remote_options options = {.size = sizeof(options),
                                               .namespace_ = str("given"),
                                               .transport = test_transport(),
                                               .has_fd = true,
                                               .fd = fake_start_connected(&fake, 1)};
    struct c8d_runtime runtime;

    (void)state;
    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_OK);
    fake_take_large_request(&fake, runtime);
    assert_true(strlen(fake.timeout) > 1);
}

/* There is no address to go to when the given socket is lost. */
static void test_remote_given__socket_that_is_lost__calls_are_unavailable(void **state)
{
    struct fake fake = {.reply = "", .answer = answer_hang_up};
    struct c8d_remote_options options = {.size = sizeof(options),
                                         .namespace_ = str("given"),
                                         .transport = test_transport(),
                                         .has_fd = true,
                                         .fd = fake_start_connected(&fake, 0)};
    struct c8d_runtime runtime;

    (void)state;
    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_OK);
    assert_int_equal(call(runtime).status, C8D_INDETERMINATE);
    assert_int_equal(call(runtime).status, C8D_UNAVAILABLE);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    options.fd = -1;
    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote_given__socket_with_little_room__a_large_request_goes_through),
        cmocka_unit_test(test_remote_given__socket_that_is_lost__calls_are_unavailable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
