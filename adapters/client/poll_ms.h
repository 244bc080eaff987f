/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_POLL_MS_H
#define C8D_POLL_MS_H

#include <c8d/runtime.h>

/*
 * A wait of a runtime in the milliseconds of poll(): rounded up, so that what is due then is due; at most a
 * minute, after which whoever waits looks again. A time that is over already, as it is for whoever was held
 * up between reading the clock and the call, is no wait: poll() would take it for one without end.
 */
static inline int c8d__poll_ms(int64_t timeout_ns)
{
    const int64_t ns_per_ms = 1000000;
    int64_t ms = timeout_ns / ns_per_ms + (timeout_ns % ns_per_ms != 0);

    if (timeout_ns == C8D_NO_DEADLINE)
        return -1;
    if (timeout_ns <= 0)
        return 0;
    return ms < 60000 ? (int)ms : 60000;
}

#endif
