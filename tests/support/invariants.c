/* SPDX-License-Identifier: Apache-2.0 */
/* The invariants: a name, a sentence and a check for each. model/README.md has the same list in prose. */
#include "invariants.h"
#include "invariants_input.h"
#include "invariants_wish.h"

static const struct witness_life *life_of(const struct witness *witness, const struct c8d_action *action)
{
    return witness_find(witness, action->container, action->process);
}

static bool is_notice(const struct c8d_action *action, enum c8d_notice_kind what)
{
    return action->kind == C8D_ACTION_NOTICE && action->what == what;
}

static bool is_command(const struct c8d_action *action, enum c8d_command_kind what)
{
    return action->kind == C8D_ACTION_COMMAND && action->what == what && action->region == C8D_REGION_PROCESS;
}

static bool in_set(uint32_t set, uint8_t state)
{
    return (set >> state & 1) != 0;
}

/* ---- lives */

static bool code_is_told(const struct witness *witness, const struct c8d_action *action)
{
    const struct witness_life *life = life_of(witness, action);

    if (!is_notice(action, C8D_NOTICE_EXIT))
        return true;
    if (!action->exit_known)
        return action->exit_code == 0;
    return (life->codes[action->exit_code % 256 / 8] >> action->exit_code % 8 & 1) != 0;
}

/* ---- evidence */

/* An event that names another process than the one that is known. */
static bool names_another(const struct witness *witness, const struct witness_life *life)
{
    const struct c8d_input *input = witness->input;

    return input != NULL && !witness->is_kill_result &&
           (input->symbol == C8D_SYM_EXITED || input->symbol == C8D_SYM_DELETED) &&
           input->container == life->container && input->process == life->process && input->pid != 0 &&
           life->before.pid != 0 && input->pid != life->before.pid;
}

static bool other_pid_ends_nothing(const struct witness *witness, const struct c8d_action *action)
{
    const struct witness_life *life = life_of(witness, action);

    return (!is_notice(action, C8D_NOTICE_EXIT) && !is_notice(action, C8D_NOTICE_DELETED)) ||
           !names_another(witness, life) || action->incarnation != life->before.incarnation;
}

static bool absence_is_proved(const struct witness *witness, const struct c8d_action *action)
{
    const struct c8d_input *input = witness->input;

    if (!is_notice(action, C8D_NOTICE_DELETED) || input == NULL)
        return true;
    return input->symbol == C8D_SYM_OK || input->symbol == C8D_SYM_MISSING ||
           input->symbol == C8D_SYM_DELETED ||
           (input->symbol >= C8D_SYM_IS_ABSENT && input->symbol <= C8D_SYM_IS_STOPPED);
}

/* ---- silence */

static bool no_end_by_time_alone(const struct witness *witness, const struct c8d_action *action)
{
    const struct witness_life *task = witness_find(witness, action->container, C8D_REF_NONE);

    if (!is_notice(action, C8D_NOTICE_EXIT) || action->cause != C8D_CAUSE_TIMER)
        return true;
    return action->process != C8D_REF_NONE && !action->exit_known && task != NULL && task->told.ended;
}

#define RUNS                                                                                                 \
    (1u << C8D_PROCESS_STARTING_SEEN | 1u << C8D_PROCESS_RUNNING | 1u << C8D_PROCESS_KILLING |               \
     1u << C8D_PROCESS_KILL_DOUBT | 1u << C8D_PROCESS_REAPING | 1u << C8D_PROCESS_REAP_DOUBT)

static bool execs_end_in_time(const struct witness *witness)
{
    for (unsigned i = 0; i < witness->life_count; i++) {
        const struct witness_life *life = &witness->lives[i];
        const struct witness_life *task = witness_find(witness, life->container, C8D_REF_NONE);

        if (life->process == C8D_REF_NONE || task == NULL || !task->after.ended ||
            in_set(RUNS, task->after.state) || !in_set(RUNS, life->after.state))
            continue;
        if (!life->timed && life->after.query == C8D_QUERY_IDLE)
            return false;
    }
    return true;
}

/* ---- calls and queries */

static bool is_pause(const struct c8d_action *action)
{
    return action->what == C8D_COMMAND_RETRY || action->what == C8D_COMMAND_TIMER;
}

static bool kills_are_bounded(const struct witness *witness, const struct c8d_action *action)
{
    /* Those of a stop come on top. */
    return !is_command(action, C8D_COMMAND_KILL) || life_of(witness, action)->kills < C8D_KILLS_MAX + 2;
}

