/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The simulated service as vmcompute.dll: the exports under their names, strings that CoTaskMemFree() frees,
 * and pipes that are opened for overlapped transfers. With C8D_HCS_LEFT_OF in the environment a system "left"
 * of this owner is there from the beginning.
 */
#include "../sim_internal.h"
#include "bridge.h"
#include <objbase.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_service(void)
{
    const char *owner = getenv("C8D_HCS_LEFT_OF");

    hcs_sim_reset_threads(1);
    if (owner != NULL)
        hcs_sim_leave("left", owner);
}

static const struct c8d__hcs *service(void)
{
    (void)pthread_once(&once, open_service);
    return hcs_sim_table();
}

/* A string of the simulation becomes the caller's. */
static void hand_over(c8d__wide **text)
{
    c8d__wide *ours = text != NULL ? *text : NULL;
    size_t units = 0;

    if (ours == NULL)
        return;
    while (ours[units++] != 0)
        ;
    *text = CoTaskMemAlloc(units * sizeof(*ours));
    if (*text != NULL)
        memcpy(*text, ours, units * sizeof(*ours));
    service()->mem_free(ours);
}

#define EXPORT __declspec(dllexport) c8d__hr C8D__HCSAPI

/* What takes a handle and options and may give a result. */
#define OPERATION(name, member)                                                                              \
    EXPORT name(c8d__handle handle, const c8d__wide *text, c8d__wide **result);                              \
    EXPORT name(c8d__handle handle, const c8d__wide *text, c8d__wide **result)                               \
    {                                                                                                        \
        c8d__hr hr = service()->member(handle, text, result);                                                \
                                                                                                             \
        hand_over(result);                                                                                   \
        return hr;                                                                                           \
    }

#define OF_HANDLE(name, member)                                                                              \
    EXPORT name(c8d__handle handle);                                                                         \
    EXPORT name(c8d__handle handle)                                                                          \
    {                                                                                                        \
        return service()->member(handle);                                                                    \
    }

#define QUESTION(name, member)                                                                               \
    EXPORT name(const c8d__wide *query, c8d__wide **out, c8d__wide **result);                                \
    EXPORT name(const c8d__wide *query, c8d__wide **out, c8d__wide **result)                                 \
    {                                                                                                        \
        c8d__hr hr = service()->member(query, out, result);                                                  \
                                                                                                             \
        hand_over(out);                                                                                      \
        hand_over(result);                                                                                   \
        return hr;                                                                                           \
    }

#define REGISTRATION(name, member)                                                                           \
    EXPORT name(c8d__handle handle, c8d__notify_fn callback, void *ctx, c8d__handle *out);                   \
    EXPORT name(c8d__handle handle, c8d__notify_fn callback, void *ctx, c8d__handle *out)                    \
    {                                                                                                        \
        return service()->member(handle, callback, ctx, out);                                                \
    }

OPERATION(HcsStartComputeSystem, start)
OPERATION(HcsShutdownComputeSystem, shutdown)
OPERATION(HcsTerminateComputeSystem, terminate)
OPERATION(HcsPauseComputeSystem, pause)
OPERATION(HcsResumeComputeSystem, resume)
OPERATION(HcsModifyComputeSystem, modify)
OPERATION(HcsSignalProcess, signal_process)
OPERATION(HcsModifyProcess, modify_process)
OF_HANDLE(HcsCloseComputeSystem, close)
OF_HANDLE(HcsUnregisterComputeSystemCallback, unregister_system)
OF_HANDLE(HcsCloseProcess, close_process)
OF_HANDLE(HcsUnregisterProcessCallback, unregister_process)
QUESTION(HcsEnumerateComputeSystems, enumerate)
QUESTION(HcsGetServiceProperties, get_service_properties)
REGISTRATION(HcsRegisterComputeSystemCallback, register_system)
REGISTRATION(HcsRegisterProcessCallback, register_process)

EXPORT HcsCreateComputeSystem(const c8d__wide *id, const c8d__wide *config, c8d__handle identity,
                              c8d__handle *out, c8d__wide **result);
EXPORT HcsCreateComputeSystem(const c8d__wide *id, const c8d__wide *config, c8d__handle identity,
                              c8d__handle *out, c8d__wide **result)
{
    c8d__hr hr = service()->create(id, config, identity, out, result);

    hand_over(result);
    return hr;
}

EXPORT HcsOpenComputeSystem(const c8d__wide *id, c8d__handle *out, c8d__wide **result);
EXPORT HcsOpenComputeSystem(const c8d__wide *id, c8d__handle *out, c8d__wide **result)
{
    c8d__hr hr = service()->open(id, out, result);

    hand_over(result);
    return hr;
}

EXPORT HcsGetComputeSystemProperties(c8d__handle handle, const c8d__wide *query, c8d__wide **out,
                                     c8d__wide **result);
EXPORT HcsGetComputeSystemProperties(c8d__handle handle, const c8d__wide *query, c8d__wide **out,
                                     c8d__wide **result)
{
    c8d__hr hr = service()->get_properties(handle, query, out, result);

    hand_over(out);
    hand_over(result);
    return hr;
}

EXPORT HcsCreateProcess(c8d__handle handle, const c8d__wide *parameters, struct c8d__process_info *info,
                        c8d__handle *out, c8d__wide **result);
EXPORT HcsCreateProcess(c8d__handle handle, const c8d__wide *parameters, struct c8d__process_info *info,
                        c8d__handle *out, c8d__wide **result)
{
    c8d__hr hr = service()->create_process(handle, parameters, info, out, result);

    hand_over(result);
    if (hr != 0)
        return hr;
    info->in = sim_bridge(info->in, true);
    info->out = sim_bridge(info->out, false);
    info->err = sim_bridge(info->err, false);
    return hr;
}

EXPORT HcsOpenProcess(c8d__handle handle, uint32_t pid, c8d__handle *out, c8d__wide **result);
EXPORT HcsOpenProcess(c8d__handle handle, uint32_t pid, c8d__handle *out, c8d__wide **result)
{
    c8d__hr hr = service()->open_process(handle, pid, out, result);

    hand_over(result);
    return hr;
}

EXPORT HcsTerminateProcess(c8d__handle handle, c8d__wide **result);
EXPORT HcsTerminateProcess(c8d__handle handle, c8d__wide **result)
{
    c8d__hr hr = service()->terminate_process(handle, result);

    hand_over(result);
    return hr;
}

EXPORT HcsGetProcessInfo(c8d__handle handle, struct c8d__process_info *info, c8d__wide **result);
EXPORT HcsGetProcessInfo(c8d__handle handle, struct c8d__process_info *info, c8d__wide **result)
{
    c8d__hr hr = service()->get_process_info(handle, info, result);

    hand_over(result);
    return hr;
}

EXPORT HcsGetProcessProperties(c8d__handle handle, c8d__wide **out, c8d__wide **result);
EXPORT HcsGetProcessProperties(c8d__handle handle, c8d__wide **out, c8d__wide **result)
{
    c8d__hr hr = service()->get_process_properties(handle, out, result);

    hand_over(out);
    hand_over(result);
    return hr;
}

EXPORT NameToGuid(const c8d__wide *name, struct c8d__guid *out);
EXPORT NameToGuid(const c8d__wide *name, struct c8d__guid *out)
{
    return service()->name_to_guid(name, out);
}
