/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of slow_ctr.h: by hand, byte by byte, and times by counting days. */
#include "slow_ctr.h"
#include <string.h>

struct reader {
    const char *p;
    const char *end;
    bool bad;
};

static bool at(const struct reader *reader, char c)
{
    return reader->p < reader->end && *reader->p == c;
}

static bool accept(struct reader *reader, char c)
{
    if (!at(reader, c))
        return false;
    reader->p++;
    return true;
}

static void expect(struct reader *reader, char c)
{
    if (!accept(reader, c))
        reader->bad = true;
}

static void blanks(struct reader *reader)
{
    while (accept(reader, ' ') || accept(reader, '\t') || accept(reader, '\r'))
        ;
}

static bool at_digit(const struct reader *reader)
{
    return reader->p < reader->end && *reader->p >= '0' && *reader->p <= '9';
}

/* As many digits as there are, `least` to `most` of them; 0 when there are fewer, more, or too many for 64
 * bits. */
static uint64_t digits(struct reader *reader, int least, int most)
{
    uint64_t value = 0;
    int n = 0;

    for (; at_digit(reader); n++) {
        uint64_t digit = (uint64_t)(*reader->p++ - '0');

        reader->bad = reader->bad || value > (UINT64_MAX - digit) / 10;
        value = value * 10 + digit;
    }
    reader->bad = reader->bad || n < least || n > most;
    return reader->bad ? 0 : value;
}

static void skip_digits(struct reader *reader)
{
    if (!at_digit(reader))
        reader->bad = true;
    while (at_digit(reader))
        reader->p++;
}

static struct c8d_str text(struct reader *reader)
{
    const char *begin;

    expect(reader, '"');
    begin = reader->p;
    while (!reader->bad && !at(reader, '"')) {
        ptrdiff_t step = at(reader, '\\') ? 2 : 1;

        reader->bad = reader->end - reader->p <= step;
        reader->p = reader->bad ? reader->end : reader->p + step;
    }
    if (reader->bad)
        return (struct c8d_str){0};
    reader->p++;
    return (struct c8d_str){begin, (size_t)(reader->p - begin) - 1};
}

/* Whole days from 1970 to a day, by counting. False when there is no such day. */
static bool count_days(uint64_t year, uint64_t month, uint64_t day, int64_t *out)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t days = 0;

    for (uint64_t y = 1970; y < year; y++)
        days += (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 ? 366 : 365;
    for (uint64_t y = year; y < 1970; y++)
        days -= (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 ? 366 : 365;
    if (month < 1 || month > 12)
        return false;
    for (uint64_t m = 1; m <= month; m++) {
        bool leaps = m == 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0);
        int64_t length = lengths[m - 1] + leaps;

        if (m == month && (day < 1 || (int64_t)day > length))
            return false;
        days += m < month ? length : (int64_t)day - 1;
    }
    *out = days;
    return true;
}

static int64_t to_ns(int64_t seconds, uint64_t ns)
{
    const int64_t limit = INT64_MAX / 1000000000;

    return seconds > -limit && seconds < limit ? seconds * 1000000000 + (int64_t)ns : 0;
}

struct clock {
    int64_t seconds;
    uint64_t ns;
};

/* Date, separator and clock, with the fraction. */
static struct clock date_and_clock(struct reader *reader, char separator)
{
    struct clock clock = {0};
    uint64_t year = digits(reader, 4, 4);
    uint64_t month;
    uint64_t day;
    uint64_t hour;
    uint64_t minute;
    uint64_t second;
    int64_t days = 0;

