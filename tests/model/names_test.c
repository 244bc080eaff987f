/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the model's lists, which are keys of recordings and of JSON: each value has one of its own. */
#include <c8d/model.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct c8d_str text(const char *bytes)
{
    return (struct c8d_str){bytes, strlen(bytes)};
}

static const char *symbol(unsigned value)
{
    return c8d_symbol_name((enum c8d_symbol)value);
}

static const char *status(unsigned value)
{
    return c8d_status_text((enum c8d_status)value);
}

static const char *outcome(unsigned value)
{
    return c8d_outcome_name((enum c8d_outcome)value);
}

static const char *finding(unsigned value)
{
    return c8d_finding_name((enum c8d_finding)value);
}

static const char *notice(unsigned value)
{
    return c8d_notice_name((enum c8d_notice_kind)value);
}

static const char *cause(unsigned value)
{
    return c8d_cause_name((enum c8d_cause)value);
}

static const char *command(unsigned value)
{
    return c8d_command_name((enum c8d_command_kind)value);
}

static const char *patience(unsigned value)
{
    return c8d_patience_name((enum c8d_patience)value);
}

static const char *public_state(unsigned value)
{
    return c8d_public_state_name((enum c8d_public_state)value);
}

/* Of each list: its first and last name, so that none is shifted, and what is behind the end. */
static const struct {
    const char *(*name)(unsigned value);
    unsigned first;
    unsigned last;
    const char *first_name;
    const char *last_name;
    const char *otherwise;
} lists[] = {
    {symbol, C8D_SYM_CREATE, C8D_SYM__COUNT - 1, "CREATE", NULL, "?"},
    {status, C8D_OK, C8D_EXHAUSTED, "ok", "limit reached", "unknown status"},
    {outcome, C8D_ACCEPTED, C8D_IMPOSSIBLE, "accepted", "impossible", "?"},
    {finding, C8D_FINDING_NONE, C8D_FINDING__COUNT - 1, "none", NULL, "?"},
    {notice, C8D_NOTICE_CREATE, C8D_NOTICE_KIND__COUNT - 1, "create", NULL, "?"},
    {cause, C8D_CAUSE_EVENT, C8D_CAUSE_TIMER, "event", "timer", "?"},
    {command, C8D_COMMAND_CREATE, C8D_COMMAND_KIND__COUNT - 1, "create", NULL, "?"},
    {patience, C8D_PATIENCE_NONE, C8D_PATIENCE__COUNT - 1, "none", NULL, "?"},
    {public_state, C8D_STATE_UNKNOWN, C8D_STATE_DELETED, "unknown", "deleted", "?"},
};

#define LISTS (sizeof(lists) / sizeof(lists[0]))

static void test_names__each_value__has_one_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < LISTS; i++) {
        assert_string_equal(lists[i].name(lists[i].first), lists[i].first_name);
        if (lists[i].last_name != NULL)
            assert_string_equal(lists[i].name(lists[i].last), lists[i].last_name);
        for (unsigned a = lists[i].first; a <= lists[i].last; a++) {
            assert_string_not_equal(lists[i].name(a), lists[i].otherwise);
            for (unsigned b = lists[i].first; b < a; b++)
                assert_string_not_equal(lists[i].name(a), lists[i].name(b));
        }
    }
}

static void test_names__value_out_of_range__has_none(void **state)
{
    (void)state;
    for (size_t i = 0; i < LISTS; i++)
        assert_string_equal(lists[i].name(lists[i].last + 1), lists[i].otherwise);
    assert_string_equal(symbol(C8D_SYM_NONE), "?");
}

static void test_symbol_named__each__is_found_by_its_name_alone(void **state)
{
    (void)state;
    for (unsigned value = 1; value < C8D_SYM__COUNT; value++)
        assert_int_equal(c8d_symbol_named(text(symbol(value))), value);
    assert_int_equal(c8d_symbol_named(text("")), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_named(text("?")), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_named(text("XXITED")), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_named((struct c8d_str){"EXITED\0EXITED", 13}), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_named(text("EXIT")), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_named(text("EXITEDLY")), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_named((struct c8d_str){"EXITED", 5}), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_named((struct c8d_str){"EXITED!", 6}), C8D_SYM_EXITED);
}

