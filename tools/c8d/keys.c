/* SPDX-License-Identifier: Apache-2.0 */
/* The keys by which somebody leaves a container that goes on running. */
#include "keys.h"
#include <string.h>

#define CONTROL "ctrl-"
#define CONTROL_BITS 0x1f

static bool read_key(const char *text, size_t length, unsigned char *out)
{
    const size_t prefix = sizeof(CONTROL) - 1;
    char c;

    if (length == 1) {
        *out = (unsigned char)*text;
        return true;
    }
    if (length != prefix + 1 || strncmp(text, CONTROL, prefix) != 0)
        return false;
    c = text[prefix];
    if (!(c >= 'a' && c <= 'z') && strchr("@[\\]^_", c) == NULL)
        return false;
    *out = (unsigned char)(c & CONTROL_BITS);
    return true;
}

bool c8d__keys_read(const char *text, struct c8d__keys *out)
{
    *out = (struct c8d__keys){0};
    while (*text != '\0') {
        size_t length = strcspn(text, ",");

        if (length == 0)
            length = 1; /* the comma itself is a key */
        if (out->n == C8D__KEYS_MAX || !read_key(text, length, &out->bytes[out->n]))
            return false;
        out->n++;
        text += length;
        if (*text == ',' && text[1] == '\0')
            return false;
        text += *text == ',';
    }
    return true;
}

/* How many of the keys are still matched when one more byte comes. What is not, any more, is let go. */
static size_t go_on(const struct c8d__keys *keys, unsigned char byte)
{
    for (size_t n = keys->matched + 1; n > 0; n--) {
        /* The last n - 1 bytes that are held back, and this one, are the first n keys. */
        if (keys->bytes[n - 1] == byte &&
            memcmp(keys->bytes, keys->bytes + keys->matched - (n - 1), n - 1) == 0)
            return n;
    }
    return 0;
}

bool c8d__keys_filter(struct c8d__keys *keys, const unsigned char *typed, size_t n, unsigned char *out,
                      size_t *n_out)
{
    *n_out = 0;
    for (size_t i = 0; i < n; i++) {
        size_t matched = keys->n != 0 ? go_on(keys, typed[i]) : 0;
        size_t held = keys->matched + 1;

        if (keys->n != 0 && matched == keys->n)
            return true;
        /* What was held back and is no longer, and the byte itself unless it is held back. */
        for (size_t k = 0; k < held - matched; k++)
            out[(*n_out)++] = k < keys->matched ? keys->bytes[k] : typed[i];
        keys->matched = matched;
    }
    return false;
}
