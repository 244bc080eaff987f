/* SPDX-License-Identifier: Apache-2.0 */
/* containerd's events in the model's words. */
#ifndef C8D_MEANING_H
#define C8D_MEANING_H

#include <c8d/model.h>
#include <c8d/runtime.h>

/* The input that an event is; its references are for the caller to set. */
struct c8d_input c8d__input_of_event(const struct c8d_event *event);

/* What an event testifies of the state that its object is in now: an answer, or C8D_SYM_NONE. */
enum c8d_symbol c8d__testimony_of(enum c8d_symbol event);

#endif
