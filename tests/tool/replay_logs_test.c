/* SPDX-License-Identifier: Apache-2.0 */
/* Each stored log, told by c8d replay: the same bytes on every system. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include "c8d.h"
#include "streams.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LOGS C8D_TESTS_DIR "/data/logs/"
#define EXPECTED ".expected.json"
#define TEXT_MAX ((size_t)1 << 20)
#define PATH_BYTES 512
#define LOGS_MIN 40
/* The library reads its lines as none, and the command tells what it is. */
#define REFUSED "containerd-0.2"

static size_t read_whole(FILE *file, char *out)
{
    size_t n = fread(out, 1, TEXT_MAX, file);

    assert_int_equal(ferror(file), 0);
    assert_true(n < TEXT_MAX);
    return n;
}

/* What the command prints, and its exit code. */
static size_t replay(char *log, char *out, int *code)
{
    char title[] = "c8d: replay";
    char json[] = "--json";
    char *words[] = {title, json, log, NULL};
    FILE *told = tmpfile();
    int before = dup(STDOUT_FILENO);
    size_t n;

    assert_non_null(told);
    assert_true(before >= 0);
    (void)fflush(stdout);
    assert_true(dup2(fileno(told), STDOUT_FILENO) >= 0);
    *code = c8d_command_replay(3, words);
    (void)fflush(stdout);
    assert_true(dup2(before, STDOUT_FILENO) >= 0);
    (void)close(before);
    assert_int_equal(fseek(told, 0, SEEK_SET), 0);
    n = read_whole(told, out);
    (void)fclose(told);
    return n;
}

static void put_path(char out[PATH_BYTES], const char *name, const char *end)
{
    int length = snprintf(out, PATH_BYTES, LOGS "%s%s", name, end);

    assert_in_range(length, 1, PATH_BYTES - 1);
}

static void check(const char *name, char *told, char *expected)
{
    char log[PATH_BYTES], path[PATH_BYTES];
    size_t n, n_expected;
    FILE *file;
    int code;

    put_path(log, name, ".log");
    put_path(path, name, EXPECTED);
    file = fopen(path, "re");
    assert_non_null(file);
    n_expected = read_whole(file, expected);
    (void)fclose(file);
    n = replay(log, told, &code);
    if (strcmp(name, REFUSED) == 0) {
        assert_int_equal(code, C8D__EXIT_FAILED);
        return;
    }
    if (n != n_expected || memcmp(told, expected, n) != 0)
        fail_msg("%s is told otherwise (%zu bytes for %zu)", name, n, n_expected);
    assert_int_not_equal(code, C8D__EXIT_FAILED);
}

static void test_replay__of_each_stored_log__tells_the_same_bytes(void **state)
{
    char *told = malloc(TEXT_MAX), *expected = malloc(TEXT_MAX);
    DIR *logs = opendir(LOGS);
    const struct dirent *entry;
    unsigned n = 0;

    (void)state;
    assert_true(logs != NULL && told != NULL && expected != NULL);
    while ((entry = readdir(logs)) != NULL) {
        const char *end = strstr(entry->d_name, EXPECTED);
        char name[PATH_BYTES];

        if (end == NULL)
            continue;
        (void)snprintf(name, sizeof(name), "%.*s", (int)(end - entry->d_name), entry->d_name);
        check(name, told, expected);
        n++;
    }
    assert_true(n >= LOGS_MIN);
    (void)closedir(logs);
    free(told);
    free(expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_replay__of_each_stored_log__tells_the_same_bytes),
    };

    c8d__streams_begin();
    return cmocka_run_group_tests_name("replay of stored logs", tests, NULL, NULL);
}
