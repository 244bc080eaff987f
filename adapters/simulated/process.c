/* SPDX-License-Identifier: Apache-2.0 */
/* What processes do: their little language, signals, and their ends. */
#include "simulated_internal.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OOM_AFTER (20 * C8D__MILLI)

enum { HUP = 1, INT = 2, QUIT = 3, KILL = 9, TERM = 15, CHLD = 17, CONT = 18, URG = 23, WINCH = 28 };

static void wake_later(struct c8d__world *world, struct c8d__sim_process *process, int64_t at)
{
    struct c8d__due *due = c8d__sim_due_new(world, C8D__DUE_WAKE);

    process->blocked = C8D__BLOCKED_CLOCK;
    process->wake_at = at;
    /* Without memory for the wake-up the process sleeps for ever: a hung process, which is a legal world. */
    if (due == NULL)
        return;
    snprintf(due->container, sizeof(due->container), "%s", process->container->id);
    snprintf(due->process, sizeof(due->process), "%s", process->id);
    due->run = process->run;
    c8d__sim_schedule(world, due, at);
}

void c8d__sim_start(struct c8d__world *world, struct c8d__sim_process *process)
{
    if (process->pid == 0)
        process->pid = world->next_pid++;
    process->phase = C8D__PHASE_RUNNING;
    process->run = ++world->next_run;
    wake_later(world, process, c8d__sim_now(world) + c8d__sim_random(world, 1000) * C8D__US);
}

void c8d__sim_end(struct c8d__world *world, struct c8d__sim_process *process, uint32_t code)
{
    struct c8d__sim_container *container = process->container;

    if (process == container->init) {
        container->paused = false;
        /* The kernel kills what is left in the pid namespace, and the shim tells of it first. */
        for (struct c8d__sim_process *exec = container->execs; exec != NULL; exec = exec->next) {
            if (exec->phase == C8D__PHASE_RUNNING)
                c8d__sim_end(world, exec, 128 + KILL);
        }
    }
    process->phase = C8D__PHASE_STOPPED;
    process->exit_code = code;
    process->exited_at_ns = world->epoch_ns + c8d__sim_now(world);
    process->n_unwritten = 0;
    c8d__sim_close_far(&process->stdio);
    c8d__sim_publish(world, C8D_EVENT_TASK_EXIT, container, process);
}

static bool ends(uint32_t signal)
{
    return signal != 0 && signal != CHLD && signal != CONT && signal != URG && signal != WINCH;
}

void c8d__sim_signal(struct c8d__world *world, struct c8d__sim_process *process, uint32_t signal)
{
    if (process->phase == C8D__PHASE_STOPPED)
        return;
    if (process->container->paused) {
        /* The freezer holds signals back until it thaws, SIGKILL too. */
        if (process->pending_signal != KILL)
            process->pending_signal = signal;
        return;
    }
    if (ends(signal) && !(signal == TERM && process->ignores_term))
        c8d__sim_end(world, process, 128 + signal);
}

static void thaw(struct c8d__world *world, struct c8d__sim_process *process)
{
    uint32_t signal = process->pending_signal;

    process->pending_signal = 0;
    if (process->phase != C8D__PHASE_RUNNING)
        return;
    if (process->blocked == C8D__BLOCKED_CLOCK) {
        int64_t now = c8d__sim_now(world);

        wake_later(world, process, process->wake_at > now ? process->wake_at : now);
    }
    if (signal != 0)
        c8d__sim_signal(world, process, signal);
}

void c8d__sim_resume(struct c8d__world *world, struct c8d__sim_container *container)
{
    container->paused = false;
    for (struct c8d__sim_process *exec = container->execs; exec != NULL; exec = exec->next)
        thaw(world, exec);
    if (container->init != NULL)
        thaw(world, container->init);
}

/* containerd makes up an exit without a pid, and a delete, when the shim has gone. */
void c8d__sim_kill_shim(struct c8d__world *world, struct c8d__sim_container *container)
{
    struct c8d_event event = {
        .kind = C8D_EVENT_TASK_EXIT,
        .namespace_ = c8d__sim_str(world->namespace_),
        .container = c8d__sim_str(container->id),
        .exit = {.known = true, .ran = true, .code = 137, .at_ns = world->epoch_ns + c8d__sim_now(world)},
    };

    c8d__sim_publish_event(world, &event);
    event.kind = C8D_EVENT_TASK_DELETE;
    c8d__sim_publish_event(world, &event);
    c8d__sim_remove_process(world, container->init);
}

/* ---- the language
 * --------------------------------------------------------------------------------------------- */

/* The command at the process's place, without blanks around it. */
static struct c8d_str command_of(const struct c8d__sim_process *process)
{
    const char *begin = process->script + process->at;
    size_t length = strcspn(begin, ";\n");

