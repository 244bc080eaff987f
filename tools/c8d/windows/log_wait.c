/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a log to grow, to be replaced or to be cut. */
#include "log_wait.h"
#include <errno.h>
#include <io.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>
#include <windows.h>

/* It is looked at: nobody is told of what is written before it gets to the disk. */
#define LOOK_ANYWAY_MS 250

static atomic_bool over;
static HANDLE ended; /* an event */

static BOOL WINAPI end(DWORD event)
{
    (void)event;
    /* A second one ends the command at once. */
    if (atomic_exchange(&over, true))
        return FALSE;
    return SetEvent(ended);
}

bool c8d__log_wait_is_over(void)
{
    return atomic_load(&over);
}

bool c8d__log_wait_begin(struct c8d__log_wait *wait, const char *name)
{
    *wait = (struct c8d__log_wait){.notify = -1, .name = name};
    ended = CreateEventA(NULL, TRUE, FALSE, NULL);
    if (ended != NULL && SetConsoleCtrlHandler(end, TRUE))
        return true;
    errno = ENOMEM;
    return false;
}

void c8d__log_wait_end(struct c8d__log_wait *wait)
{
    (void)wait;
    (void)SetConsoleCtrlHandler(end, FALSE);
    CloseHandle(ended);
}

static bool same_file(HANDLE one, HANDLE other)
{
    BY_HANDLE_FILE_INFORMATION a, b;

    return GetFileInformationByHandle(one, &a) && GetFileInformationByHandle(other, &b) &&
           a.dwVolumeSerialNumber == b.dwVolumeSerialNumber && a.nFileIndexHigh == b.nFileIndexHigh &&
           a.nFileIndexLow == b.nFileIndexLow;
}

static bool is_replaced(const char *name, HANDLE file)
{
    HANDLE there = CreateFileA(name, 0, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
                               OPEN_EXISTING, 0, NULL);
    bool replaced;

    if (there == INVALID_HANDLE_VALUE)
        return false;
    replaced = !same_file(there, file);
    CloseHandle(there);
    return replaced;
}

static enum c8d__log_change look(const struct c8d__log_wait *wait, int fd)
{
    if (_filelengthi64(fd) < _telli64(fd))
        return C8D__LOG_CUT;
    return is_replaced(wait->name, (HANDLE)_get_osfhandle(fd)) ? C8D__LOG_REPLACED : C8D__LOG_GROWN;
}

enum c8d__log_change c8d__log_wait(struct c8d__log_wait *wait, int fd)
{
    if (look(wait, fd) == C8D__LOG_GROWN && _filelengthi64(fd) == _telli64(fd))
        (void)WaitForSingleObject(ended, LOOK_ANYWAY_MS);
    return atomic_load(&over) ? C8D__LOG_OVER : look(wait, fd);
}
