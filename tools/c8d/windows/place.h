/* SPDX-License-Identifier: Apache-2.0 */
/* What a system calls its own. */
#ifndef C8D_COMMAND_PLACE_H
#define C8D_COMMAND_PLACE_H

#include <c8d/select.h>

#define C8D__IS_WINDOWS 1
#define C8D__DEFAULT_ADDRESS C8D_CONTAINERD_PIPE
/* Who runs a new container. */
#define C8D__DEFAULT_SHIM C8D_RUNTIME_RUNHCS
/* What of an exit code we can end with. */
#define C8D__EXIT_CODE_MASK 0xffffffffU

#endif
