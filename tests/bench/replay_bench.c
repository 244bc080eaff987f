/* SPDX-License-Identifier: Apache-2.0 */
/* What the library's replay costs by itself, with nothing printed: replay_bench FILE, whose bytes are in
 * memory before the clock starts. */
#include <c8d/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define PIECE ((size_t)1 << 20)

static void no_run(void *user, const struct c8d_replay_run *run)
{
    (void)run;
    ++*(unsigned long *)user;
}

static void no_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    (void)user;
    (void)anomaly;
}

static char *read_all(const char *path, size_t *length)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    long size;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 ||
        fseek(file, 0, SEEK_SET) != 0 || (bytes = malloc((size_t)size + 1)) == NULL ||
        fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(2);
    }
    fclose(file);
    *length = (size_t)size;
    return bytes;
}

int main(int argc, char **argv)
{
    unsigned long runs = 0;
    const struct c8d_replay_sink sink = {.run = no_run, .anomaly = no_anomaly, .user = &runs};
    struct c8d_replay_summary summary;
    struct c8d_replay *replay;
    struct timespec begin;
    struct timespec end;
    double seconds;
    size_t length;
    char *bytes;

    if (argc != 2) {
        fprintf(stderr, "usage: replay_bench FILE\n");
        return 2;
    }
    bytes = read_all(argv[1], &length);
    clock_gettime(CLOCK_MONOTONIC, &begin);
    if (c8d_replay_new(C8D_LOG_AUTO, &sink, NULL, &replay) != C8D_OK)
        return 1;
    for (size_t at = 0; at < length; at += PIECE) {
        if (c8d_replay_feed(replay, bytes + at, length - at < PIECE ? length - at : PIECE) != C8D_OK)
            return 1;
    }
    if (c8d_replay_finish(replay, &summary) != C8D_OK)
        return 1;
    clock_gettime(CLOCK_MONOTONIC, &end);
    seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    printf("replay, nothing printed: %.1f MB/s, %.2f million events/s, %lu runs\n",
           (double)length / 1e6 / seconds, (double)summary.events / 1e6 / seconds, runs);
    c8d_replay_free(replay);
    free(bytes);
    return 0;
}
