/* SPDX-License-Identifier: Apache-2.0 */
/* A place in a log, as a user names one: a line's number, or a time. */
#include "when.h"
#include "options.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)

/* Digits behind a point, as ns. */
static const char *read_fraction(const char *text, int64_t *ns)
{
    int64_t unit = NS_PER_SECOND;

    if (*text != '.')
        return text;
    for (text++; isdigit((unsigned char)*text); text++) {
        unit /= 10;
        *ns += (*text - '0') * unit;
    }
    return text;
}

static bool read_two(const char **text, int *out)
{
    const char *at = *text;

    if (!isdigit((unsigned char)at[0]) || !isdigit((unsigned char)at[1]))
        return false;
    *out = (at[0] - '0') * 10 + (at[1] - '0');
    *text = at + 2;
    return true;
}

/* Nothing, Z, or +hh:mm. False when it is something else. */
static bool read_offset(const char *text, int64_t *seconds)
{
    int hours;
    int minutes;
    bool west = *text == '-';

    if (*text == '\0' || strcmp(text, "Z") == 0)
        return true;
    if (*text != '+' && *text != '-')
        return false;
    text++;
    if (!read_two(&text, &hours))
        return false;
    if (*text == ':')
        text++;
    if (!read_two(&text, &minutes) || *text != '\0')
        return false;
    *seconds = (west ? INT64_C(-1) : INT64_C(1)) * (hours * INT64_C(3600) + minutes * INT64_C(60));
    return true;
}

static bool read_time(const char *text, int64_t *out)
{
    static const char *const forms[] = {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d"};
    const char *rest = NULL;
    struct tm utc;
    int64_t ns = 0;
    int64_t offset = 0;

    for (size_t i = 0; rest == NULL && i < sizeof(forms) / sizeof(forms[0]); i++) {
        memset(&utc, 0, sizeof(utc));
        rest = strptime(text, forms[i], &utc);
    }
    if (rest == NULL)
        return false;
    rest = read_fraction(rest, &ns);
    if (!read_offset(rest, &offset))
        return false;
    /* 64 bits of ns reach from 1677 to 2262. */
    return !__builtin_mul_overflow((int64_t)timegm(&utc) - offset, NS_PER_SECOND, out) &&
           !__builtin_add_overflow(*out, ns, out);
}

bool c8d__when_read(const char *text, struct c8d__when *out)
{
    *out = (struct c8d__when){.given = true};
    if (c8d__read_number(text, UINT64_MAX, &out->line))
        return out->line > 0;
    out->is_time = true;
    return read_time(text, &out->ns);
}
