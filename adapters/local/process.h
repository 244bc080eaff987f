/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the procedures of processes share. What is done next, and what an outcome means, is decided by the
 * model (c8d/hcs_process.h); here its actions are carried out, and what HCS says is made a symbol.
 */
#ifndef C8D_LOCAL_PROCESS_H
#define C8D_LOCAL_PROCESS_H

#include "local_internal.h"
#include <c8d/hcs_process.h>

/* process_life.c */
/* Feeds a symbol and carries out what follows. False: it is not taken. */
bool c8d__hcs_process_feed(struct c8d__errand *errand, enum c8d_symbol symbol);
/* The answer is the error that is kept. */
void c8d__hcs_process_fail(struct c8d__errand *errand);
/* What came of an action, or a fact that the errand has found. Carries out what follows; when nothing does,
 * the errand is over. */
void c8d__hcs_process_outcome(struct c8d__errand *errand, enum c8d_symbol symbol);

/* The actions; each but those of close_stdin and of a signal ends with an outcome. processes.c: */
void c8d__hcs_process_create(struct c8d__errand *errand);
void c8d__hcs_process_watch(struct c8d__errand *errand);
void c8d__hcs_process_end(struct c8d__errand *errand);
void c8d__hcs_process_close(struct c8d__errand *errand);
void c8d__hcs_process_close_stdin(struct c8d__errand *errand);
/* process_end.c */
void c8d__hcs_process_ask_code(struct c8d__errand *errand);
void c8d__hcs_process_ask_ended(struct c8d__errand *errand);
/* freeze.c; of the whole system, on behalf of its init process */
void c8d__hcs_process_pause(struct c8d__errand *errand);
void c8d__hcs_process_resume(struct c8d__errand *errand);
void c8d__hcs_process_ask_paused(struct c8d__errand *errand);

#endif
