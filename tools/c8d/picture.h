/* SPDX-License-Identifier: Apache-2.0 */
/* What `c8d replay` draws besides what it prints: the options for it, and the files. */
#ifndef C8D_COMMAND_PICTURE_H
#define C8D_COMMAND_PICTURE_H

#include "timeline.h"
#include <argp.h>

struct c8d__picture {
    const char *html; /* a file to be written; NULL = none */
    struct c8d__timeline timeline;
};

/* An argp child: give it the picture as its input. */
extern const struct argp c8d__picture_argp;

bool c8d__picture_wanted(const struct c8d__picture *picture);

/* Draws what is wanted. `name`: what the log is called. @return False after a failure that was told. */
bool c8d__picture_draw(const struct c8d__picture *picture, const char *name);

#endif
