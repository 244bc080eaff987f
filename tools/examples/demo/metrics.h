/* SPDX-License-Identifier: Apache-2.0 */
/* What containerd counts by itself. */
#ifndef C8D_DEMO_METRICS_H
#define C8D_DEMO_METRICS_H

#include <stdint.h>

/* The calls that the containerd with metrics at HOST:PORT has handled (grpc_server_handled_total), those of
 * its event service left out: they are the stream's, however many operations there are. 0 when it cannot be
 * asked. */
uint64_t metrics_calls(const char *address);

#endif
