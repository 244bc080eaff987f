/* SPDX-License-Identifier: Apache-2.0 */
#include "../place.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static int listener;
static struct sockaddr_un address = {.sun_family = AF_UNIX};

void place_listen(const char *path)
{
    (void)signal(SIGPIPE, SIG_IGN); /* whoever has gone is found out by an error */
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener >= 0 && bind(listener, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
        listen(listener, 16) == 0)
        return;
    perror(path);
    exit(1);
}

int place_waits(short *events)
{
    *events = POLLIN;
    return listener;
}

int place_accept(void)
{
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

void place_close(void)
{
    (void)close(listener);
    (void)unlink(address.sun_path);
}

/* Opened for both, as a shim does: somebody reads as long as it writes. */
int place_open_output(const char *name)
{
    return open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

int place_open_input(const char *name, int *held)
{
    int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

    if (fd >= 0)
        *held = open(name, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    return fd;
}
