/* SPDX-License-Identifier: Apache-2.0 */
/* Steps as lines, to read a finding by. */
#include "invariants.h"
#include <stdio.h>

static void print_whom(const struct witness *witness, uint8_t region, c8d_ref container, c8d_ref process)
{
    static const char *const regions[] = {"record", "process", "task", "link", "stdin"};
    struct c8d_container_view view = {.id = {"", 0}};
    struct c8d_str exec = c8d_model_exec_id(witness->model, process);

    (void)c8d_model_view_container(witness->model, container, &view);
    (void)fprintf(stderr, " %s %.*s/%.*s", regions[region % 5], (int)view.id.len, view.id.ptr, (int)exec.len,
                  exec.ptr);
}

static void print_action(const struct witness *witness, const struct c8d_action *action)
{
    if (action->kind == C8D_ACTION_NOTICE)
        (void)fprintf(stderr, "    %s", c8d_notice_name((enum c8d_notice_kind)action->what));
    else if (action->kind == C8D_ACTION_COMMAND)
        (void)fprintf(stderr, "    >%s", c8d_command_name((enum c8d_command_kind)action->what));
    else
        (void)fprintf(stderr, "    done %s", c8d_status_text((enum c8d_status)action->status));
    print_whom(witness, action->region, action->container, action->process);
    (void)fprintf(stderr, " incarnation %u pid %u exit %d %u request %llu\n", (unsigned)action->incarnation,
                  (unsigned)action->pid, action->exit_known, (unsigned)action->exit_code,
                  (unsigned long long)action->request);
}

static void print_life(const struct witness_life *life)
{
    if (life->before.state == life->after.state && life->before.query == life->after.query &&
        life->task_before == life->task_after && life->record_before == life->record_after)
        return;
    (void)fprintf(stderr, "    %s -> %s, query %s, task %s, record %s\n",
                  c8d_state_name(C8D_MACHINE_PROCESS, life->before.state),
                  c8d_state_name(C8D_MACHINE_PROCESS, life->after.state),
                  c8d_state_name(C8D_MACHINE_QUERY, life->after.query),
                  c8d_state_name(C8D_MACHINE_TASK, life->task_after),
                  c8d_state_name(C8D_MACHINE_CONTAINER, life->record_after));
}

void witness_print(const struct witness *witness)
{
    const struct c8d_input *input = witness->input;

    if (input == NULL) {
        (void)fprintf(stderr, "sweep\n");
    } else {
        (void)fprintf(stderr, "%s%s", witness->is_kill_result ? "killed " : "",
                      c8d_symbol_name((enum c8d_symbol)input->symbol));
        print_whom(witness, input->region, input->container, input->process);
        (void)fprintf(stderr, " pid %u exit %d %u at %lld request %lld: %s\n", (unsigned)input->pid,
                      input->exit_known, (unsigned)input->exit_code, (long long)input->exited_at_ns,
                      (long long)input->request,
                      c8d_outcome_name((enum c8d_outcome)witness->actions->outcome));
    }
    for (uint32_t i = 0; i < witness->actions->count; i++)
        print_action(witness, &witness->actions->items[i]);
    for (unsigned i = 0; i < witness->life_count; i++)
        print_life(&witness->lives[i]);
    if (witness->broken != NULL)
        (void)fprintf(stderr, "    BROKEN %s\n", witness->broken);
}