static bool one_call(const struct witness *witness, const struct c8d_action *action)
{
    const struct witness_life *life = life_of(witness, action);

    if (is_command(action, C8D_COMMAND_FORCE_KILL) && life != NULL && life->force_call)
        return false;
    if (action->kind != C8D_ACTION_COMMAND || life == NULL || action->what == C8D_COMMAND_KILL ||
        action->what == C8D_COMMAND_ESCALATE || action->what == C8D_COMMAND_QUERY || is_pause(action))
        return true;
    if (action->region == C8D_REGION_CONTAINER || action->region == C8D_REGION_STDIN)
        return action->region == C8D_REGION_STDIN ? life->close == 0 : !life->record_call;
    return action->region == C8D_REGION_TASK ? !life->task_call : !life->call;
}

static bool one_query(const struct witness *witness, const struct c8d_action *action)
{
    const struct witness_life *life = life_of(witness, action);

    if (action->kind != C8D_ACTION_COMMAND || action->what != C8D_COMMAND_QUERY || life == NULL)
        return true;
    if (action->region == C8D_REGION_CONTAINER)
        return !life->record_query;
    return action->region == C8D_REGION_TASK ? !life->task_query : !life->query;
}

static bool calls_are_legal(const struct witness *witness, const struct c8d_action *action)
{
    const struct witness_life *life = life_of(witness, action);
    bool alive = life != NULL && life->told.created && !life->told.gone;
    bool runs = alive && life->told.started && !life->told.ended;

    if (is_command(action, C8D_COMMAND_CREATE))
        return !alive;
    if (is_command(action, C8D_COMMAND_START))
        return alive && !life->told.started && !life->told.ended;
    if (is_command(action, C8D_COMMAND_DELETE))
        return alive && (!runs || life->forced);
    if (is_command(action, C8D_COMMAND_FORCE_KILL) || is_command(action, C8D_COMMAND_CLOSE_STDIN))
        return runs;
    if (is_command(action, C8D_COMMAND_KILL) || is_command(action, C8D_COMMAND_ESCALATE))
        return alive && !life->told.ended;
    if (action->kind == C8D_ACTION_COMMAND && action->region == C8D_REGION_TASK &&
        action->what != C8D_COMMAND_QUERY && !is_pause(action))
        return runs;
    return true;
}

static bool done_once(const struct witness *witness, const struct c8d_action *action)
{
    return action->kind != C8D_ACTION_DONE || witness_is_pending(witness, action->request);
}

#define P(name) ((uint32_t)1 << C8D_PROCESS_##name)
#define PROCESS_CALLS                                                                                        \
    (P(CREATING) | P(STARTING) | P(STARTING_SEEN) | P(STARTING_ENDED) | P(STARTING_OVER) |                   \
     P(CREATED_DELETING) | P(NEVER_RAN_DELETING) | P(REAPING) | P(DELETING))
#define PROCESS_DOUBTS                                                                                       \
    (P(UNOBSERVED) | P(LOADING) | P(CREATE_DOUBT) | P(START_DOUBT) | P(CREATED_DELETE_DOUBT) |               \
     P(KILL_DOUBT) | P(REAP_DOUBT) | P(DELETE_DOUBT) | P(NEVER_RAN_DELETE_DOUBT))

static bool calls_agree(const struct witness *witness)
{
    static const uint32_t task_calls = 1u << C8D_TASK_PAUSING | 1u << C8D_TASK_RESUMING |
                                       1u << C8D_TASK_CHECKPOINTING | 1u << C8D_TASK_DOWN_CALLING |
                                       1u << C8D_TASK_UP_CALLING;
    static const uint32_t record_calls = 1u << C8D_CONTAINER_CREATING | 1u << C8D_CONTAINER_DELETING;

    for (unsigned i = 0; i < witness->life_count; i++) {
        const struct witness_life *life = &witness->lives[i];

        if (life->call != in_set(PROCESS_CALLS, life->after.state))
            return false;
        if (life->process == C8D_REF_NONE && (life->task_call != in_set(task_calls, life->task_after) ||
                                              life->record_call != in_set(record_calls, life->record_after)))
            return false;
    }
    return true;
}

static bool queries_agree(const struct witness *witness)
{
    for (unsigned i = 0; i < witness->life_count; i++) {
        uint8_t query = witness->lives[i].after.query;

        if (witness->lives[i].query != (query == C8D_QUERY_ASKED || query == C8D_QUERY_DISTURBED))
            return false;
    }
    return true;
}

