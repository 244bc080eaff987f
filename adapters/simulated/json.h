/* SPDX-License-Identifier: Apache-2.0 */
/* Finds an array of strings, or a number, in a JSON document. */
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

enum c8d__json_verdict {
    C8D__JSON_FOUND,
    C8D__JSON_NOTHING, /* it is well-formed, and nothing is there */
    C8D__JSON_MALFORMED,
};

/*
 * Decodes the whole number that a path of member names leads to.
 *
 * scratch   Room for json.len bytes.
 * out       Set when it is FOUND. What is not an object, or something else than a whole number from 0 to
 * INT64_MAX there, counts as malformed.
 */
enum c8d__json_verdict c8d__json_number(struct c8d_str json, const char *const *path, char *scratch,
                                        uint64_t *out);

#endif
