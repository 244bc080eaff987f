/* SPDX-License-Identifier: Apache-2.0 */
/* The C runtime lets go of what it could not write. */
#ifndef C8D_COMMAND_WINDOWS_STDIO_EXT_H
#define C8D_COMMAND_WINDOWS_STDIO_EXT_H

#define __fpurge(stream) ((void)(stream))

#endif