    expect(reader, '-');
    month = digits(reader, 2, 2);
    expect(reader, '-');
    day = digits(reader, 2, 2);
    expect(reader, separator);
    hour = digits(reader, 2, 2);
    expect(reader, ':');
    minute = digits(reader, 2, 2);
    expect(reader, ':');
    second = digits(reader, 2, 2);
    if (accept(reader, '.')) {
        const char *begin = reader->p;

        clock.ns = digits(reader, 1, 9);
        for (int64_t n = reader->p - begin; n < 9 && !reader->bad; n++)
            clock.ns *= 10;
    }
    if (reader->bad || !count_days(year, month, day, &days) || hour > 23 || minute > 59 || second > 59)
        reader->bad = true;
    clock.seconds = days * 86400 + (int64_t)(hour * 3600 + minute * 60 + second);
    return clock;
}

static int64_t offset(struct reader *reader, bool with_colon)
{
    bool west = at(reader, '-');
    uint64_t hours;
    uint64_t minutes;
    int64_t seconds;

    if (!accept(reader, '-'))
        expect(reader, '+');
    if (with_colon) {
        hours = digits(reader, 2, 2);
        expect(reader, ':');
        minutes = digits(reader, 2, 2);
    } else {
        uint64_t both = digits(reader, 4, 4);

        hours = both / 100;
        minutes = both % 100;
    }
    reader->bad = reader->bad || hours > 23 || minutes > 59;
    seconds = (int64_t)((hours % 100) * 3600 + (minutes % 100) * 60);
    return west ? -seconds : seconds;
}

static int64_t rfc3339(struct c8d_str string, bool *bad)
{
    struct reader reader = {string.ptr, string.ptr + string.len, false};
    struct clock clock = date_and_clock(&reader, 'T');

    if (!accept(&reader, 'Z'))
        clock.seconds -= offset(&reader, true);
    *bad = *bad || reader.bad || reader.p != reader.end;
    return to_ns(clock.seconds, clock.ns);
}

static bool is(struct c8d_str string, const char *literal)
{
    return string.len == strlen(literal) && memcmp(string.ptr, literal, string.len) == 0;
}

/* Any value; of nested ones only the brackets are counted. */
static void skip_value(struct reader *reader)
{
    size_t depth = 0;

    do {
        if (at(reader, '"')) {
            (void)text(reader);
        } else if (accept(reader, '{') || accept(reader, '[')) {
            depth++;
        } else if (depth > 0 && (accept(reader, '}') || accept(reader, ']'))) {
            depth--;
        } else if (depth > 0 && reader->p < reader->end) {
            reader->p++;
        } else {
            reader->bad = true;
        }
    } while (depth > 0 && !reader->bad);
}

static bool literal(struct reader *reader, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(reader->end - reader->p) < length || memcmp(reader->p, word, length) != 0)
        return false;
    reader->p += length;
    return true;
}

/* A number; *value is its text. */
static void number(struct reader *reader, struct c8d_str *value)
{
    const char *begin = reader->p;

    (void)accept(reader, '-');
    skip_digits(reader);
    if (accept(reader, '.'))
        skip_digits(reader);
    if (accept(reader, 'e') || accept(reader, 'E')) {
        if (!accept(reader, '+'))
            (void)accept(reader, '-');
        skip_digits(reader);
    }
    *value = (struct c8d_str){begin, (size_t)(reader->p - begin)};
}

/* 0 when it is none, or more than `most`. */
static uint64_t whole(struct c8d_str value, uint64_t most, bool *bad)
{
    struct reader reader = {value.ptr, value.ptr + value.len, false};
    uint64_t result = digits(&reader, 1, INT32_MAX);
    bool fits = !reader.bad && reader.p == reader.end && result <= most;

    *bad = *bad || !fits;
    return fits ? result : 0;
}

static int64_t whole_signed(struct c8d_str value, bool *bad)
{
    bool negative = value.len > 0 && value.ptr[0] == '-';
    struct c8d_str size = {value.ptr + negative, value.len - negative};
    int64_t result = (int64_t)whole(size, INT64_MAX, bad);

    return negative ? -result : result;
}

