/* SPDX-License-Identifier: Apache-2.0 */
/* One call of a runtime that speaks to the fake server, and its reply. */
#ifndef C8D_TESTS_REMOTE_FAKE_CALL_H
#define C8D_TESTS_REMOTE_FAKE_CALL_H

#include <c8d/runtime.h>

#define FAKE_MS INT64_C(1000000)
/* More than any call takes whose server answers. */
#define FAKE_PATIENCE (20000 * FAKE_MS)

/* Fails the test when no reply comes; the borrowed parts are good until the next call. `patience` is the
 * call's own. */
struct c8d_arrival fake_call(struct c8d_runtime runtime, struct c8d_call call, int64_t patience);

#endif
