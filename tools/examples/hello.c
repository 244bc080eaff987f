/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a container to its end: hello ADDRESS NAMESPACE ROOTFS. The README shows the middle of it. */
#include <c8d/remote.h>
#include <c8d/task.h>
#include <stdio.h>
#include <string.h>

#define PATIENCE (10 * INT64_C(1000000000))

#define CHECK(call)                                                                                          \
    do {                                                                                                     \
        if ((call) != C8D_OK) {                                                                              \
            fprintf(stderr, "hello: %s\n", err.message);                                                     \
            return 1;                                                                                        \
        }                                                                                                    \
    } while (0)

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void output(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    (void)user;
    (void)process;
    (void)stream;
    if (length > 0)
        fwrite(data, 1, length, stdout);
}

static int run(const char *address, const char *namespace_, const char *spec)
{
    struct c8d_remote_options remote = {
        .size = sizeof(remote), .address = str(address), .namespace_ = str(namespace_)};
    struct c8d_client_options options = {.size = sizeof(options), .namespace_ = str(namespace_)};
    struct c8d_container_options what = {.size = sizeof(what), .id = str("hello"), .spec = str(spec)};
    struct c8d_start_options how = {.size = sizeof(how), .stdio = C8D_STDIO_OUT, .output = output};
    struct c8d_client *client;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end;
    struct c8d_error err;

    CHECK(c8d_remote_new(&remote, &options.runtime, &err));
    CHECK(c8d_client_new(&options, &client, &err));
    CHECK(c8d_client_new_container(client, &what, PATIENCE, &container, &err)); /* 1 RPC */
    CHECK(c8d_container_start(container, &how, PATIENCE, &task, &err));         /* 2 RPCs */
    CHECK(c8d_process_wait(task, PATIENCE, &end, &err));                        /* none: it is told */
    CHECK(c8d_process_drain(task, PATIENCE, &err));                             /* none */
    CHECK(c8d_process_delete(task, PATIENCE, NULL, &err));                      /* 1 RPC */
    CHECK(c8d_container_delete(container, PATIENCE, &err));                     /* 1 RPC */
    if (end.known) /* never 0 when it is not known */
        printf("it ended with code %u\n", end.code);
    c8d_process_unref(task);
    c8d_container_unref(container);
    c8d_client_unref(client);
    return 0;
}

int main(int argc, char **argv)
{
    static const char format[] =
        "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"%s\"},"
        "\"process\":{\"cwd\":\"/\",\"args\":[\"/bin/sh\",\"-c\",\"echo hello from a container; exit 7\"]},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
        "\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}";
    char spec[4096];

    if (argc != 4) {
        fprintf(stderr, "usage: hello ADDRESS NAMESPACE ROOTFS\n");
        return 2;
    }
    snprintf(spec, sizeof(spec), format, argv[3]);
    return run(argv[1], argv[2], spec);
}