/* The name ends where it is said to end, and nothing behind it is read. */
static void test_symbol_named__in_memory_of_its_own__reads_no_further(void **state)
{
    (void)state;
    for (unsigned value = 1; value < C8D_SYM__COUNT; value++) {
        size_t length = strlen(symbol(value));

        for (size_t part = 1; part <= length; part++) {
            char *copy = malloc(part);

            assert_non_null(copy);
            memcpy(copy, symbol(value), part);
            assert_true(c8d_symbol_named((struct c8d_str){copy, part}) != value || part == length);
            free(copy);
        }
    }
}

static void test_symbol_class__of_each_kind__is_as_listed(void **state)
{
    (void)state;
    assert_int_equal(c8d_symbol_class(C8D_SYM_CREATE), C8D_CLASS_COMMAND);
    assert_int_equal(c8d_symbol_class(C8D_SYM_TAKEN), C8D_CLASS_REPLY);
    assert_int_equal(c8d_symbol_class(C8D_SYM_OOM), C8D_CLASS_EVENT);
    assert_int_equal(c8d_symbol_class(C8D_SYM_IS_ABSENT), C8D_CLASS_ANSWER);
    assert_int_equal(c8d_symbol_class(C8D_SYM_VERIFY), C8D_CLASS_LINK);
    assert_int_equal(c8d_symbol_class(C8D_SYM_SNAPSHOT), C8D_CLASS_INTERNAL);
    assert_int_equal(c8d_symbol_class(C8D_SYM_NONE), C8D_CLASS_INTERNAL);
    assert_int_equal(c8d_symbol_class(C8D_SYM__COUNT), C8D_CLASS_INTERNAL);
}

/* Only "not found" proves absence, and what may have acted is neither done nor not done. */
static void test_symbol_of_reply__each_status__says_what_is_certain(void **state)
{
    static const uint8_t symbols[] = {
        [C8D_OK] = C8D_SYM_OK,
        [C8D_NOT_FOUND] = C8D_SYM_MISSING,
        [C8D_ALREADY_EXISTS] = C8D_SYM_TAKEN,
        [C8D_CONFLICT] = C8D_SYM_ERROR,
        [C8D_NOT_MODIFIED] = C8D_SYM_OK,
        [C8D_NOT_IMPLEMENTED] = C8D_SYM_ERROR,
        [C8D_INVALID] = C8D_SYM_ERROR,
        [C8D_UNAVAILABLE] = C8D_SYM_ERROR,
        [C8D_DEADLINE] = C8D_SYM_EXPIRED,
        [C8D_CANCELED] = C8D_SYM_LOST,
        [C8D_INDETERMINATE] = C8D_SYM_LOST,
        [C8D_REMOTE] = C8D_SYM_ERROR,
        [C8D_INTERNAL] = C8D_SYM_LOST,
        [C8D_EXHAUSTED] = C8D_SYM_ERROR,
    };

    (void)state;
    for (unsigned value = 0; value < sizeof(symbols); value++)
        assert_int_equal(c8d_symbol_of_reply((enum c8d_status)value), symbols[value]);
}

static void test_symbol_of_timer__each_patience__is_one_of_a_timer_or_none(void **state)
{
    (void)state;
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_NONE), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_SHORT), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_LONG), C8D_SYM_NONE);
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_EXEC), C8D_SYM_OUTLIVED);
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_GRACE), C8D_SYM_OVERDUE);
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_KILL), C8D_SYM_OVERDUE);
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_BACKOFF), C8D_SYM_AGAIN);
    assert_int_equal(c8d_symbol_of_timer(C8D_PATIENCE_STEADY), C8D_SYM_STEADY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names__each_value__has_one_of_its_own),
        cmocka_unit_test(test_names__value_out_of_range__has_none),
        cmocka_unit_test(test_symbol_named__each__is_found_by_its_name_alone),
        cmocka_unit_test(test_symbol_named__in_memory_of_its_own__reads_no_further),
        cmocka_unit_test(test_symbol_class__of_each_kind__is_as_listed),
        cmocka_unit_test(test_symbol_of_timer__each_patience__is_one_of_a_timer_or_none),
        cmocka_unit_test(test_symbol_of_reply__each_status__says_what_is_certain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
