/* SPDX-License-Identifier: Apache-2.0 */
/* From the simulation's streams to pipes of Windows. */
#ifndef C8D_TESTS_SIM_BRIDGE_H
#define C8D_TESTS_SIM_BRIDGE_H

#include <local/hcs.h>

/*
 * A pipe that is opened for overlapped transfers, and a thread that moves what goes through it. Takes over
 * the stream, which may be NULL. `inward`: the process reads it.
 */
c8d__handle sim_bridge(c8d__handle stream, bool inward);

#endif
