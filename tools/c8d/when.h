/* SPDX-License-Identifier: Apache-2.0 */
/* A place in a log, as a user names one: a line's number, or a time. */
#ifndef C8D_COMMAND_WHEN_H
#define C8D_COMMAND_WHEN_H

#include <stdbool.h>
#include <stdint.h>

struct c8d__when {
    bool given;
    bool is_time;
    int64_t ns;    /**< since 1970 */
    uint64_t line; /**< the number given, or what the time has come to */
};

/**
 * Reads digits, or a time such as 2026-11-26T00:51:02.5Z, 2026-11-26 01:51:02+01:00 or 2026-11-26 (UTC where
 * no offset is given).
 *
 * @return False when it is neither.
 */
bool c8d__when_read(const char *text, struct c8d__when *out);

#endif
