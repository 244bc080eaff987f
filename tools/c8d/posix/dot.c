/* SPDX-License-Identifier: Apache-2.0 */
#include "dot.h"
#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

static int start(int input, pid_t *pid)
{
    char *const argv[] = {"dot", "-Tsvg", NULL};
    posix_spawn_file_actions_t actions;
    int error = posix_spawn_file_actions_init(&actions);

    if (error != 0)
        return error;
    error = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    if (error == 0)
        error = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

int c8d__dot_run(int input, bool *out)
{
    pid_t pid;
    int status;
    int error = start(input, &pid);

    if (error != 0)
        return error;
    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR)
            return errno;
    }
    *out = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    return 0;
}
