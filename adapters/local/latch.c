/* SPDX-License-Identifier: Apache-2.0 */
/* Notifications of HCS as levels. Runs on HCS's threads. */
#include "local_internal.h"

/* Which latch a notification sets; the COUNT for one that nobody waits for. */
static enum c8d__latch latch_of(uint32_t type)
{
    switch (type) {
    case C8D__HCS_SYSTEM_EXITED:
    case C8D__HCS_PROCESS_EXITED:
        return C8D__LATCH_EXITED;
    case C8D__HCS_CREATE_COMPLETED:
        return C8D__LATCH_CREATED;
    case C8D__HCS_START_COMPLETED:
        return C8D__LATCH_STARTED;
    case C8D__HCS_PAUSE_COMPLETED:
        return C8D__LATCH_PAUSED;
    case C8D__HCS_RESUME_COMPLETED:
        return C8D__LATCH_RESUMED;
    case C8D__HCS_SHUTDOWN_FAILED:
        return C8D__LATCH_SHUTDOWN_FAILED;
    case C8D__HCS_SERVICE_DISCONNECT:
        return C8D__LATCH_DISCONNECTED;
    default:
        return C8D__LATCH__COUNT;
    }
}

void C8D__HCSAPI c8d__latch_notify(uint32_t type, void *ctx, c8d__hr status, const c8d__wide *data)
{
    struct c8d__watch *watch = ctx;
    enum c8d__latch latch = latch_of(type);

    (void)data; /* HCS's, and lent for this call alone */
    if (latch == C8D__LATCH__COUNT || atomic_load(&watch->set[latch]))
        return;
    atomic_store(&watch->status[latch], status);
    atomic_store(&watch->set[latch], true);
    atomic_store(watch->stirred, true);
    watch->host->wake(watch->host->ctx);
}

bool c8d__latch_is_set(const struct c8d__watch *watch, enum c8d__latch latch)
{
    return atomic_load(&watch->set[latch]);
}

int32_t c8d__latch_code(const struct c8d__watch *watch, enum c8d__latch latch)
{
    c8d__hr status = atomic_load(&watch->status[latch]);

    /* Only what is negative is a failure. */
    return status < 0 ? c8d__hr_code(status) : C8D__HR_DONE;
}

void c8d__latch_clear(struct c8d__watch *watch, enum c8d__latch latch)
{
    atomic_store(&watch->set[latch], false);
}

void c8d__watch_reset(struct c8d__local *local, struct c8d__watch *watch)
{
    watch->host = &local->host;
    watch->stirred = &local->stirred;
    watch->registration = NULL;
    for (int latch = 0; latch < C8D__LATCH__COUNT; latch++) {
        atomic_init(&watch->set[latch], false);
        atomic_init(&watch->status[latch], 0);
    }
}
