/* SPDX-License-Identifier: Apache-2.0 */
/* The keys by which somebody leaves a container that goes on running. */
#ifndef C8D_COMMAND_KEYS_H
#define C8D_COMMAND_KEYS_H

#include <stdbool.h>
#include <stddef.h>

#define C8D__KEYS_MAX 16
#define C8D__KEYS_DEFAULT "ctrl-p,ctrl-q"

struct c8d__keys {
    unsigned char bytes[C8D__KEYS_MAX];
    size_t n;       /**< 0 = there are none */
    size_t matched; /**< how many of them came last, and are held back */
};

/** Reads keys as docker writes them: characters, or ctrl- and a letter or one of @[\]^_ , joined by commas.
 * Empty: no keys. @return False when it is no such text. */
bool c8d__keys_read(const char *text, struct c8d__keys *out);

/**
 * Takes what was typed and gives what is to be passed on: keys that may be the beginning are held back, and
 * come before the first byte that shows that they were not.
 *
 * @param out Room for n + C8D__KEYS_MAX bytes. @param n_out Set: how many are to be passed on.
 * @return True when all keys have come: what followed is thrown away.
 */
bool c8d__keys_filter(struct c8d__keys *keys, const unsigned char *typed, size_t n, unsigned char *out,
                      size_t *n_out);

#endif
