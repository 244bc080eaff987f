/* SPDX-License-Identifier: Apache-2.0 */
/* What is said on standard error. */
#include "c8d.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void c8d__fail(const char *format, ...)
{
    va_list args;

    fputs("c8d: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

struct c8d_str c8d__str(const char *text)
{
    return (struct c8d_str){.ptr = text, .len = strlen(text)};
}
