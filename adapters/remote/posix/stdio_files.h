/* SPDX-License-Identifier: Apache-2.0 */
/* What is behind the streams of a process: shared by those who make pipes and those who attach to them. */
#ifndef C8D_REMOTE_STDIO_FILES_H
#define C8D_REMOTE_STDIO_FILES_H

#include "../remote_internal.h"
#include <limits.h>

/* The paths are empty where there is no pipe. */
struct c8d__files {
    char directory[PATH_MAX]; /* to be removed with the pipes; empty = none */
    char in[PATH_MAX];
    char out[PATH_MAX];
    char err[PATH_MAX];
};

/* Where pipes are to be made, and what they are called. */
struct c8d__layout {
    const char *directory;
    const char *prefix;
    const char *in;
    const char *out;
    const char *err;
};

/* Fills *out with no descriptor yet, and struct c8d__files without paths behind it. */
enum c8d_status c8d__files_new(struct c8d__remote *remote, uint32_t flags, struct c8d_stdio *out,
                               struct c8d_error *err);
/* Whether a pipe is called as those in a directory of its own are, which goes with them. */
bool c8d__files_are_ours(const char *path);

#endif
