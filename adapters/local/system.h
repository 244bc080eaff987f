/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the procedures of compute systems share. What is done next, and what an outcome means, is decided by
 * the model (c8d/compute_system.h); here its actions are carried out, and what HCS says is made a symbol.
 */
#ifndef C8D_LOCAL_SYSTEM_H
#define C8D_LOCAL_SYSTEM_H

#include "local_internal.h"

/* lifecycle.c */
/* What came of an action; an error that is not kept yet is kept. Carries out what follows. */
void c8d__system_outcome(struct c8d__errand *errand, enum c8d_symbol symbol);

/* HCS has done what was asked, or will. */
bool c8d__system_accepted(const struct c8d__errand *errand);

/* The actions; each ends with an outcome. system.c: */
void c8d__system_create(struct c8d__errand *errand);
void c8d__system_start(struct c8d__errand *errand);
/* system_end.c */
void c8d__system_shut_down(struct c8d__errand *errand);
void c8d__system_terminate(struct c8d__errand *errand);
void c8d__system_await_exit(struct c8d__errand *errand, int64_t limit_ns);
void c8d__system_await_shutdown(struct c8d__errand *errand);
void c8d__system_abandon(struct c8d__errand *errand);
void c8d__system_close(struct c8d__errand *errand);
/* takeover.c */
void c8d__system_open(struct c8d__errand *errand);
void c8d__system_ask_owner(struct c8d__errand *errand);
void c8d__system_watch(struct c8d__errand *errand);

/*
 * Whose a system is, by its properties, also those in a list. What another owner has is no container here, as
 * what lies in another namespace is none to containerd; of what HCS does not tell an owner of that cannot be
 * said.
 */
enum c8d__owned { C8D__OWNED_BY_US, C8D__OWNED_BY_ANOTHER, C8D__OWNED_UNTOLD };
enum c8d__owned c8d__system_owned(const struct c8d__local *local, const json_t *properties);

#endif
