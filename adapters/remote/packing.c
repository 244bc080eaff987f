/* SPDX-License-Identifier: Apache-2.0 */
#include "packing.h"
#include <string.h>

char *c8d__terminate(struct c8d_str text, char **at)
{
    char *copy = *at;

    if (text.len != 0) {
        if (memchr(text.ptr, '\0', text.len) != NULL)
            return NULL;
        memcpy(copy, text.ptr, text.len);
    }
    copy[text.len] = '\0';
    *at += text.len + 1;
    return copy;
}
