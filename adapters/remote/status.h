/* SPDX-License-Identifier: Apache-2.0 */
/* What a gRPC status says about a call of ours. */
#ifndef C8D_REMOTE_STATUS_H
#define C8D_REMOTE_STATUS_H

#include <c8d/base.h>

/* The class of result of a call that was sent and ended with this gRPC status code. */
enum c8d_status c8d__status_of_grpc(int code);

#endif
