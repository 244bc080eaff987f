/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_STDIO_H
#define C8D_COMMAND_WINDOWS_STDIO_H

#include_next <stdio.h>

#include "../file.h"

#define fopen(path, mode) c8d__windows_fopen(path, mode)
#define tmpfile() c8d__windows_tmpfile()
#define rename(from, to) c8d__windows_rename(from, to)

#endif
