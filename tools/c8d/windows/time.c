/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

/* A number of at most so many digits, in a range. */
static bool read_part(const char **text, int digits, int least, int most, int *out)
{
    int value = 0;
    int n = 0;

    for (; n < digits && **text >= '0' && **text <= '9'; n++, (*text)++)
        value = value * 10 + (**text - '0');
    *out = value;
    return n > 0 && value >= least && value <= most;
}

static bool read_field(const char **text, char what, struct tm *out)
{
    switch (what) {
    case 'Y':
        if (!read_part(text, 4, 0, 9999, &out->tm_year))
            return false;
        out->tm_year -= 1900;
        return true;
    case 'm':
        if (!read_part(text, 2, 1, 12, &out->tm_mon))
            return false;
        out->tm_mon--;
        return true;
    case 'd':
        return read_part(text, 2, 1, 31, &out->tm_mday);
    case 'H':
        return read_part(text, 2, 0, 23, &out->tm_hour);
    case 'M':
        return read_part(text, 2, 0, 59, &out->tm_min);
    default:
        return read_part(text, 2, 0, 61, &out->tm_sec);
    }
}

char *c8d__windows_strptime(const char *text, const char *form, struct tm *out)
{
    for (; *form != '\0'; form++) {
        if (*form == '%') {
            if (!read_field(&text, *++form, out))
                return NULL;
        } else if (*text++ != *form) {
            return NULL;
        }
    }
    return (char *)text;
}

/* Years begin in March here, so that the leap day is the last one of its year. */
time_t c8d__windows_timegm(const struct tm *utc)
{
    int64_t year = utc->tm_year + INT64_C(1900) - (utc->tm_mon < 2);
    int64_t months_since_march = (utc->tm_mon + 10) % 12;
    int64_t day_of_year = (153 * months_since_march + 2) / 5 + utc->tm_mday - 1;
    int64_t days_to_1970 = 719468; /* from the first of March of year 0 */
    int64_t days = year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - days_to_1970;

    return ((days * 24 + utc->tm_hour) * 60 + utc->tm_min) * 60 + utc->tm_sec;
}
