/* SPDX-License-Identifier: Apache-2.0 */
/* A wish as facts: what is wished for, and whether a command for it or a pause is under way. */
#include "oracle.h"

enum wish { NOTHING, RUNNING, STOPPED, PAUSED, REMOVED };

struct facts {
    uint8_t wish;
    bool calls;
    bool reaps; /* the command deletes a run that has ended: after it comes a pause, whatever becomes of it */
    bool waits;
};

static const struct facts facts_of[C8D_WISH_STATE__COUNT] = {
    [C8D_WISH_NONE] = {0},
    [C8D_WISH_DROPPED] = {.calls = true},
    [C8D_WISH_RUNNING] = {RUNNING, false, false, false},
    [C8D_WISH_RUNNING_CALLING] = {RUNNING, true, false, false},
    [C8D_WISH_RUNNING_REAPING] = {RUNNING, true, true, false},
    [C8D_WISH_RUNNING_BACKOFF] = {RUNNING, false, false, true},
    [C8D_WISH_STOPPED] = {STOPPED, false, false, false},
    [C8D_WISH_STOPPED_CALLING] = {STOPPED, true, false, false},
    [C8D_WISH_STOPPED_BACKOFF] = {STOPPED, false, false, true},
    [C8D_WISH_PAUSED] = {PAUSED, false, false, false},
    [C8D_WISH_PAUSED_CALLING] = {PAUSED, true, false, false},
    [C8D_WISH_PAUSED_BACKOFF] = {PAUSED, false, false, true},
    [C8D_WISH_REMOVED] = {REMOVED, false, false, false},
    [C8D_WISH_REMOVED_CALLING] = {REMOVED, true, false, false},
    [C8D_WISH_REMOVED_BACKOFF] = {REMOVED, false, false, true},
};

struct about {
    struct facts facts;
    const char *effects;
    bool defined;
};

static void take(struct about *about, const char *effects)
{
    about->defined = true;
    about->effects = effects;
}

static void wait_for_pause(struct about *about)
{
    take(about, "backoff");
    about->facts = (struct facts){.wish = about->facts.wish, .waits = true};
}

/* A command in flight outlives the wish that it was for; a pause does not. */
static void wish_for(struct about *about, uint8_t wish)
{
    if (wish == about->facts.wish)
        return;
    take(about, "");
    about->facts = (struct facts){.wish = wish, .calls = about->facts.calls};
}

static void command_is_over(struct about *about, bool well)
{
    struct facts *facts = &about->facts;

    if (!facts->calls)
        return;
    if (facts->wish != NOTHING && (facts->reaps || !well)) {
        wait_for_pause(about);
        return;
    }
    take(about, "");
    facts->calls = false;
}

/* Whoever reads the reply of a command or the clock of a pause is gone. */
static void recover(struct about *about)
{
    if (about->facts.waits)
        wait_for_pause(about);
    else
        command_is_over(about, true);
}

/* The command that brings what is there nearer to the wish; NULL: there is none. */
static const char *next_command(uint8_t wish, unsigned there)
{
    bool to_end = wish == STOPPED || wish == REMOVED;

    switch (there) {
    case C8D_SYM_IS_ABSENT:
        return wish == RUNNING ? "create" : NULL;
    case C8D_SYM_VACANT:
        return wish == RUNNING ? "create-task" : wish == REMOVED ? "delete" : NULL;
    case C8D_SYM_IS_CREATED:
        return wish == RUNNING ? "start" : wish == REMOVED ? "delete-task" : NULL;
    case C8D_SYM_IS_RUNNING:
        return to_end ? "stop" : wish == PAUSED ? "pause" : NULL;
    case C8D_SYM_IS_PAUSED:
        return to_end ? "stop" : wish == RUNNING ? "resume" : NULL;
    case C8D_SYM_IS_STOPPED:
        return wish == RUNNING || wish == REMOVED ? "delete-task" : NULL;
    default:
        return NULL;
    }
}

static void is_fulfilled(struct about *about)
{
    take(about, about->facts.wish == REMOVED ? "" : "steady");
    if (about->facts.wish == REMOVED)
        about->facts.wish = NOTHING;
}

static void look_at(struct about *about, unsigned there)
{
    struct facts *facts = &about->facts;
    const char *command = next_command(facts->wish, there);

    if (facts->wish == NOTHING || facts->calls || facts->waits)
        return;
    if (there == C8D_SYM_REACHED) {
        is_fulfilled(about);
    } else if (there == C8D_SYM_LAPSED) {
        wait_for_pause(about);
    } else if (there == C8D_SYM_STEADY && facts->wish != REMOVED) {
        take(about, "forgive");
    } else if (there == C8D_SYM_EXITED && facts->wish == RUNNING) {
        take(about, "delete-task");
        facts->calls = facts->reaps = true;
    } else if (command != NULL) {
        take(about, command);
        facts->calls = true;
    }
}

static void apply(struct about *about, unsigned symbol)
{
    switch (symbol) {
    case C8D_SYM_WISH_NONE:
        wish_for(about, NOTHING);
        break;
    case C8D_SYM_WISH_RUNNING:
        wish_for(about, RUNNING);
        break;
    case C8D_SYM_WISH_STOPPED:
        wish_for(about, STOPPED);
        break;
    case C8D_SYM_WISH_PAUSED:
        wish_for(about, PAUSED);
        break;
    case C8D_SYM_WISH_REMOVED:
        wish_for(about, REMOVED);
        break;
    case C8D_SYM_OK:
    case C8D_SYM_ERROR:
        command_is_over(about, symbol == C8D_SYM_OK);
        break;
    case C8D_SYM_RECOVER:
        recover(about);
        break;
    case C8D_SYM_AGAIN:
        if (about->facts.waits)
            take(about, "");
        about->facts.waits = false;
        break;
    default:
        look_at(about, symbol);
        break;
    }
}

struct c8d_cell oracle_wish(unsigned state, unsigned symbol)
{
    struct about about = {.facts = facts_of[state]};

    apply(&about, symbol);
    if (!about.defined)
        return (struct c8d_cell){.next = (uint8_t)state};
    return (struct c8d_cell){
        .next = oracle_state_of(&about.facts, facts_of, sizeof(about.facts), C8D_WISH_STATE__COUNT),
        .arrow = true,
        .effects = oracle_effects(about.effects)};
}
