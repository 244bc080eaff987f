/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_fake_call.h"
#include "fixture.h"
#include "transport.h"
#include <c8d/remote.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum c8d_status fake_open(const struct fake *fake, const struct c8d_allocator *allocator,
                          struct c8d_runtime *out)
{
    const struct c8d_remote_options options = {
        .size = sizeof(options),
        .address = str(fake->address),
        .namespace_ = str("hostile"),
        .allocator = allocator,
        .transport = test_transport(),
    };

    return c8d_remote_new(&options, out, NULL);
}

enum c8d_status fake_submit(struct c8d_runtime runtime, struct c8d_call call, int64_t patience)
{
    call.token = FAKE_TOKEN;
    call.deadline_ns = runtime.ops->now(runtime.ctx) + patience;
    return runtime.ops->submit(runtime.ctx, &call, NULL);
}

struct c8d_arrival fake_arrive(struct c8d_runtime runtime)
{
    int64_t until = runtime.ops->now(runtime.ctx) + FAKE_PATIENCE;
    struct c8d_arrival arrival;

    while (!runtime.ops->next(runtime.ctx, &arrival)) {
        assert_true(runtime.ops->now(runtime.ctx) < until);
        runtime.ops->wait(runtime.ctx, NULL, 0, until - runtime.ops->now(runtime.ctx));
    }
    return arrival;
}

struct c8d_arrival fake_call(struct c8d_runtime runtime, struct c8d_call call, int64_t patience)
{
    struct c8d_arrival arrival;

    assert_int_equal(fake_submit(runtime, call, patience), C8D_OK);
    arrival = fake_arrive(runtime);
    assert_int_equal(arrival.kind, C8D_ARRIVAL_REPLY);
    return arrival;
}

void fake_take_large_request(struct fake *fake, struct c8d_runtime runtime)
{
    enum { SPEC_BYTES = 300000 };
    struct c8d_call create = {.kind = C8D_CALL_EXEC_CREATE, .container = str("c"), .process = str("e")};
    char *spec = malloc(SPEC_BYTES);

    assert_non_null(spec);
    memset(spec, ' ', SPEC_BYTES);
    create.spec = (struct c8d_str){spec, SPEC_BYTES};
    assert_int_equal(fake_call(runtime, create, FAKE_PATIENCE).status, C8D_OK);
    assert_int_equal(fake_call(runtime, (struct c8d_call){.kind = C8D_CALL_VERSION}, FAKE_PATIENCE).status,
                     C8D_OK);
    free(spec);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(fake);
    assert_true(fake->largest > SPEC_BYTES);
    assert_int_equal(fake->connections, 1);
}
