/* SPDX-License-Identifier: Apache-2.0 */
/* The witness's account: what inputs and actions have told, kept apart from the model. */
#include "invariants.h"
#include <c8d/image.h>
#include <c8d/wish.h>
#include <stdlib.h>
#include <string.h>

bool witness_init(struct witness *witness, struct c8d_model *model)
{
    *witness = (struct witness){.model = model, .image_bytes = c8d_model_bytes(c8d_model_limits(model))};
    witness->image = malloc(witness->image_bytes);
    return witness->image != NULL;
}

void witness_fini(struct witness *witness)
{
    free(witness->image);
    witness->image = NULL;
}

const struct witness_life *witness_find(const struct witness *witness, c8d_ref container, c8d_ref process)
{
    for (unsigned i = 0; i < witness->life_count; i++) {
        if (witness->lives[i].container == container && witness->lives[i].process == process)
            return &witness->lives[i];
    }
    return NULL;
}

struct witness_life *witness_life_of(struct witness *witness, c8d_ref container, c8d_ref process)
{
    const struct witness_life *found = witness_find(witness, container, process);
    struct witness_life *life;

    if (found != NULL)
        return &witness->lives[found - witness->lives];
    if (witness->life_count == WITNESS_LIVES_MAX)
        return NULL;
    life = &witness->lives[witness->life_count++];
    *life = (struct witness_life){.container = container, .process = process};
    return life;
}

bool witness_is_pending(const struct witness *witness, uint64_t request)
{
    for (unsigned i = 0; i < witness->pending_count; i++) {
        if (witness->pending[i] == request)
            return true;
    }
    return false;
}

static void complete(struct witness *witness, uint64_t request)
{
    for (unsigned i = 0; i < witness->pending_count; i++) {
        if (witness->pending[i] == request) {
            witness->pending[i] = witness->pending[--witness->pending_count];
            return;
        }
    }
}

bool witness_is_force_reply(const struct c8d_input *input)
{
    return (input->symbol >= C8D_SYM_FORCE_OK && input->symbol <= C8D_SYM_FORCE_LOST) ||
           input->symbol == C8D_SYM_FORCE_EXPIRED;
}

bool witness_is_for_a_wish(const struct c8d_action *action)
{
    return action->kind == C8D_ACTION_COMMAND && action->request == C8D_REQUEST_WISH &&
           action->what != C8D_COMMAND_ESCALATE && action->what != C8D_COMMAND_TIMER;
}

bool witness_is_reply(const struct c8d_input *input)
{
    return c8d_symbol_class((enum c8d_symbol)input->symbol) == C8D_CLASS_REPLY &&
           !witness_is_force_reply(input);
}

static bool is_request(const struct c8d_input *input)
{
    return input->request != 0 && (c8d_symbol_class((enum c8d_symbol)input->symbol) == C8D_CLASS_COMMAND ||
                                   input->symbol == C8D_SYM_OPEN || input->symbol == C8D_SYM_RESTORE);
}

static void look(struct witness *witness, bool before)
{
    for (unsigned i = 0; i < witness->life_count; i++) {
        struct witness_life *life = &witness->lives[i];
        struct c8d_container_view container = {0};

        memset(before ? &life->before : &life->after, 0, sizeof(life->before));
        (void)c8d_model_view_process(witness->model, life->container, life->process,
                                     before ? &life->before : &life->after);
        (void)c8d_model_view_container(witness->model, life->container, &container);
        *(before ? &life->task_before : &life->task_after) = container.task_state;
        *(before ? &life->record_before : &life->record_after) = container.state;
        life->wish = container.wish;
    }
}

struct c8d__telling witness_telling(const struct c8d_action *notice)
{
    return (struct c8d__telling){
        .kind = (enum c8d_notice_kind)notice->what, .incarnation = notice->incarnation, .ran = notice->ran};
}

static void account_notice(struct witness *witness, const struct c8d_action *action)
{
    struct witness_life *life = witness_life_of(witness, action->container, action->process);
    struct c8d__telling telling;

    witness->sequence++;
    if (action->region == C8D_REGION_CONNECTION || life == NULL)
        return;
    if (c8d__tells_creation((enum c8d_notice_kind)action->what))
        life->forced = life->timed = false;
    telling = witness_telling(action);
    c8d__told_take(&life->told, &telling);
}

