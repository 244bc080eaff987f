/* SPDX-License-Identifier: Apache-2.0 */
/* What processes do: a script of small commands, one step at a time. */
#include "sim_internal.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 16

/* ---- words
 * -------------------------------------------------------------------------------------------------------------
 */

/* As CommandLineToArgvW takes a line apart, in place. Returns the number of words. */
static size_t cut_line(char *line, char **words)
{
    size_t n = 0;
    char *to = line;

    while (*line != '\0' && n < WORDS_MAX) {
        bool quoted = false;

        while (*line == ' ' || *line == '\t')
            line++;
        if (*line == '\0')
            break;
        words[n++] = to;
        for (; *line != '\0' && (quoted || (*line != ' ' && *line != '\t')); line++) {
            if (*line == '\\' && line[1] == '"')
                *to++ = *++line;
            else if (*line == '"')
                quoted = !quoted;
            else
                *to++ = *line;
        }
        if (*line != '\0')
            line++;
        *to++ = '\0';
    }
    return n;
}

/* Words of a command; what stands in ' is one. */
static size_t cut_command(char *command, char **words)
{
    size_t n = 0;

    while (*command != '\0' && n < WORDS_MAX) {
        char stop = ' ';

        while (*command == ' ')
            command++;
        if (*command == '\0')
            break;
        if (*command == '\'') {
            stop = '\'';
            command++;
        }
        words[n++] = command;
        while (*command != '\0' && *command != stop)
            command++;
        if (*command != '\0')
            *command++ = '\0';
    }
    return n;
}

/* ---- reading a program
 * --------------------------------------------------------------------------------------------------- */

static const char *base_name(const char *path)
{
    for (const char *c = path; *c != '\0'; c++) {
        if (*c == '/' || *c == '\\')
            path = c + 1;
    }
    return path;
}

static bool is_known(const char *program)
{
    static const char *const programs[] = {"sh", "sleep", "echo", "cat", "true", "false", "stay", "cmd"};

    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        if (strcmp(program, programs[i]) == 0)
            return true;
    }
    return false;
}

static char *join(char **words, size_t n)
{
    char *script = sim_alloc(1024);

    for (size_t i = 0; i < n; i++) {
        if (i != 0)
            strcat(script, " ");
        strncat(script, i == 0 ? base_name(words[i]) : words[i], 1023 - strlen(script));
    }
    return script;
}

bool sim_program_read(struct sim_process *process, const char *command_line)
{
    char *line = sim_copy(command_line);
    char *words[WORDS_MAX];
    size_t n = cut_line(line, words);
    bool known = n != 0 && is_known(base_name(words[0]));

    if (known && (strcmp(base_name(words[0]), "sh") == 0 || strcmp(base_name(words[0]), "cmd") == 0))
        process->script = sim_copy(n > 2 ? words[2] : "");
    else if (known)
        process->script = join(words, n);
    process->at = process->script;
    free(line);
    return known;
}

/* ---- running it
 * -------------------------------------------------------------------------------------------------------- */

static void block(struct sim_process *process, enum sim_blocked why)
{
    process->blocked = why;
}

/* True: all is written, or nobody will ever read it. */
static bool flush(struct sim_process *process)
{
    struct sim_pipe *pipe = process->to_err ? process->err : process->out;

    while (process->unwritten != NULL) {
        size_t length = strlen(process->unwritten);
        ptrdiff_t n = pipe != NULL ? sim_pipe_write(pipe, process->unwritten, length) : (ptrdiff_t)length;

        if (n == C8D__STREAM_AGAIN)
            return false;
        if (pipe != NULL && pipe->ready != NULL)
            pipe->ready(pipe->ctx);
        if (n > 0 && (size_t)n < length) {
            memmove(process->unwritten, process->unwritten + n, length - (size_t)n + 1);
            continue;
        }
        free(process->unwritten);
        process->unwritten = NULL;
    }
    return true;
}

static void say(struct sim_process *process, char **words, size_t n)
{
    char *text = sim_alloc(1024);

    process->to_err = n > 0 && strcmp(words[n - 1], ">&2") == 0;
    if (process->to_err)
        n--;
    for (size_t i = 0; i < n; i++)
        snprintf(text + strlen(text), 1024 - strlen(text), "%s%s", i != 0 ? " " : "", words[i]);
    strcat(text, "\n");
    process->unwritten = text;
}

/* One read of its input. True: there was something, or its end. */
static bool copy(struct sim_process *process)
{
    char *bytes = sim_alloc(4097);
    ptrdiff_t n = process->in != NULL ? sim_pipe_read(process->in, bytes, 4096) : C8D__STREAM_END;

    if (n > 0) {
        process->to_err = false;
        process->unwritten = bytes;
        if (process->in->ready != NULL)
            process->in->ready(process->in->ctx);
        return true;
    }
    free(bytes);
    process->copies = n == C8D__STREAM_AGAIN;
    return n != C8D__STREAM_AGAIN;
}

static void sleep_for(struct sim_process *process, const char *seconds)
{
    block(process, SIM_SLEEPS);
    process->run++;
    sim_schedule(&(struct sim_due){.kind = SIM_STEP, .process = process, .run = process->run, .timer = true},
                 (int64_t)(strtod(seconds, NULL) * 1000) * SIM_MS);
}

static void run_command(struct sim_process *process, char *command)
{
    char *words[WORDS_MAX];
    size_t n = cut_command(command, words);
    const char *program = n != 0 ? base_name(words[0]) : "";

    process->last = 0;
    if (strcmp(program, "echo") == 0)
        say(process, words + 1, n - 1);
    else if (strcmp(program, "sleep") == 0)
        sleep_for(process, n > 1 ? words[1] : "0");
    else if (strcmp(program, "stay") == 0)
        sleep_for(process, "1e9");
    else if (strcmp(program, "exit") == 0)
        sim_process_end(process, n > 1 ? (uint32_t)strtoul(words[1], NULL, 10) : 0);
    else if (strcmp(program, "cat") == 0)
        process->copies = true;
    else
        process->last = strcmp(program, "false") == 0;
}

/* Where a command ends; NULL: with the script. */
static char *end_of(char *command)
{
    char *end = strpbrk(command, ";&\n");

    while (end != NULL && end != command && *end == '&' && end[-1] == '>')
        end = strpbrk(end + 1, ";&\n");
    return end;
}

/* Its next command; false at the end of the script. */
static bool next_command(struct sim_process *process)
{
    char *command = process->at;
    char *end;

    if (command == NULL || *command == '\0')
        return false;
    end = end_of(command);
    process->at = end != NULL ? end + 1 : command + strlen(command);
    if (end != NULL)
        *end = '\0';
    run_command(process, command);
    return true;
}

void sim_program_step(struct sim_process *process)
{
    if (process->over || process->system->state != SIM_RUNNING)
        return;
    while (!process->over && process->blocked == SIM_GOES_ON) {
        if (!flush(process))
            block(process, SIM_WRITES);
        else if (process->copies && !copy(process))
            block(process, SIM_READS);
        else if (!process->copies && process->unwritten == NULL && !next_command(process))
            sim_process_end(process, process->last);
    }
}
