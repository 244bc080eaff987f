/* SPDX-License-Identifier: Apache-2.0 */
#include "check_root.h"
#include "c8d.h"

/* A container of Windows runs in layers of its own, and not in the host's programs. */
bool c8d__check_root_make(char path[C8D__CHECK_ROOT_BYTES])
{
    path[0] = '\0';
    c8d__fail("check: not on Windows, where the host's programs make no root file system");
    return false;
}

bool c8d__check_root_fill(const char *path, json_t *spec)
{
    (void)path;
    (void)spec;
    return false;
}

void c8d__check_root_remove(const char *path)
{
    (void)path;
}
