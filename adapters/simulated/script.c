/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little language of the processes, as busybox would carry it out. A command is done, or it is carried
 * out again once what it waits for is there.
 */
#include "simulated_internal.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define OOM_AFTER (20 * C8D__MILLI)
#define SECOND_NS (1000 * C8D__MILLI)
#define SLEEP_SECONDS_MAX 1000000000u

enum { WRONG_USE = 2, NOT_FOUND = 127, KILLED = 137 };

static const char *word(const struct c8d__command *command, size_t i)
{
    const char *at = command->words;

    for (; i > 0; i--)
        at += strlen(at) + 1;
    return at;
}

static const char *name_of(const struct c8d__command *command)
{
    const char *path = word(command, 0);
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static void write_out(struct c8d__sim_process *process, const char *text, size_t length, bool to_err)
{
    process->unwritten = text;
    process->n_unwritten = length;
    process->unwritten_to_err = to_err;
}

static void complain(struct c8d__sim_process *process, uint32_t status, const char *format, const char *what)
{
    int n = snprintf(process->bytes, sizeof(process->bytes), format, what);
    size_t length = n < (int)sizeof(process->bytes) ? (size_t)n : sizeof(process->bytes) - 1;

    process->exit_code = status;
    write_out(process, process->bytes, length, true);
}

/* ---- commands
 * ------------------------------------------------------------------------------------------------ */

static bool do_nothing(struct c8d__world *world, struct c8d__sim_process *process,
                       const struct c8d__command *command)
{
    (void)world;
    (void)process;
    (void)command;
    return true;
}

static bool do_false(struct c8d__world *world, struct c8d__sim_process *process,
                     const struct c8d__command *command)
{
    (void)world;
    (void)command;
    process->exit_code = 1;
    return true;
}

/* The words lie one after the other, so they become the line where they are. A command is carried out once.
 */
static bool do_echo(struct c8d__world *world, struct c8d__sim_process *process,
                    const struct c8d__command *command)
{
    char *line = command->words + strlen(command->words) + 1;
    size_t length = 0;

    (void)world;
    if (command->n_words == 1) {
        write_out(process, "\n", 1, command->to_err);
        return true;
    }
    for (size_t i = 1; i < command->n_words; i++) {
        length += strlen(line + length) + 1;
        line[length - 1] = i + 1 < command->n_words ? ' ' : '\n';
    }
    write_out(process, line, length, command->to_err);
    return true;
}

/* Reads digits and, with `scale`, a fraction. False: something else stands there. */
static bool number(const char *text, uint64_t max, uint64_t scale, uint64_t *out)
{
    uint64_t value = 0;
    const char *at = text;

    for (; *at >= '0' && *at <= '9'; at++)
        value = value < max ? value * 10 + (uint64_t)(*at - '0') : max;
    value = (value < max ? value : max) * scale;
    if (*at == '.' && scale > 1) {
        for (at++; *at >= '0' && *at <= '9'; at++) {
            scale /= 10;
            value += (uint64_t)(*at - '0') * scale;
        }
    }
    *out = value;
    return at != text && *at == '\0';
}

static bool do_sleep(struct c8d__world *world, struct c8d__sim_process *process,
                     const struct c8d__command *command)
{
    uint64_t span = 0;

    if (command->n_words != 2)
        complain(process, 1, "%s", "sleep: how long?\n");
    else if (!number(word(command, 1), SLEEP_SECONDS_MAX, SECOND_NS, &span))
        complain(process, 1, "sleep: invalid number '%s'\n", word(command, 1));
    else
        c8d__sim_sleep(world, process, (int64_t)span);
    return true;
}

static bool do_exit(struct c8d__world *world, struct c8d__sim_process *process,
                    const struct c8d__command *command)
{
    uint64_t code = process->exit_code;

    if (command->n_words > 1 && !number(word(command, 1), UINT32_MAX, 1, &code)) {
        complain(process, WRONG_USE, "sh: exit: Illegal number: %s\n", word(command, 1));
        process->at = process->program->n_commands; /* a shell goes no further */
        return false;
    }
    c8d__sim_end(world, process, (uint32_t)code & 255);
    return true;
}

/* Copies what is there, until the end of its input. */
static bool do_cat(struct c8d__world *world, struct c8d__sim_process *process,
                   const struct c8d__command *command)
{
    int fd = process->streams != NULL ? process->streams->in : -1;
    ssize_t n;

    (void)world;
    if (command->n_words > 1) {
        complain(process, 1, "cat: can't open '%s': No such file or directory\n", word(command, 1));
        return true;
    }
    do
        n = fd >= 0 ? read(fd, process->bytes, sizeof(process->bytes)) : 0;
    while (n < 0 && errno == EINTR);
    if (n < 0 && errno == EAGAIN)
        process->blocked = C8D__BLOCKED_IN;
    else if (n > 0)
        write_out(process, process->bytes, (size_t)n, command->to_err);
    else
        return true;
    return false;
}

static void run_out_of_memory(struct c8d__world *world, struct c8d__sim_process *process)
{
    struct c8d__sim_container *container = process->container;
    /* Whoever watches the memory is not who watches the processes: either can be first. */
    bool told_later = c8d__sim_random(world, 4) == 0;

    if (!told_later)
        c8d__sim_publish(world, C8D_EVENT_TASK_OOM, container, NULL);
    c8d__sim_end(world, process, KILLED);
    if (told_later)
        c8d__sim_publish(world, C8D_EVENT_TASK_OOM, container, NULL);
}

static bool do_hog(struct c8d__world *world, struct c8d__sim_process *process,
                   const struct c8d__command *command)
{
    (void)command;
    if (process->hogs) {
        run_out_of_memory(world, process);
    } else {
        process->hogs = true;
        c8d__sim_sleep(world, process, OOM_AFTER);
    }
    return false;
}

/* Ignoring signals is all that it can. */
static bool do_trap(struct c8d__world *world, struct c8d__sim_process *process,
                    const struct c8d__command *command)
{
    static const struct {
        const char *name;
        uint32_t number;
    } signals[] = {{"HUP", 1}, {"INT", 2}, {"QUIT", 3}, {"USR1", 10}, {"USR2", 12}, {"TERM", 15}};

    (void)world;
    if (command->n_words < 3 || word(command, 1)[0] != '\0') {
        complain(process, WRONG_USE, "%s", "sh: trap: only '' can be done\n");
        return true;
    }
    for (size_t i = 2; i < command->n_words; i++) {
        for (size_t k = 0; k < sizeof(signals) / sizeof(signals[0]); k++) {
            if (strcmp(word(command, i), signals[k].name) == 0)
                process->ignored |= UINT64_C(1) << signals[k].number;
        }
    }
    return true;
}

/* ---- one step
 * ------------------------------------------------------------------------------------------------ */

/* Carries a command out. False: not done yet, or the process has no further one. */
static bool carry_out(struct c8d__world *world, struct c8d__sim_process *process,
                      const struct c8d__command *command)
{
    static const struct {
        const char *name;
        bool (*run)(struct c8d__world *, struct c8d__sim_process *, const struct c8d__command *);
    } builtins[] = {{":", do_nothing}, {"true", do_nothing}, {"false", do_false},
                    {"echo", do_echo}, {"sleep", do_sleep},  {"exit", do_exit},
                    {"cat", do_cat},   {"hog", do_hog},      {"trap", do_trap}};

    if (command->n_words == 0)
        return true;
    for (size_t i = 0; i < sizeof(builtins) / sizeof(builtins[0]); i++) {
        if (strcmp(name_of(command), builtins[i].name) == 0) {
            if (builtins[i].run != do_exit)
                process->exit_code = 0;
            return builtins[i].run(world, process, command);
        }
    }
    complain(process, NOT_FOUND, "sh: %s: not found\n", word(command, 0));
    return true;
}

void c8d__sim_step(struct c8d__world *world, struct c8d__sim_process *process)
{
    const struct c8d__program *program = process->program;

    process->blocked = C8D__BLOCKED_NOT;
    while (process->phase == C8D__PHASE_RUNNING && process->blocked == C8D__BLOCKED_NOT) {
        if (!c8d__sim_flush(process))
            process->blocked = C8D__BLOCKED_OUT;
        else if (process->at == program->n_commands)
            c8d__sim_end(world, process, process->exit_code);
        else if (carry_out(world, process, &program->commands[process->at]))
            process->at++;
    }
}
