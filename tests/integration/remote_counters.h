/* SPDX-License-Identifier: Apache-2.0 */
/* What containerd itself has counted: grpc_server_handled_total of its metrics. */
#ifndef C8D_TESTS_REMOTE_COUNTERS_H
#define C8D_TESTS_REMOTE_COUNTERS_H

/* A variable that tests/support/with-containerd.sh sets. */
const char *counters_setting(const char *name);
/* All calls that containerd has handled so far, whatever their result; those of the stream are no operations.
 */
unsigned counters_calls(void);

#endif
