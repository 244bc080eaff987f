/* SPDX-License-Identifier: Apache-2.0 */
/* What a worker tells. */
#include "nats_output.h"
#include "c8d.h"
#include "output.h"
#include "write_all.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static void take_line(struct c8d__nats_output *output, const char *line, size_t length)
{
    json_t *object = json_loadb(line, length, 0, NULL);
    uint64_t partition = (uint64_t)json_integer_value(json_object_get(object, "partition"));
    uint64_t seq = (uint64_t)json_integer_value(json_object_get(object, "seq"));

    if (object != NULL && partition < output->partitions && seq > output->told[partition])
        output->told[partition] = seq;
    json_decref(object);
}

/* What has been told. A line without an end is cut off: it is told again. */
static int read_told(struct c8d__nats_output *output)
{
    FILE *file = fdopen(dup(output->fd), "r");
    char *line = NULL;
    size_t room = 0;
    off_t whole = 0;
    ssize_t length;
    int error;

    if (file == NULL)
        return errno;
    while ((length = getline(&line, &room, file)) > 0 && line[length - 1] == '\n') {
        take_line(output, line, (size_t)length);
        whole += length;
    }
    error = ferror(file) != 0 ? EIO : 0;
    free(line);
    fclose(file);
    if (error == 0 && ftruncate(output->fd, whole) != 0)
        error = errno;
    return error;
}

static int open_path(struct c8d__nats_output *output, const char *path)
{
    if (path == NULL) {
        output->is_standard = true;
        output->fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
        return output->fd < 0 ? errno : 0;
    }
    output->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (output->fd < 0)
        return errno;
    if (flock(output->fd, LOCK_EX | LOCK_NB) != 0)
        return errno;
    return read_told(output);
}

bool c8d__nats_output_open(struct c8d__nats_output *output, const char *path, unsigned partitions)
{
    int error = ENOMEM;

    *output = (struct c8d__nats_output){.fd = -1, .partitions = partitions};
    output->told = calloc(partitions, sizeof(*output->told));
    output->lines = open_memstream(&output->text, &output->size);
    if (output->told != NULL && output->lines != NULL)
        error = open_path(output, path);
    if (error == 0)
        return true;
    c8d__fail("replay: %s: %s", path != NULL ? path : "standard output",
              error == EWOULDBLOCK ? "another worker is writing it" : strerror(error));
    c8d__nats_output_close(output);
    return false;
}

void c8d__nats_output_add(struct c8d__nats_output *output, json_t *object)
{
    if (object == NULL || json_dumpf(object, output->lines, JSON_COMPACT) != 0 ||
        fputc('\n', output->lines) == EOF)
        output->failed = true;
    json_decref(object);
}

bool c8d__nats_output_write(struct c8d__nats_output *output)
{
    int error = fflush(output->lines) != 0 || output->failed ? ENOMEM : 0;

    if (error == 0)
        error = c8d__write_all(output->fd, output->text, output->size);
    rewind(output->lines);
    if (error == 0)
        return true;
    output->unread = output->is_standard && !c8d__print_failed(error);
    if (!output->is_standard)
        c8d__fail("replay: output: %s", strerror(error));
    return false;
}

void c8d__nats_output_close(struct c8d__nats_output *output)
{
    if (output->lines != NULL)
        fclose(output->lines);
    if (output->fd >= 0)
        close(output->fd);
    free(output->text);
    free(output->told);
    *output = (struct c8d__nats_output){.fd = -1};
}
