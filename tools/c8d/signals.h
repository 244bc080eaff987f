/* SPDX-License-Identifier: Apache-2.0 */
/* Signals: what the command was sent, to be looked at between two dispatches; and their names. */
#ifndef C8D_COMMAND_SIGNALS_H
#define C8D_COMMAND_SIGNALS_H

#include <c8d/client.h>

/** From now on keeps INT, TERM, HUP, QUIT, USR1 and USR2 for c8d__signal_take() and wakes the client. */
void c8d__signals_keep(struct c8d_client *client);

/** From now on INT and TERM ask the command to end, and wake the client. A second one ends it at once. */
void c8d__signals_end(struct c8d_client *client);

/** What a signal handler calls: async-signal-safe. */
typedef void c8d__wake_fn(void *what);

/** As c8d__signals_end(), for something else than a client. */
void c8d__signals_end_with(c8d__wake_fn *function, void *what);

/** From now on a change of the size of our terminal is kept, too, and so is its present size: for
 * c8d__signal_take_resize(). */
void c8d__signals_keep_resize(void);
/** @return Whether the size of our terminal has changed since the last time, or was never asked for. */
bool c8d__signal_take_resize(void);

/** Back to the default: to be called before what it wakes goes away. */
void c8d__signals_release(void);

/** @return A signal that was kept and not yet taken; 0 when there is none. */
int c8d__signal_take(void);

/** @return Number of a signal given as a number, "TERM" or "SIGTERM" in any case; 0 when there is none. */
uint32_t c8d__signal_number(const char *text);

/** @return "TERM" and the like; NULL for a number that has no name. */
const char *c8d__signal_name(uint32_t number);

#endif
