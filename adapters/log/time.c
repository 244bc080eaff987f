/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar times into ns since 1970, without strptime() and its locale and time zone. */
#include "lexing.h"

#define NS_PER_SECOND INT64_C(1000000000)
#define SECONDS_PER_DAY INT64_C(86400)

static int two_digits(const char *digits)
{
    return (digits[0] - '0') * 10 + (digits[1] - '0');
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in(int month, int year)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Years begin in March here, so that the leap day is the last one of its year. Of no use before year 1, whose
 * days do not fit into 64 bits of ns anyway. */
static int64_t days_since_1970(int year, int month, int day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t months_since_march = (month + 9) % 12;
    int64_t day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    int64_t days_to_1970 = 719468; /* from the first of March of year 0 */

    return y * 365 + y / 4 - y / 100 + y / 400 + day_of_year - days_to_1970;
}

static bool read_seconds(const char *text, int64_t *out)
{
    int year = two_digits(text) * 100 + two_digits(text + 2);
    int month = two_digits(text + 5);
    int day = two_digits(text + 8);
    int hour = two_digits(text + 11);
    int minute = two_digits(text + 14);
    int second = two_digits(text + 17);

    if (month < 1 || month > 12 || day < 1 || day > days_in(month, year) || hour > 23 || minute > 59 ||
        second > 59)
        return false;
    *out = days_since_1970(year, month, day) * SECONDS_PER_DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 +
           second;
    return true;
}

static bool read_offset(const char *text, int64_t *out)
{
    int hours = two_digits(text + 1);
    int minutes = two_digits(text[3] == ':' ? text + 4 : text + 3);
    int64_t seconds = hours * 3600 + minutes * 60;

    *out = text[0] == '-' ? -seconds : seconds;
    return hours <= 23 && minutes <= 59;
}

static uint32_t read_fraction(struct c8d_str fraction)
{
    static const uint32_t unit[] = {1000000000, 100000000, 10000000, 1000000, 100000,
                                    10000,      1000,      100,      10,      1};
    uint32_t value = 0;

    for (size_t i = 0; i < fraction.len; i++)
        value = value * 10 + (uint32_t)(fraction.ptr[i] - '0');
    return value * unit[fraction.len];
}

int64_t c8d__time_of(int64_t seconds, uint32_t ns)
{
    if (seconds <= INT64_MIN / NS_PER_SECOND || seconds >= INT64_MAX / NS_PER_SECOND)
        return 0;
    return seconds * NS_PER_SECOND + ns;
}

bool c8d__read_time(const struct c8d__written_time *written, int64_t *out)
{
    int64_t seconds;
    int64_t offset = 0;

    if (!read_seconds(written->date_and_clock, &seconds))
        return false;
    if (written->offset != NULL && !read_offset(written->offset, &offset))
        return false;
    *out = c8d__time_of(seconds - offset, read_fraction(written->fraction));
    return true;
}
