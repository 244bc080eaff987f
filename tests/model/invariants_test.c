/* SPDX-License-Identifier: Apache-2.0 */
/* The invariants stand twice: as checks, and in words in model/README.md. Both are the same list. */
#include "invariants.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The next line of the list; false at its end. Lists of other parts have no bold names. */
static bool next_line(FILE *file, char *line, int size)
{
    while (fgets(line, size, file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (strncmp(line, "- **", 4) == 0)
            return true;
    }
    return false;
}

static void test_invariants__in_words__are_those_that_are_checked(void **state)
{
    FILE *file = fopen(C8D_SOURCE_DIR "/model/README.md", "rb");
    char line[512];
    char expected[512];

    (void)state;
    assert_non_null(file);
    for (unsigned i = 0; i < invariant_count; i++) {
        (void)snprintf(expected, sizeof(expected), "- **%s**: %s", invariants[i].name,
                       invariants[i].sentence);
        assert_true(next_line(file, line, sizeof(line)));
        assert_string_equal(line, expected);
    }
    assert_false(next_line(file, line, sizeof(line)));
    (void)fclose(file);
}

static void test_invariants__each__has_a_check(void **state)
{
    (void)state;
    for (unsigned i = 0; i < invariant_count; i++)
        assert_true(invariants[i].allows != NULL || invariants[i].holds != NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invariants__in_words__are_those_that_are_checked),
        cmocka_unit_test(test_invariants__each__has_a_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