static bool doubt_asks(const struct witness *witness)
{
    for (unsigned i = 0; i < witness->life_count; i++) {
        const struct c8d_process_view *seen = &witness->lives[i].after;

        if (in_set(PROCESS_DOUBTS, seen->state) &&
            (seen->query == C8D_QUERY_IDLE || seen->query == C8D_QUERY_OWED))
            return false;
        if (seen->query == C8D_QUERY_OWED && !in_set(PROCESS_CALLS, seen->state))
            return false;
    }
    return true;
}

static bool replies_are_awaited(const struct witness *witness)
{
    const struct c8d_input *input = witness->input;
    const struct witness_life *life;
    bool awaited;

    if (input == NULL || witness->is_kill_result || input->region == C8D_REGION_CONNECTION ||
        !witness_is_reply(input))
        return true;
    life = witness_find(witness, input->container, input->process);
    if (life == NULL)
        return true;
    awaited = in_set(PROCESS_CALLS, life->before.state);
    return input->region != C8D_REGION_PROCESS || awaited == (witness->actions->outcome == C8D_ACCEPTED);
}

/* ---- what is shown */

static bool ends_agree(const struct witness *witness)
{
    for (unsigned i = 0; i < witness->life_count; i++) {
        const struct witness_life *life = &witness->lives[i];

        if (life->after.state != C8D_PROCESS_ABSENT && life->told.created && !life->told.gone &&
            (life->after.ended != life->told.ended || life->after.started != life->told.started ||
             life->after.incarnation != life->told.incarnation))
            return false;
    }
    return true;
}

/* An exit that names the process that is known to run is told at once, whatever else is under way. */
static bool exit_is_prompt(const struct witness *witness)
{
    const struct c8d_input *input = witness->input;
    const struct witness_life *life;

    if (input == NULL || witness->is_kill_result || input->region != C8D_REGION_PROCESS ||
        input->symbol != C8D_SYM_EXITED || input->pid == 0 || witness->actions->outcome == C8D_DUPLICATE)
        return true;
    life = witness_find(witness, input->container, input->process);
    return life == NULL || !life->before.started || life->before.ended || life->before.pid != input->pid ||
           life->after.ended || life->after.incarnation != life->before.incarnation;
}

static bool code_stands(const struct witness *witness)
{
    for (unsigned i = 0; i < witness->life_count; i++) {
        const struct c8d_process_view *before = &witness->lives[i].before;
        const struct c8d_process_view *after = &witness->lives[i].after;

        if (before->incarnation == after->incarnation && before->ended && before->exit.known &&
            (!after->exit.known || after->exit.code != before->exit.code))
            return false;
    }
    return true;
}

static bool unknown_is_not_stopped(const struct witness *witness)
{
    for (unsigned i = 0; i < witness->life_count; i++) {
        const struct c8d_process_view *seen = &witness->lives[i].after;
        bool runs = seen->public_state == C8D_STATE_RUNNING || seen->public_state == C8D_STATE_PAUSED;

        if (seen->public_state == C8D_STATE_STOPPED && !seen->ended)
            return false;
        if (runs && (!seen->started || seen->ended))
            return false;
    }
    return true;
}

/* ---- bookkeeping */

static bool sequence_is_whole(const struct witness *witness, const struct c8d_action *action)
{
    return action->kind != C8D_ACTION_NOTICE || action->sequence == witness->sequence + 1;
}

static bool counters_add_up(const struct witness *witness)
{
    const struct c8d_model_counters *counters = c8d_model_counters(witness->model);
    uint64_t sum = 0;

    for (unsigned i = 0; i < C8D_OUTCOME__COUNT; i++)
        sum += counters->outcomes[i];
    return sum == counters->inputs && counters->notices == witness->sequence;
}

static bool gap_is_made_good(const struct witness *witness)
{
    return !witness->gap || c8d_model_connection(witness->model) != C8D_CONNECTION_UP;
}

static bool actions_fit(const struct witness *witness)
{
    return witness->actions->count < c8d_model_actions_max(c8d_model_limits(witness->model));
}

