/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a command line that say how a process is to run: shared by run and exec. */
#ifndef C8D_COMMAND_WISHES_H
#define C8D_COMMAND_WISHES_H

#include "options.h"
#include "spec.h"

/** Rows of an option table. */
#define C8D__WISH_OPTIONS                                                                                    \
    {"env", 'e', "NAME=VALUE", 0, "Set an environment variable", 0},                                         \
    {                                                                                                        \
        "workdir", 'w', "DIR", 0, "Working directory in the container", 0                                    \
    }

struct c8d__command_line {
    const char *id; /**< of the container */
    struct c8d__wishes wishes;
};

/** Takes what is for it: the options above, ID and COMMAND. As an argp parser. */
error_t c8d__command_line_parse(int key, char *value, struct argp_state *state,
                                struct c8d__command_line *line);
void c8d__command_line_free(struct c8d__command_line *line);

#endif
