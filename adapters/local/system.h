/* SPDX-License-Identifier: Apache-2.0 */
/* What the procedures of compute systems share. */
#ifndef C8D_LOCAL_SYSTEM_H
#define C8D_LOCAL_SYSTEM_H

#include "local_internal.h"

/* Unregisters and closes the errand's system, as far as there is one; goes on with errand->after, with the
 * code of the last call. */
void c8d__system_let_go(struct c8d__errand *errand);

/* Somebody else uses the errand's system, or a process in it has not been told to have ended. */
bool c8d__system_is_busy(const struct c8d__errand *errand);

#endif
