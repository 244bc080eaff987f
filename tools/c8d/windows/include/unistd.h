/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_UNISTD_H
#define C8D_COMMAND_WINDOWS_UNISTD_H

#include_next <unistd.h>

#define fdatasync(fd) _commit(fd)

#endif
