/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_TIME_H
#define C8D_COMMAND_WINDOWS_TIME_H

#include_next <time.h>

/* Of the forms there are %Y, %m, %d, %H, %M and %S; anything else stands for itself. */
char *c8d__windows_strptime(const char *text, const char *form, struct tm *out);

#define strptime(text, form, out) c8d__windows_strptime(text, form, out)
#define timegm(utc) _mkgmtime64(utc)

#endif
