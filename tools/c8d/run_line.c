/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run as a line of JSON, put together in place: a log has a run for every few lines, and to build an object
 * for each took twice as long as to read the log.
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

static void put_byte(struct line *line, char byte)
{
    line->bytes[line->length++] = byte;
}

static void put_key(struct line *line, const char *key)
{
    put_byte(line, ',');
    put_byte(line, '"');
    put_text(line, key);
    put_byte(line, '"');
    put_byte(line, ':');
}

/* The names of a run are such as containerd admits: there is nothing to escape. */
static void put_name(struct line *line, const char *key, struct c8d_str name)
{
    put_key(line, key);
    put_byte(line, '"');
    put(line, name.ptr, name.len);
    put_byte(line, '"');
}

static void put_number(struct line *line, const char *key, uint32_t number)
{
    char digits[10];
    size_t n = sizeof(digits);

    do {
        digits[--n] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    put_key(line, key);
    put(line, digits + n, sizeof(digits) - n);
}

static void put_word(struct line *line, const char *key, const char *word)
{
    put_key(line, key);
    put_text(line, word);
}

static void put_time(struct line *line, const char *key, int64_t ns)
{
    char text[C8D__TIME_BYTES];

    if (ns <= 0) {
        put_word(line, key, "null");
        return;
    }
    put_key(line, key);
    put_byte(line, '"');
    put_text(line, c8d__format_time(ns, text));
    put_byte(line, '"');
}

bool c8d__run_is_over(const struct c8d_replay_run *run)
{
    return run->state == C8D_STATE_STOPPED || run->state == C8D_STATE_DELETED;
}

void c8d__print_run_line(const struct c8d_replay_run *run)
{
    const bool over = c8d__run_is_over(run);
    struct line line;

    line.length = 0;
    put_text(&line, "{\"type\":\"run\"");
    put_name(&line, "namespace", run->namespace_);
    put_name(&line, "container", run->container);
    put_name(&line, "process", run->process);
    put_number(&line, "incarnation", run->incarnation);
    put_key(&line, "state");
    put_byte(&line, '"');
    put_text(&line, c8d_public_state_name(run->state));
    put_byte(&line, '"');
    put_number(&line, "pid", run->pid);
    if (over && run->exit.known)
        put_number(&line, "exit_code", run->exit.code);
    else
        put_word(&line, "exit_code", "null");
    put_time(&line, "exited_at", over ? run->exit.at_ns : 0);
    put_word(&line, "oom", run->oom ? "true" : "false");
    put_time(&line, "started_at", run->started_at_ns);
    put_text(&line, "}\n");
    (void)fwrite(line.bytes, 1, line.length, stdout);
}
