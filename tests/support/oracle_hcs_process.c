/* SPDX-License-Identifier: Apache-2.0 */
/* A process of HCS, told as who it is, how far it has come, and whether it is held up. */
#include "oracle.h"

enum who { NOBODY, INIT, EXEC, ANYBODY };

enum stage {
    UNKNOWN,
    MADE,        /* a record, and nothing else */
    BEING_BORN,  /* HCS is making it */
    BEING_SEEN,  /* its exit is about to be heard of */
    BEING_ENDED, /* since it is of no use */
    BEING_CLOSED,
    ALIVE,
    FADING, /* nobody has been told its end yet */
    TOLD,   /* everybody has, and there is a handle left */
    OVER,   /* and none */
    UNSEEN  /* and nobody asks for it any more */
};

/* What is believed, and what is being done about it. */
enum held { NOT_HELD, FREEZING, FREEZING_ASKED, HELD, THAWING, THAWING_ASKED, UNTOLD };

struct facts {
    uint8_t who, stage, held;
};

static const struct facts facts_of[] = {
    [C8D_HCS_PROCESS_NONE] = {NOBODY, UNKNOWN, NOT_HELD},
    [C8D_HCS_PROCESS_CREATED] = {INIT, MADE, NOT_HELD},
    [C8D_HCS_PROCESS_STARTING] = {INIT, BEING_BORN, NOT_HELD},
    [C8D_HCS_PROCESS_WATCHING] = {INIT, BEING_SEEN, NOT_HELD},
    [C8D_HCS_PROCESS_UNDOING] = {INIT, BEING_ENDED, NOT_HELD},
    [C8D_HCS_PROCESS_UNMAKING] = {INIT, BEING_CLOSED, NOT_HELD},
    [C8D_HCS_PROCESS_RUNNING] = {INIT, ALIVE, NOT_HELD},
    [C8D_HCS_PROCESS_PAUSING] = {INIT, ALIVE, FREEZING},
    [C8D_HCS_PROCESS_PAUSED] = {INIT, ALIVE, HELD},
    [C8D_HCS_PROCESS_RESUMING] = {INIT, ALIVE, THAWING},
    [C8D_HCS_PROCESS_PAUSE_DOUBT] = {INIT, ALIVE, FREEZING_ASKED},
    [C8D_HCS_PROCESS_RESUME_DOUBT] = {INIT, ALIVE, THAWING_ASKED},
    [C8D_HCS_PROCESS_UNSURE] = {INIT, ALIVE, UNTOLD},
    [C8D_HCS_PROCESS_ASKING] = {INIT, FADING, NOT_HELD},
    [C8D_HCS_PROCESS_ENDED] = {INIT, TOLD, NOT_HELD},
    [C8D_HCS_PROCESS_STOPPED] = {INIT, OVER, NOT_HELD},
    [C8D_HCS_PROCESS_LEAVING] = {ANYBODY, UNSEEN, NOT_HELD},
    [C8D_HCS_PROCESS_ADDED] = {EXEC, MADE, NOT_HELD},
    [C8D_HCS_PROCESS_EXEC_STARTING] = {EXEC, BEING_BORN, NOT_HELD},
    [C8D_HCS_PROCESS_EXEC_WATCHING] = {EXEC, BEING_SEEN, NOT_HELD},
    [C8D_HCS_PROCESS_EXEC_UNDOING] = {EXEC, BEING_ENDED, NOT_HELD},
    [C8D_HCS_PROCESS_EXEC_UNMAKING] = {EXEC, BEING_CLOSED, NOT_HELD},
    [C8D_HCS_PROCESS_EXEC_RUNNING] = {EXEC, ALIVE, NOT_HELD},
    [C8D_HCS_PROCESS_EXEC_ASKING] = {EXEC, FADING, NOT_HELD},
    [C8D_HCS_PROCESS_EXEC_ENDED] = {EXEC, TOLD, NOT_HELD},
    [C8D_HCS_PROCESS_EXEC_STOPPED] = {EXEC, OVER, NOT_HELD},
};

static struct c8d_cell then(enum who who, enum stage stage, enum held held, const char *effects)
{
    const struct facts facts = {(uint8_t)who, (uint8_t)stage, (uint8_t)held};

    return (struct c8d_cell){
        .next = oracle_state_of(&facts, facts_of, sizeof(facts), C8D_HCS_PROCESS_STATE__COUNT),
        .arrow = true,
        .effects = oracle_effects(effects),
    };
}

static struct c8d_cell none(void)
{
    return (struct c8d_cell){.arrow = false};
}

