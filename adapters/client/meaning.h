/* SPDX-License-Identifier: Apache-2.0 */
/* containerd's events in the model's words. */
#ifndef C8D_MEANING_H
#define C8D_MEANING_H

#include <c8d/model.h>
#include <c8d/runtime.h>

/* The input that an event is; its references are for the caller to set. C8D_SYM_NONE for a kind that is none.
 */
struct c8d_input c8d__input_of_event(const struct c8d_event *event);

#endif
