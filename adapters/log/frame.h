/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of our own recordings: the words in them, and the writing of one. */
#ifndef C8D_FRAME_H
#define C8D_FRAME_H

#include <c8d/log.h>

#define C8D__FRAME_VERSION 1

/* More than the longest frame: three names of C8D_NAME_BYTES_MAX bytes, each byte escaped, and the rest. */
#define C8D__FRAME_BYTES 2048

/* "container", "process", "task" or "connection"; NULL for a value that is none. */
const char *c8d__region_word(unsigned region);
/* The class's name in C, such as "NOT_FOUND"; NULL for a value that is none. */
const char *c8d__status_word(unsigned status);

/* The value whose word this is; `none` when there is none. */
typedef const char *c8d__word_fn(unsigned value);
unsigned c8d__word_find(c8d__word_fn *words, struct c8d_str word, unsigned none);

/* A line to be written. */
struct c8d__frame {
    size_t length;
    char bytes[C8D__FRAME_BYTES];
};

void c8d__frame_header(struct c8d__frame *frame);
/* `record`: input, names, time, outcome and killed count. A name that is too long to be one is left out. */
void c8d__frame_input(struct c8d__frame *frame, const struct c8d_log_record *record);

#endif