    while (length > 0 && *begin == ' ') {
        begin++;
        length--;
    }
    while (length > 0 && begin[length - 1] == ' ')
        length--;
    return (struct c8d_str){begin, length};
}

static void go_on(struct c8d__sim_process *process)
{
    process->at += strcspn(process->script + process->at, ";\n");
    if (process->script[process->at] != '\0')
        process->at++;
}

/* True when the command is that word; *rest is what follows it. */
static bool is(struct c8d_str command, const char *word, struct c8d_str *rest)
{
    size_t length = strlen(word);

    if (command.len < length || memcmp(command.ptr, word, length) != 0 ||
        (command.len > length && command.ptr[length] != ' '))
        return false;
    while (length < command.len && command.ptr[length] == ' ')
        length++;
    *rest = (struct c8d_str){command.ptr + length, command.len - length};
    return true;
}

static double number(struct c8d_str text)
{
    char digits[32];

    snprintf(digits, sizeof(digits), "%.*s", (int)(text.len < 31 ? text.len : 31), text.ptr);
    return strtod(digits, NULL);
}

static void echo(struct c8d__sim_process *process, struct c8d_str words)
{
    static const char redirection[] = ">&2";
    size_t length = sizeof(redirection) - 1;
    bool to_err = words.len >= length && memcmp(words.ptr + words.len - length, redirection, length) == 0;
    char line[2048];
    int n;

    if (to_err)
        words.len -= length;
    while (to_err && words.len > 0 && words.ptr[words.len - 1] == ' ')
        words.len--;
    n = snprintf(line, sizeof(line), "%.*s\n", (int)(words.len < 2000 ? words.len : 2000), words.ptr);
    if (!c8d__sim_write(process, to_err, line, (size_t)n))
        process->blocked = C8D__BLOCKED_OUT;
}

/* Copies what is there. False: the end of its input. */
static bool copy_in(struct c8d__sim_process *process)
{
    char bytes[1024];
    ssize_t n = process->stdio.in >= 0 ? read(process->stdio.in, bytes, sizeof(bytes)) : 0;

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        process->blocked = C8D__BLOCKED_IN;
        return true;
    }
    if (n <= 0)
        return false;
    if (!c8d__sim_write(process, false, bytes, (size_t)n))
        process->blocked = C8D__BLOCKED_OUT;
    return true;
}

static void unknown(struct c8d__sim_process *process, struct c8d_str command)
{
    char line[256];
    int n = snprintf(line, sizeof(line), "sh: %.*s: not found\n",
                     (int)(command.len < 100 ? command.len : 100), command.ptr);

    process->exit_code = 127;
    if (!c8d__sim_write(process, true, line, (size_t)n))
        process->blocked = C8D__BLOCKED_OUT;
}

/* Carries out one command. `exit_code` is that of the last command while the process runs. */
static void carry_out(struct c8d__world *world, struct c8d__sim_process *process, struct c8d_str command)
{
    struct c8d_str rest;

    process->exit_code = 0;
    if (is(command, "exec", &rest))
        command = rest;
    if (is(command, "cat", &rest)) {
        if (copy_in(process))
            return; /* and again */
    } else if (is(command, "hog", &rest) || is(command, "/bin/hog", &rest)) {
        process->hogs = true;
        wake_later(world, process, c8d__sim_now(world) + OOM_AFTER);
        return;
    } else if (is(command, "echo", &rest)) {
        echo(process, rest);
    } else if (is(command, "sleep", &rest)) {
        double seconds = number(rest);

        wake_later(world, process, c8d__sim_now(world) + (int64_t)((seconds < 1e9 ? seconds : 1e9) * 1e9));
    } else if (is(command, "exit", &rest)) {
        c8d__sim_end(world, process, (uint32_t)number(rest) & 255);
        return;
    } else if (is(command, "trap", &rest)) {
        process->ignores_term = true;
    } else if (is(command, "false", &rest)) {
        process->exit_code = 1;
    } else if (command.len != 0 && !is(command, "true", &rest) && !is(command, ":", &rest)) {
        unknown(process, command);
    }
    go_on(process);
}

void c8d__sim_step(struct c8d__world *world, struct c8d__sim_process *process)
{
    process->blocked = C8D__BLOCKED_NOT;
    if (process->hogs) {
        c8d__sim_publish(world, C8D_EVENT_TASK_OOM, process->container, NULL);
        c8d__sim_end(world, process, 128 + KILL);
        return;
    }
    if (!c8d__sim_flush(process))
        process->blocked = C8D__BLOCKED_OUT;
    while (process->phase == C8D__PHASE_RUNNING && process->blocked == C8D__BLOCKED_NOT) {
        if (process->script[process->at] == '\0')
            c8d__sim_end(world, process, process->exit_code);
        else
            carry_out(world, process, command_of(process));
    }
}
