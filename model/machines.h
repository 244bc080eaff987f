/* SPDX-License-Identifier: Apache-2.0 */
/* The machines, one step function each; the pages with their arrows are rl/<machine>_machine.rl. */
#ifndef C8D_MACHINES_H
#define C8D_MACHINES_H

#include "effects.h"
#include <c8d/states.h>
#include <c8d/symbols.h>

/*
 * Takes the arrow of `symbol` from *state.
 *
 * Returns false when there is none: then *state and *effects are untouched. Else *state is the next state and
 * *effects the bits of the arrow.
 */
bool c8d__process_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__task_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__container_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__connection_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__query_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__launch_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__replace_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__wish_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__stop_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__response_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__stdin_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__compute_system_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__hcs_process_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
bool c8d__supervisor_step(uint8_t *state, uint8_t symbol, uint64_t *effects);

#endif
