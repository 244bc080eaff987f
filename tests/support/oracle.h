/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rules of the machines a second time, naively: a state is a set of facts, a symbol is a rule on facts.
 * Written from model/README.md and the public headers, without a table and without Ragel. A difference is a
 * fault in one of the two. Those of the supervisor are tests/model/supervision_facts.c.
 */
#ifndef C8D_TEST_ORACLE_H
#define C8D_TEST_ORACLE_H

#include <c8d/compute_system.h>
#include <c8d/states.h>
#include <c8d/symbols.h>
#include <stddef.h>

/* What the symbol does in that state. False: the oracle has no rules for this machine. */
bool oracle_cell(enum c8d_machine machine, unsigned state, unsigned symbol, struct c8d_cell *out);

/* oracle_process.c, oracle_task.c */
struct c8d_cell oracle_process(unsigned state, unsigned symbol);
struct c8d_cell oracle_task(unsigned state, unsigned symbol);
/* oracle_record.c */
struct c8d_cell oracle_record(unsigned state, unsigned symbol);
/* oracle_wish.c */
struct c8d_cell oracle_wish(unsigned state, unsigned symbol);
/* oracle_contact.c */
struct c8d_cell oracle_connection(unsigned state, unsigned symbol);
struct c8d_cell oracle_query(unsigned state, unsigned symbol);
struct c8d_cell oracle_response(unsigned state, unsigned symbol);
/* oracle_commands.c */
struct c8d_cell oracle_launch(unsigned state, unsigned symbol);
struct c8d_cell oracle_stop(unsigned state, unsigned symbol);
struct c8d_cell oracle_stdin(unsigned state, unsigned symbol);
struct c8d_cell oracle_replace(unsigned state, unsigned symbol);

/* oracle_compute_system.c */
struct c8d_cell oracle_compute_system(unsigned state, unsigned symbol);
enum c8d_compute_system_presence oracle_presence(unsigned state);
/* oracle_hcs_process.c */
struct c8d_cell oracle_hcs_process(unsigned state, unsigned symbol);
enum c8d_public_state oracle_seen_of_process(unsigned state);

/* The bit of an effect, by its name. */
uint64_t oracle_effect(const char *name);
/* Those of several, separated by blanks. */
uint64_t oracle_effects(const char *names);
/* The state whose facts are these, bytes without gaps; UINT8_MAX: there is none. */
uint8_t oracle_state_of(const void *facts, const void *facts_of, size_t bytes, unsigned states);

#endif
