/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar times into ns since 1970, without strptime() and its locale and time zone. */
#include "digits.h"
#include "lexing.h"
#include <string.h>

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

/* YYYY-MM-DD, a byte of whatever kind, and hh:mm:ss. False when it is no such time. */
static bool read_seconds(const char *text, int64_t *out)
{
    /* A digit is at most 9, what stands between them nothing but itself. */
    uint64_t year_month = c8d__digits_of(text, "0000-00-");
    uint64_t hour_minute = c8d__digits_of(text + 11, "00:00:00");
    uint64_t day_digits = c8d__digits_of(text + 8, "00\0\0\0\0\0") & 0xffff;
    uint64_t date = c8d__pairs(year_month);
    uint64_t clock = c8d__pairs(hour_minute);
    int year = c8d__byte_of(date, 0) * 100 + c8d__byte_of(date, 2);
    int month = c8d__byte_of(date, 5);
    int day = c8d__byte_of(c8d__pairs(day_digits), 0);
    int hour = c8d__byte_of(clock, 0);
    int minute = c8d__byte_of(clock, 3);
    int second = c8d__byte_of(clock, 6);

    if (!c8d__is_form(year_month, 0x7f76767f76767676) || !c8d__is_form(day_digits, 0x7676) ||
        !c8d__is_form(hour_minute, 0x76767f76767f7676))
        return false;
    if (month < 1 || month > 12 || day < 1 || (day > 28 && day > days_in(month, year)) || hour > 23 ||
        minute > 59 || second > 59)
        return false;
    *out = days_since_1970(year, month, day) * SECONDS_PER_DAY + (int64_t)hour * 3600 + (int64_t)minute * 60 +
           second;
    return true;
}

/* The same, without reading again what the line before said. `text` has no zero in it where `last` has. */
static bool read_recent_seconds(const char *text, struct c8d__second *last, int64_t *out)
{
    uint64_t differences = (c8d__load(text) ^ c8d__load(last->text)) |
                           (c8d__load(text + 8) ^ c8d__load(last->text + 8)) |
                           (c8d__load(text + 11) ^ c8d__load(last->text + 11));

    if (differences != 0) {
        if (!read_seconds(text, &last->since_1970))
            return false;
        memcpy(last->text, text, sizeof(last->text));
    }
    *out = last->since_1970;
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

/* The value of nine digits, or more than they can have. */
static uint32_t nine_digits(const char *text)
{
    uint64_t digits = c8d__load(text) ^ C8D__ZEROS;
    unsigned last = (unsigned)text[8] - '0';

    if (!c8d__is_form(digits, C8D__ALL_DIGITS) || last > 9)
        return NS_PER_SECOND;
    return c8d__eight_digits(digits) * 10 + last;
}

const char *c8d__common_go_time(struct c8d_str text, struct c8d__second *last, int64_t *out)
{
    static const char zone[] = " +0000 UTC ";
    const size_t length = 29 + sizeof(zone) - 2; /* the last blank belongs to what follows */
    int64_t seconds;
    uint32_t ns;

    if (text.len <= length || text.ptr[10] != ' ' || text.ptr[19] != '.' ||
        memcmp(text.ptr + 29, zone, sizeof(zone) - 1) != 0)
        return NULL;
    ns = nine_digits(text.ptr + 20);
    if (ns >= NS_PER_SECOND || !read_recent_seconds(text.ptr, last, &seconds))
        return NULL;
    *out = c8d__time_of(seconds, ns);
    return text.ptr + length;
}

bool c8d__common_rfc3339(struct c8d_str text, struct c8d__second *last, int64_t *out)
{
    struct c8d_str fraction = {0};
    int64_t seconds;

    if (text.len < 20 || text.ptr[10] != 'T' || text.ptr[text.len - 1] != 'Z')
        return false;
    if (text.len > 20) {
        fraction = (struct c8d_str){text.ptr + 20, text.len - 21};
        if (text.ptr[19] != '.' || fraction.len < 1 || fraction.len > 9)
            return false;
        for (size_t i = 0; i < fraction.len; i++) {
            if (fraction.ptr[i] < '0' || fraction.ptr[i] > '9')
                return false;
        }
    }
    if (!read_recent_seconds(text.ptr, last, &seconds))
        return false;
    *out = c8d__time_of(seconds, read_fraction(fraction));
    return true;
}
