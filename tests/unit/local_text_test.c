/* SPDX-License-Identifier: Apache-2.0 */
/* Text on its way to HCS and back, and its error codes. */
#include <local/hresult.h>
#include <local/text.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static enum c8d__text_verdict to_wide(const char *text, struct c8d__wide_text *out)
{
    return c8d__to_wide(c8d_allocator_default(), (struct c8d_str){text, strlen(text)}, out);
}

static void test_text__of_every_length__comes_back_as_it_was(void **state)
{
    static const char *const texts[] = {"",
                                        "a",
                                        "\x7f",
                                        "\xc2\x80",
                                        "\xdf\xbf",
                                        "\xe0\xa0\x80",
                                        "\xed\x9f\xbf",
                                        "\xee\x80\x80",
                                        "\xef\xbf\xbf",
                                        "\xf0\x90\x80\x80",
                                        "\xf4\x8f\xbf\xbf",
                                        "C:\\\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80.txt"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct c8d__wide_text wide;
        struct c8d__text narrow;

        assert_int_equal(to_wide(texts[i], &wide), C8D__TEXT_OK);
        assert_true(c8d__from_wide(c8d_allocator_default(), wide.units, &narrow));
        assert_string_equal(narrow.chars, texts[i]);
        c8d__wide_free(c8d_allocator_default(), &wide);
        c8d__text_free(c8d_allocator_default(), &narrow);
    }
}

static void test_text__beyond_the_first_plane__is_a_pair_of_surrogates(void **state)
{
    struct c8d__wide_text wide;

    (void)state;
    assert_int_equal(to_wide("\xf0\x9f\x98\x80", &wide), C8D__TEXT_OK);
    assert_int_equal(wide.units[0], 0xd83d);
    assert_int_equal(wide.units[1], 0xde00);
    assert_int_equal(wide.units[2], 0);
    c8d__wide_free(c8d_allocator_default(), &wide);
}

static void test_text__that_is_no_utf8__is_refused(void **state)
{
    static const struct c8d_str texts[] = {{"\x80", 1},
                                           {"\xc0\x80", 2},
                                           {"\xc1\xbf", 2},
                                           {"\xc2", 1},
                                           {"\xe0\x9f\xbf", 3},
                                           {"\xed\xa0\x80", 3},
                                           {"\xf0\x8f\xbf\xbf", 4},
                                           {"\xf4\x90\x80\x80", 4},
                                           {"\xf5\x80\x80\x80", 4},
                                           {"\xff", 1},
                                           {"a\0b", 3},
                                           {"\xe2\x82", 2},
                                           {"\xc2\x41", 2}};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        struct c8d__wide_text wide = {0};

        assert_int_equal(c8d__to_wide(c8d_allocator_default(), texts[i], &wide), C8D__TEXT_MALFORMED);
        assert_null(wide.units);
    }
}

static void test_text__with_half_a_pair__gets_a_replacement(void **state)
{
    static const c8d__wide halves[] = {'a', 0xd800, 'b', 0xdc00, 0xdfff, 0xdbff, 0};
    struct c8d__text narrow;

    (void)state;
    assert_true(c8d__from_wide(c8d_allocator_default(), halves, &narrow));
    assert_string_equal(narrow.chars, "a\xef\xbf\xbd"
                                      "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
    c8d__text_free(c8d_allocator_default(), &narrow);
}

static c8d__hr hr(uint32_t bits)
{
    return (c8d__hr)bits;
}

static void test_hresult__in_both_spellings__is_one_condition(void **state)
{
    (void)state;
    for (uint32_t low = 0x100; low <= 0x11f; low++) {
        if (low == 0x117) /* the second interface's own "pending" */
            continue;
        assert_int_equal(c8d__hr_code(hr(0x80370000 | low)), c8d__hr_code(hr(0xc0370000 | low)));
    }
    assert_int_equal(c8d__hr_code(hr(0x80370117)), C8D__HR_PENDING);
    assert_int_equal(c8d__hr_code(hr(0xc0370103)), C8D__HR_PENDING);
    assert_int_equal(c8d__hr_code(hr(0x80070490)), C8D__HR_ELEMENT_NOT_FOUND);
    assert_int_equal(c8d__hr_code(hr(0x80070005)), C8D__HR_ACCESS_DENIED);
    assert_int_equal(c8d__hr_code(hr(0xc007007f)), C8D__HR_PROCEDURE_NOT_FOUND);
    assert_int_equal(c8d__hr_code(hr(0x80004005)), hr(0x80004005));
}

static void test_hresult__that_names_nothing_as_missing__is_not_absence(void **state)
{
    static const struct {
        uint32_t bits;
        enum c8d_status status;
    } expected[] = {{0xc037010e, C8D_NOT_FOUND},       {0x8037010e, C8D_NOT_FOUND},
                    {0x80070490, C8D_NOT_FOUND},       {0xc037010f, C8D_ALREADY_EXISTS},
                    {0x8037010f, C8D_ALREADY_EXISTS},  {0x8007007f, C8D_NOT_IMPLEMENTED},
                    {0x80070032, C8D_NOT_IMPLEMENTED}, {0x80370114, C8D_UNAVAILABLE},
                    {0x8037011e, C8D_INDETERMINATE},   {0xc0370109, C8D_INDETERMINATE},
                    {0xc0370105, C8D_REMOTE},          {0x80070005, C8D_REMOTE},
                    {0x80070006, C8D_REMOTE},          {0x80004005, C8D_REMOTE},
                    {0x80070008, C8D_EXHAUSTED},       {0, C8D_OK}};

    (void)state;
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        assert_int_equal(c8d__hr_status(c8d__hr_code(hr(expected[i].bits))), expected[i].status);
}

static void test_hresult__of_a_missing_procedure__says_nothing_of_the_system(void **state)
{
    (void)state;
    assert_false(c8d__hr_is_stopped(c8d__hr_code(hr(0x8007007f))));
    assert_false(c8d__hr_is_ended(c8d__hr_code(hr(0x8007007f))));
    assert_true(c8d__hr_is_stopped(c8d__hr_code(hr(0xc0370110))));
    assert_true(c8d__hr_is_stopped(c8d__hr_code(hr(0x8037011f))));
    assert_false(c8d__hr_is_stopped(C8D__HR_ACCESS_DENIED));
    assert_true(c8d__hr_is_ended(C8D__HR_ACCESS_DENIED));
    assert_false(c8d__hr_is_ended(C8D__HR_INVALID_STATE));
}

static void test_hresult__that_is_known__has_words(void **state)
{
    (void)state;
    assert_string_equal(c8d__hr_text(C8D__HR_SYSTEM_EXISTS), "a compute system of that id exists");
    assert_null(c8d__hr_text(hr(0x80004005)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text__of_every_length__comes_back_as_it_was),
        cmocka_unit_test(test_text__beyond_the_first_plane__is_a_pair_of_surrogates),
        cmocka_unit_test(test_text__that_is_no_utf8__is_refused),
        cmocka_unit_test(test_text__with_half_a_pair__gets_a_replacement),
        cmocka_unit_test(test_hresult__in_both_spellings__is_one_condition),
        cmocka_unit_test(test_hresult__that_names_nothing_as_missing__is_not_absence),
        cmocka_unit_test(test_hresult__of_a_missing_procedure__says_nothing_of_the_system),
        cmocka_unit_test(test_hresult__that_is_known__has_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
