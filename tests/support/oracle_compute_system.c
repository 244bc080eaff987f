/* SPDX-License-Identifier: Apache-2.0 */
/* A compute system, told as whose it is, what is being done to it, and how much life there is in it. */
#include "oracle.h"

enum whose {
    NOBODYS,
    NEW,       /* a container that is being created: nobody knows it before it is there */
    KNOWN,     /* a container */
    DELETED,   /* one that the consumer wants to be gone */
    LOOKED_AT, /* one that was not made here, and is not touched */
    STRANGE,   /* one that was not made here, and is to be taken over if it is ours */
    LEFTOVER,  /* it is ours */
};

enum doing {
    NOTHING,
    MAKING,
    BEGINNING,
    UNDOING,
    EXPECTING,
    SHUTTING,
    ENDING,
    OPENING,
    ASKING,
    WATCHING,
    LETTING_GO
};

enum life { NO_MATTER, RUNS, ENDED, DYING, DEAD, NO_SYSTEM };

struct facts {
    uint8_t whose, doing, life;
    uint8_t failed; /* there is a failure to tell in the end */
};

static const struct facts facts_of[] = {
    [C8D_COMPUTE_SYSTEM_NONE] = {NOBODYS, NOTHING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_CREATING] = {NEW, MAKING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_STARTING] = {NEW, BEGINNING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_UNDOING] = {NEW, UNDOING, NO_MATTER, true},
    [C8D_COMPUTE_SYSTEM_UNMAKING] = {NEW, LETTING_GO, NO_MATTER, true},
    [C8D_COMPUTE_SYSTEM_UP] = {KNOWN, NOTHING, RUNS, false},
    [C8D_COMPUTE_SYSTEM_OVER] = {KNOWN, NOTHING, ENDED, false},
    [C8D_COMPUTE_SYSTEM_KILLING] = {KNOWN, NOTHING, DYING, false},
    [C8D_COMPUTE_SYSTEM_KILLED] = {KNOWN, NOTHING, DEAD, false},
    [C8D_COMPUTE_SYSTEM_VACANT] = {KNOWN, NOTHING, NO_SYSTEM, false},
    [C8D_COMPUTE_SYSTEM_RENEWING] = {KNOWN, EXPECTING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_REPLACING] = {KNOWN, LETTING_GO, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_RECREATING] = {KNOWN, MAKING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_RESTARTING] = {KNOWN, BEGINNING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_REUNDOING] = {KNOWN, UNDOING, NO_MATTER, true},
    [C8D_COMPUTE_SYSTEM_REUNMAKING] = {KNOWN, LETTING_GO, NO_MATTER, true},
    [C8D_COMPUTE_SYSTEM_SHUTTING_DOWN] = {DELETED, SHUTTING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_TERMINATING] = {DELETED, ENDING, NO_MATTER, true},
    [C8D_COMPUTE_SYSTEM_CLOSING] = {DELETED, LETTING_GO, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_CLOSING_FAILED] = {DELETED, LETTING_GO, NO_MATTER, true},
    [C8D_COMPUTE_SYSTEM_LOOK_OPENING] = {LOOKED_AT, OPENING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_LOOK_ASKING] = {LOOKED_AT, ASKING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_LOOKED] = {LOOKED_AT, LETTING_GO, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_REFUSED] = {LOOKED_AT, LETTING_GO, NO_MATTER, true},
    [C8D_COMPUTE_SYSTEM_OPENING] = {STRANGE, OPENING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_ASKING] = {STRANGE, ASKING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_LEFT] = {LEFTOVER, NOTHING, RUNS, false},
    [C8D_COMPUTE_SYSTEM_LEFT_OPENING] = {LEFTOVER, OPENING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_LEFT_ASKING] = {LEFTOVER, ASKING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_WATCHING] = {LEFTOVER, WATCHING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_ENDING] = {LEFTOVER, ENDING, NO_MATTER, false},
    [C8D_COMPUTE_SYSTEM_GIVING_UP] = {LEFTOVER, LETTING_GO, NO_MATTER, true},
    [C8D_COMPUTE_SYSTEM_LOADED] = {LEFTOVER, NOTHING, ENDED, false},
};

static struct c8d_cell then(enum whose whose, enum doing doing, enum life life, bool failed,
                            const char *effects)
{
    const struct facts facts = {(uint8_t)whose, (uint8_t)doing, (uint8_t)life, failed};

    return (struct c8d_cell){
        .next = oracle_state_of(&facts, facts_of, sizeof(facts), C8D_COMPUTE_SYSTEM_STATE__COUNT),
        .arrow = true,
        .effects = oracle_effects(effects),
    };
}

static struct c8d_cell rest(enum whose whose, enum life life, const char *effects)
{
    return then(whose, NOTHING, life, false, effects);
}

static struct c8d_cell go_on(enum whose whose, enum doing doing, const char *effects)
{
    return then(whose, doing, NO_MATTER, doing == UNDOING, effects);
}

static struct c8d_cell let_go(enum whose whose, bool failed)
{
    return then(whose, LETTING_GO, NO_MATTER, failed, "close");
}

