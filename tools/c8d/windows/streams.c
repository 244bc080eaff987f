/* SPDX-License-Identifier: Apache-2.0 */
#include "streams.h"
#include "c8d.h"
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#define PUMP_BYTES ((size_t)64 * 1024)

/* The C runtime gives a stream that is not there the number -2, and would turn line ends into others. */
void c8d__streams_begin(void)
{
    FILE *const streams[] = {stdin, stdout, stderr};

    for (size_t i = 0; i < sizeof(streams) / sizeof(streams[0]); i++) {
        if (_fileno(streams[i]) < 0 && freopen("NUL", "r", streams[i]) == NULL)
            _exit(C8D__EXIT_FAILED);
        (void)_setmode(_fileno(streams[i]), _O_BINARY);
    }
    /* By itself it would hold back every line until it is full. */
    (void)setvbuf(stderr, NULL, _IONBF, 0);
}

/* What the C runtime makes of ERROR_NO_DATA and ERROR_BROKEN_PIPE. */
bool c8d__streams_reader_is_gone(int error)
{
    return error == EPIPE || error == EINVAL;
}

/* Nothing can wait for every kind of standard input, nor stop reading one: whoever reads it goes with the
 * command. */
static void *pump(void *arg)
{
    static char bytes[PUMP_BYTES];
    const int to = *(int *)arg;
    int n;

    while ((n = _read(STDIN_FILENO, bytes, sizeof(bytes))) > 0) {
        for (int at = 0, put; at < n; at += put) {
            put = (int)write(to, bytes + at, (size_t)(n - at));
            if (put <= 0)
                return NULL;
        }
    }
    (void)close(to);
    return NULL;
}

int c8d__streams_input(void)
{
    static int ends[2] = {-1, -1};
    pthread_t thread;
    int error;

    if (ends[0] >= 0)
        return ends[0];
    if (pipe2(ends, 0) != 0)
        return -1;
    error = pthread_create(&thread, NULL, pump, &ends[1]);
    if (error == 0)
        error = pthread_detach(thread);
    if (error == 0)
        return ends[0];
    errno = error;
    return -1;
}
