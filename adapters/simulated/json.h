/* SPDX-License-Identifier: Apache-2.0 */
/* Finds an array of strings in a JSON document. */
#ifndef C8D_SIMULATED_JSON_H
#define C8D_SIMULATED_JSON_H

#include <c8d/base.h>

/*
 * Decodes the array of strings that a path of member names leads to.
 *
 * path   Names, the outermost first, and NULL.
 * out    Room for json.len bytes: gets the strings one after the other, each with a NUL.
 * n      How many there are; 0 when nothing is there.
 * Returns false when the document is malformed, or something else than an array of strings is there.
 */
bool c8d__json_strings(struct c8d_str json, const char *const *path, char *out, size_t *n);

#endif