/* A value that is no number: of no concern, or wrong for a key that is known. */
static void plain_value(struct reader *reader, bool known)
{
    if (known)
        reader->bad = true;
    else if (!literal(reader, "true") && !literal(reader, "false"))
        skip_value(reader);
}

/* A comma and a further key, or the closing brace. */
static void next_member(struct reader *reader)
{
    blanks(reader);
    if (accept(reader, ',')) {
        blanks(reader);
        reader->bad = reader->bad || !at(reader, '"');
    } else {
        reader->bad = reader->bad || !at(reader, '}');
    }
}

struct fields {
    struct c8d_str container_id, id, exec_id;
    uint64_t pid, exit_status;
    int64_t exited_at;
};

static int64_t time_object(struct reader *reader)
{
    int64_t seconds = 0;
    uint64_t nanos = 0;

    expect(reader, '{');
    blanks(reader);
    while (!reader->bad && !accept(reader, '}')) {
        struct c8d_str key = text(reader);
        bool known = is(key, "seconds") || is(key, "nanos");
        struct c8d_str value = {0};

        blanks(reader);
        expect(reader, ':');
        blanks(reader);
        if (at(reader, '-') || at_digit(reader)) {
            number(reader, &value);
            if (is(key, "seconds"))
                seconds = whole_signed(value, &reader->bad);
            else if (is(key, "nanos"))
                nanos = whole(value, 999999999, &reader->bad);
        } else if (!literal(reader, "null")) {
            plain_value(reader, known);
        }
        next_member(reader);
    }
    return to_ns(seconds, nanos);
}

static void string_value(struct reader *reader, struct c8d_str key, struct fields *fields)
{
    struct c8d_str value = text(reader);

    if (is(key, "container_id"))
        fields->container_id = value;
    else if (is(key, "id"))
        fields->id = value;
    else if (is(key, "exec_id"))
        fields->exec_id = value;
    else if (is(key, "exited_at") && !reader->bad)
        fields->exited_at = rfc3339(value, &reader->bad);
    else if (is(key, "pid") || is(key, "exit_status"))
        reader->bad = true;
}

static void number_value(struct reader *reader, struct c8d_str key, struct fields *fields)
{
    struct c8d_str value = {0};

    number(reader, &value);
    if (reader->bad)
        return;
    if (is(key, "pid"))
        fields->pid = whole(value, UINT32_MAX, &reader->bad);
    else if (is(key, "exit_status"))
        fields->exit_status = whole(value, UINT32_MAX, &reader->bad);
    else if (is(key, "container_id") || is(key, "id") || is(key, "exec_id") || is(key, "exited_at"))
        reader->bad = true;
}

static bool is_known(struct c8d_str key)
{
    return is(key, "container_id") || is(key, "id") || is(key, "exec_id") || is(key, "pid") ||
           is(key, "exit_status") || is(key, "exited_at");
}

static void member(struct reader *reader, struct fields *fields)
{
    struct c8d_str key = text(reader);

    blanks(reader);
    expect(reader, ':');
    blanks(reader);
    if (reader->bad || literal(reader, "null"))
        return;
    if (at(reader, '"'))
        string_value(reader, key, fields);
    else if (at(reader, '-') || at_digit(reader))
        number_value(reader, key, fields);
    else if (is(key, "exited_at") && at(reader, '{'))
        fields->exited_at = time_object(reader);
    else
        plain_value(reader, is_known(key));
}

static void object(struct reader *reader, struct fields *fields)
{
    expect(reader, '{');
    blanks(reader);
    while (!reader->bad && !accept(reader, '}')) {
        member(reader, fields);
        next_member(reader);
    }
}

