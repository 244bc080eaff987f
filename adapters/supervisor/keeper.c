/* SPDX-License-Identifier: Apache-2.0 */
/* The process: started, found again, signalled and reaped, by its pidfd. */
#include "supervisor_internal.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static enum c8d_status fail(struct c8d_error *err, int code, const char *what)
{
    return c8d_error_set_origin(err, code == ENOENT ? C8D_NOT_FOUND : C8D_REMOTE, C8D_ORIGIN_ERRNO, code,
                                "%s: %s", what, strerror(code));
}

/* A session of its own, so that what a terminal sends to ours does not end it; signals as they are by
 * default, whatever ours are. */
static int prepare(posix_spawnattr_t *attributes)
{
    sigset_t none;
    sigset_t all;
    int code;

    sigemptyset(&none);
    sigfillset(&all);
    code = posix_spawnattr_setflags(attributes,
                                    POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    if (code == 0)
        code = posix_spawnattr_setsigmask(attributes, &none);
    if (code == 0)
        code = posix_spawnattr_setsigdefault(attributes, &all);
    return code;
}

static int redirect(posix_spawn_file_actions_t *actions, const char *log)
{
    int code = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

    if (code == 0)
        code = posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, log, O_WRONLY | O_CREAT | O_APPEND,
                                                0600);
    if (code == 0)
        code = posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO, STDERR_FILENO);
    return code;
}

static int start(const struct c8d__kept *kept, pid_t *pid)
{
    char option[] = "--config";
    char program[PATH_MAX];
    char config[PATH_MAX];
    char *words[] = {program, option, config, NULL};
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    int code;

    memcpy(program, kept->program.text, sizeof(program));
    memcpy(config, kept->config.text, sizeof(config));
    code = posix_spawnattr_init(&attributes);
    if (code != 0)
        return code;
    code = posix_spawn_file_actions_init(&actions);
    if (code == 0) {
        code = prepare(&attributes);
        if (code == 0)
            code = redirect(&actions, kept->log.text);
        if (code == 0)
            code = posix_spawnp(pid, program, &actions, &attributes, words, environ);
        posix_spawn_file_actions_destroy(&actions);
    }
    posix_spawnattr_destroy(&attributes);
    return code;
}

enum c8d_status c8d__keeper_spawn(const struct c8d__kept *kept, struct c8d__keeper *out,
                                  struct c8d_error *err)
{
    pid_t pid = 0;
    int code = start(kept, &pid);

    if (code != 0)
        return fail(err, code, kept->program.text);
    out->pid = (uint32_t)pid;
    /* Our child, and not reaped yet: the pid is certainly its own. */
    out->pidfd = pidfd_open(pid, 0);
    if (out->pidfd >= 0)
        return C8D_OK;
    code = errno;
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
    return fail(err, code, "pidfd_open");
}

/* One of the words of its command line is our configuration file. */
static bool has_our_config(uint32_t pid, const char *config)
{
    char path[32];
    char words[PATH_MAX + 1024];
    size_t length;
    FILE *file;

    (void)snprintf(path, sizeof(path), "/proc/%u/cmdline", (unsigned)pid);
    file = fopen(path, "re");
    if (file == NULL)
        return false;
    length = fread(words, 1, sizeof(words) - 1, file);
    (void)fclose(file);
    words[length] = '\0';
    for (size_t at = 0; at < length; at += strlen(words + at) + 1) {
        if (strcmp(words + at, config) == 0)
            return true;
    }
    return false;
}

static bool is_readable(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    return poll(&one, 1, 0) == 1;
}

bool c8d__keeper_find(const struct c8d__kept *kept, struct c8d__keeper *out)
{
    uint32_t pid = c8d__supervisor_read_pid(kept);
    int pidfd = pid > 1 ? pidfd_open((pid_t)pid, 0) : -1;

    if (pidfd < 0)
        return false;
    /* First held, then looked at, and alive after that: what was looked at is what is held. */
    if (!has_our_config(pid, kept->config.text) || is_readable(pidfd)) {
        close(pidfd);
        return false;
    }
    out->pidfd = pidfd;
    out->pid = pid;
    return true;
}

void c8d__keeper_signal(const struct c8d__keeper *keeper, int signal)
{
    /* Fails only when it has ended, which is heard of anyway. */
    if (keeper->pidfd >= 0)
        (void)pidfd_send_signal(keeper->pidfd, signal, NULL, 0);
}

bool c8d__keeper_ended(const struct c8d__keeper *keeper, struct c8d_exit *out)
{
    siginfo_t info = {0};
    struct timespec now;

    if (keeper->pidfd < 0 || !is_readable(keeper->pidfd))
        return false;
    *out = (struct c8d_exit){.ran = true};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    out->at_ns = (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
    /* Not our child, or reaped by somebody else in this program: its code cannot be had. */
    if (waitid(P_PIDFD, (id_t)keeper->pidfd, &info, WEXITED | WNOHANG) != 0 || info.si_pid == 0)
        return true;
    out->known = true;
    out->code = info.si_code == CLD_EXITED ? (uint32_t)info.si_status : 128 + (uint32_t)info.si_status;
    return true;
}

void c8d__keeper_close(struct c8d__keeper *keeper)
{
    if (keeper->pidfd >= 0)
        close(keeper->pidfd);
    keeper->pidfd = -1;
}
