/* SPDX-License-Identifier: Apache-2.0 */
/* What a model made of a trace, as one line. */
#include "trace_internal.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__attribute__((format(printf, 2, 3))) static void print(struct trace *trace, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length =
        vsnprintf(trace->output + trace->length, sizeof(trace->output) - trace->length, format, arguments);
    va_end(arguments);
    if (length > 0 && (size_t)length < sizeof(trace->output) - trace->length)
        trace->length += (size_t)length;
}

static void print_target(struct trace *trace, const struct c8d_action *action)
{
    struct c8d_container_view view = {.id = {"", 0}};
    struct c8d_str exec = c8d_model_exec_id(trace->model, action->process);

    if (action->region == C8D_REGION_CONNECTION)
        return;
    (void)c8d_model_view_container(trace->model, action->container, &view);
    print(trace, " %.*s", (int)view.id.len, view.id.ptr);
    if (action->process != C8D_REF_NONE)
        print(trace, "/%.*s", (int)exec.len, exec.ptr);
}

static void print_notice(struct trace *trace, const struct c8d_action *action)
{
    print(trace, "%s", c8d_notice_name((enum c8d_notice_kind)action->what));
    print_target(trace, action);
    if (action->what != C8D_NOTICE_EXIT && action->what != C8D_NOTICE_CONFLICT)
        return;
    if (action->exit_known)
        print(trace, " %u", (unsigned)action->exit_code);
    else
        print(trace, " ?");
    if (!action->ran)
        print(trace, " never-ran");
}

static void print_command(struct trace *trace, const struct c8d_action *action)
{
    static const char *const regions[] = {
        [C8D_REGION_CONTAINER] = "rec.", [C8D_REGION_TASK] = "task.", [C8D_REGION_CONNECTION] = ""};
    bool plain = action->region == C8D_REGION_PROCESS || action->region == C8D_REGION_STDIN ||
                 action->what == C8D_COMMAND_PAUSE || action->what == C8D_COMMAND_RESUME ||
                 action->what == C8D_COMMAND_CHECKPOINT;

    print(trace, ">%s%s", plain ? "" : regions[action->region],
          c8d_command_name((enum c8d_command_kind)action->what));
    print_target(trace, action);
    if (action->what == C8D_COMMAND_TIMER)
        print(trace, " %s", c8d_patience_name((enum c8d_patience)action->patience));
    if (action->what == C8D_COMMAND_TIMER && action->patience == C8D_PATIENCE_BACKOFF)
        print(trace, " %u", (unsigned)action->attempt);
    if (action->what == C8D_COMMAND_TIMER && action->region == C8D_REGION_CONTAINER)
        trace->wish_timer = action->request;
    else if (action->what == C8D_COMMAND_TIMER && action->patience != C8D_PATIENCE_EXEC)
        trace->timer = action->request;
    if (action->what == C8D_COMMAND_KILL || action->what == C8D_COMMAND_ESCALATE)
        trace->kill = action->request;
    if (action->what == C8D_COMMAND_CLOSE_STDIN)
        trace->close = action->request;
    if (action->what == C8D_COMMAND_LIST)
        trace->list = action->request;
}

void trace__print(struct trace *trace)
{
    if (trace->length > 0)
        print(trace, " | ");
    for (uint32_t i = 0; i < trace->actions.count; i++) {
        const struct c8d_action *action = &trace->actions.items[i];

        if (i > 0)
            print(trace, ", ");
        if (action->kind == C8D_ACTION_NOTICE)
            print_notice(trace, action);
        else if (action->kind == C8D_ACTION_COMMAND)
            print_command(trace, action);
        else
            print(trace, "done %s", c8d_status_text((enum c8d_status)action->status));
    }
    if (trace->actions.count == 0)
        print(trace, "-");
    if (trace->actions.outcome != C8D_ACCEPTED)
        print(trace, " (%s)", c8d_outcome_name((enum c8d_outcome)trace->actions.outcome));
    if (trace->witness.broken != NULL)
        print(trace, " BROKEN %s", trace->witness.broken);
}

bool trace_open(struct trace *trace, bool adopt)
{
    const struct c8d_model_limits limits = {
        .containers_max = 4, .execs_max = 8, .execs_per_container_max = 4, .wishes_max = 2, .adopt = adopt};
    uint32_t capacity = c8d_model_actions_max(&limits);
    size_t bytes = c8d_model_bytes(&limits);

    *trace = (struct trace){.memory = malloc(bytes)};
    trace->actions.items = malloc(capacity * sizeof(*trace->actions.items));
    trace->actions.capacity = capacity;
    if (trace->memory != NULL && trace->actions.items != NULL &&
        c8d_model_init(trace->memory, bytes, &limits, &trace->model) == C8D_OK &&
        witness_init(&trace->witness, trace->model))
        return true;
    trace_close(trace);
    return false;
}

void trace_close(struct trace *trace)
{
    witness_fini(&trace->witness);
    free(trace->actions.items);
    free(trace->memory);
    trace->actions.items = NULL;
    trace->memory = NULL;
}

const char *trace_state(struct trace *trace, const char *target)
{
    static const char *const queries[] = {"",         " asked",  " disturbed",     " owed",
                                          " waiting", " listed", " list-disturbed"};
    struct c8d_input input = {0};
    struct c8d_process_view view;

    trace->length = 0;
    trace->output[0] = '\0';
    if (!trace__find(trace, target, &input) ||
        !c8d_model_view_process(trace->model, input.container, input.process, &view))
        return "?";
    print(trace, "%s%s", c8d_public_state_name((enum c8d_public_state)view.public_state),
          queries[view.query]);
    return trace->output;
}
