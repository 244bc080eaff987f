/* SPDX-License-Identifier: Apache-2.0 */
/* What `c8d replay` draws besides what it prints: the options for it, and the files. */
#ifndef C8D_COMMAND_PICTURE_H
#define C8D_COMMAND_PICTURE_H

#include "timeline.h"
#include <argp.h>

struct c8d__picture {
    const char *html; /* files to be written; NULL = none */
    const char *svg;
    bool text; /* a timeline in characters */
    struct c8d__timeline timeline;
};

/* An argp child: give it the picture as its input. */
extern const struct argp c8d__picture_argp;

bool c8d__picture_wanted(const struct c8d__picture *picture);

/* What the picture is of: what the log is called, and the container that alone is shown (NULL = all). */
struct c8d__subject {
    const char *name;
    const char *container;
};

/* Draws what is wanted. @return False after a failure that was told. */
bool c8d__picture_draw(const struct c8d__picture *picture, const struct c8d__subject *subject);

#endif
