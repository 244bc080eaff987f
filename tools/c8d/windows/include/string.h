/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_STRING_H
#define C8D_COMMAND_WINDOWS_STRING_H

#include_next <string.h>

char *c8d__windows_strndup(const char *text, size_t n);

#define strndup(text, n) c8d__windows_strndup(text, n)

#endif
