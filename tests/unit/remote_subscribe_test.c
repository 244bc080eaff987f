/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of the server for the event stream. */
#include "fixture.h"
#include "remote_fake_call.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

struct asked {
    unsigned char bytes[512];
    size_t size;
};

/* Keeps the request of the stream, and brings nothing. */
static void keep(struct fake *fake, uint32_t stream, const char *path, const unsigned char *bytes,
                 size_t size)
{
    struct asked *asked = fake->user;

    (void)stream;
    if (strcmp(path, "/containerd.services.events.v1.Events/Subscribe") != 0)
        return;
    assert_true(size <= sizeof(asked->bytes));
    memcpy(asked->bytes, bytes, size);
    asked->size = size;
}

/* Events of others would wake us for nothing, and a busy neighbour without end. */
static void test_remote_subscribe__its_filters__ask_for_our_own_namespace(void **state)
{
    static const char *const filters[] = {"namespace==\"hostile\",topic~=|^/tasks/|",
                                          "namespace==\"hostile\",topic~=|^/containers/|"};
    const struct c8d_call subscribe = {.kind = C8D_CALL_SUBSCRIBE};
    struct asked asked = {.size = 0};
    struct fake fake = {.message = keep, .user = &asked};
    struct c8d_runtime runtime;

    (void)state;
    fake_start(&fake);
    assert_int_equal(fake_open(&fake, NULL, &runtime), C8D_OK);
    assert_int_equal(fake_call(runtime, subscribe, 200 * FAKE_MS).status, C8D_INDETERMINATE);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    for (size_t i = 0; i < sizeof(filters) / sizeof(filters[0]); i++) {
        /* Field 1, its length and all of it. */
        unsigned char field[128] = {1 << 3 | 2, (unsigned char)strlen(filters[i])};

        memcpy(field + 2, filters[i], strlen(filters[i]));
        assert_non_null(memmem(asked.bytes, asked.size, field, 2 + strlen(filters[i])));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote_subscribe__its_filters__ask_for_our_own_namespace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
