/* SPDX-License-Identifier: Apache-2.0 */
#include "contract.h"

#include "bench.h"
#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

const struct contract_maker *contract_maker;

uint32_t contract_killed(uint32_t signal)
{
    return contract_maker->killed != NULL ? contract_maker->killed(signal) : 128 + signal;
}

static bool is_left_out(const char *name)
{
    const char *without = contract_maker->without != NULL ? contract_maker->without : "";
    size_t length = strlen(name);

    for (const char *at = strstr(without, name); at != NULL; at = strstr(at + 1, name)) {
        if (at[length] == ' ' || at[length] == '\0')
            return true;
    }
    return false;
}

int contract_run_some(const struct CMUnitTest *tests, size_t n)
{
    struct CMUnitTest *some = calloc(n, sizeof(*some));
    size_t kept = 0;
    int failed;

    if (some == NULL)
        abort();
    for (size_t i = 0; i < n; i++) {
        if (!is_left_out(tests[i].name))
            some[kept++] = tests[i];
    }
    failed = _cmocka_run_group_tests(contract_maker->name, some, kept, NULL, NULL);
    free(some);
    return failed;
}

int contract_run(const struct contract_maker *maker)
{
    contract_maker = maker;
    return contract_calls() + contract_execs() + contract_streams() + contract_measures() +
           contract_handles() + contract_tasks() + contract_submitted();
}
