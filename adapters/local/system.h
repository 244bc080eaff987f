/* SPDX-License-Identifier: Apache-2.0 */
/* What the procedures of compute systems share. */
#ifndef C8D_LOCAL_SYSTEM_H
#define C8D_LOCAL_SYSTEM_H

#include "local_internal.h"

/* HCS has done what was asked, or will. */
bool c8d__system_accepted(const struct c8d__errand *errand);

/* Unregisters and closes the errand's system, as far as there is one; goes on with errand->after, with the
 * code of the last call. */
void c8d__system_let_go(struct c8d__errand *errand);

/* Somebody else uses the errand's system, or a process in it has not been told to have ended. */
bool c8d__system_is_busy(const struct c8d__errand *errand);

/*
 * Whose a system is, by its properties, also those in a list. What another owner has is no container here, as
 * what lies in another namespace is none to containerd; of what HCS does not tell an owner of that cannot be
 * said.
 */
enum c8d__owned { C8D__OWNED_BY_US, C8D__OWNED_BY_ANOTHER, C8D__OWNED_UNTOLD };
enum c8d__owned c8d__system_owned(const struct c8d__local *local, const json_t *properties);

#endif
