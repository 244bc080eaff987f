/* SPDX-License-Identifier: Apache-2.0 */
/* Text on its way to HCS and back: UTF-8 here, UTF-16 there. */
#ifndef C8D_LOCAL_TEXT_H
#define C8D_LOCAL_TEXT_H

#include "hcs.h"
#include <c8d/allocator.h>

/* A NUL-terminated text of one unit or another, with the bytes of its allocation. NULL = none. */
struct c8d__wide_text {
    c8d__wide *units;
    size_t bytes;
};

struct c8d__text {
    char *chars;
    size_t bytes;
};

/* How a text becomes another one. */
enum c8d__text_verdict { C8D__TEXT_OK, C8D__TEXT_MALFORMED, C8D__TEXT_NO_MEMORY };

/* MALFORMED: it is no UTF-8, or there is a NUL in it. */
enum c8d__text_verdict c8d__to_wide(const struct c8d_allocator *allocator, struct c8d_str text,
                                    struct c8d__wide_text *out);
/* From a NUL-terminated text; an unpaired surrogate becomes U+FFFD. False: no memory. */
bool c8d__from_wide(const struct c8d_allocator *allocator, const c8d__wide *text, struct c8d__text *out);

/* A copy; false: no memory. */
bool c8d__text_copy(const struct c8d_allocator *allocator, struct c8d_str text, struct c8d__text *out);
struct c8d_str c8d__text_str(const struct c8d__text *text);
bool c8d__str_is(struct c8d_str text, const char *other);

/* They may be empty and are afterwards. */
void c8d__wide_free(const struct c8d_allocator *allocator, struct c8d__wide_text *text);
void c8d__text_free(const struct c8d_allocator *allocator, struct c8d__text *text);

#endif
