/* SPDX-License-Identifier: Apache-2.0 */
/* A log has nobody to ask: its events are what a question is answered with. */
#ifndef C8D_TESTIMONY_H
#define C8D_TESTIMONY_H

#include <c8d/model.h>

/* What an event testifies of the state that its object is in now: an answer, or C8D_SYM_NONE. */
enum c8d_symbol c8d__testimony_of(enum c8d_symbol event);

#endif
