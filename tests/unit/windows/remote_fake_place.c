/* SPDX-License-Identifier: Apache-2.0 */
#include "../remote_fake_place.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#include <cmocka.h>

#define BUFFER_BYTES 65536

struct fake_place {
    char name[64];
    HANDLE stop;
    HANDLE done;       /* of the transfer under way */
    HANDLE next;       /* the end that whoever comes next finds */
    HANDLE connection; /* NULL = none */
};

static HANDLE make_end(const char *name)
{
    HANDLE end =
        CreateNamedPipeA(name, PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE | PIPE_READMODE_BYTE,
                         PIPE_UNLIMITED_INSTANCES, BUFFER_BYTES, BUFFER_BYTES, 0, NULL);

    assert_true(end != INVALID_HANDLE_VALUE);
    return end;
}

struct fake_place *fake_place_open(char *address, size_t size)
{
    static unsigned number;
    struct fake_place *place = calloc(1, sizeof(*place));

    assert_non_null(place);
    (void)snprintf(place->name, sizeof(place->name), "\\\\.\\pipe\\c8d-fake-%lu-%u", GetCurrentProcessId(),
                   number++);
    (void)snprintf(address, size, "%s", place->name);
    place->stop = CreateEventA(NULL, TRUE, FALSE, NULL);
    place->done = CreateEventA(NULL, TRUE, FALSE, NULL);
    assert_true(place->stop != NULL && place->done != NULL);
    place->next = make_end(place->name);
    return place;
}

void fake_place_stop(struct fake_place *place)
{
    assert_true(SetEvent(place->stop));
}

void fake_place_close(struct fake_place *place)
{
    fake_place_hang_up(place);
    (void)CloseHandle(place->next);
    (void)CloseHandle(place->done);
    (void)CloseHandle(place->stop);
    free(place);
}

/* Waits for a transfer that was begun. False: it has failed, or was stopped. */
static bool await(const struct fake_place *place, HANDLE end, OVERLAPPED *transfer, DWORD *n)
{
    const HANDLE either[] = {place->done, place->stop};

    if (WaitForMultipleObjects(2, either, FALSE, INFINITE) != WAIT_OBJECT_0)
        (void)CancelIoEx(end, transfer);
    return GetOverlappedResult(end, transfer, n, TRUE);
}

bool fake_place_accept(struct fake_place *place)
{
    OVERLAPPED transfer = {.hEvent = place->done};
    DWORD n;
    bool come = ConnectNamedPipe(place->next, &transfer);

    if (!come && GetLastError() == ERROR_IO_PENDING)
        come = await(place, place->next, &transfer, &n);
    else if (!come)
        come = GetLastError() == ERROR_PIPE_CONNECTED || GetLastError() == ERROR_NO_DATA;
    if (!come || WaitForSingleObject(place->stop, 0) == WAIT_OBJECT_0)
        return false;
    place->connection = place->next;
    place->next = make_end(place->name);
    return true;
}

/* The library takes no end of a pipe that somebody else has made. */
int fake_place_pair(struct fake_place *place, int send_buffer)
{
    (void)place;
    (void)send_buffer;
    fail_msg("no connection without an address");
    return -1;
}

bool fake_place_is_connected(const struct fake_place *place)
{
    return place->connection != NULL;
}

size_t fake_place_read(struct fake_place *place, void *to, size_t size)
{
    DWORD n = 0;
    bool read = place->connection != NULL;

    /* A write of no bytes is read, and is no end. */
    while (read && n == 0) {
        OVERLAPPED transfer = {.hEvent = place->done};

        read = ReadFile(place->connection, to, (DWORD)size, NULL, &transfer) ||
               GetLastError() == ERROR_IO_PENDING;
        read = read && await(place, place->connection, &transfer, &n);
    }
    return read ? n : 0;
}

size_t fake_place_write(struct fake_place *place, const void *from, size_t size)
{
    OVERLAPPED transfer = {.hEvent = place->done};
    DWORD n = 0;
    bool begun = WriteFile(place->connection, from, (DWORD)size, NULL, &transfer) ||
                 GetLastError() == ERROR_IO_PENDING;

    return begun && await(place, place->connection, &transfer, &n) ? n : 0;
}

void fake_place_await_read(struct fake_place *place)
{
    (void)FlushFileBuffers(place->connection);
}

void fake_place_hang_up(struct fake_place *place)
{
    if (place->connection != NULL)
        (void)CloseHandle(place->connection);
    place->connection = NULL;
}
