/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gRPC status codes to classes of result, in one table. It holds for calls that were sent: whatever may hide
 * a broken connection, a deadline or a cancel says nothing about whether the server has acted.
 */
#include "status.h"

enum c8d_status c8d__status_of_grpc(int code)
{
    static const uint8_t table[] = {
        [C8D__GRPC_OK] = C8D_OK,
        [C8D__GRPC_CANCELLED] = C8D_INDETERMINATE,
        [C8D__GRPC_UNKNOWN] = C8D_REMOTE,
        [C8D__GRPC_INVALID_ARGUMENT] = C8D_INVALID,
        [C8D__GRPC_DEADLINE_EXCEEDED] = C8D_INDETERMINATE,
        [C8D__GRPC_NOT_FOUND] = C8D_NOT_FOUND,
        [C8D__GRPC_ALREADY_EXISTS] = C8D_ALREADY_EXISTS,
        [C8D__GRPC_PERMISSION_DENIED] = C8D_REMOTE,
        [C8D__GRPC_RESOURCE_EXHAUSTED] = C8D_EXHAUSTED,
        [C8D__GRPC_FAILED_PRECONDITION] = C8D_CONFLICT,
        [C8D__GRPC_ABORTED] = C8D_REMOTE,
        [C8D__GRPC_OUT_OF_RANGE] = C8D_INVALID,
        [C8D__GRPC_UNIMPLEMENTED] = C8D_NOT_IMPLEMENTED,
        [C8D__GRPC_INTERNAL] = C8D_REMOTE,
        [C8D__GRPC_UNAVAILABLE] = C8D_INDETERMINATE,
        [C8D__GRPC_DATA_LOSS] = C8D_REMOTE,
        [C8D__GRPC_UNAUTHENTICATED] = C8D_REMOTE,
    };

    /* A code that gRPC does not have: the peer breaks its protocol. */
    if (code < 0 || (size_t)code >= sizeof(table))
        return C8D_INTERNAL;
    return (enum c8d_status)table[code];
}
