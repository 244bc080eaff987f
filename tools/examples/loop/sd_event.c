/* SPDX-License-Identifier: Apache-2.0 */
/* A client in an sd-event loop: sd_event ADDRESS NAMESPACE ROOTFS [TRANSPORT] */
#include "story.h"
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <systemd/sd-event.h>
#include <time.h>

#define US_PER_MS 1000

static sd_event *loop;
static sd_event_source *due;

static int step(void)
{
    int timeout;

    story_dispatch();
    if (story_is_over())
        return sd_event_exit(loop, 0);
    timeout = story_timeout_ms();
    if (timeout < 0)
        return sd_event_source_set_enabled(due, SD_EVENT_OFF);
    (void)sd_event_source_set_time_relative(due, (uint64_t)timeout * US_PER_MS);
    return sd_event_source_set_enabled(due, SD_EVENT_ONESHOT);
}

static int on_readable(sd_event_source *source, int fd, uint32_t events, void *user)
{
    (void)source;
    (void)fd;
    (void)events;
    (void)user;
    return step();
}

static int on_due(sd_event_source *source, uint64_t at, void *user)
{
    (void)source;
    (void)at;
    (void)user;
    return step();
}

int main(int argc, char **argv)
{
    struct c8d_client *client = story_begin(argc, argv);
    int error;

    if (client == NULL)
        return 1;
    error = sd_event_default(&loop);
    if (error >= 0)
        error = sd_event_add_io(loop, NULL, c8d_client_fd(client), EPOLLIN, on_readable, NULL);
    if (error >= 0)
        error = sd_event_add_time_relative(loop, &due, CLOCK_MONOTONIC, 0, 0, on_due, NULL);
    if (error >= 0)
        error = sd_event_loop(loop);
    if (error < 0) {
        fprintf(stderr, "sd_event: %s\n", strerror(-error));
        return 1;
    }
    sd_event_source_unref(due);
    sd_event_unref(loop);
    return story_end();
}
