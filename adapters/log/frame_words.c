/* SPDX-License-Identifier: Apache-2.0 */
/* The words of a recording. They are part of the format: a new one may be added, none may change. */
#include "frame.h"
#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

const char *c8d__region_word(unsigned region)
{
    static const char *const words[] = {
        [C8D_REGION_CONTAINER] = "container",   [C8D_REGION_PROCESS] = "process", [C8D_REGION_TASK] = "task",
        [C8D_REGION_CONNECTION] = "connection", [C8D_REGION_STDIN] = "stdin",
    };

    return region < COUNT_OF(words) ? words[region] : NULL;
}

const char *c8d__status_word(unsigned status)
{
    static const char *const words[] = {
#define STATUS_WORD(name, number, text) [number] = #name,
        C8D_STATUSES(STATUS_WORD)
#undef STATUS_WORD
    };

    return status < COUNT_OF(words) ? words[status] : NULL;
}

unsigned c8d__word_find(c8d__word_fn *words, struct c8d_str word, unsigned none)
{
    for (unsigned value = 0;; value++) {
        const char *candidate = words(value);

        if (candidate == NULL)
            return none;
        if (strlen(candidate) == word.len && memcmp(candidate, word.ptr, word.len) == 0)
            return value;
    }
}
