/* SPDX-License-Identifier: Apache-2.0 */
/* Waiting for a log to grow, to be replaced or to be cut. */
#include "log_wait.h"
#include <errno.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

/* Not every file system tells of changes that others make. */
#define LOOK_ANYWAY_MS 1000

static volatile sig_atomic_t over;

static void end(int signal_)
{
    (void)signal_;
    over = 1;
}

bool c8d__log_wait_is_over(void)
{
    return over != 0;
}

bool c8d__log_wait_begin(struct c8d__log_wait *wait, const char *name)
{
    /* A second one ends the command at once. No SA_RESTART: a wait is to end. */
    const struct sigaction action = {.sa_handler = end, .sa_flags = (int)SA_RESETHAND};
    char directory[4096];

    *wait = (struct c8d__log_wait){.notify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), .name = name};
    if (wait->notify < 0)
        return false;
    snprintf(directory, sizeof(directory), "%s", name);
    if (inotify_add_watch(wait->notify, dirname(directory), IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ATTRIB) <
            0 ||
        sigaction(SIGINT, &action, NULL) != 0 || sigaction(SIGTERM, &action, NULL) != 0) {
        close(wait->notify);
        return false;
    }
    return true;
}

void c8d__log_wait_end(struct c8d__log_wait *wait)
{
    close(wait->notify);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
}

static enum c8d__log_change look(const struct c8d__log_wait *wait, int fd)
{
    struct stat here;
    struct stat there;

    if (fstat(fd, &here) != 0)
        return C8D__LOG_GROWN;
    if (here.st_size < lseek(fd, 0, SEEK_CUR))
        return C8D__LOG_CUT;
    if (stat(wait->name, &there) == 0 && (there.st_ino != here.st_ino || there.st_dev != here.st_dev))
        return C8D__LOG_REPLACED;
    return C8D__LOG_GROWN;
}

enum c8d__log_change c8d__log_wait(struct c8d__log_wait *wait, int fd)
{
    struct pollfd ready = {.fd = wait->notify, .events = POLLIN};
    char events[4096];

    if (over == 0 && look(wait, fd) == C8D__LOG_GROWN)
        (void)poll(&ready, 1, LOOK_ANYWAY_MS);
    while (read(wait->notify, events, sizeof(events)) > 0)
        ;
    return over != 0 ? C8D__LOG_OVER : look(wait, fd);
}
