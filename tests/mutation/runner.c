/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The quick tests of the model in one program: each test program's main, named for its file, then the corpus
 * of the fuzzer, then inputs at random. It ends with the first that fails. suite.h, made by workshop.py, has
 * the names.
 */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "suite.h"

#define RANDOM_INPUTS 400
#define INPUT_BYTES_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DECLARE(name) int name##_main(void);
TRACES(DECLARE)
TABLES(DECLARE)
#undef DECLARE

#define ROW(name) {#name, name##_main},
static const struct stage {
    const char *name;
    int (*main)(void);
} traces[] = {TRACES(ROW)}, tables[] = {TABLES(ROW)};
#undef ROW

/* What runs for ever has changed its meaning, too. What is only slow has not: the time is that of one stage.
 */
static void begin(const char *stage)
{
    const struct itimerval limit = {.it_value = {.tv_sec = CPU_SECONDS}};

    (void)dprintf(3, "%s\n", stage);
    (void)setitimer(ITIMER_PROF, &limit, NULL);
}

static void run(const struct stage *stages, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        begin(stages[i].name);
        if (stages[i].main() != 0)
            _exit(1);
    }
}

static void replay(const char *folder)
{
    static uint8_t bytes[INPUT_BYTES_MAX];
    DIR *directory = opendir(folder);
    struct dirent *entry;

    begin("corpus");
    while (directory != NULL && (entry = readdir(directory)) != NULL) {
        char path[PATH_MAX];
        FILE *file;
        size_t size;

        (void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        file = entry->d_name[0] != '.' ? fopen(path, "rb") : NULL;
        if (file == NULL)
            continue;
        size = fread(bytes, 1, sizeof(bytes), file);
        (void)fclose(file);
        (void)LLVMFuzzerTestOneInput(bytes, size);
    }
    if (directory != NULL)
        (void)closedir(directory);
}

/* The same on every run: a mutant is killed or not. */
static void at_random(void)
{
    static uint8_t bytes[300];
    uint64_t state = 88172645463325252u;

    begin("random");
    for (unsigned i = 0; i < RANDOM_INPUTS; i++) {
        for (size_t at = 0; at < sizeof(bytes); at++) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            bytes[at] = (uint8_t)(state >> 56);
        }
        bytes[0] = (uint8_t)(i % 4 != 0);
        (void)LLVMFuzzerTestOneInput(bytes, 60 + i % 240);
    }
}

int main(int argc, char **argv)
{
    run(traces, sizeof(traces) / sizeof(traces[0]));
    if (argc > 1)
        replay(argv[1]);
    at_random();
    run(tables, sizeof(tables) / sizeof(tables[0]));
    return 0;
}
