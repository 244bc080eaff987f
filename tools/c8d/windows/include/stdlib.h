/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_STDLIB_H
#define C8D_COMMAND_WINDOWS_STDLIB_H

#include_next <stdlib.h>

#include "../file.h"

void *c8d__windows_reallocarray(void *memory, size_t n, size_t size);

#define reallocarray(memory, n, size) c8d__windows_reallocarray(memory, n, size)
#define realpath(path, room) ((void)(room), c8d__windows_realpath(path))

#endif
