/* SPDX-License-Identifier: Apache-2.0 */
/* Threads for work that may block: as many as there is work at once, up to a limit, and kept for the next. */
#ifndef C8D_LOCAL_WORKERS_H
#define C8D_LOCAL_WORKERS_H

#include "host.h"

struct c8d__workers;

/* NULL: no memory. It has no thread yet. */
struct c8d__workers *c8d__workers_new(void);
/* Runs the work on one of them; where there is none and none can be made, on the caller's. */
void c8d__workers_run(struct c8d__workers *workers, struct c8d__work *work);
/* Waits for the work that is under way. May be NULL. */
void c8d__workers_free(struct c8d__workers *workers);

#endif
