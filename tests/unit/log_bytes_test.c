/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times and names are read several bytes at once. Each byte of them is put to every value here, and what
 * comes out is compared with rules that go byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include <c8d/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GO_TIME "2024-02-29 23:59:58.123456789 +0000 UTC"
#define RFC3339 "2024-02-29T23:59:58.123456789Z"

/* The line lies in memory of exactly its size, so that a sanitizer sees any look beyond it. */
static enum c8d_line_verdict read_exact(const char *line, size_t length, struct c8d_log_record *out)
{
    char *bytes = malloc(length);
    enum c8d_line_verdict verdict;

    assert_non_null(bytes);
    memcpy(bytes, line, length);
    verdict = c8d_log_read_line(C8D_LOG_CTR, (struct c8d_str){bytes, length}, out);
    free(bytes);
    return verdict;
}

/* ---- times, the slow way */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static int number(const char *digits, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++)
        value = value * 10 + (digits[i] - '0');
    return value;
}

/* Zeros stand for digits, all else for itself. */
static bool has_form(const char *text, const char *form)
{
    for (; *form != '\0'; form++, text++) {
        if (*form == '0' ? !is_digit(*text) : *text != *form)
            return false;
    }
    return true;
}

static int days_in(int month, int year)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    return days[month - 1] + (month == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0));
}

/* Day by day from 1970, for the years of which 64 bits of ns can tell. */
static bool slow_seconds(const char *text, int64_t *out)
{
    int year = number(text, 4);
    int month = number(text + 5, 2);
    int day = number(text + 8, 2);
    int hour = number(text + 11, 2);
    int minute = number(text + 14, 2);
    int second = number(text + 17, 2);
    int64_t days = day - 1;

    if (month < 1 || month > 12 || day < 1 || day > days_in(month, year) || hour > 23 || minute > 59 ||
        second > 59)
        return false;
    for (int y = 1970; y < year; y++)
        days += days_in(2, y) + 337;
    for (int y = year; y < 1970; y++)
        days -= days_in(2, y) + 337;
    for (int m = 1; m < month; m++)
        days += days_in(m, year);
    *out = ((days * 24 + hour) * 60 + minute) * 60 + second;
    return true;
}

static int64_t in_ns(int64_t seconds, int ns)
{
    return llabs(seconds) >= INT64_MAX / 1000000000 ? 0 : seconds * 1000000000 + ns;
}

static bool slow_go_time(const char *text, int64_t *out)
{
    const char *offset = text + 30;
    int64_t seconds;
    int64_t east;

    if (!has_form(text, "0000-00-00 00:00:00.000000000 ") || !has_form(offset + 1, "0000 ") ||
        !slow_seconds(text, &seconds))
        return false;
    east = number(offset + 1, 2) * 3600 + number(offset + 3, 2) * 60;
    if ((*offset != '+' && *offset != '-') || number(offset + 1, 2) > 23 || number(offset + 3, 2) > 59)
        return false;
    for (const char *zone = offset + 6; zone < text + strlen(GO_TIME); zone++) {
        if (!is_digit(*zone) && !(*zone >= 'A' && *zone <= 'Z') && !(*zone >= 'a' && *zone <= 'z') &&
            *zone != '+' && *zone != '-')
            return false;
    }
    *out = in_ns(seconds - (*offset == '+' ? east : -east), number(text + 20, 9));
    return true;
}

static bool slow_rfc3339(const char *text, int64_t *out)
{
    int64_t seconds;

    if (!has_form(text, "0000-00-00T00:00:00.000000000Z") || !slow_seconds(text, &seconds))
        return false;
    *out = in_ns(seconds, number(text + 20, 9));
    return true;
}

static void assert_go_time(const char *time)
{
    struct c8d_log_record record;
    char line[128];
    int64_t expected;
    int length = snprintf(line, sizeof(line), "%.39s moby /tasks/start {\"container_id\":\"c\"}", GO_TIME);

    memcpy(line, time, strlen(GO_TIME));
    if (!slow_go_time(time, &expected)) {
        assert_int_equal(read_exact(line, (size_t)length, &record), C8D_LINE_MALFORMED);
        return;
    }
    assert_int_equal(read_exact(line, (size_t)length, &record), C8D_LINE_EVENT);
    assert_int_equal(record.time_ns, expected);
}

