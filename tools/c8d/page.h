/* SPDX-License-Identifier: Apache-2.0 */
/* A timeline as one page of HTML that needs nothing from outside. */
#ifndef C8D_COMMAND_PAGE_H
#define C8D_COMMAND_PAGE_H

#include "timeline.h"
#include <stdio.h>

/**
 * Writes the page. A failure to write stays with the stream.
 * @param title What the log is called.
 * @return False when there is no randomness to be had for it.
 */
bool c8d__page_write(const struct c8d__timeline *timeline, const char *title, FILE *out);

/* Writes a JSON string that can stand within a script element: no byte of it ends the element or begins a
 * comment. What is no UTF-8 is taken for Latin-1. */
void c8d__page_string(const char *text, FILE *out);

/* page_data.c: the timeline, as the page's script wants it. */
void c8d__page_data(const struct c8d__timeline *timeline, const char *title, FILE *out);

/* page_machines.c: the compiled machines: {"name":…,"states":[…],"arrows":[[from,to,symbol…]…]}. */
void c8d__page_machines(FILE *out);

#endif
