/* SPDX-License-Identifier: Apache-2.0 */
/* Output into files. */
#include "client_internal.h"
#include <c8d/sink.h>
#include <errno.h>

void c8d_file_output(void *sink, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct c8d_file_sink *files = sink;
    const int fd = stream == C8D_STDIO_OUT ? files->out : files->err;
    const char *at = data;

    (void)process;
    while (fd >= 0 && length > 0) {
        ssize_t n = c8d__write_quietly(fd, at, length);

        if (n <= 0) {
            files->error = files->error != 0 ? files->error : n < 0 ? errno : EIO;
            files->lost += length;
            return;
        }
        at += n;
        length -= (size_t)n;
    }
}
