/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed. */
#include "output.h"
#include "c8d.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)

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

int c8d__print_flush(void)
{
    int error = fflush(stdout) != 0 ? errno : ferror(stdout) != 0 ? EIO : 0;

    if (error != 0) {
        __fpurge(stdout);
        clearerr(stdout);
    }
    return error;
}

/* Writes a number of so many digits, and the byte that follows them. @return Behind it. */
static char *put_digits(char *out, int64_t value, int digits, char after)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10)
        out[i] = (char)('0' + value % 10);
    out[digits] = after;
    return out + digits + 1;
}

/* By hand: each run of a log has two of them, and strftime() and printf() took as long as the lexer of its
 * lines. */
const char *c8d__format_time(int64_t ns, char out[C8D__TIME_BYTES])
{
    const bool borrows = ns % NS_PER_SECOND < 0; /* before 1970 */
    const time_t seconds = (time_t)(ns / NS_PER_SECOND - borrows);
    struct tm utc;
    char *at = out;

    if (gmtime_r(&seconds, &utc) == NULL)
        return "";
    at = put_digits(at, utc.tm_year + 1900, 4, '-');
    at = put_digits(at, utc.tm_mon + 1, 2, '-');
    at = put_digits(at, utc.tm_mday, 2, 'T');
    at = put_digits(at, utc.tm_hour, 2, ':');
    at = put_digits(at, utc.tm_min, 2, ':');
    at = put_digits(at, utc.tm_sec, 2, '.');
    at = put_digits(at, ns % NS_PER_SECOND + (borrows ? NS_PER_SECOND : 0), 9, 'Z');
    *at = '\0';
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
