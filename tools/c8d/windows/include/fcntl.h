/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_FCNTL_H
#define C8D_COMMAND_WINDOWS_FCNTL_H

#include_next <fcntl.h>

#include "../file.h"

/* Directories cannot be opened there, whatever is asked. */
#define O_DIRECTORY 0

#define open(...) c8d__windows_open(__VA_ARGS__)

#endif
