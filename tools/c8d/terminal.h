/* SPDX-License-Identifier: Apache-2.0 */
/* Our own terminal: passed through byte by byte while a process has one of its own, and always put back. */
#ifndef C8D_COMMAND_TERMINAL_H
#define C8D_COMMAND_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * Puts our standard input into raw mode, when it is a terminal. It is put back by c8d__terminal_restore(), at
 * exit, and by whatever signal ends us.
 * @return False after a failure that was told.
 */
bool c8d__terminal_raw(void);
void c8d__terminal_restore(void);

/** The size of our terminal, be it standard input or output. @return False when we have none. */
bool c8d__terminal_size(uint32_t *columns, uint32_t *rows);

/** What can be shown on a stream. */
struct c8d__screen {
    bool terminal; /**< it is one; otherwise the rest is not set */
    bool unicode;
    bool colours;
    uint32_t columns; /**< 0 = not known */
};
struct c8d__screen c8d__terminal_screen(FILE *out);

#endif
