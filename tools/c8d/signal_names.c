/* SPDX-License-Identifier: Apache-2.0 */
/* The names of signals, with the numbers that Linux gives them: so runtimes take them, on every system. */
#include "options.h"
#include "signals.h"
#include <string.h>
#include <strings.h>

#define SIGNAL_MAX 64

static const char *const names[] = {
    NULL,   "HUP",  "INT",  "QUIT", "ILL",    "TRAP",   "ABRT",  "BUS",  "FPE",  "KILL", "USR1",
    "SEGV", "USR2", "PIPE", "ALRM", "TERM",   "STKFLT", "CHLD",  "CONT", "STOP", "TSTP", "TTIN",
    "TTOU", "URG",  "XCPU", "XFSZ", "VTALRM", "PROF",   "WINCH", "POLL", "PWR",  "SYS",
};
#define N_NAMES (sizeof(names) / sizeof(names[0]))

const char *c8d__signal_name(uint32_t number)
{
    return number < N_NAMES ? names[number] : NULL;
}

uint32_t c8d__signal_number(const char *text)
{
    uint64_t number;

    if (c8d__read_number(text, SIGNAL_MAX, &number))
        return (uint32_t)number;
    if (strncasecmp(text, "SIG", 3) == 0)
        text += 3;
    for (uint32_t i = 1; i < N_NAMES; i++) {
        if (strcasecmp(names[i], text) == 0)
            return i;
    }
    return 0;
}
