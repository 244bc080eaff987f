/* SPDX-License-Identifier: Apache-2.0 */
/* The machines, one step function each; the pages with their arrows are rl/<machine>_machine.rl. */
#ifndef C8D_MACHINES_H
#define C8D_MACHINES_H

#include "effects.h"
#include <c8d/states.h>
#include <c8d/symbols.h>

#define C8D__MACHINES(X)                                                                                     \
    X(container, CONTAINER)                                                                                  \
    X(task, TASK)                                                                                            \
    X(process, PROCESS)                                                                                      \
    X(connection, CONNECTION)                                                                                \
    X(query, QUERY)                                                                                          \
    X(launch, LAUNCH)                                                                                        \
    X(response, RESPONSE)                                                                                    \
    X(supervisor, SUPERVISOR)                                                                                \
    X(stop, STOP)                                                                                            \
    X(replace, REPLACE)                                                                                      \
    X(stdin, STDIN)                                                                                          \
    X(wish, WISH)                                                                                            \
    X(compute_system, COMPUTE_SYSTEM)                                                                        \
    X(hcs_process, HCS_PROCESS)

/*
 * Takes the arrow of `symbol` from *state.
 *
 * Returns false when there is none: then *state and *effects are untouched. Else *state is the next state and
 * *effects the bits of the arrow.
 *
 * The library has these functions from tables (arrows.h); Ragel's own have the same names, and are given
 * others where both meet.
 */
#define C8D__MACHINE_STEP(name, upper)                                                                       \
    bool c8d__##name##_step(uint8_t *state, uint8_t symbol, uint64_t *effects);
C8D__MACHINES(C8D__MACHINE_STEP)
#undef C8D__MACHINE_STEP

#endif