static struct c8d_cell forgotten(const char *effects)
{
    return rest(NOBODYS, NO_MATTER, effects);
}

static struct c8d_cell same(const struct facts *now, const char *effects)
{
    return then((enum whose)now->whose, (enum doing)now->doing, (enum life)now->life, now->failed, effects);
}

static struct c8d_cell none(void)
{
    return (struct c8d_cell){.arrow = false};
}

/* It does not end: refused, too late, or nobody is there to ask. */
static bool lives_on(unsigned symbol)
{
    return symbol == C8D_SYM_ERROR || symbol == C8D_SYM_OVERDUE || symbol == C8D_SYM_LOST;
}

/* ---- what is told of a container that rests */

static struct c8d_cell task_wanted(enum life life)
{
    switch (life) {
    case RUNS:
        return rest(KNOWN, RUNS, "done");
    case ENDED:
        return let_go(KNOWN, false);
    case DYING:
        return rest(KNOWN, DYING, "defer");
    case DEAD:
        return go_on(KNOWN, EXPECTING, "await");
    default:
        return go_on(KNOWN, MAKING, "create");
    }
}

static struct c8d_cell unwanted(enum life life)
{
    switch (life) {
    case DYING:
        return rest(KNOWN, DYING, "defer");
    case DEAD:
        return go_on(DELETED, SHUTTING, "await");
    case NO_SYSTEM:
        return let_go(DELETED, false);
    default:
        return go_on(DELETED, SHUTTING, "kill");
    }
}

static struct c8d_cell of_container(const struct facts *now, unsigned symbol)
{
    enum life life = (enum life)now->life;
    bool lives = life == RUNS || life == DYING;

    switch (symbol) {
    case C8D_SYM_ASK:
    case C8D_SYM_LOAD:
        return same(now, "done");
    case C8D_SYM_START:
        return task_wanted(life);
    case C8D_SYM_DELETE:
        return unwanted(life);
    case C8D_SYM_STOP:
        return life != NO_SYSTEM ? same(now, "kill") : none();
    case C8D_SYM_KILL:
        return life != NO_SYSTEM ? rest(KNOWN, life == DEAD ? DEAD : DYING, "force-kill") : none();
    case C8D_SYM_FORCE_OK:
    case C8D_SYM_FORCE_MISSING:
        return lives ? rest(KNOWN, DEAD, "") : none();
    case C8D_SYM_FORCE_ERROR:
        return life == DYING ? rest(KNOWN, RUNS, "") : none();
    case C8D_SYM_EXITED:
    case C8D_SYM_LOST:
        return life == RUNS ? rest(KNOWN, ENDED, "") : none();
    default:
        return none();
    }
}

static struct c8d_cell of_leftover(const struct facts *now, unsigned symbol)
{
    bool ended = now->life == ENDED;

    if (symbol == C8D_SYM_ASK)
        return same(now, "done");
    if (symbol == C8D_SYM_LOAD)
        return ended ? same(now, "done") : go_on(LEFTOVER, OPENING, "load");
    if (symbol == C8D_SYM_DELETE)
        return ended ? let_go(DELETED, false) : go_on(LEFTOVER, OPENING, "load");
    return symbol == C8D_SYM_IS_ABSENT && !ended ? forgotten("") : none();
}

static struct c8d_cell of_nobody(unsigned symbol)
{
    switch (symbol) {
    case C8D_SYM_CREATE:
        return go_on(NEW, MAKING, "create");
    case C8D_SYM_ASK:
        return go_on(LOOKED_AT, OPENING, "load");
    case C8D_SYM_LOAD:
        return go_on(STRANGE, OPENING, "load");
    case C8D_SYM_SNAPSHOT:
        return rest(LEFTOVER, RUNS, "");
    default:
        return none();
    }
}

static struct c8d_cell at_rest(const struct facts *now, unsigned symbol)
{
    if (now->whose == KNOWN)
        return of_container(now, symbol);
    return now->whose == LEFTOVER ? of_leftover(now, symbol) : of_nobody(symbol);
}

/* ---- what comes of what is being done */

static struct c8d_cell made(enum whose whose, unsigned symbol)
{
    if (symbol == C8D_SYM_OK)
        return go_on(whose, BEGINNING, "start");
    if (symbol == C8D_SYM_LOST)
        return go_on(whose, UNDOING, "force-kill");
    if (symbol != C8D_SYM_ERROR)
        return none();
    return whose == NEW ? forgotten("done-failed") : rest(KNOWN, NO_SYSTEM, "done-failed");
}

static struct c8d_cell begun(enum whose whose, unsigned symbol)
{
    if (symbol == C8D_SYM_OK)
        return rest(KNOWN, RUNS, whose == NEW ? "notice-created done" : "done");
    return lives_on(symbol) || symbol == C8D_SYM_EXITED ? go_on(whose, UNDOING, "force-kill") : none();
}

static struct c8d_cell undone(const struct facts *now, unsigned symbol)
{
    if (symbol == C8D_SYM_OK)
        return same(now, "await");
    return lives_on(symbol) || symbol == C8D_SYM_EXITED ? let_go((enum whose)now->whose, true) : none();
}

