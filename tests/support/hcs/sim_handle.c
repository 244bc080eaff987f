/* SPDX-License-Identifier: Apache-2.0 */
/* Handles, which are numbers and never used twice, the callbacks behind them, and strings that are counted.
 */
#include "sim_internal.h"
#include <local/text.h>
#include <stdlib.h>
#include <string.h>

c8d__handle sim_handle_new(enum sim_kind kind, void *object)
{
    size_t i = sim.n_handles++;

    if (i == SIM_HANDLES_MAX)
        abort();
    sim.handles[i] = (struct sim_handle){.kind = kind, .object = object};
    return (c8d__handle)(uintptr_t)((i + 1) << 4);
}

struct sim_handle *sim_handle_find(c8d__handle handle, enum sim_kind kind)
{
    size_t i = ((uintptr_t)handle >> 4) - 1;

    if (handle == NULL || ((uintptr_t)handle & 15) != 0 || i >= sim.n_handles || sim.handles[i].kind != kind)
        return NULL;
    return &sim.handles[i];
}

/* Returns when no callback of it runs any more. */
void sim_handle_close(struct sim_handle *handle)
{
    handle->kind = 0;
    while (handle->busy != 0)
        pthread_cond_wait(&sim.changed, &sim.lock);
}

bool sim_has_listener(enum sim_kind kind, const void *object)
{
    for (size_t i = 0; i < sim.n_handles; i++) {
        if (sim.handles[i].kind == kind && sim.handles[i].object == object)
            return true;
    }
    return false;
}

static void call(struct sim_handle *handle, uint32_t type, c8d__hr status)
{
    c8d__notify_fn callback = handle->callback;
    void *ctx = handle->ctx;

    handle->busy++;
    sim_unlock();
    callback(type, ctx, status, NULL);
    sim_lock();
    handle->busy--;
    pthread_cond_broadcast(&sim.changed);
}

void sim_tell(enum sim_kind kind, const void *object, uint32_t type, c8d__hr status)
{
    for (size_t i = 0; i < sim.n_handles; i++) {
        struct sim_handle *handle = &sim.handles[i];

        if (handle->kind == kind && (object == NULL || handle->object == object))
            call(handle, type, status);
    }
}

c8d__wide *sim_string(const char *text)
{
    struct c8d__wide_text wide;

    if (c8d__to_wide(c8d_allocator_default(), (struct c8d_str){text, strlen(text)}, &wide) != C8D__TEXT_OK)
        abort();
    sim.strings++;
    return wide.units;
}

char *sim_narrow(const c8d__wide *text)
{
    struct c8d__text narrow;

    if (!c8d__from_wide(c8d_allocator_default(), text, &narrow))
        abort();
    return narrow.chars;
}
