/* SPDX-License-Identifier: Apache-2.0 */
/* Runs a container to its end: hello ADDRESS NAMESPACE ROOTFS */
#include <c8d/remote.h>
#include <c8d/task.h>
#include <stdio.h>
#include <string.h>

#define CHECK(call)                                                                                          \
    if ((call) != C8D_OK)                                                                                    \
    return fprintf(stderr, "hello: %s\n", err.message), 1

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void output(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    (void)user, (void)process, (void)stream;
    if (length > 0)
        fwrite(data, 1, length, stdout);
}

int main(int argc, char **argv)
{
    static const char format[] =
        "{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"%s\"},"
        "\"process\":{\"cwd\":\"/\",\"args\":[\"/bin/sh\",\"-c\",\"echo hello from a container; exit 7\"]},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
        "\"linux\":{\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}";
    const int64_t patience = 10 * INT64_C(1000000000);
    struct c8d_error err = {0};
    char spec[4096];

    if (argc != 4)
        return fprintf(stderr, "usage: hello ADDRESS NAMESPACE ROOTFS\n"), 2;
    snprintf(spec, sizeof(spec), format, argv[3]);

    struct c8d_remote_options remote = {
        .size = sizeof(remote), .address = str(argv[1]), .namespace_ = str(argv[2])};
    struct c8d_client_options options = {.size = sizeof(options), .namespace_ = remote.namespace_};
    struct c8d_container_options what = {.size = sizeof(what), .id = str("hello"), .spec = str(spec)};
    struct c8d_start_options how = {.size = sizeof(how), .stdio = C8D_STDIO_OUT, .output = output};
    struct c8d_client *client;
    struct c8d_container *container;
    struct c8d_process *task;
    struct c8d_exit end;

    CHECK(c8d_remote_new(&remote, &options.runtime, &err));
    CHECK(c8d_client_new(&options, &client, &err));
    CHECK(c8d_client_new_container(client, &what, patience, &container, &err));
    CHECK(c8d_container_start(container, &how, patience, &task, &err));
    CHECK(c8d_process_wait(task, patience, &end, &err)); /* whatever was lost on the way: once, and right */
    CHECK(c8d_process_drain(task, patience, &err));
    CHECK(c8d_process_delete(task, patience, NULL, &err));
    CHECK(c8d_container_delete(container, patience, &err));
    if (end.known)
        printf("it ended with code %u\n", end.code);
    c8d_process_unref(task);
    c8d_container_unref(container);
    c8d_client_unref(client);
    return 0;
}
