/* SPDX-License-Identifier: Apache-2.0 */
#include "dot.h"
#include <errno.h>
#include <io.h>
#include <process.h>
#include <stdint.h>
#include <stdio.h>

int c8d__dot_run(int input, bool *out)
{
    intptr_t code;

    if (_dup2(input, _fileno(stdin)) != 0)
        return errno;
    code = _spawnlp(_P_WAIT, "dot", "dot", "-Tsvg", NULL);
    if (code < 0)
        return errno;
    *out = code == 0;
    return 0;
}
