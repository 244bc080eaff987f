/* SPDX-License-Identifier: Apache-2.0 */
/* The streams of the scripted runtime's processes. */
#ifndef C8D_TESTS_SCRIPTED_PIPES_H
#define C8D_TESTS_SCRIPTED_PIPES_H

#include "scripted.h"

struct scripted_pipes {
    struct scripted_stdio far; /* of the process that was opened last */
    int open;                  /* processes whose near ends are open */
};

void scripted_pipes_init(struct scripted_pipes *pipes);
void scripted_pipes_open(struct scripted_pipes *pipes, uint32_t flags, struct c8d_stdio *out);
void scripted_pipes_close(struct scripted_pipes *pipes, struct c8d_stdio *near);
/* Closes the far ends. */
void scripted_pipes_done(struct scripted_pipes *pipes);

#endif
