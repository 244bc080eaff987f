/* SPDX-License-Identifier: Apache-2.0 */
#include "c8d.h"

int c8d_command_supervise(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    c8d__fail("supervise: not on Windows, where the service manager keeps a containerd");
    return C8D__EXIT_FAILED;
}
