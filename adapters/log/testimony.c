/* SPDX-License-Identifier: Apache-2.0 */
/* A log has nobody to ask: its events are what a question is answered with. */
#include "testimony.h"

enum c8d_symbol c8d__testimony_of(enum c8d_symbol event)
{
    switch (event) {
    case C8D_SYM_CREATED:
        return C8D_SYM_IS_CREATED;
    case C8D_SYM_STARTED:
    case C8D_SYM_RESUMED:
        return C8D_SYM_IS_RUNNING;
    case C8D_SYM_PAUSED:
        return C8D_SYM_IS_PAUSED;
    case C8D_SYM_EXITED:
        return C8D_SYM_IS_STOPPED;
    case C8D_SYM_DELETED:
        return C8D_SYM_IS_ABSENT;
    default:
        /* The kernel may tell of an OOM kill after the exit that it caused. */
        return C8D_SYM_NONE;
    }
}
