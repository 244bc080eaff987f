/* SPDX-License-Identifier: Apache-2.0 */
/* The byte order mark that Windows's programs put before a text. */
#ifndef C8D_COMMAND_LOG_MARK_H
#define C8D_COMMAND_LOG_MARK_H

#include <stdbool.h>
#include <stddef.h>

#define C8D__MARK_BYTES_MAX 3

/** A text's beginning, of which pieces of any size may come; all zero at first. */
struct c8d__log_mark {
    char held[C8D__MARK_BYTES_MAX]; /**< what came, as long as it may become a mark */
    size_t n_held;
    bool decided;
};

enum c8d__log_mark_kind {
    C8D__MARK_OPEN,  /**< more has to come */
    C8D__MARK_NONE,  /**< what is held belongs to the text */
    C8D__MARK_UTF8,  /**< what is held is none of the text */
    C8D__MARK_UTF16, /**< what follows cannot be read */
};

/** Takes what it needs of a piece, from *bytes on, which it moves on. */
enum c8d__log_mark_kind c8d__log_mark_take(struct c8d__log_mark *mark, const char **bytes, size_t *length);

#endif
