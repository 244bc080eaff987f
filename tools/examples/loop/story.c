/* SPDX-License-Identifier: Apache-2.0 */
#include "story.h"
#include <c8d/remote.h>
#include <c8d/task.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_MS INT64_C(1000000)
#define PATIENCE (10000 * NS_PER_MS)

static struct c8d_client *client;
static struct c8d_container *container;
static struct c8d_process *task;
static struct c8d_exit end;
static bool ended;
static bool output_ended;

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

/* Called from dispatch, like `notice`. */
static void output(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    (void)user;
    (void)process;
    (void)stream;
    if (length > 0)
        fwrite(data, 1, length, stdout);
    output_ended = length == 0;
}

static void notice(void *user, const struct c8d_notice *said)
{
    (void)user;
    if (said->kind != C8D_NOTICE_EXIT)
        return;
    end = said->exit;
    ended = true;
}

static int fail(const struct c8d_error *err)
{
    fprintf(stderr, "loop: %s\n", err->message);
    return 1;
}

static enum c8d_transport transport_of(const char *name)
{
    for (int i = 0; name != NULL && i < C8D_TRANSPORT__COUNT; i++) {
        if (strcmp(name, c8d_transport_name((enum c8d_transport)i)) == 0)
            return (enum c8d_transport)i;
    }
    return C8D_TRANSPORT_AUTO;
}

static enum c8d_status start(char **argv, struct c8d_error *err)
{
    static const char format[] =
        "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"%s\"},\"process\":{\"cwd\":\"/\","
        "\"args\":[\"/bin/sh\",\"-c\",\"echo hello from a container; sleep 1; exit 7\"],"
        "\"env\":[\"PATH=/bin\"]},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
        "\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}";
    struct c8d_remote_options remote = {.size = sizeof(remote),
                                        .address = str(argv[1]),
                                        .namespace_ = str(argv[2]),
                                        .transport = transport_of(argv[4])};
    struct c8d_client_options options = {
        .size = sizeof(options), .namespace_ = str(argv[2]), .notice = notice};
    struct c8d_container_options what = {.size = sizeof(what), .id = str("loop")};
    struct c8d_start_options how = {.size = sizeof(how), .stdio = C8D_STDIO_OUT, .output = output};
    enum c8d_status status;
    char spec[4096];

    snprintf(spec, sizeof(spec), format, argv[3]);
    what.spec = str(spec);
    status = c8d_remote_new(&remote, &options.runtime, err);
    if (status == C8D_OK)
        status = c8d_client_new(&options, &client, err);
    if (status == C8D_OK)
        status = c8d_client_new_container(client, &what, PATIENCE, &container, err);
    if (status == C8D_OK)
        status = c8d_container_start(container, &how, PATIENCE, &task, err);
    return status;
}

struct c8d_client *story_begin(int argc, char **argv)
{
    struct c8d_error err = {0};

    if (argc != 4 && argc != 5) {
        fprintf(stderr, "usage: %s ADDRESS NAMESPACE ROOTFS [TRANSPORT]\n", argv[0]);
        return NULL;
    }
    if (start(argv, &err) == C8D_OK)
        return client;
    (void)fail(&err);
    return NULL;
}

void story_dispatch(void)
{
    while (c8d_client_dispatch(client, 0) == C8D_OK)
        ;
}

int story_timeout_ms(void)
{
    int64_t ns = c8d_client_next_timeout(client);

    if (ns == C8D_NO_DEADLINE)
        return -1;
    ns = (ns + NS_PER_MS - 1) / NS_PER_MS;
    return ns < 60000 ? (int)ns : 60000;
}

bool story_is_over(void)
{
    return ended && output_ended;
}

int story_end(void)
{
    struct c8d_error err = {0};

    if (c8d_process_delete(task, PATIENCE, NULL, &err) != C8D_OK ||
        c8d_container_delete(container, PATIENCE, &err) != C8D_OK)
        return fail(&err);
    if (end.known) /* never 0 when it is not known */
        printf("it ended with code %u\n", end.code);
    c8d_process_unref(task);
    c8d_container_unref(container);
    c8d_client_unref(client);
    return 0;
}
