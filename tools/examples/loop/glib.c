/* SPDX-License-Identifier: Apache-2.0 */
/* A client in a GLib main loop: glib ADDRESS NAMESPACE ROOTFS [TRANSPORT] */
#include "story.h"
#include <glib.h>

struct client_source {
    GSource source; /* first */
    gpointer readable;
};

static gboolean prepare(GSource *source, gint *timeout)
{
    (void)source;
    *timeout = story_timeout_ms();
    return *timeout == 0;
}

static gboolean check(GSource *source)
{
    const struct client_source *self = (struct client_source *)source;

    return g_source_query_unix_fd(source, self->readable) != 0 || story_timeout_ms() == 0;
}

static gboolean dispatch(GSource *source, GSourceFunc callback, gpointer user)
{
    (void)source;
    (void)callback;
    story_dispatch();
    if (!story_is_over())
        return G_SOURCE_CONTINUE;
    g_main_loop_quit(user);
    return G_SOURCE_REMOVE;
}

int main(int argc, char **argv)
{
    static GSourceFuncs functions = {.prepare = prepare, .check = check, .dispatch = dispatch};
    struct c8d_client *client = story_begin(argc, argv);
    struct client_source *self;
    GMainLoop *loop;

    if (client == NULL)
        return 1;
    loop = g_main_loop_new(NULL, FALSE);
    self = (struct client_source *)g_source_new(&functions, sizeof(*self));
    self->readable = g_source_add_unix_fd(&self->source, c8d_client_fd(client), G_IO_IN);
    g_source_set_callback(&self->source, NULL, loop, NULL);
    g_source_attach(&self->source, NULL);
    g_main_loop_run(loop);
    g_source_unref(&self->source);
    g_main_loop_unref(loop);
    return story_end();
}
