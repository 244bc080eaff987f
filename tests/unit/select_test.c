/* SPDX-License-Identifier: Apache-2.0 */
/* Which runtime is chosen: every row of the tables of both sets of rules. */
#include <c8d/select.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PIPE "\\\\.\\pipe\\some"
#define LOCAL "local"
#define REMOTE "remote"

/* One row. NULL and "" are the same. */
struct row {
    const char *wanted, *address, *runtime;
    const char *variable, *misnamed; /* DOCKER_WINDOWS_CONTAINERD_RUNTIME, and without _RUNTIME */
    const char *result;              /* a kind, or what the error says */
    const char *to;                  /* with REMOTE: the address */
    uint32_t build;
    bool by_variable, experimental;
    bool elsewhere; /* no Windows */
    bool warns;
};

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, text != NULL ? strlen(text) : 0};
}

static void expect(const struct row *row, const struct c8d_selection *selection)
{
    bool remote = strcmp(row->result, REMOTE) == 0;
    struct c8d_str to = str(row->to);

    assert_int_equal(selection->kind, remote ? C8D_RUNTIME_REMOTE : C8D_RUNTIME_LOCAL);
    assert_int_equal(selection->address.len, to.len);
    if (to.len != 0)
        assert_memory_equal(selection->address.ptr, to.ptr, to.len);
    assert_int_equal(selection->experimental, row->warns);
    assert_int_equal(selection->shim.len != 0, remote);
    if (remote)
        assert_string_equal(selection->shim.ptr, row->elsewhere ? C8D_RUNTIME_RUNC : C8D_RUNTIME_RUNHCS);
}

static void run(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct row *row = &rows[i];
        const struct c8d_select_options options = {.size = sizeof(options),
                                                   .windows = !row->elsewhere,
                                                   .build = row->build,
                                                   .wanted = str(row->wanted),
                                                   .address = str(row->address),
                                                   .default_runtime = str(row->runtime),
                                                   .by_variable = row->by_variable,
                                                   .experimental = row->experimental,
                                                   .containerd = str(row->misnamed),
                                                   .containerd_runtime = str(row->variable)};
        struct c8d_selection selection = {0};
        struct c8d_error err = {0};
        bool fails = strcmp(row->result, LOCAL) != 0 && strcmp(row->result, REMOTE) != 0;
        enum c8d_status status = c8d_runtime_select(&options, &selection, &err);

        if ((status != C8D_OK) != fails)
            fail_msg("row %zu: %d, %s", i, (int)status, err.message);
        if (!fails)
            expect(row, &selection);
        else if (strstr(err.message, row->result) == NULL)
            fail_msg("row %zu: '%s' does not say '%s'", i, err.message, row->result);
    }
}

