/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_fake_call.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct c8d_arrival fake_call(struct c8d_runtime runtime, struct c8d_call call, int64_t patience)
{
    int64_t until = runtime.ops->now(runtime.ctx) + FAKE_PATIENCE;
    struct c8d_arrival arrival;

    call.token = 7;
    call.deadline_ns = runtime.ops->now(runtime.ctx) + patience;
    assert_int_equal(runtime.ops->submit(runtime.ctx, &call, NULL), C8D_OK);
    while (!runtime.ops->next(runtime.ctx, &arrival)) {
        assert_true(runtime.ops->now(runtime.ctx) < until);
        runtime.ops->wait(runtime.ctx, NULL, 0, until - runtime.ops->now(runtime.ctx));
    }
    assert_int_equal(arrival.kind, C8D_ARRIVAL_REPLY);
    return arrival;
}
