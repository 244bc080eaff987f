/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_SIGNAL_H
#define C8D_COMMAND_WINDOWS_SIGNAL_H

#include_next <signal.h>

/* Of Linux, as runtimes take it. */
#define SIGKILL 9

#endif
