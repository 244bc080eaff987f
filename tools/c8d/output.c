/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed. */
#include "output.h"
#include "c8d.h"
#include "streams.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_SECOND INT64_C(1000000000)
#define SECONDS_PER_DAY INT64_C(86400)

bool c8d__print_json(json_t *object)
{
    if (object == NULL) {
        c8d__fail("no memory");
        return false;
    }
    /* A failure to write stays with the stream. */
    if (json_dumpf(object, stdout, JSON_COMPACT) == 0)
        putchar('\n');
    json_decref(object);
    return true;
}

bool c8d__print_id(const struct c8d__options *options, const char *type, const char *id)
{
    if (options->json)
        return c8d__print_json(
            json_pack("{s:s, s:s, s:s}", "type", type, "namespace", options->namespace_, "container", id));
    (void)puts(id); /* a failure to write stays with the stream */
    return true;
}

void c8d__print_in_large_pieces(void)
{
    static char buffer[(size_t)64 * 1024];

    if (!isatty(STDOUT_FILENO))
        (void)setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
}

int c8d__print_flush(void)
{
    int error = fflush(stdout) != 0 ? errno : ferror(stdout) != 0 ? EIO : 0;

    if (error != 0) {
        __fpurge(stdout);
        clearerr(stdout);
    }
    return error;
}

bool c8d__print_failed(int error)
{
    if (c8d__streams_reader_is_gone(error))
        return false;
    c8d__fail("standard output: %s", error != 0 ? strerror(error) : "not all could be written");
    return true;
}

struct date {
    uint32_t year;
    uint32_t month;
    uint32_t day;
};

/* Years begin in March here, so that the leap day is the last one of its year; 400 of them are an era. */
static struct date date_of(int64_t days_since_1970)
{
    int64_t days = days_since_1970 + 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    uint32_t day_of_year = (uint32_t)(day_of_era - (365 * year + year / 4 - year / 100));
    uint32_t month = (5 * day_of_year + 2) / 153;
    bool is_next = month >= 10;

    return (struct date){.year = (uint32_t)(era * 400 + year + is_next),
                         .month = is_next ? month - 9 : month + 3,
                         .day = day_of_year - (153 * month + 2) / 5 + 1};
}

/* The two digits of each number below a hundred. */
static const char pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748"
    "4950515253545556575859606162636465666768697071727374757677787980818283848586878889909192939495969798"
    "99";

static char *put_two(char *out, uint32_t value)
{
    memcpy(out, pairs + (size_t)2 * value, 2);
    return out + 2;
}

/* Of two digits, and the byte that follows them. @return Behind it. */
static char *put_part(char *out, uint32_t value, char after)
{
    out = put_two(out, value);
    *out = after;
    return out + 1;
}

static char *put_nine(char *out, uint32_t value)
{
    out[0] = (char)('0' + value / 100000000);
    out = put_two(out + 1, value / 1000000 % 100);
    out = put_two(out, value / 10000 % 100);
    out = put_two(out, value / 100 % 100);
    return put_two(out, value % 100);
}

/* By hand: each run of a log has two of them, and strftime() and printf() took as long as the lexer of its
 * lines; gmtime_r() alone half of what writing a time takes. 64 bits of ns are years of four digits. */
const char *c8d__format_time(int64_t ns, char out[C8D__TIME_BYTES])
{
    const bool borrows = ns % NS_PER_SECOND < 0; /* before 1970 */
    const int64_t seconds = ns / NS_PER_SECOND - borrows;
    const bool before = seconds % SECONDS_PER_DAY < 0;
    const struct date date = date_of(seconds / SECONDS_PER_DAY - before);
    const uint32_t second = (uint32_t)(seconds % SECONDS_PER_DAY + (before ? SECONDS_PER_DAY : 0));
    char *at = out;

    at = put_two(at, date.year / 100);
    at = put_part(at, date.year % 100, '-');
    at = put_part(at, date.month, '-');
    at = put_part(at, date.day, 'T');
    at = put_part(at, second / 3600, ':');
    at = put_part(at, second / 60 % 60, ':');
    at = put_part(at, second % 60, '.');
    at = put_nine(at, (uint32_t)(ns % NS_PER_SECOND + (borrows ? NS_PER_SECOND : 0)));
    at[0] = 'Z';
    at[1] = '\0';
    return out;
}

json_t *c8d__json_str(struct c8d_str str)
{
    return json_stringn(str.len != 0 ? str.ptr : "", str.len);
}

static bool print_notice_json(const struct c8d_notice *notice)
{
    const bool code = notice->ended && notice->exit.known;
    const bool time = notice->ended && notice->exit.at_ns > 0;
    char at[C8D__TIME_BYTES];

    return c8d__print_json(
        json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:s}", "type", "notice", "notice",
                  c8d_notice_name(notice->kind), "seq", (json_int_t)notice->sequence, "namespace",
                  c8d__json_str(notice->namespace_), "container", c8d__json_str(notice->container), "process",
                  c8d__json_str(notice->process), "incarnation", (json_int_t)notice->incarnation, "pid",
                  (json_int_t)notice->pid, "exit_code",
                  code ? json_integer((json_int_t)notice->exit.code) : json_null(), "exited_at",
                  time ? json_string(c8d__format_time(notice->exit.at_ns, at)) : json_null(), "cause",
                  c8d_cause_name(notice->cause)));
}

/* "web", or "web/exec-1" for an exec. */
static void print_name(const struct c8d_notice *notice)
{
    bool init = notice->process.len == notice->container.len;

    for (size_t i = 0; init && i < notice->process.len; i++)
        init = notice->process.ptr[i] == notice->container.ptr[i];
    if (notice->container.len != 0)
        printf(" %.*s", (int)notice->container.len, notice->container.ptr);
    if (!init)
        printf("/%.*s", (int)notice->process.len, notice->process.ptr);
}

bool c8d__print_notice(const struct c8d_notice *notice, bool json)
{
    char at[C8D__TIME_BYTES];

    if (json)
        return print_notice_json(notice);
    printf("%" PRIu64 " %s", notice->sequence, c8d_notice_name(notice->kind));
    print_name(notice);
    if (notice->pid != 0)
        printf(" pid %" PRIu32, notice->pid);
    if (notice->ended && notice->exit.known)
        printf(" code %" PRIu32, notice->exit.code);
    else if (notice->ended)
        printf(" code unknown");
    if (notice->ended && notice->exit.at_ns > 0)
        printf(" at %s", c8d__format_time(notice->exit.at_ns, at));
    printf(" (%s)\n", c8d_cause_name(notice->cause));
    return true;
}