static struct c8d_cell expected(unsigned symbol)
{
    if (symbol == C8D_SYM_OVERDUE || symbol == C8D_SYM_ERROR)
        return rest(KNOWN, DEAD, "done-failed");
    return symbol == C8D_SYM_EXITED || symbol == C8D_SYM_LOST ? let_go(KNOWN, false) : none();
}

static struct c8d_cell shut(const struct facts *now, unsigned symbol)
{
    if (symbol == C8D_SYM_OK)
        return same(now, "await-shutdown");
    if (symbol == C8D_SYM_EXITED)
        return let_go(DELETED, false);
    return lives_on(symbol) ? then(DELETED, ENDING, NO_MATTER, true, "force-kill") : none();
}

static struct c8d_cell ended(const struct facts *now, unsigned symbol)
{
    bool leftover = now->whose == LEFTOVER;

    if (symbol == C8D_SYM_OK)
        return same(now, leftover ? "await-leftover" : "await");
    if (symbol == C8D_SYM_EXITED)
        return leftover ? rest(LEFTOVER, ENDED, "again") : let_go(DELETED, true);
    if (!lives_on(symbol))
        return none();
    return leftover ? let_go(LEFTOVER, true) : then(DELETED, LETTING_GO, NO_MATTER, true, "abandon close");
}

static struct c8d_cell opened(enum whose whose, unsigned symbol)
{
    if (symbol == C8D_SYM_OK)
        return go_on(whose, ASKING, "query");
    if (symbol == C8D_SYM_ERROR && whose == LEFTOVER)
        return rest(LEFTOVER, RUNS, "done-failed");
    return symbol == C8D_SYM_MISSING || symbol == C8D_SYM_ERROR ? forgotten("done-failed") : none();
}

static struct c8d_cell asked(enum whose whose, unsigned symbol)
{
    if (symbol == C8D_SYM_OK)
        return whose == LOOKED_AT ? let_go(LOOKED_AT, false) : go_on(LEFTOVER, WATCHING, "subscribe");
    if (symbol == C8D_SYM_ERROR && whose == LEFTOVER)
        return let_go(LEFTOVER, true);
    /* From now on it is nothing but looked at. */
    return symbol == C8D_SYM_MISSING || symbol == C8D_SYM_ERROR ? let_go(LOOKED_AT, true) : none();
}

static struct c8d_cell watched(unsigned symbol)
{
    if (symbol == C8D_SYM_OK)
        return go_on(LEFTOVER, ENDING, "force-kill");
    if (symbol == C8D_SYM_EXITED)
        return rest(LEFTOVER, ENDED, "again");
    return symbol == C8D_SYM_ERROR ? let_go(LEFTOVER, true) : none();
}

static struct c8d_cell gone(const struct facts *now, unsigned symbol)
{
    bool failed = now->failed || symbol == C8D_SYM_ERROR;

    if (symbol != C8D_SYM_OK && symbol != C8D_SYM_ERROR)
        return none();
    switch (now->whose) {
    case NEW:
        return forgotten("done-failed");
    case KNOWN:
        return now->failed ? rest(KNOWN, NO_SYSTEM, "done-failed") : go_on(KNOWN, MAKING, "create");
    case DELETED:
        return forgotten(failed ? "notice-deleted done-failed" : "notice-deleted done");
    case LEFTOVER:
        return rest(LEFTOVER, RUNS, "done-failed");
    default:
        return forgotten(now->failed ? "done-failed" : "done");
    }
}

static struct c8d_cell cell_of(const struct facts *now, unsigned symbol)
{
    enum whose whose = (enum whose)now->whose;

    switch (now->doing) {
    case MAKING:
        return made(whose, symbol);
    case BEGINNING:
        return begun(whose, symbol);
    case UNDOING:
        return undone(now, symbol);
    case EXPECTING:
        return expected(symbol);
    case SHUTTING:
        return shut(now, symbol);
    case ENDING:
        return ended(now, symbol);
    case OPENING:
        return opened(whose, symbol);
    case ASKING:
        return asked(whose, symbol);
    case WATCHING:
        return watched(symbol);
    case LETTING_GO:
        return gone(now, symbol);
    default:
        return at_rest(now, symbol);
    }
}

struct c8d_cell oracle_compute_system(unsigned state, unsigned symbol)
{
    struct c8d_cell cell = cell_of(&facts_of[state], symbol);

    if (!cell.arrow)
        cell.next = (uint8_t)state;
    return cell;
}

enum c8d_compute_system_presence oracle_presence(unsigned state)
{
    const struct facts *now = &facts_of[state];

    if (now->doing == NOTHING && now->whose != NOBODYS)
        return C8D_COMPUTE_SYSTEM_SETTLED;
    if (now->whose == KNOWN)
        return C8D_COMPUTE_SYSTEM_BUSY;
    return now->whose == DELETED || now->whose == LEFTOVER ? C8D_COMPUTE_SYSTEM_GOING
                                                           : C8D_COMPUTE_SYSTEM_COMING;
}
