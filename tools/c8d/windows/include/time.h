/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_COMMAND_WINDOWS_TIME_H
#define C8D_COMMAND_WINDOWS_TIME_H

#include_next <time.h>

/* Of the forms there are %Y, %m, %d, %H, %M and %S; anything else stands for itself. */
char *c8d__windows_strptime(const char *text, const char *form, struct tm *out);

#define strptime(text, form, out) c8d__windows_strptime(text, form, out)
/* The C library's own knows no time before 1970. */
time_t c8d__windows_timegm(const struct tm *utc);
#define timegm(utc) c8d__windows_timegm(utc)

#endif