static struct c8d_cell same(const struct facts *now, const char *effects)
{
    return then((enum who)now->who, (enum stage)now->stage, (enum held)now->held, effects);
}

static struct c8d_cell on_to(const struct facts *now, enum stage stage, const char *effects)
{
    return then((enum who)now->who, stage, NOT_HELD, effects);
}

static struct c8d_cell forgotten(const char *effects)
{
    return then(NOBODY, UNKNOWN, NOT_HELD, effects);
}

static bool is_signal(unsigned symbol)
{
    return symbol == C8D_SYM_STOP || symbol == C8D_SYM_KILL || symbol == C8D_SYM_ASK;
}

static bool is_said(unsigned symbol)
{
    return symbol == C8D_SYM_OK || symbol == C8D_SYM_ERROR;
}

static const char *deletion(const struct facts *now)
{
    return now->who == INIT ? "notice-deleted forget-execs done" : "done";
}

/* ---- by stage */

static struct c8d_cell unknown(unsigned symbol)
{
    if (symbol == C8D_SYM_CREATE)
        return then(INIT, MADE, NOT_HELD, "notice-created done");
    return symbol == C8D_SYM_LOAD ? then(EXEC, MADE, NOT_HELD, "notice-created done") : none();
}

static struct c8d_cell made_init(const struct facts *now, unsigned symbol)
{
    switch (symbol) {
    case C8D_SYM_START:
        return on_to(now, BEING_BORN, "create");
    case C8D_SYM_LOAD:
        return same(now, "");
    case C8D_SYM_ASK:
    case C8D_SYM_CLOSE_STDIN:
        return same(now, "done");
    case C8D_SYM_STOP:
    case C8D_SYM_KILL:
        return on_to(now, OVER, "never-ran done");
    case C8D_SYM_DELETE:
        return forgotten("never-ran notice-deleted forget-execs done");
    default:
        return none();
    }
}

static struct c8d_cell made_exec(const struct facts *now, unsigned symbol)
{
    if (symbol == C8D_SYM_LAUNCH)
        return on_to(now, BEING_BORN, "create");
    if (is_signal(symbol))
        return same(now, "done-conflict");
    if (symbol == C8D_SYM_CLOSE_STDIN)
        return same(now, "done");
    if (symbol == C8D_SYM_DELETED)
        return forgotten("");
    return symbol == C8D_SYM_DELETE ? forgotten("done") : none();
}

static struct c8d_cell underway(const struct facts *now, unsigned symbol)
{
    if (is_signal(symbol) || symbol == C8D_SYM_CLOSE_STDIN)
        return same(now, "defer");
    if (symbol == C8D_SYM_LOAD && now->who == INIT)
        return same(now, "");
    switch (now->stage) {
    case BEING_BORN:
        if (symbol == C8D_SYM_LOST)
            return on_to(now, BEING_ENDED, "signal");
        if (symbol == C8D_SYM_ERROR)
            return on_to(now, MADE, "done-failed");
        return symbol == C8D_SYM_OK ? on_to(now, BEING_SEEN, "subscribe") : none();
    case BEING_SEEN:
        if (symbol == C8D_SYM_ERROR)
            return on_to(now, BEING_ENDED, "signal");
        return symbol == C8D_SYM_OK ? on_to(now, ALIVE, "notice-started done") : none();
    case BEING_ENDED:
        return is_said(symbol) ? on_to(now, BEING_CLOSED, "close") : none();
    default:
        return is_said(symbol) ? on_to(now, MADE, "done-failed") : none();
    }
}

/* It is so now: told when it is what was wanted, and else what was wanted has failed. */
static struct c8d_cell turns_out(const struct facts *now, enum held held)
{
    bool freezes = now->held == FREEZING_ASKED;

    if (now->held != FREEZING_ASKED && now->held != THAWING_ASKED)
        return none();
    if (held == (freezes ? HELD : NOT_HELD))
        return then(INIT, ALIVE, held, freezes ? "notice-paused done" : "notice-resumed done");
    return then(INIT, ALIVE, held, "done-failed");
}

/* What somebody does about it comes first. */
static struct c8d_cell hold(const struct facts *now, bool allowed, enum held held, const char *effects)
{
    bool moves = now->held == FREEZING || now->held == FREEZING_ASKED || now->held == THAWING ||
                 now->held == THAWING_ASKED;

    if (moves)
        return same(now, "defer");
    return allowed ? then(INIT, ALIVE, held, effects) : none();
}

