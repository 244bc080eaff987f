/* SPDX-License-Identifier: Apache-2.0 */
/* A few rows of a timeline as a picture that stands alone. */
#ifndef C8D_COMMAND_TIMELINE_SVG_H
#define C8D_COMMAND_TIMELINE_SVG_H

#include "tracks.h"
#include <stdio.h>

/* Draws these rows; the first gives the picture its name. @return False when nothing is known of them. */
bool c8d__svg_write(const struct c8d__tracks *tracks, const uint32_t *rows, size_t count, FILE *out);

#endif
