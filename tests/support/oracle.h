/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the process and the task machine a second time, naively: a state is a set of facts, a symbol
 * is a rule on facts. Written from model/README.md and the public headers, without a table and without Ragel.
 * A difference is a fault in one of the two.
 */
#ifndef C8D_TEST_ORACLE_H
#define C8D_TEST_ORACLE_H

#include <c8d/states.h>
#include <c8d/symbols.h>

/* What the symbol does in that state. False: the oracle has no rules for this machine. */
bool oracle_cell(enum c8d_machine machine, unsigned state, unsigned symbol, struct c8d_cell *out);

/* oracle_process.c, oracle_task.c */
struct c8d_cell oracle_process(unsigned state, unsigned symbol);
struct c8d_cell oracle_task(unsigned state, unsigned symbol);
/* The bit of an effect, by its name. */
uint64_t oracle_effect(const char *name);

#endif