static bool *query_of(struct witness_life *life, uint8_t region)
{
    if (region == C8D_REGION_CONTAINER)
        return &life->record_query;
    return region == C8D_REGION_TASK ? &life->task_query : &life->query;
}

static bool *call_of(struct witness_life *life, uint8_t region)
{
    if (region == C8D_REGION_CONTAINER)
        return &life->record_call;
    return region == C8D_REGION_TASK ? &life->task_call : &life->call;
}

static void account_command(struct witness *witness, const struct c8d_action *action)
{
    struct witness_life *life = witness_life_of(witness, action->container, action->process);

    if (action->region == C8D_REGION_CONNECTION || life == NULL)
        return;
    if (witness_is_for_a_wish(action)) {
        life->wish_calls++;
        life->wish_call = action->what != C8D_COMMAND_KILL ? (uint8_t)(action->region + 1) : 0;
    }
    switch (action->what) {
    case C8D_COMMAND_KILL:
    case C8D_COMMAND_ESCALATE:
        life->kills++;
        break;
    case C8D_COMMAND_RETRY:
        break;
    case C8D_COMMAND_TIMER:
        life->timed = life->timed || action->patience == C8D_PATIENCE_EXEC;
        break;
    case C8D_COMMAND_QUERY:
        *query_of(life, action->region) = true;
        break;
    case C8D_COMMAND_FORCE_KILL:
        life->force_call = true;
        life->forced = true;
        break;
    case C8D_COMMAND_CLOSE_STDIN:
        life->close = action->request;
        break;
    default:
        *call_of(life, action->region) = true;
        break;
    }
}

/* The call to close a standard input is over for us when its request is: its process may have ended
 * meanwhile.
 */
static void account_done(struct witness *witness, const struct c8d_action *action)
{
    struct witness_life *life = witness_life_of(witness, action->container, action->process);

    if (life != NULL && life->close == action->request)
        life->close = 0;
    if (life != NULL && life->stop == action->request)
        life->stop = 0;
    complete(witness, action->request);
}

static void account_action(struct witness *witness, const struct c8d_action *action)
{
    if (action->kind == C8D_ACTION_NOTICE)
        account_notice(witness, action);
    else if (action->kind == C8D_ACTION_COMMAND)
        account_command(witness, action);
    else
        account_done(witness, action);
}

/* Events are missing from here on, or a list has made good what was. */
static void account_link(struct witness *witness)
{
    if (witness->actions->outcome != C8D_ACCEPTED)
        return;
    switch (witness->input->symbol) {
    case C8D_SYM_STREAM_ENDED:
    case C8D_SYM_OVERFLOW:
        witness->gap = true;
        break;
    case C8D_SYM_LISTED:
    case C8D_SYM_CLOSE:
        witness->gap = false;
        break;
    default:
        break;
    }
}

/* What the input itself says, before its actions: the codes, and that a call or a query has come back. */
static void account_input(struct witness *witness)
{
    const struct c8d_input *input = witness->input;
    bool is_answer = c8d_symbol_class((enum c8d_symbol)input->symbol) == C8D_CLASS_ANSWER;
    struct witness_life *life;

    if (is_request(input) && witness->pending_count < WITNESS_REQUESTS_MAX)
        witness->pending[witness->pending_count++] = input->request;
    if (input->region == C8D_REGION_CONNECTION)
        account_link(witness);
    if (input->region == C8D_REGION_CONNECTION || input->region == C8D_REGION_STDIN)
        return;
    life = witness_life_of(witness, input->container, input->process);
    if (life == NULL)
        return;
    if (input->exit_known)
        life->codes[input->exit_code % 256 / 8] |= (uint8_t)(1u << input->exit_code % 8);
    if (is_answer && input->request != C8D_REQUEST_SNAPSHOT)
        *query_of(life, input->region) = false;
    if (witness_is_reply(input))
        *call_of(life, input->region) = false;
    life->wish_refused = 0;
    if (witness_is_reply(input) && life->wish_call == input->region + 1) {
        life->wish_refused = life->wish_call;
        life->wish_call = 0;
    }
    if (witness_is_force_reply(input))
        life->force_call = false;
    if (input->symbol == C8D_SYM_STOP && witness->actions->outcome == C8D_ACCEPTED)
        life->stop = input->request;
    /* Another wish, or the same one after its pause. */
    if (witness->actions->outcome == C8D_ACCEPTED &&
        (c8d_symbol_class((enum c8d_symbol)input->symbol) == C8D_CLASS_COMMAND ||
         input->symbol == C8D_SYM_AGAIN))
        life->wish_calls = 0;
    if (input->symbol == C8D_SYM_OUTLIVED && input->request == life->told.incarnation)
        life->timed = false;
}

