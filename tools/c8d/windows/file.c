/* SPDX-License-Identifier: Apache-2.0 */
#include "file.h"
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

/* Where no byte of a file ever is: what is locked cannot be read by others. */
#define LOCK_PLACE 0x7fffffff

static int fail(DWORD error)
{
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
        errno = ENOENT;
        break;
    case ERROR_FILE_EXISTS:
    case ERROR_ALREADY_EXISTS:
        errno = EEXIST;
        break;
    case ERROR_ACCESS_DENIED:
    case ERROR_SHARING_VIOLATION:
        errno = EACCES;
        break;
    case ERROR_LOCK_VIOLATION:
    case ERROR_IO_PENDING:
        errno = EWOULDBLOCK;
        break;
    case ERROR_DISK_FULL:
        errno = ENOSPC;
        break;
    default:
        errno = EIO;
    }
    return -1;
}

static DWORD access_of(int flags)
{
    if ((flags & _O_RDWR) != 0)
        return GENERIC_READ | GENERIC_WRITE;
    return (flags & _O_WRONLY) != 0 ? GENERIC_WRITE : GENERIC_READ;
}

static DWORD disposition_of(int flags)
{
    if ((flags & _O_CREAT) == 0)
        return (flags & _O_TRUNC) != 0 ? TRUNCATE_EXISTING : OPEN_EXISTING;
    if ((flags & _O_EXCL) != 0)
        return CREATE_NEW;
    return (flags & _O_TRUNC) != 0 ? CREATE_ALWAYS : OPEN_ALWAYS;
}

static int open_with(const char *path, int flags, DWORD more)
{
    HANDLE file = CreateFileA(path, access_of(flags), FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              NULL, disposition_of(flags), FILE_ATTRIBUTE_NORMAL | more, NULL);
    int fd;

    if (file == INVALID_HANDLE_VALUE)
        return fail(GetLastError());
    fd = _open_osfhandle((intptr_t)file, (flags & _O_APPEND) | _O_BINARY | _O_NOINHERIT);
    if (fd < 0)
        CloseHandle(file);
    return fd;
}

int c8d__windows_open(const char *path, int flags, ...)
{
    return open_with(path, flags, 0);
}

int c8d__windows_nameless(void)
{
    char directory[MAX_PATH];
    char name[MAX_PATH];

    if (GetTempPathA(sizeof(directory), directory) == 0 || GetTempFileNameA(directory, "c8d", 0, name) == 0)
        return fail(GetLastError());
    return open_with(name, _O_RDWR, FILE_FLAG_DELETE_ON_CLOSE);
}

int c8d__windows_rename(const char *from, const char *to)
{
    return MoveFileExA(from, to, MOVEFILE_REPLACE_EXISTING) ? 0 : fail(GetLastError());
}

int c8d__windows_lock(int fd)
{
    OVERLAPPED at = {.OffsetHigh = LOCK_PLACE};

    if (LockFileEx((HANDLE)_get_osfhandle(fd), LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0,
                   &at))
        return 0;
    return fail(GetLastError());
}

char *c8d__windows_realpath(const char *path)
{
    return _access(path, 0) == 0 ? _fullpath(NULL, path, 0) : NULL;
}

/* Of the modes there are "r", "w" and, for both, "e", which all files have. */
FILE *c8d__windows_fopen(const char *path, const char *mode)
{
    const bool writes = mode[0] == 'w';
    int fd = open_with(path, writes ? _O_WRONLY | _O_CREAT | _O_TRUNC : _O_RDONLY, 0);

    return fd >= 0 ? _fdopen(fd, writes ? "wb" : "rb") : NULL;
}

FILE *c8d__windows_tmpfile(void)
{
    int fd = c8d__windows_nameless();

    return fd >= 0 ? _fdopen(fd, "w+b") : NULL;
}
