/* SPDX-License-Identifier: Apache-2.0 */
/* What a process is to do: the commands that the args of its OCI document stand for. */
#ifndef C8D_SIMULATED_PROGRAM_H
#define C8D_SIMULATED_PROGRAM_H

#include <c8d/allocator.h>

struct c8d__command {
    char *words; /* one after the other, each with a NUL */
    size_t n_words;
    bool to_err; /* its output goes to standard error */
};

struct c8d__program {
    size_t bytes; /* of the whole allocation, the text of the words included */
    size_t n_commands;
    struct c8d__command commands[];
};

enum c8d__program_verdict {
    C8D__PROGRAM_FOUND,
    C8D__PROGRAM_MISSING,   /* there is no such program */
    C8D__PROGRAM_MALFORMED, /* the document cannot be read */
    C8D__PROGRAM_NO_MEMORY,
};

/*
 * Reads a program out of an OCI runtime spec, or out of the OCI process of an exec.
 *
 * out   Set to NULL unless FOUND. Freed with c8d__program_free().
 */
enum c8d__program_verdict c8d__program_read(const struct c8d_allocator *allocator, struct c8d_str document,
                                            bool is_exec, struct c8d__program **out);
void c8d__program_free(const struct c8d_allocator *allocator, struct c8d__program *program);

#endif
