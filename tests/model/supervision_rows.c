/* SPDX-License-Identifier: Apache-2.0 */
#include "supervision_rows.h"
#include <c8d/supervision.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Checks without an answer. */
#define FAILURES_MAX 3
#define STEADY_CHECKS 2

static const struct {
    const char *name;
    uint8_t symbol;
} inputs[] = {
    {"start", C8D_SYM_START},      {"stop", C8D_SYM_STOP},       {"absent", C8D_SYM_IS_ABSENT},
    {"found", C8D_SYM_IS_RUNNING}, {"spawned", C8D_SYM_OK},      {"failed", C8D_SYM_ERROR},
    {"exited", C8D_SYM_EXITED},    {"healthy", C8D_SYM_HEALTHY}, {"unhealthy", C8D_SYM_UNHEALTHY},
    {"retry", C8D_SYM_RETRY},      {"overdue", C8D_SYM_OVERDUE},
};

struct bench {
    struct c8d_supervision model;
    uint64_t requests;
    uint64_t pause, limit; /* the timers ordered last */
};

static uint8_t symbol_named(const char *name)
{
    for (size_t i = 0; i < sizeof(inputs) / sizeof(inputs[0]); i++) {
        if (strcmp(inputs[i].name, name) == 0)
            return inputs[i].symbol;
    }
    fail_msg("no input is called %s", name);
    return C8D_SYM_NONE;
}

static void put_action(char *text, size_t room, const struct c8d_supervision_action *action)
{
    size_t length = strlen(text);
    const char *space = length != 0 ? " " : "";
    const char *name = c8d_supervision_action_name((enum c8d_supervision_action_kind)action->kind);

    switch (action->kind) {
    case C8D_SUPERVISION_TIMER:
        snprintf(text + length, room - length, "%s%s%s", space,
                 c8d_supervision_timer_name((enum c8d_supervision_timer)action->timer),
                 action->attempt > 1 ? "+" : "");
        break;
    case C8D_SUPERVISION_DONE:
        snprintf(text + length, room - length, "%sdone(%s)", space,
                 c8d_status_text((enum c8d_status)action->status));
        break;
    case C8D_SUPERVISION_DOWN:
        if (action->exit_known)
            snprintf(text + length, room - length, "%sdown(%u)", space, (unsigned)action->exit_code);
        else
            snprintf(text + length, room - length, "%sdown(?)", space);
        break;
    default:
        snprintf(text + length, room - length, "%s%s", space, name);
        break;
    }
}

static void note_timer(struct bench *bench, const struct c8d_supervision_action *action)
{
    if (action->kind != C8D_SUPERVISION_TIMER)
        return;
    if (action->symbol == C8D_SYM_RETRY)
        bench->pause = action->number;
    else
        bench->limit = action->number;
}

static struct c8d_supervision_input input_of(struct bench *bench, const char *given)
{
    bool old = strncmp(given, "old ", 4) == 0;
    bool late = strncmp(given, "late ", 5) == 0;
    struct c8d_supervision_input input = {
        .symbol = symbol_named(given + (old ? 4 : 0) + (late ? 5 : 0)),
        .generation = bench->model.generation - old,
        .pid = 100,
        .status = C8D_REMOTE,
        .exit_known = true,
        .exit_code = 7,
    };

    if (input.symbol == C8D_SYM_START || input.symbol == C8D_SYM_STOP)
        input.number = ++bench->requests;
    if (input.symbol == C8D_SYM_RETRY)
        input.number = bench->pause - late;
    if (input.symbol == C8D_SYM_OVERDUE)
        input.number = bench->limit - late;
    return input;
}

static void check_row(struct bench *bench, const struct row *row)
{
    struct c8d_supervision_input input = input_of(bench, row->given);
    struct c8d_supervision before = bench->model;
    struct c8d_supervision_actions actions;
    char text[256] = "";
    bool taken = c8d_supervision_step(&bench->model, &input, &actions);

    for (uint32_t i = 0; i < actions.count; i++) {
        put_action(text, sizeof(text), &actions.items[i]);
        note_timer(bench, &actions.items[i]);
    }
    if (!taken) {
        /* Refused or late: not a byte is different. */
        assert_memory_equal(&before, &bench->model, sizeof(before));
        if (row->wanted[0] == '!') {
            assert_string_equal(text, row->wanted + 1);
            return;
        }
        fail_msg("%s was not taken", row->given);
    }
    assert_string_equal(text, row->wanted);
}

void check_with(const struct row *rows, uint32_t failures_max)
{
    const struct c8d_supervision_limits limits = {failures_max, STEADY_CHECKS};
    struct bench bench = {0};

    assert_int_equal(c8d_supervision_init(&bench.model, &limits), C8D_OK);
    for (; rows->given != NULL; rows++)
        check_row(&bench, rows);
}

void check(const struct row *rows)
{
    check_with(rows, FAILURES_MAX);
}