static void begin(struct witness *witness, const struct c8d_input *input, const struct c8d_actions *actions)
{
    witness->input = input;
    witness->actions = actions;
    witness->is_kill_result = false;
    if (input != NULL && input->region != C8D_REGION_CONNECTION) {
        (void)witness_life_of(witness, input->container, C8D_REF_NONE);
        (void)witness_life_of(witness, input->container, input->process);
    }
    look(witness, true);
    memcpy(witness->image, witness->model, witness->image_bytes);
}

static void end(struct witness *witness)
{
    for (uint32_t i = 0; i < witness->actions->count; i++) {
        if (witness->broken == NULL)
            witness->broken = invariants_broken_by(witness, &witness->actions->items[i]);
        account_action(witness, &witness->actions->items[i]);
    }
    look(witness, false);
    if (!witness->recovering && witness->broken == NULL)
        witness->broken = invariants_broken(witness);
    if (witness->observer != NULL)
        witness->observer(witness);
}

void witness_step(struct witness *witness, const struct c8d_input *input, struct c8d_actions *actions)
{
    begin(witness, input, actions);
    (void)c8d_model_step(witness->model, input, actions);
    account_input(witness);
    end(witness);
}

void witness_killed(struct witness *witness, c8d_ref container, c8d_ref process, uint64_t request,
                    enum c8d_status status, struct c8d_actions *actions)
{
    struct c8d_input input = {.region = C8D_REGION_PROCESS,
                              .symbol = (uint8_t)c8d_symbol_of_reply(status),
                              .container = container,
                              .process = process,
                              .request = request};

    struct witness_life *life;

    begin(witness, &input, actions);
    witness->is_kill_result = true;
    life = witness_life_of(witness, container, process);
    if (life != NULL && life->kills > 0)
        life->kills--;
    (void)c8d_model_killed(witness->model, container, process, request, status, actions);
    end(witness);
    witness->input = NULL;
}

void witness_list_begin(struct witness *witness)
{
    c8d_model_list_begin(witness->model);
}

bool witness_pursue(struct witness *witness, struct c8d_actions *actions)
{
    bool stepped;

    begin(witness, NULL, actions);
    stepped = c8d_model_pursue(witness->model, actions);
    end(witness);
    return stepped;
}

bool witness_list_sweep(struct witness *witness, struct c8d_actions *actions)
{
    bool stepped;

    begin(witness, NULL, actions);
    stepped = c8d_model_list_sweep(witness->model, actions);
    end(witness);
    return stepped;
}

/* Calls, queries and requests of the process that is gone. */
static void forget_what_is_under_way(struct witness *witness)
{
    witness->pending_count = 0;
    for (unsigned i = 0; i < witness->life_count; i++) {
        struct witness_life *life = &witness->lives[i];

        life->call = life->force_call = life->query = life->timed = false;
        life->task_call = life->task_query = life->record_call = life->record_query = false;
        life->kills = 0;
        life->stop = life->close = 0;
        life->wish_call = 0;
    }
}

bool witness_recover(struct witness *witness, struct c8d_actions *actions)
{
    bool stepped;

    if (!witness->recovering)
        forget_what_is_under_way(witness);
    begin(witness, NULL, actions);
    stepped = c8d_model_recover(witness->model, actions);
    witness->recovering = stepped;
    end(witness);
    return stepped;
}