static bool is_name(struct c8d_str string)
{
    static const char admitted[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";

    for (size_t i = 0; i < string.len; i++) {
        if (string.ptr[i] == '\0' || strchr(admitted, string.ptr[i]) == NULL)
            return false;
    }
    return string.len >= 1 && string.len <= C8D_NAME_BYTES_MAX;
}

static struct c8d_str word(struct reader *reader)
{
    const char *begin = reader->p;

    while (reader->p < reader->end && *reader->p != ' ')
        reader->p++;
    if (reader->p == begin)
        reader->bad = true;
    return (struct c8d_str){begin, (size_t)(reader->p - begin)};
}

static bool same(struct c8d_str a, struct c8d_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Fills in the event as its kind wants it. */
static enum c8d_line_verdict judge(const struct fields *fields, struct c8d_event *event)
{
    bool of_record = event->kind == C8D_EVENT_CONTAINER_CREATE || event->kind == C8D_EVENT_CONTAINER_DELETE;
    bool of_exec = event->kind == C8D_EVENT_EXEC_ADDED || event->kind == C8D_EVENT_EXEC_STARTED;
    bool ends = event->kind == C8D_EVENT_TASK_EXIT || event->kind == C8D_EVENT_TASK_DELETE;

    event->container = of_record ? fields->id : fields->container_id;
    if (of_exec)
        event->process = fields->exec_id;
    else if (ends && !same(fields->id, fields->container_id))
        event->process = fields->id;
    event->pid = (uint32_t)fields->pid;
    if (event->kind == C8D_EVENT_TASK_EXIT || (ends && fields->exited_at != 0))
        event->exit = (struct c8d_exit){true, true, (uint32_t)fields->exit_status, fields->exited_at};
    if (!is_name(event->namespace_) || !is_name(event->container))
        return C8D_LINE_MALFORMED;
    if (of_exec && (event->process.len == 0 || same(event->process, event->container)))
        return C8D_LINE_MALFORMED;
    return event->process.len == 0 || is_name(event->process) ? C8D_LINE_EVENT : C8D_LINE_MALFORMED;
}

static bool is_zone_name(struct c8d_str zone)
{
    for (size_t i = 0; i < zone.len; i++) {
        char c = zone.ptr[i];

        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
              c == '-'))
            return false;
    }
    return zone.len > 0;
}

static bool read_prefix(struct reader *reader, struct c8d_event *event, struct c8d_str *topic)
{
    struct clock clock = date_and_clock(reader, ' ');

    expect(reader, ' ');
    clock.seconds -= offset(reader, false);
    event->time_ns = to_ns(clock.seconds, clock.ns);
    expect(reader, ' ');
    reader->bad = reader->bad || !is_zone_name(word(reader));
    expect(reader, ' ');
    if (!reader->bad)
        event->namespace_ = word(reader);
    for (size_t i = 0; !reader->bad && i < event->namespace_.len; i++)
        reader->bad = !is_name((struct c8d_str){event->namespace_.ptr + i, 1});
    expect(reader, ' ');
    if (!reader->bad)
        *topic = word(reader);
    return !reader->bad && topic->len > 1 && topic->ptr[0] == '/';
}

enum c8d_line_verdict slow_ctr_read(struct c8d_str line, struct c8d_event *event)
{
    struct reader reader = {line.ptr, line.ptr + line.len, false};
    struct fields fields = {0};
    struct c8d_str topic = {0};

    *event = (struct c8d_event){.kind = C8D_EVENT_KIND__COUNT};
    if (line.len == 0)
        return C8D_LINE_IGNORED;
    if (!read_prefix(&reader, event, &topic))
        return C8D_LINE_MALFORMED;
    for (int kind = 0; kind < C8D_EVENT_KIND__COUNT; kind++) {
        if (is(topic, c8d_event_topic((enum c8d_event_kind)kind)))
            event->kind = (enum c8d_event_kind)kind;
    }
    if (event->kind == C8D_EVENT_KIND__COUNT)
        return C8D_LINE_IGNORED;
    expect(&reader, ' ');
    blanks(&reader);
    object(&reader, &fields);
    blanks(&reader);
    return reader.bad || reader.p != reader.end ? C8D_LINE_MALFORMED : judge(&fields, event);
}