/* Those that have no check here are asked when all is at rest, by who knows the truth. */
static const struct {
    bool (*allows)(const struct witness *witness, const struct c8d_action *action);
    bool (*holds)(const struct witness *witness);
    bool told; /* told.h has it */
} checks[C8D__INVARIANT__COUNT] = {
    [C8D__ONE_END] = {.told = true},
    [C8D__WITHIN_LIFE] = {.told = true},
    [C8D__NO_START_AFTER_END] = {.told = true},
    [C8D__END_BEFORE_GONE] = {.told = true},
    [C8D__INCARNATIONS_COUNT] = {.told = true},
    [C8D__CODE_IS_TOLD] = {.allows = code_is_told},
    [C8D__RAN_IS_TRUE] = {.told = true},
    [C8D__OOM_ONCE] = {.told = true},
    [C8D__PAUSES_PAIR] = {.told = true},
    [C8D__OTHER_PID_ENDS_NOTHING] = {.allows = other_pid_ends_nothing},
    [C8D__ABSENCE_IS_PROVED] = {.allows = absence_is_proved},
    [C8D__ONE_CALL] = {.allows = one_call},
    [C8D__ONE_QUERY] = {.allows = one_query},
    [C8D__CALLS_ARE_LEGAL] = {.allows = calls_are_legal},
    [C8D__DONE_ONCE] = {.allows = done_once},
    [C8D__NO_END_BY_TIME_ALONE] = {.allows = no_end_by_time_alone},
    [C8D__EXECS_END_IN_TIME] = {.holds = execs_end_in_time},
    [C8D__SILENCE_IS_TOLD_ONCE] = {.told = true},
    [C8D__KILLS_ARE_BOUNDED] = {.allows = kills_are_bounded},
    [C8D__STOP_IS_AN_END] = {.allows = invariant_stop_is_an_end},
    [C8D__WISH_ACTS_ON_EVIDENCE] = {.allows = invariant_wish_acts_on_evidence},
    [C8D__WISH_IS_FOLLOWED] = {.holds = invariant_wish_is_followed},
    [C8D__WISH_IS_PACED] = {.holds = invariant_wish_is_paced},
    [C8D__REFUSAL_PAUSES] = {.holds = invariant_refusal_pauses},
    [C8D__SEQUENCE_IS_WHOLE] = {.allows = sequence_is_whole},
    [C8D__CALLS_AGREE] = {.holds = calls_agree},
    [C8D__QUERIES_AGREE] = {.holds = queries_agree},
    [C8D__DOUBT_ASKS] = {.holds = doubt_asks},
    [C8D__REPLIES_ARE_AWAITED] = {.holds = replies_are_awaited},
    [C8D__ENDS_AGREE] = {.holds = ends_agree},
    [C8D__EXIT_IS_PROMPT] = {.holds = exit_is_prompt},
    [C8D__CODE_STANDS] = {.holds = code_stands},
    [C8D__UNKNOWN_IS_NOT_STOPPED] = {.holds = unknown_is_not_stopped},
    [C8D__IMPOSSIBLE_LEAVES_NO_TRACE] = {.holds = invariant_impossible_leaves_no_trace},
    [C8D__ONLY_ACCEPTED_MOVES] = {.holds = invariant_only_accepted_moves},
    [C8D__REFUSAL_IS_ANSWERED] = {.holds = invariant_refusal_is_answered},
    [C8D__COUNTERS_ADD_UP] = {.holds = counters_add_up},
    [C8D__ACTIONS_FIT] = {.holds = actions_fit},
    [C8D__GAP_IS_MADE_GOOD] = {.holds = gap_is_made_good},
};

bool invariant_is_asked_in_steps(enum c8d__invariant which)
{
    return checks[which].allows != NULL || checks[which].holds != NULL || checks[which].told;
}

/* A notice of a process. */
static bool told_keeps(enum c8d__invariant which, const struct witness *witness,
                       const struct c8d_action *action)
{
    static const struct c8d__told nothing;
    const struct witness_life *life = life_of(witness, action);
    struct c8d__telling telling = witness_telling(action);

    return c8d__told_keeps(which, life != NULL ? &life->told : &nothing, &telling);
}

const char *invariants_broken_by(const struct witness *witness, const struct c8d_action *action)
{
    bool of_a_life = action->kind == C8D_ACTION_NOTICE && action->region != C8D_REGION_CONNECTION &&
                     action->region != C8D_REGION_CONTAINER;

    for (unsigned i = 0; i < C8D__INVARIANT__COUNT; i++) {
        enum c8d__invariant which = (enum c8d__invariant)i;

        if ((checks[i].allows != NULL && !checks[i].allows(witness, action)) ||
            (checks[i].told && of_a_life && !told_keeps(which, witness, action)))
            return invariant_in_words(which).label;
    }
    return NULL;
}

const char *invariants_broken(const struct witness *witness)
{
    for (unsigned i = 0; i < C8D__INVARIANT__COUNT; i++) {
        if (checks[i].holds != NULL && !checks[i].holds(witness))
            return invariant_in_words((enum c8d__invariant)i).label;
    }
    return NULL;
}
