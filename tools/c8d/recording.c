/* SPDX-License-Identifier: Apache-2.0 */
/* A file that all inputs of a client's model are recorded in. */
#include "recording.h"
#include "c8d.h"
#include <c8d/log.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int open_file(const char *file, bool force)
{
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (force ? O_TRUNC : O_EXCL);

    return strcmp(file, "-") == 0 ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0) : open(file, flags, 0644);
}

bool c8d__recording_open(struct c8d__recording *recording, const char *file, bool force)
{
    struct c8d_error err = {0};

    recording->file = file;
    recording->made = !force && strcmp(file, "-") != 0;
    recording->fd = open_file(file, force);
    if (recording->fd < 0) {
        c8d__fail("%s: %s", file, strerror(errno));
        return false;
    }
    if (c8d_recorder_new(recording->fd, NULL, &recording->recorder, &err) == C8D_OK)
        return true;
    c8d__fail("%s: %s", file, err.message);
    c8d__recording_discard(recording);
    return false;
}

struct c8d_tap c8d__recording_tap(const struct c8d__recording *recording)
{
    if (recording->recorder == NULL)
        return (struct c8d_tap){0};
    return (struct c8d_tap){.input = c8d_recorder_input, .user = recording->recorder};
}

bool c8d__recording_intact(const struct c8d__recording *recording)
{
    return recording->recorder == NULL || c8d_recorder_status(recording->recorder, NULL) == C8D_OK;
}

void c8d__recording_discard(struct c8d__recording *recording)
{
    (void)c8d_recorder_free(recording->recorder, NULL);
    close(recording->fd);
    if (recording->made)
        unlink(recording->file);
    *recording = (struct c8d__recording){.fd = -1};
}

bool c8d__recording_close(struct c8d__recording *recording)
{
    struct c8d_error err = {0};

    if (recording->recorder == NULL)
        return true;
    if (c8d_recorder_free(recording->recorder, &err) != C8D_OK) {
        c8d__fail("%s: %s", recording->file, err.message);
        close(recording->fd);
        return false;
    }
    if (close(recording->fd) == 0)
        return true;
    c8d__fail("%s: %s", recording->file, strerror(errno));
    return false;
}
