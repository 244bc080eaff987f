/* SPDX-License-Identifier: Apache-2.0 */
/* What a gRPC status says about a call of ours. */
#ifndef C8D_REMOTE_STATUS_H
#define C8D_REMOTE_STATUS_H

#include <c8d/base.h>

/* gRPC status codes, with the numbers of its protocol. */
enum c8d__grpc_code {
    C8D__GRPC_BROKEN = -1, /* none of gRPC's: the peer has broken its protocol */
    C8D__GRPC_OK = 0,
    C8D__GRPC_CANCELLED,
    C8D__GRPC_UNKNOWN,
    C8D__GRPC_INVALID_ARGUMENT,
    C8D__GRPC_DEADLINE_EXCEEDED,
    C8D__GRPC_NOT_FOUND,
    C8D__GRPC_ALREADY_EXISTS,
    C8D__GRPC_PERMISSION_DENIED,
    C8D__GRPC_RESOURCE_EXHAUSTED,
    C8D__GRPC_FAILED_PRECONDITION,
    C8D__GRPC_ABORTED,
    C8D__GRPC_OUT_OF_RANGE,
    C8D__GRPC_UNIMPLEMENTED,
    C8D__GRPC_INTERNAL,
    C8D__GRPC_UNAVAILABLE,
    C8D__GRPC_DATA_LOSS,
    C8D__GRPC_UNAUTHENTICATED,
};

/* The class of result of a call that was sent and ended with this gRPC status code. */
enum c8d_status c8d__status_of_grpc(int code);

#endif
