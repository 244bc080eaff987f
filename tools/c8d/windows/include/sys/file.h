/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_SYS_FILE_H
#define C8D_COMMAND_WINDOWS_SYS_FILE_H

#include "../../file.h"

#define LOCK_EX 0
#define LOCK_NB 0

#define flock(fd, how) ((void)(how), c8d__windows_lock(fd))

#endif
