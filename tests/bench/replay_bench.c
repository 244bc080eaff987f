/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the library's replay costs by itself, with nothing printed.
 *
 *   replay_bench FILE [JOBS]      bytes that are in memory before the clock starts, beside a look at
 *                                 each quote in them
 *   replay_bench --memory FILE    the most memory that it takes, read in pieces
 *
 * Time is that of the processor with one job, so that what else runs on the machine counts for less.
 */
#include <c8d/log.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
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

static FILE *open_log(const char *path)
{
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        perror(path);
        exit(2);
    }
    return file;
}

static char *read_all(const char *path, size_t *length)
{
    FILE *file = open_log(path);
    char *bytes = NULL;
    long size;

    if (fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0 ||
        (bytes = malloc((size_t)size + 1)) == NULL || fread(bytes, 1, (size_t)size, file) != (size_t)size) {
        perror(path);
        exit(2);
    }
    fclose(file);
    *length = (size_t)size;
    return bytes;
}

static double now(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static struct c8d_replay *begin(unsigned long *runs, unsigned jobs)
{
    const struct c8d_replay_sink sink = {.run = no_run, .anomaly = no_anomaly, .user = runs};
    struct c8d_replay *replay;

    if (c8d_replay_new(C8D_LOG_AUTO, &sink, NULL, &replay) != C8D_OK ||
        c8d_replay_set_jobs(replay, jobs) != C8D_OK)
        exit(1);
    return replay;
}

static double look_at_quotes(const char *bytes, size_t length, unsigned long *quotes)
{
    const char *end = bytes + length;
    double began = now(CLOCK_PROCESS_CPUTIME_ID);

    for (const char *p = bytes; (p = memchr(p, '"', (size_t)(end - p))) != NULL; p++)
        ++*quotes;
    return now(CLOCK_PROCESS_CPUTIME_ID) - began;
}

static void measure_speed(const char *path, unsigned jobs)
{
    const clockid_t clock = jobs > 1 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
    unsigned long runs = 0;
    unsigned long quotes = 0;
    struct c8d_replay_summary summary;
    struct c8d_replay *replay = begin(&runs, jobs);
    size_t length;
    char *bytes = read_all(path, &length);
    double began;
    double seconds;
    double looked;

    /* On virtual machines whose pages are mapped when they are first touched, the first look takes as long as
     * all the rest. */
    (void)look_at_quotes(bytes, length, &quotes);
    quotes = 0;
    began = now(clock);
    for (size_t at = 0; at < length; at += PIECE) {
        if (c8d_replay_feed(replay, bytes + at, length - at < PIECE ? length - at : PIECE) != C8D_OK)
            exit(1);
    }
    if (c8d_replay_finish(replay, &summary) != C8D_OK)
        exit(1);
    seconds = now(clock) - began;
    looked = look_at_quotes(bytes, length, &quotes);
    printf("replay, nothing printed: %.1f MB/s, %.2f million events/s, %lu runs, %u job(s)\n",
           (double)length / 1e6 / seconds, (double)summary.events / 1e6 / seconds, runs, jobs);
    printf("a look at each of %lu quotes: %.1f MB/s; the replay is %.3f of it\n", quotes,
           (double)length / 1e6 / looked, looked / seconds);
    c8d_replay_free(replay);
    free(bytes);
}

static void measure_memory(const char *path)
{
    static char piece[PIECE];
    unsigned long runs = 0;
    struct c8d_replay_summary summary;
    struct c8d_replay *replay = begin(&runs, 1);
    FILE *file = open_log(path);
    struct rusage usage;
    size_t n;

    while ((n = fread(piece, 1, sizeof(piece), file)) > 0) {
        if (c8d_replay_feed(replay, piece, n) != C8D_OK)
            exit(1);
    }
    fclose(file);
    if (c8d_replay_finish(replay, &summary) != C8D_OK || getrusage(RUSAGE_SELF, &usage) != 0)
        exit(1);
    printf("%lu containers, %lu runs: at most %.1f MB\n", (unsigned long)summary.containers, runs,
           (double)usage.ru_maxrss / 1024);
    c8d_replay_free(replay);
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--memory") == 0) {
        measure_memory(argv[2]);
        return 0;
    }
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: replay_bench FILE [JOBS], or replay_bench --memory FILE\n");
        return 2;
    }
    measure_speed(argv[1], argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 1);
    return 0;
}
