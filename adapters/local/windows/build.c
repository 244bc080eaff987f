/* SPDX-License-Identifier: Apache-2.0 */
#include "windows_internal.h"
#include <string.h>

typedef LONG(WINAPI *version_fn)(OSVERSIONINFOW *version);

uint32_t c8d__windows_build(void)
{
    OSVERSIONINFOW version = {.dwOSVersionInfoSize = sizeof(version)};
    HMODULE library = GetModuleHandleW(L"ntdll.dll");
    FARPROC found = library != NULL ? GetProcAddress(library, "RtlGetVersion") : NULL;
    version_fn get_version;

    if (found == NULL)
        return 0;
    /* It does not lie to programs without a manifest, as the documented call does. */
    memcpy(&get_version, &found, sizeof(get_version));
    return get_version(&version) == 0 ? version.dwBuildNumber : 0;
}