/* Of a task: what holds it up, and what is begun in it. */
static struct c8d_cell held(const struct facts *now, unsigned symbol)
{
    switch (symbol) {
    case C8D_SYM_LOAD:
    case C8D_SYM_LAUNCH:
        return now->held != HELD ? same(now, "") : none();
    case C8D_SYM_PAUSE:
        return hold(now, now->held != HELD, FREEZING, "pause");
    case C8D_SYM_RESUME:
        return hold(now, now->held != NOT_HELD, THAWING, "resume");
    case C8D_SYM_PAUSED:
        return now->held == FREEZING ? then(INIT, ALIVE, HELD, "notice-paused done") : none();
    case C8D_SYM_RESUMED:
        return now->held == THAWING ? then(INIT, ALIVE, NOT_HELD, "notice-resumed done") : none();
    case C8D_SYM_IS_UNANSWERED:
        if (now->held == FREEZING)
            return then(INIT, ALIVE, FREEZING_ASKED, "look");
        return now->held == THAWING ? then(INIT, ALIVE, THAWING_ASKED, "look") : turns_out(now, UNTOLD);
    case C8D_SYM_IS_PAUSED:
        return turns_out(now, HELD);
    case C8D_SYM_IS_RUNNING:
        return turns_out(now, NOT_HELD);
    default:
        return none();
    }
}

static struct c8d_cell alive(const struct facts *now, unsigned symbol)
{
    switch (symbol) {
    case C8D_SYM_STOP:
        return same(now, now->who == INIT ? "kill" : "signal");
    case C8D_SYM_KILL:
        return same(now, now->who == INIT ? "force-kill" : "signal");
    case C8D_SYM_ASK:
        return same(now, "done");
    case C8D_SYM_CLOSE_STDIN:
        return same(now, "close-stdin");
    case C8D_SYM_FORCE_MISSING:
        return same(now, "ask");
    case C8D_SYM_IS_STOPPED:
        return on_to(now, TOLD, "notice-exit close");
    case C8D_SYM_EXITED:
    case C8D_SYM_OVERDUE:
        return on_to(now, FADING, "query");
    case C8D_SYM_LOST:
        return on_to(now, TOLD, "exit-unknown close");
    default:
        return now->who == INIT ? held(now, symbol) : none();
    }
}

static struct c8d_cell fading(const struct facts *now, unsigned symbol)
{
    if (is_said(symbol))
        return on_to(now, TOLD, symbol == C8D_SYM_OK ? "notice-exit close" : "exit-unknown close");
    if (symbol == C8D_SYM_LOAD && now->who == INIT)
        return same(now, "");
    return is_signal(symbol) || symbol == C8D_SYM_CLOSE_STDIN ? same(now, "done") : none();
}

static struct c8d_cell past(const struct facts *now, unsigned symbol)
{
    bool open = now->stage == TOLD;

    if (is_signal(symbol))
        return same(now, "done-missing");
    if (symbol == C8D_SYM_CLOSE_STDIN)
        return same(now, "done");
    if (is_said(symbol) && open)
        return on_to(now, OVER, "");
    if (symbol == C8D_SYM_DELETE)
        return open ? then(ANYBODY, UNSEEN, NOT_HELD, deletion(now)) : forgotten(deletion(now));
    if (symbol == C8D_SYM_DELETED && now->who == EXEC)
        return open ? then(ANYBODY, UNSEEN, NOT_HELD, "") : forgotten("");
    return none();
}

static struct c8d_cell cell_of(const struct facts *now, unsigned symbol)
{
    switch (now->stage) {
    case UNKNOWN:
        return unknown(symbol);
    case MADE:
        return now->who == INIT ? made_init(now, symbol) : made_exec(now, symbol);
    case ALIVE:
        return alive(now, symbol);
    case FADING:
        return fading(now, symbol);
    case TOLD:
    case OVER:
        return past(now, symbol);
    case UNSEEN:
        return is_said(symbol) ? forgotten("") : none();
    default:
        return underway(now, symbol);
    }
}

struct c8d_cell oracle_hcs_process(unsigned state, unsigned symbol)
{
    struct c8d_cell cell = cell_of(&facts_of[state], symbol);

    if (!cell.arrow)
        cell.next = (uint8_t)state;
    return cell;
}

enum c8d_public_state oracle_seen_of_process(unsigned state)
{
    const struct facts *now = &facts_of[state];

    switch (now->stage) {
    case UNKNOWN:
    case UNSEEN:
        return C8D_STATE_DELETED;
    case ALIVE:
    case FADING:
        return now->held == HELD || now->held == THAWING || now->held == THAWING_ASKED ? C8D_STATE_PAUSED
                                                                                       : C8D_STATE_RUNNING;
    case TOLD:
    case OVER:
        return C8D_STATE_STOPPED;
    default:
        return C8D_STATE_CREATED;
    }
}