static void assert_rfc3339(const char *time)
{
    struct c8d_log_record record;
    char line[256];
    char *at;
    int64_t expected;
    int length = snprintf(
        line, sizeof(line),
        "%.39s moby /tasks/exit {\"container_id\":\"c\",\"id\":\"c\",\"pid\":7,\"exited_at\":\"" RFC3339
        "\"}",
        GO_TIME);

    at = strstr(line, RFC3339);
    memcpy(at, time, strlen(RFC3339));
    if (!slow_rfc3339(time, &expected)) {
        assert_int_equal(read_exact(line, (size_t)length, &record), C8D_LINE_MALFORMED);
        return;
    }
    assert_int_equal(read_exact(line, (size_t)length, &record), C8D_LINE_EVENT);
    assert_int_equal(record.event.exit.at_ns, expected);
}

static void test_times__each_byte_of_each_value__as_byte_by_byte(void **state)
{
    (void)state;
    for (int value = 0; value < 256; value++) {
        for (size_t i = 0; i < strlen(GO_TIME); i++) {
            char time[] = GO_TIME;

            time[i] = (char)value;
            assert_go_time(time);
        }
        /* An offset in place of the Z is another form of the same length as none. */
        for (size_t i = 0; i < strlen(RFC3339); i++) {
            char time[] = RFC3339;

            time[i] = (char)value;
            assert_rfc3339(time);
        }
    }
}

/* A zone has any name: one that begins as the common one does is another. */
static void test_times__a_longer_zone__is_one_too(void **state)
{
    static const char *const zones[] = {"UTC", "UTCs", "UTC-", "UTC+1", "UT"};

    (void)state;
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
        struct c8d_log_record record;
        char line[128];
        int length = snprintf(line, sizeof(line), "%.36s%s moby /tasks/start {\"container_id\":\"c\"}",
                              GO_TIME, zones[i]);

        assert_int_equal(read_exact(line, (size_t)length, &record), C8D_LINE_EVENT);
        assert_int_equal(record.namespace_.len, 4);
        assert_int_equal(record.time_ns, INT64_C(1709251198123456789));
    }
}

static void test_times__each_day_of_months_and_leap_years__is_counted(void **state)
{
    static const int years[] = {1,    1677, 1678, 1900, 1969, 1970, 1999,
                                2000, 2023, 2024, 2100, 2262, 2263, 9999};

    (void)state;
    for (size_t i = 0; i < sizeof(years) / sizeof(years[0]); i++) {
        for (int month = 0; month <= 13; month++) {
            for (int day = 0; day <= 32; day++) {
                char time[64];

                snprintf(time, sizeof(time), "%04d-%02d-%02d 12:34:56.000000001 +0000 UTC", years[i], month,
                         day);
                assert_go_time(time);
                snprintf(time, sizeof(time), "%04d-%02d-%02dT12:34:56.000000001Z", years[i], month, day);
                assert_rfc3339(time);
            }
        }
    }
}

/* ---- names */

static bool slow_is_name(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(name[i]) && !(name[i] >= 'A' && name[i] <= 'Z') &&
            !(name[i] >= 'a' && name[i] <= 'z') && strchr("-._", name[i]) == NULL)
            return false;
    }
    return length > 0 && length <= C8D_NAME_BYTES_MAX;
}

static void assert_name(const char *name, size_t length)
{
    struct c8d_log_record record;
    char line[256];
    int before = snprintf(line, sizeof(line), "%s moby /tasks/start {\"container_id\":\"", GO_TIME);
    size_t total = (size_t)before + length;

    memcpy(line + before, name, length);
    line[total] = '"';
    line[total + 1] = '}';
    if (!slow_is_name(name, length)) {
        assert_int_equal(read_exact(line, total + 2, &record), C8D_LINE_MALFORMED);
        return;
    }
    assert_int_equal(read_exact(line, total + 2, &record), C8D_LINE_EVENT);
    assert_int_equal(record.container.len, length);
    assert_memory_equal(record.container.ptr, name, length);
}

static void test_names__each_byte_of_each_value__as_byte_by_byte(void **state)
{
    static const size_t lengths[] = {
        1, 15, 16, 17, 31, 32, 33, 64, C8D_NAME_BYTES_MAX, C8D_NAME_BYTES_MAX + 1};

    (void)state;
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (size_t at = 0; at < lengths[i]; at++) {
            for (int value = 1; value < 256; value++) {
                char name[C8D_NAME_BYTES_MAX + 1];

                memset(name, 'a', sizeof(name));
                name[at] = (char)value;
                assert_name(name, lengths[i]);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_times__each_byte_of_each_value__as_byte_by_byte),
        cmocka_unit_test(test_times__a_longer_zone__is_one_too),
        cmocka_unit_test(test_times__each_day_of_months_and_leap_years__is_counted),
        cmocka_unit_test(test_names__each_byte_of_each_value__as_byte_by_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