static void test_rules_by_variable__in_every_row__are_as_they_were(void **state)
{
    static const struct row rows[] = {
        {.by_variable = true, .variable = "1", .result = LOCAL},
        {.by_variable = true, .result = LOCAL},
        {.by_variable = true, .experimental = true, .variable = "1", .result = LOCAL},
        {.by_variable = true, .address = PIPE, .variable = "1", .result = LOCAL},
        {.by_variable = true, .experimental = true, .address = PIPE, .result = LOCAL},
        {.by_variable = true, .experimental = true, .address = PIPE, .variable = "", .result = LOCAL},
        {.by_variable = true,
         .experimental = true,
         .address = PIPE,
         .variable = "1",
         .result = REMOTE,
         .to = PIPE,
         .warns = true},
        {.by_variable = true,
         .experimental = true,
         .address = PIPE,
         .variable = "0",
         .result = REMOTE,
         .to = PIPE,
         .warns = true},
        /* The spelling that users were told of counts, too. */
        {.by_variable = true,
         .experimental = true,
         .address = PIPE,
         .misnamed = "1",
         .result = REMOTE,
         .to = PIPE,
         .warns = true},
        {.by_variable = true, .address = PIPE, .misnamed = "1", .result = LOCAL},
        /* What is later's is not looked at. */
        {.by_variable = true, .runtime = C8D_RUNTIME_RUNHCS, .result = LOCAL},
    };

    (void)state;
    run(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_rules_by_runtime__in_every_row__are_as_they_are(void **state)
{
    static const struct row rows[] = {
        {.result = LOCAL},
        {.address = PIPE, .result = REMOTE, .to = PIPE},
        {.runtime = C8D_RUNTIME_HCSSHIM, .result = LOCAL},
        {.runtime = C8D_RUNTIME_HCSSHIM, .address = PIPE, .result = LOCAL},
        {.runtime = C8D_RUNTIME_RUNHCS, .result = "needs the address of a containerd"},
        {.runtime = C8D_RUNTIME_RUNHCS, .address = PIPE, .result = REMOTE, .to = PIPE},
        {.runtime = "runc", .result = "no runtime 'runc'"},
        {.runtime = "runc", .address = PIPE, .result = "no runtime 'runc'"},
        /* What was earlier's does not matter any more. */
        {.experimental = true, .variable = "1", .result = LOCAL},
        {.address = PIPE, .variable = "", .result = REMOTE, .to = PIPE},
    };

    (void)state;
    run(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_wish__goes_over_both_sets(void **state)
{
    static const struct row rows[] = {
        {.wanted = "local", .address = PIPE, .result = LOCAL},
        {.wanted = "local", .runtime = C8D_RUNTIME_RUNHCS, .address = PIPE, .result = LOCAL},
        {.wanted = "local",
         .by_variable = true,
         .experimental = true,
         .address = PIPE,
         .variable = "1",
         .result = LOCAL},
        {.wanted = "remote", .result = REMOTE, .to = C8D_CONTAINERD_PIPE},
        {.wanted = "remote", .runtime = C8D_RUNTIME_HCSSHIM, .address = PIPE, .result = REMOTE, .to = PIPE},
        {.wanted = "remote", .by_variable = true, .address = PIPE, .result = REMOTE, .to = PIPE},
        {.wanted = "auto", .result = LOCAL},
        {.wanted = "auto", .address = PIPE, .result = REMOTE, .to = PIPE},
        {.wanted = "auto", .by_variable = true, .address = PIPE, .result = LOCAL},
        {.wanted = "Local", .result = "no runtime 'Local'"},
    };

    (void)state;
    run(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_build__below_the_lowest__is_refused(void **state)
{
    static const struct row rows[] = {
        {.build = 17762, .result = "build 17762"},
        {.build = 17763, .result = LOCAL},
        {.build = 17762, .wanted = "remote", .result = "17763 or later"},
        {.by_variable = true, .build = 14392, .result = "14393 or later"},
        {.by_variable = true, .build = 14393, .result = LOCAL},
        {.by_variable = true,
         .build = 14393,
         .experimental = true,
         .address = PIPE,
         .variable = "1",
         .result = REMOTE,
         .to = PIPE,
         .warns = true},
    };

    (void)state;
    run(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_elsewhere__there_is_containerd_alone(void **state)
{
    static const struct row rows[] = {
        {.elsewhere = true, .result = REMOTE},
        {.elsewhere = true,
         .wanted = "auto",
         .address = "/run/c.sock",
         .result = REMOTE,
         .to = "/run/c.sock"},
        {.elsewhere = true, .wanted = "remote", .build = 1, .result = REMOTE},
        {.elsewhere = true, .wanted = "local", .result = "of Windows"},
        {.elsewhere = true, .runtime = "runc", .result = REMOTE},
    };

    (void)state;
    run(rows, sizeof(rows) / sizeof(rows[0]));
}

static void test_options__of_another_size__are_refused(void **state)
{
    const struct c8d_select_options options = {.size = 1};
    struct c8d_selection selection;

    (void)state;
    assert_int_equal(c8d_runtime_select(&options, &selection, NULL), C8D_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_by_variable__in_every_row__are_as_they_were),
        cmocka_unit_test(test_rules_by_runtime__in_every_row__are_as_they_are),
        cmocka_unit_test(test_wish__goes_over_both_sets),
        cmocka_unit_test(test_build__below_the_lowest__is_refused),
        cmocka_unit_test(test_elsewhere__there_is_containerd_alone),
        cmocka_unit_test(test_options__of_another_size__are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
