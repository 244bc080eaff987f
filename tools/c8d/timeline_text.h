/* SPDX-License-Identifier: Apache-2.0 */
/* A timeline in characters, for a terminal or a file. */
#ifndef C8D_COMMAND_TIMELINE_TEXT_H
#define C8D_COMMAND_TIMELINE_TEXT_H

#include "tracks.h"
#include <stdio.h>

struct c8d__text_style {
    unsigned width; /* characters a line */
    bool colours;
    bool unicode;
    bool all_execs; /* of containers that have many, too */
};

/* What suits a stream: its width if it is a terminal (else COLUMNS or 80), colours if it is one and NO_COLOR
 * is not set, and the signs that its characters have. */
struct c8d__text_style c8d__text_style_of(FILE *out);

void c8d__text_write(const struct c8d__tracks *tracks, const struct c8d__text_style *style, FILE *out);

#endif
