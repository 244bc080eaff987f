/* SPDX-License-Identifier: Apache-2.0 */
#include "../place.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <windows/link.h>

/* Ends that wait at once: whoever comes while one is being replaced finds another. */
#define ENDS 4

static const char *address;
static int ends[ENDS];

static int make_end(void)
{
    int fd = c8d__link_listen(address, 0);

    if (fd < 0) {
        perror(address);
        exit(1);
    }
    return fd;
}

void place_listen(const char *name)
{
    address = name;
    for (int i = 0; i < ENDS; i++)
        ends[i] = make_end();
}

/* The system gives them out in the order in which they were made. */
int place_waits(short *events)
{
    *events = POLLOUT;
    return ends[0];
}

static bool is_taken(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLOUT};

    return poll(&one, 1, 0) == 1;
}

int place_accept(void)
{
    for (int i = 0; i < ENDS; i++) {
        int fd = ends[i];

        if (!is_taken(fd))
            continue;
        memmove(ends + i, ends + i + 1, (size_t)(ENDS - 1 - i) * sizeof(*ends));
        ends[ENDS - 1] = make_end();
        return fd;
    }
    return -1;
}

void place_close(void)
{
    for (int i = 0; i < ENDS; i++)
        (void)close(ends[i]);
}

int place_open_output(const char *name)
{
    return c8d__link_connect(name);
}

/* The end of such a pipe shows as soon as it is there. */
int place_open_input(const char *name, int *held)
{
    (void)held;
    return c8d__link_connect(name);
}
