/* SPDX-License-Identifier: Apache-2.0 */
/* What the options of shims have in common: they are packed into memory of the caller's, behind their texts.
 */
#ifndef C8D_REMOTE_PACKING_H
#define C8D_REMOTE_PACKING_H

#include <c8d/base.h>

/* Of a field: its key, and the longest number. */
#define C8D__FIELD_BYTES 11

/* Terminates a text in what is left of the memory, and moves on. NULL: it has a NUL. */
char *c8d__terminate(struct c8d_str text, char **at);

#endif
