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
        if (strncmp(line, "- **", 4) == 0 || strncmp(line, "**S", 3) == 0 || strncmp(line, "**L", 3) == 0)
            return true;
    }
    return false;
}

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

struct promise {
    const char *id;
    const char *sentence;
};

static const struct promise promises[] = {
#define ROW(id, sentence) {#id, sentence},
    C8D__PROMISES(ROW)
#undef ROW
};

/* 1 when the invariant stands under the promise, and is the next in words. */
static unsigned check_line(FILE *file, const struct promise *promise, struct invariant invariant)
{
    char line[512];
    char expected[512];

    if (strcmp(invariant.promise, promise->id) != 0)
        return 0;
    (void)snprintf(expected, sizeof(expected), "- **%s**: %s", invariant.name, invariant.sentence);
    assert_true(next_line(file, line, sizeof(line)));
    assert_string_equal(line, expected);
    return 1;
}

static void test_invariants__in_words__are_those_that_are_checked(void **state)
{
    FILE *file = fopen(C8D_SOURCE_DIR "/model/README.md", "rb");
    char line[512];
    char expected[512];
    unsigned checked = 0;

    (void)state;
    assert_non_null(file);
    for (size_t i = 0; i < COUNT_OF(promises); i++) {
        (void)snprintf(expected, sizeof(expected), "**%s** %s", promises[i].id, promises[i].sentence);
        assert_true(next_line(file, line, sizeof(line)));
        assert_string_equal(line, expected);
        for (unsigned j = 0; j < C8D__INVARIANT__COUNT; j++)
            checked += check_line(file, &promises[i], invariant_in_words((enum c8d__invariant)j));
    }
    assert_int_equal(checked, C8D__INVARIANT__COUNT);
    assert_false(next_line(file, line, sizeof(line)));
    (void)fclose(file);
}

/* What is asked at rest has none here: it takes somebody who knows the truth. */
static void test_invariants__each__has_a_check(void **state)
{
    (void)state;
    for (unsigned i = 0; i < C8D__INVARIANT__COUNT; i++) {
        struct invariant invariant = invariant_in_words((enum c8d__invariant)i);

        assert_int_equal(invariant_is_asked_in_steps((enum c8d__invariant)i), i < C8D__NOTHING_IS_LEFT);
        assert_string_equal(invariant.label + strlen(invariant.promise) + 1, invariant.name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_invariants__in_words__are_those_that_are_checked),
        cmocka_unit_test(test_invariants__each__has_a_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
