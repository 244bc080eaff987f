/* SPDX-License-Identifier: Apache-2.0 */
/* What is said on standard error. */
#include "c8d.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Longer than two paths; what is longer is cut. */
#define LINE_BYTES 9000

/* Names come from whoever gave them, and a terminal obeys what is no letter. */
void c8d__say(const char *who, const char *format, va_list args)
{
    char line[LINE_BYTES];

    (void)vsnprintf(line, sizeof(line), format, args);
    for (char *at = line; *at != '\0'; at++) {
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            *at = '?';
    }
    fprintf(stderr, "%s: %s\n", who, line);
}

void c8d__fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    c8d__say("c8d", format, args);
    va_end(args);
}

struct c8d_str c8d__str(const char *text)
{
    return (struct c8d_str){.ptr = text, .len = strlen(text)};
}
