/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gRPC status codes to classes of result, in one table. It holds for calls that were sent: whatever may hide
 * a broken connection, a deadline or a cancel says nothing about whether the server has acted.
 */
#include "status.h"
#include <grpc/status.h>

enum c8d_status c8d__status_of_grpc(int code)
{
    static const uint8_t table[] = {
        [GRPC_STATUS_OK] = C8D_OK,
        [GRPC_STATUS_CANCELLED] = C8D_INDETERMINATE,
        [GRPC_STATUS_UNKNOWN] = C8D_REMOTE,
        [GRPC_STATUS_INVALID_ARGUMENT] = C8D_INVALID,
        [GRPC_STATUS_DEADLINE_EXCEEDED] = C8D_INDETERMINATE,
        [GRPC_STATUS_NOT_FOUND] = C8D_NOT_FOUND,
        [GRPC_STATUS_ALREADY_EXISTS] = C8D_ALREADY_EXISTS,
        [GRPC_STATUS_PERMISSION_DENIED] = C8D_REMOTE,
        [GRPC_STATUS_RESOURCE_EXHAUSTED] = C8D_EXHAUSTED,
        [GRPC_STATUS_FAILED_PRECONDITION] = C8D_CONFLICT,
        [GRPC_STATUS_ABORTED] = C8D_REMOTE,
        [GRPC_STATUS_OUT_OF_RANGE] = C8D_INVALID,
        [GRPC_STATUS_UNIMPLEMENTED] = C8D_NOT_IMPLEMENTED,
        [GRPC_STATUS_INTERNAL] = C8D_REMOTE,
        [GRPC_STATUS_UNAVAILABLE] = C8D_INDETERMINATE,
        [GRPC_STATUS_DATA_LOSS] = C8D_REMOTE,
        [GRPC_STATUS_UNAUTHENTICATED] = C8D_REMOTE,
    };

    /* A code that gRPC does not have: the peer breaks its protocol. */
    if (code < 0 || (size_t)code >= sizeof(table))
        return C8D_INTERNAL;
    return (enum c8d_status)table[code];
}
