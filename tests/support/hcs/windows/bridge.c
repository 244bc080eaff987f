/* SPDX-License-Identifier: Apache-2.0 */
#include "bridge.h"
#include "../hcs_sim.h"
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#define BYTES 4096

struct bridge {
    HANDLE pipe, ready;
    struct c8d__stream *stream;
    bool inward;
};

static void set_ready(void *ctx)
{
    const struct bridge *bridge = ctx;

    SetEvent(bridge->ready);
}

static bool write_all(const struct bridge *bridge, const char *bytes, size_t n)
{
    const struct c8d__hcs *hcs = hcs_sim_table();

    while (n > 0) {
        ptrdiff_t taken = hcs->stream_write(bridge->stream, bytes, n);

        if (taken == C8D__STREAM_AGAIN)
            WaitForSingleObject(bridge->ready, 10);
        else if (taken < 0)
            return false;
        bytes += taken > 0 ? taken : 0;
        n -= taken > 0 ? (size_t)taken : 0;
    }
    return true;
}

static void move_in(const struct bridge *bridge)
{
    char bytes[BYTES];
    DWORD n;

    while (ReadFile(bridge->pipe, bytes, BYTES, &n, NULL) && write_all(bridge, bytes, n))
        ;
}

static void move_out(const struct bridge *bridge)
{
    const struct c8d__hcs *hcs = hcs_sim_table();
    char bytes[BYTES];

    for (;;) {
        ptrdiff_t got = hcs->stream_read(bridge->stream, bytes, BYTES);
        DWORD written;

        if (got == C8D__STREAM_AGAIN)
            WaitForSingleObject(bridge->ready, 10);
        else if (got < 0 || got == C8D__STREAM_END ||
                 !WriteFile(bridge->pipe, bytes, (DWORD)got, &written, NULL))
            break;
    }
    FlushFileBuffers(bridge->pipe);
}

static DWORD WINAPI move(void *arg)
{
    struct bridge *bridge = arg;

    if (bridge->inward)
        move_in(bridge);
    else
        move_out(bridge);
    hcs_sim_table()->stream_close(bridge->stream);
    CloseHandle(bridge->pipe);
    CloseHandle(bridge->ready);
    free(bridge);
    return 0;
}

static HANDLE make_pipe(HANDLE *ours)
{
    static LONG number;
    wchar_t name[64];
    HANDLE theirs;

    swprintf(name, sizeof(name) / sizeof(name[0]), L"\\\\.\\pipe\\hcs-sim-%lu-%ld", GetCurrentProcessId(),
             InterlockedIncrement(&number));
    theirs = CreateNamedPipeW(name, PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_WAIT, 1, BYTES, BYTES, 0, NULL);
    *ours =
        CreateFileW(name, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_EXISTING, FILE_FLAG_OVERLAPPED, NULL);
    if (theirs == INVALID_HANDLE_VALUE || *ours == INVALID_HANDLE_VALUE)
        abort();
    return theirs;
}

c8d__handle sim_bridge(c8d__handle stream, bool inward)
{
    struct bridge *bridge;
    HANDLE ours, thread;

    if (stream == NULL)
        return NULL;
    bridge = calloc(1, sizeof(*bridge));
    if (bridge == NULL)
        abort();
    bridge->inward = inward;
    bridge->ready = CreateEventW(NULL, FALSE, FALSE, NULL);
    bridge->pipe = make_pipe(&ours);
    bridge->stream = hcs_sim_table()->stream_open(stream, set_ready, bridge);
    thread = CreateThread(NULL, 0, move, bridge, 0, NULL);
    if (thread == NULL)
        abort();
    CloseHandle(thread);
    return ours;
}
