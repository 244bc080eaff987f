/* SPDX-License-Identifier: Apache-2.0 */
/* A client in a libuv loop: libuv ADDRESS NAMESPACE ROOTFS [TRANSPORT] */
#include "story.h"
#include <uv.h>

static uv_poll_t readable;
static uv_timer_t due;

static void step(void);

static void on_readable(uv_poll_t *handle, int status, int events)
{
    (void)handle;
    (void)status;
    (void)events;
    step();
}

static void on_due(uv_timer_t *handle)
{
    (void)handle;
    step();
}

static void step(void)
{
    int timeout;

    story_dispatch();
    uv_timer_stop(&due);
    if (story_is_over()) {
        uv_close((uv_handle_t *)&readable, NULL);
        uv_close((uv_handle_t *)&due, NULL);
        return;
    }
    timeout = story_timeout_ms();
    if (timeout >= 0)
        uv_timer_start(&due, on_due, (uint64_t)timeout, 0);
}

int main(int argc, char **argv)
{
    uv_loop_t *loop = uv_default_loop();
    struct c8d_client *client = story_begin(argc, argv);

    if (client == NULL)
        return 1;
    uv_timer_init(loop, &due);
    uv_poll_init(loop, &readable, c8d_client_fd(client));
    uv_poll_start(&readable, UV_READABLE, on_readable);
    step(); /* what came before the loop knew of the descriptor */
    uv_run(loop, UV_RUN_DEFAULT);
    uv_loop_close(loop);
    return story_end();
}
