/* SPDX-License-Identifier: Apache-2.0 */
/* The machines in the language of graphviz. */
#ifndef C8D_COMMAND_DRAW_H
#define C8D_COMMAND_DRAW_H

#include <stdbool.h>
#include <stdio.h>

struct c8d__drawing {
    unsigned first; /**< enum c8d_machine */
    unsigned last;
    bool no_self; /**< without arrows from a state to itself */
};

/** A failure to write stays with the stream. */
void c8d__draw(const struct c8d__drawing *drawing, FILE *out);

#endif
