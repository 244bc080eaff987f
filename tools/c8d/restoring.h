/* SPDX-License-Identifier: Apache-2.0 */
/* From which image a task goes on, and which way images take: what run, start and checkpoint have in common.
 */
#ifndef C8D_COMMAND_RESTORING_H
#define C8D_COMMAND_RESTORING_H

#include "options.h"

enum { C8D__OPTION_RESTORE_FROM = 0x500, C8D__OPTION_CONTENT_STORE };

/** Rows of an option table. */
#define C8D__STORE_OPTION                                                                                    \
    {                                                                                                        \
        "content-store", C8D__OPTION_CONTENT_STORE, NULL, 0,                                                 \
            "The image goes through containerd's content store: DIR is ours alone", 0                        \
    }
#define C8D__RESTORE_OPTIONS                                                                                 \
    {"restore-from", C8D__OPTION_RESTORE_FROM, "DIR", 0, "Go on from what c8d checkpoint has written", 0},   \
        C8D__STORE_OPTION

struct c8d__restoring {
    const char *from; /**< as given; NULL = nothing, it starts afresh */
    char *path;       /**< the same, absolute */
};

/** @return Whether it is one of these options. */
bool c8d__restoring_takes(int key);
/** Takes one of them. As an argp parser. */
error_t c8d__restoring_parse(int key, const char *value, struct c8d__options *options,
                             struct c8d__restoring *restoring);
/** Refuses what does not go together: to be called at ARGP_KEY_END. */
error_t c8d__restoring_check(const struct c8d__restoring *restoring, const struct c8d__options *options,
                             const struct argp_state *state);
/** Finds the directory. @return False after a failure that was told. */
bool c8d__restoring_find(struct c8d__restoring *restoring);
/** @return What to start from: empty = afresh. Borrowed from `restoring`. */
struct c8d_str c8d__restoring_image(const struct c8d__restoring *restoring);
void c8d__restoring_free(struct c8d__restoring *restoring);

#endif
