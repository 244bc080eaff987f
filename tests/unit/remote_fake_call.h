/* SPDX-License-Identifier: Apache-2.0 */
/* A runtime that speaks to the fake server over the transport under test, its calls and their replies. */
#ifndef C8D_TESTS_REMOTE_FAKE_CALL_H
#define C8D_TESTS_REMOTE_FAKE_CALL_H

#include "remote_fake.h"
#include <c8d/allocator.h>
#include <c8d/runtime.h>

#define FAKE_MS INT64_C(1000000)
/* More than any call takes whose server answers. */
#define FAKE_PATIENCE (20000 * FAKE_MS)
/* Of each call. */
#define FAKE_TOKEN 7

/* In the namespace "hostile"; without an allocator with malloc(). */
enum c8d_status fake_open(const struct fake *fake, const struct c8d_allocator *allocator,
                          struct c8d_runtime *out);
/* Token and deadline are set here; `patience` is the call's own. */
enum c8d_status fake_submit(struct c8d_runtime runtime, struct c8d_call call, int64_t patience);
/* Waits for something to arrive, and fails the test when nothing does; the borrowed parts are good until the
 * next time. */
struct c8d_arrival fake_arrive(struct c8d_runtime runtime);
/* Both; fails the test when there is no reply. */
struct c8d_arrival fake_call(struct c8d_runtime runtime, struct c8d_call call, int64_t patience);
/* Asserts that a request larger than any buffer on the way is taken whole, and the next one too, on one
 * connection. Ends both. */
void fake_take_large_request(struct fake *fake, struct c8d_runtime runtime);

#endif
