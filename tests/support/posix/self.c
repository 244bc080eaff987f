/* SPDX-License-Identifier: Apache-2.0 */
#include "../self.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/resource.h>

#include <cmocka.h>

unsigned self_open(void)
{
    DIR *directory = opendir("/proc/self/fd");
    unsigned n = 0;

    assert_non_null(directory);
    while (readdir(directory) != NULL)
        n++;
    (void)closedir(directory);
    return n;
}

long self_resident_kb(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long kb = -1;

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL)
        (void)sscanf(line, "VmRSS: %ld kB", &kb);
    (void)fclose(file);
    assert_true(kb > 0);
    return kb;
}

struct self_thread self_thread(void)
{
    struct rusage used;

    assert_int_equal(getrusage(RUSAGE_THREAD, &used), 0);
    return (struct self_thread){.cpu_ns =
                                    ((int64_t)used.ru_utime.tv_sec * 1000000 + used.ru_utime.tv_usec) * 1000,
                                .switches = used.ru_nvcsw};
}
