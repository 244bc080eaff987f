/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_SYS_STAT_H
#define C8D_COMMAND_WINDOWS_SYS_STAT_H

#include_next <sys/stat.h>

#include <direct.h>

/* Who may do what is inherited there. */
#define mkdir(path, mode) _mkdir(path)

#endif
