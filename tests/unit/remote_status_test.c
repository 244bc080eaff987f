/* SPDX-License-Identifier: Apache-2.0 */
/* gRPC status codes to classes of result. */
#include "remote/status.h"
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void test_remote_status__each_grpc_code__has_its_class(void **state)
{
    static const enum c8d_status expected[] = {
        C8D_OK,              /* 0 OK */
        C8D_INDETERMINATE,   /* 1 CANCELLED */
        C8D_REMOTE,          /* 2 UNKNOWN */
        C8D_INVALID,         /* 3 INVALID_ARGUMENT */
        C8D_INDETERMINATE,   /* 4 DEADLINE_EXCEEDED */
        C8D_NOT_FOUND,       /* 5 NOT_FOUND */
        C8D_ALREADY_EXISTS,  /* 6 ALREADY_EXISTS */
        C8D_REMOTE,          /* 7 PERMISSION_DENIED */
        C8D_EXHAUSTED,       /* 8 RESOURCE_EXHAUSTED */
        C8D_CONFLICT,        /* 9 FAILED_PRECONDITION */
        C8D_REMOTE,          /* 10 ABORTED */
        C8D_INVALID,         /* 11 OUT_OF_RANGE */
        C8D_NOT_IMPLEMENTED, /* 12 UNIMPLEMENTED */
        C8D_REMOTE,          /* 13 INTERNAL */
        C8D_INDETERMINATE,   /* 14 UNAVAILABLE */
        C8D_REMOTE,          /* 15 DATA_LOSS */
        C8D_REMOTE,          /* 16 UNAUTHENTICATED */
    };

    (void)state;
    for (int code = 0; code <= 16; code++)
        assert_int_equal(c8d__status_of_grpc(code), expected[code]);
}

static void test_remote_status__code_that_grpc_does_not_have__is_internal(void **state)
{
    (void)state;
    assert_int_equal(c8d__status_of_grpc(17), C8D_INTERNAL);
    assert_int_equal(c8d__status_of_grpc(-1), C8D_INTERNAL);
    assert_int_equal(c8d__status_of_grpc(INT_MAX), C8D_INTERNAL);
    assert_int_equal(c8d__status_of_grpc(INT_MIN), C8D_INTERNAL);
}

/* Only the server's own NOT_FOUND may say that something is not there. */
static void test_remote_status__absence__is_said_by_one_code_alone(void **state)
{
    int absent = 0;

    (void)state;
    for (int code = -2; code < 300; code++)
        absent += c8d__status_of_grpc(code) == C8D_NOT_FOUND;
    assert_int_equal(absent, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote_status__each_grpc_code__has_its_class),
        cmocka_unit_test(test_remote_status__code_that_grpc_does_not_have__is_internal),
        cmocka_unit_test(test_remote_status__absence__is_said_by_one_code_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
