/* SPDX-License-Identifier: Apache-2.0 */
/* A container's record as facts: is it there, is it asked after, and what are we doing about it. */
#include "oracle.h"

enum doing { NOTHING, CREATING, DELETING };

struct facts {
    bool there;
    bool heard;  /* somebody spoke of it, and it is asked after */
    bool wanted; /* the consumer waits for the answer */
    bool doubt;  /* the reply to what we are doing was lost */
    uint8_t doing;
};

static const struct facts facts_of[C8D_CONTAINER_STATE__COUNT] = {
    [C8D_CONTAINER_ABSENT] = {0},
    [C8D_CONTAINER_UNOBSERVED] = {.heard = true},
    [C8D_CONTAINER_LOADING] = {.heard = true, .wanted = true},
    [C8D_CONTAINER_CREATING] = {.doing = CREATING},
    [C8D_CONTAINER_CREATE_DOUBT] = {.doing = CREATING, .doubt = true},
    [C8D_CONTAINER_PRESENT] = {.there = true},
    [C8D_CONTAINER_DELETING] = {.there = true, .doing = DELETING},
    [C8D_CONTAINER_DELETE_DOUBT] = {.there = true, .doing = DELETING, .doubt = true},
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

static void become(struct about *about, bool there, const char *effects)
{
    take(about, effects);
    about->facts = (struct facts){.there = there};
}

static bool calls(const struct facts *facts)
{
    return facts->doing != NOTHING && !facts->doubt;
}

static void command(struct about *about, unsigned symbol)
{
    struct facts *facts = &about->facts;

    if (facts->doing != NOTHING)
        return;
    if (symbol == C8D_SYM_CREATE && !facts->there && !facts->heard) {
        take(about, "create");
        facts->doing = CREATING;
    } else if (symbol == C8D_SYM_DELETE && facts->there) {
        take(about, "delete");
        facts->doing = DELETING;
    } else if (symbol == C8D_SYM_LOAD && facts->there) {
        take(about, "done");
    } else if (symbol == C8D_SYM_LOAD && !facts->wanted) {
        take(about, "ask");
        facts->heard = facts->wanted = true;
    }
}

static void refused(struct about *about, unsigned symbol)
{
    bool creating = about->facts.doing == CREATING;

    if (!creating && symbol == C8D_SYM_MISSING) {
        become(about, false, "done");
    } else if (!creating) {
        become(about, true, "done-failed ask");
    } else {
        /* Whose it is that has the name, has to be asked. */
        become(about, false, symbol == C8D_SYM_TAKEN ? "done-failed ask" : "done-failed");
        about->facts.heard = symbol == C8D_SYM_TAKEN;
    }
}

static void reply(struct about *about, unsigned symbol)
{
    if (!calls(&about->facts))
        return;
    switch (symbol) {
    case C8D_SYM_OK:
        become(about, about->facts.doing == CREATING, "done");
        break;
    case C8D_SYM_ERROR:
    case C8D_SYM_TAKEN:
    case C8D_SYM_MISSING:
        refused(about, symbol);
        break;
    case C8D_SYM_LOST:
    case C8D_SYM_EXPIRED:
        take(about, "ask");
        about->facts.doubt = true;
        break;
    default:
        break;
    }
}

/* Somebody says that it has come or gone. Never believed: asked after, unless it is about to be known. */
static void event(struct about *about, bool created)
{
    struct facts *facts = &about->facts;

    if (calls(facts)) {
        take(about, created == (facts->doing == CREATING) ? "" : "defer");
    } else if (facts->heard || facts->doubt) {
        take(about, "");
    } else if (created != facts->there) {
        take(about, "ask");
        facts->heard = !facts->there;
    }
}

/* The present state is wanted. */
static void look_into(struct about *about)
{
    struct facts *facts = &about->facts;

    take(about, calls(facts) ? "defer" : "ask");
    if (!facts->there && facts->doing == NOTHING)
        facts->heard = true;
}

static void answer(struct about *about, bool there)
{
    struct facts *facts = &about->facts;

    if (calls(facts))
        take(about, "defer");
    else if (facts->wanted)
        become(about, there, there ? "done" : "done-missing");
    else if (facts->doubt)
        become(about, there, there == (facts->doing == CREATING) ? "done" : "done-undone");
    else
        become(about, there, "");
}

struct c8d_cell oracle_record(unsigned state, unsigned symbol)
{
    struct about about = {.facts = facts_of[state]};

    if (symbol == C8D_SYM_CREATE || symbol == C8D_SYM_DELETE || symbol == C8D_SYM_LOAD)
        command(&about, symbol);
    else if (symbol == C8D_SYM_CREATED || symbol == C8D_SYM_DELETED)
        event(&about, symbol == C8D_SYM_CREATED);
    else if (symbol == C8D_SYM_VERIFY || symbol == C8D_SYM_IS_STALE)
        look_into(&about);
    else if (symbol == C8D_SYM_IS_CREATED || symbol == C8D_SYM_IS_ABSENT)
        answer(&about, symbol == C8D_SYM_IS_CREATED);
    else
        reply(&about, symbol);
    if (!about.defined)
        return (struct c8d_cell){.next = (uint8_t)state};
    return (struct c8d_cell){
        .next = oracle_state_of(&about.facts, facts_of, sizeof(about.facts), C8D_CONTAINER_STATE__COUNT),
        .arrow = true,
        .effects = oracle_effects(about.effects)};
}
