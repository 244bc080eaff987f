/* SPDX-License-Identifier: Apache-2.0 */
/* A root file system for c8d check: the host's own programs, where no other is given. */
#ifndef C8D_COMMAND_CHECK_ROOT_H
#define C8D_COMMAND_CHECK_ROOT_H

#include <jansson.h>
#include <stdbool.h>

#define C8D__CHECK_ROOT_BYTES 256

/** Makes an empty directory, in $TMPDIR or /tmp, that becomes the root. @return False after a failure that
 * was told. */
bool c8d__check_root_make(char path[C8D__CHECK_ROOT_BYTES]);

/** Adds the host's programs and libraries to the spec, read-only. @return False after a failure that was
 * told.
 */
bool c8d__check_root_fill(const char *path, json_t *spec);

/** Removes the directory with the mount points in it, and nothing that is mounted there. */
void c8d__check_root_remove(const char *path);

#endif
