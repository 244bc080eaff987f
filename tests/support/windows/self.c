/* SPDX-License-Identifier: Apache-2.0 */
#include "../self.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <windows.h>

#include <psapi.h>

#include <cmocka.h>

#define NS_PER_TICK 100
#define HANDLE_STEP 4
#define HANDLES_MAX 1024

/* Those of pipes: of threads the system itself has sometimes more, sometimes fewer. */
unsigned self_open(void)
{
    unsigned n = 0;

    for (uintptr_t handle = HANDLE_STEP; handle < HANDLE_STEP * HANDLES_MAX; handle += HANDLE_STEP)
        n += GetFileType((HANDLE)handle) == FILE_TYPE_PIPE;
    return n;
}

long self_resident_kb(void)
{
    PROCESS_MEMORY_COUNTERS counters = {.cb = sizeof(counters)};

    assert_true(GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof(counters)));
    assert_true(counters.WorkingSetSize > 0);
    return (long)(counters.WorkingSetSize / 1024);
}

struct self_thread self_thread(void)
{
    FILETIME made;
    FILETIME ended;
    FILETIME kernel;
    FILETIME user;

    assert_true(GetThreadTimes(GetCurrentThread(), &made, &ended, &kernel, &user));
    return (struct self_thread){.cpu_ns =
                                    ((int64_t)user.dwHighDateTime << 32 | user.dwLowDateTime) * NS_PER_TICK};
}
