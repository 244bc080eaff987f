/* SPDX-License-Identifier: Apache-2.0 */
/* A client in an epoll loop: epoll ADDRESS NAMESPACE ROOTFS [TRANSPORT] */
#include "story.h"
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct epoll_event event = {.events = EPOLLIN};
    struct c8d_client *client = story_begin(argc, argv);
    int set = epoll_create1(EPOLL_CLOEXEC);

    if (client == NULL)
        return 1;
    if (set < 0 || epoll_ctl(set, EPOLL_CTL_ADD, c8d_client_fd(client), &event) != 0) {
        perror("epoll");
        return 1;
    }
    while (!story_is_over()) {
        /* Also when it was the time: then something is due. */
        (void)epoll_wait(set, &event, 1, story_timeout_ms());
        story_dispatch();
    }
    (void)close(set);
    return story_end();
}
