/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_SYS_MMAN_H
#define C8D_COMMAND_WINDOWS_SYS_MMAN_H

#include "../../file.h"

#define MFD_CLOEXEC 0

#define memfd_create(name, flags) c8d__windows_nameless()

#endif
