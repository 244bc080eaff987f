/* SPDX-License-Identifier: Apache-2.0 */
/* Windows as the host: vmcompute.dll, its clocks and its directories. */
#include "../hresult.h"
#include "../workers.h"
#include "client/poll_ms.h"
#include "windows_internal.h"
#include <objbase.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_SECOND INT64_C(1000000000)

struct windows {
    struct c8d__hcs hcs;
    struct c8d__workers *workers;
    int wake_fd;
};

/* ---- the library
 * ----------------------------------------------------------------------------------------------------- */

/* One export into the table. False: it is missing, and nothing goes without it. */
static bool resolve(HMODULE library, const char *name, void *member, bool required)
{
    FARPROC found = GetProcAddress(library, name);

    memcpy(member, &found, sizeof(found));
    return found != NULL || !required;
}

/* The name of an export that is missing; NULL: all are there. */
static const char *fill(HMODULE library, struct c8d__hcs *hcs)
{
#define C8D__RESOLVE(name, member, parameters, required)                                                     \
    if (!resolve(library, #name, &hcs->member, required))                                                    \
        return #name;
    C8D__HCS_EXPORTS(C8D__RESOLVE)
#undef C8D__RESOLVE
    hcs->mem_free = CoTaskMemFree;
    c8d__windows_streams(hcs);
    return NULL;
}

static enum c8d_status load(struct windows *windows, struct c8d_error *err)
{
    /* From the system's directory alone: nobody else's library of that name. */
    HMODULE library = LoadLibraryExW(L"vmcompute.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
    const char *missing;

    if (library == NULL)
        return c8d_error_set_origin(
            err, C8D_NOT_IMPLEMENTED, C8D_ORIGIN_HRESULT, HRESULT_FROM_WIN32(GetLastError()),
            "this Windows has no Host Compute Service: vmcompute.dll cannot be loaded");
    missing = fill(library, &windows->hcs);
    if (missing == NULL)
        return C8D_OK;
    return c8d_error_set_origin(err, C8D_NOT_IMPLEMENTED, C8D_ORIGIN_HRESULT,
                                HRESULT_FROM_WIN32(ERROR_PROC_NOT_FOUND), "vmcompute.dll lacks %s", missing);
}

/* ---- the host
 * -------------------------------------------------------------------------------------------------------- */

static int64_t clock_of(clockid_t clock)
{
    struct timespec now = {0};

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

static int64_t host_now(void *ctx)
{
    (void)ctx;
    return clock_of(CLOCK_MONOTONIC);
}

static int64_t host_wall(void *ctx)
{
    (void)ctx;
    return clock_of(CLOCK_REALTIME);
}

static void host_wait(void *ctx, struct pollfd *fds, size_t n, int64_t timeout_ns)
{
    const struct windows *windows = ctx;
    struct pollfd few[64];
    struct pollfd *all = n < 64 ? few : malloc((n + 1) * sizeof(*all));
    uint64_t count;

    if (all == NULL) { /* no memory: a short wait, and then they are looked at again */
        all = few;
        n = 0;
        timeout_ns = timeout_ns < NS_PER_MS ? timeout_ns : NS_PER_MS;
    }
    all[0] = (struct pollfd){.fd = windows->wake_fd, .events = POLLIN};
    if (n != 0)
        memcpy(all + 1, fds, n * sizeof(*fds));
    (void)poll(all, n + 1, c8d__poll_ms(timeout_ns));
    if (n != 0)
        memcpy(fds, all + 1, n * sizeof(*fds));
    if (all[0].revents != 0)
        (void)!read(windows->wake_fd, &count, sizeof(count));
    if (all != few)
        free(all);
}

static void host_wake(void *ctx)
{
    const struct windows *windows = ctx;
    const uint64_t one = 1;

    (void)!write(windows->wake_fd, &one, sizeof(one));
}

static void host_run(void *ctx, struct c8d__work *work)
{
    const struct windows *windows = ctx;

    c8d__workers_run(windows->workers, work);
}

static int32_t host_find_directory(void *ctx, const char *path)
{
    wchar_t wide[1024];
    DWORD attributes;

    (void)ctx;
    if (MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, wide, 1024) == 0)
        return (int32_t)GetLastError();
    attributes = GetFileAttributesW(wide);
    if (attributes == INVALID_FILE_ATTRIBUTES)
        return (int32_t)GetLastError();
    return (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? C8D__HR_DONE : C8D__HR_FILE_NOT_FOUND;
}

static uint32_t host_processors(void *ctx)
{
    (void)ctx;
    return GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
}

static uint32_t host_build(void *ctx)
{
    (void)ctx;
    return c8d__windows_build();
}

static void host_destroy(void *ctx)
{
    struct windows *windows = ctx;

    c8d__workers_free(windows->workers);
    if (windows->wake_fd >= 0)
        close(windows->wake_fd);
    /* The library stays: threads of its own may still be on their way out of it. */
    free(windows);
}

static enum c8d_status open_host(struct c8d__host *out, struct c8d_error *err)
{
    struct windows *windows = calloc(1, sizeof(*windows));
    enum c8d_status status;

    if (windows == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a host");
    windows->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    windows->workers = c8d__workers_new();
    status = windows->workers != NULL && windows->wake_fd >= 0
                 ? load(windows, err)
                 : c8d_error_set(err, C8D_EXHAUSTED, "no memory for a host");
    if (status != C8D_OK) {
        host_destroy(windows);
        return status;
    }
    *out = (struct c8d__host){.ctx = windows,
                              .hcs = &windows->hcs,
                              .now = host_now,
                              .wall = host_wall,
                              .wait = host_wait,
                              .wake = host_wake,
                              .run = host_run,
                              .find_directory = host_find_directory,
                              .processors = host_processors,
                              .build = host_build,
                              .destroy = host_destroy};
    return C8D_OK;
}

enum c8d_status c8d_local_new(const struct c8d_local_options *options, struct c8d_runtime *out,
                              struct c8d_error *err)
{
    struct c8d__host host;
    enum c8d_status status = open_host(&host, err);

    if (status != C8D_OK)
        return status;
    status = c8d__local_new(options, &host, out, err);
    if (status != C8D_OK)
        host.destroy(host.ctx);
    return status;
}
