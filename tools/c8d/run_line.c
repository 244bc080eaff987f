/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run as a line of JSON or a row of a table, put together in place: a log has a run for every few lines. To
 * build an object for each took twice as long as to read the log; printf() took half as long.
 */
#include "run_line.h"
#include "output.h"
#include <stdio.h>
#include <string.h>

/* Three names, and what stands between them. */
#define LINE_BYTES (3 * C8D_NAME_BYTES_MAX + 512)

struct line {
    size_t length;
    char bytes[LINE_BYTES];
};

static void put(struct line *line, const char *bytes, size_t length)
{
    memcpy(line->bytes + line->length, bytes, length);
    line->length += length;
}

static void put_text(struct line *line, const char *text)
{
    put(line, text, strlen(text));
}

/* What the compiler knows the length of. */
#define PUT(line, literal) put(line, literal, sizeof(literal) - 1)

/* The names of a run are such as containerd admits: there is nothing to escape. */
static void put_name(struct line *line, struct c8d_str name)
{
    put(line, name.ptr, name.len);
}

static void put_number(struct line *line, uint32_t number)
{
    char digits[10];
    size_t n = sizeof(digits);

    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    put(line, digits + n, sizeof(digits) - n);
}

static void put_time(struct line *line, int64_t ns)
{
    char *text = line->bytes + line->length;

    (void)c8d__format_time(ns, text);
    line->length += C8D__TIME_LENGTH;
}

bool c8d__run_is_over(const struct c8d_replay_run *run)
{
    return run->state == C8D_STATE_STOPPED || run->state == C8D_STATE_DELETED;
}

static void print(const struct line *line)
{
    (void)fwrite(line->bytes, 1, line->length, stdout);
}

/* ---- as JSON
 * -------------------------------------------------------------------------------------------- */

static void put_time_value(struct line *line, int64_t ns)
{
    if (ns <= 0) {
        PUT(line, "null");
        return;
    }
    PUT(line, "\"");
    put_time(line, ns);
    PUT(line, "\"");
}

void c8d__print_run_line(const struct c8d_replay_run *run)
{
    const bool over = c8d__run_is_over(run);
    struct line line;

    line.length = 0;
    PUT(&line, "{\"type\":\"run\",\"namespace\":\"");
    put_name(&line, run->namespace_);
    PUT(&line, "\",\"container\":\"");
    put_name(&line, run->container);
    PUT(&line, "\",\"process\":\"");
    put_name(&line, run->process);
    PUT(&line, "\",\"incarnation\":");
    put_number(&line, run->incarnation);
    PUT(&line, ",\"state\":\"");
    put_text(&line, c8d_public_state_name(run->state));
    PUT(&line, "\",\"pid\":");
    put_number(&line, run->pid);
    PUT(&line, ",\"exit_code\":");
    if (over && run->exit.known)
        put_number(&line, run->exit.code);
    else
        PUT(&line, "null");
    PUT(&line, ",\"exited_at\":");
    put_time_value(&line, over ? run->exit.at_ns : 0);
    PUT(&line, ",\"oom\":");
    put_text(&line, run->oom ? "true" : "false");
    PUT(&line, ",\"started_at\":");
    put_time_value(&line, run->started_at_ns);
    PUT(&line, "}\n");
    print(&line);
}

/* ---- as a row of a table
 * -------------------------------------------------------------------------------- */

static const char heading[] = "STATE    CODE OOM  PID        RUN STARTED                         NAME\n";

/* Fills up a column that began at `from` and is so wide, and begins the next one. */
static void pad(struct line *line, size_t from, size_t width)
{
    while (line->length < from + width)
        line->bytes[line->length++] = ' ';
    line->bytes[line->length++] = ' ';
}

static void put_column(struct line *line, size_t width, const char *text)
{
    size_t from = line->length;

    put_text(line, text);
    pad(line, from, width);
}

static void put_number_column(struct line *line, size_t width, uint32_t number)
{
    size_t from = line->length;

    put_number(line, number);
    pad(line, from, width);
}

static bool is_of_init(const struct c8d_replay_run *run)
{
    return run->process.len == run->container.len &&
           memcmp(run->process.ptr, run->container.ptr, run->process.len) == 0;
}

/* The name comes last, since it may be long. */
void c8d__print_run_row(const struct c8d_replay_run *run, bool first)
{
    struct line line;

    line.length = 0;
    if (first)
        PUT(&line, heading);
    put_column(&line, 8, c8d_public_state_name(run->state));
    if (c8d__run_is_over(run) && run->exit.known)
        put_number_column(&line, 4, run->exit.code);
    else
        put_column(&line, 4, "-");
    put_column(&line, 4, run->oom ? "oom" : "-");
    put_number_column(&line, 10, run->pid);
    put_number_column(&line, 3, run->incarnation);
    if (run->started_at_ns > 0) {
        put_time(&line, run->started_at_ns);
        PUT(&line, "  ");
    } else {
        put_column(&line, C8D__TIME_LENGTH + 1, "-");
    }
    put_name(&line, run->namespace_);
    PUT(&line, "/");
    put_name(&line, run->container);
    if (!is_of_init(run)) {
        PUT(&line, "/");
        put_name(&line, run->process);
    }
    PUT(&line, "\n");
    print(&line);
}
