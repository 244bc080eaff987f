/* SPDX-License-Identifier: Apache-2.0 */
/* Pause and checkpoint as facts: is the task up, is it paused, and what are we doing about it. */
#include "oracle.h"

enum doing { NOTHING, PAUSING, RESUMING, CHECKPOINTING, LEFT_OVER };

struct facts {
    bool up;
    bool paused;
    bool doubt;
    enum doing doing; /* LEFT_OVER: a call for a run that is over */
};

static const struct facts facts_of[C8D_TASK_STATE__COUNT] = {
    [C8D_TASK_DOWN] = {0},
    [C8D_TASK_THAWED] = {.up = true},
    [C8D_TASK_PAUSING] = {.up = true, .doing = PAUSING},
    [C8D_TASK_PAUSE_DOUBT] = {.up = true, .doing = PAUSING, .doubt = true},
    [C8D_TASK_PAUSED] = {.up = true, .paused = true},
    [C8D_TASK_RESUMING] = {.up = true, .paused = true, .doing = RESUMING},
    [C8D_TASK_RESUME_DOUBT] = {.up = true, .paused = true, .doing = RESUMING, .doubt = true},
    [C8D_TASK_CHECKPOINTING] = {.up = true, .doing = CHECKPOINTING},
    [C8D_TASK_DOWN_CALLING] = {.doing = LEFT_OVER},
    [C8D_TASK_UP_CALLING] = {.up = true, .doing = LEFT_OVER},
};

struct about {
    struct facts facts;
    uint64_t effects;
    bool defined;
};

static void want(struct about *about, const char *effect)
{
    about->effects |= oracle_effect(effect);
}

static void be_paused(struct about *about, bool paused)
{
    if (about->facts.paused != paused)
        want(about, paused ? "notice-paused" : "notice-resumed");
    about->facts.paused = paused;
}

static bool calls(const struct facts *facts)
{
    return facts->doing != NOTHING && !facts->doubt;
}

/* To be asked for: at once, or when it is up and no call of ours can change the answer. */
static void look_into(struct about *about)
{
    about->defined = true;
    want(about, calls(&about->facts) || !about->facts.up ? "defer" : "ask");
}

static void command(struct about *about, unsigned symbol)
{
    struct facts *facts = &about->facts;
    bool free = facts->up && facts->doing == NOTHING;

    switch (symbol) {
    case C8D_SYM_PAUSE:
        about->defined = free && !facts->paused;
        want(about, "pause");
        facts->doing = PAUSING;
        break;
    case C8D_SYM_RESUME:
        about->defined = free && facts->paused;
        want(about, "resume");
        facts->doing = RESUMING;
        break;
    case C8D_SYM_CHECKPOINT:
        about->defined = free && !facts->paused;
        want(about, "checkpoint");
        facts->doing = CHECKPOINTING;
        break;
    default:
        break;
    }
}

static void succeeded(struct about *about, enum doing doing)
{
    if (doing == CHECKPOINTING)
        want(about, "notice-checkpointed");
    if (doing == PAUSING || doing == RESUMING)
        be_paused(about, doing == PAUSING);
    want(about, "done");
    /* Which run it has reached can only be asked. */
    if (doing == LEFT_OVER)
        look_into(about);
}

static void refused(struct about *about, enum doing doing)
{
    want(about, "done-failed");
    /* It may be paused already, or may not be any more. A checkpoint's refusal says nothing of that. */
    if (doing != CHECKPOINTING && about->facts.up)
        look_into(about);
}

static void unanswered(struct about *about, enum doing doing)
{
    /* Only pausing shows in the state of a task. */
    if (doing == CHECKPOINTING || doing == LEFT_OVER) {
        want(about, "done-lost");
    } else {
        about->facts.doing = doing;
        about->facts.doubt = true;
    }
    look_into(about);
}

static void reply(struct about *about, unsigned symbol)
{
    enum doing doing = about->facts.doing;

    if (!calls(&about->facts))
        return;
    about->defined = true;
    about->facts.doing = NOTHING;
    if (symbol == C8D_SYM_OK)
        succeeded(about, doing);
    else if (symbol == C8D_SYM_LOST || symbol == C8D_SYM_EXPIRED)
        unanswered(about, doing);
    else
        refused(about, doing);
}

static void event(struct about *about, unsigned symbol)
{
    struct facts *facts = &about->facts;

    switch (symbol) {
    case C8D_SYM_PAUSED:
    case C8D_SYM_RESUMED:
        /* Late perhaps: never believed. What our own call or a query is about to say needs no question. */
        about->defined = true;
        if (facts->doubt || (facts->doing == PAUSING && symbol == C8D_SYM_PAUSED) ||
            (facts->doing == RESUMING && symbol == C8D_SYM_RESUMED))
            break;
        if ((!facts->up && symbol == C8D_SYM_RESUMED) ||
            (facts->doing == NOTHING && facts->up && facts->paused == (symbol == C8D_SYM_PAUSED)))
            about->defined = false;
        else
            look_into(about);
        break;
    case C8D_SYM_CHECKPOINTED:
        about->defined =
            facts->up && !facts->paused && (facts->doing == NOTHING || facts->doing == CHECKPOINTING);
        if (facts->doing == NOTHING)
            want(about, "notice-checkpointed");
        break;
    default:
        break;
    }
}

static void answer(struct about *about, unsigned symbol)
{
    struct facts *facts = &about->facts;
    bool paused = symbol == C8D_SYM_IS_PAUSED;

    if (symbol == C8D_SYM_IS_STALE) {
        look_into(about);
        return;
    }
    if (symbol != C8D_SYM_IS_RUNNING && !paused)
        return;
    about->defined = facts->up;
    if (calls(facts)) {
        want(about, "defer");
        return;
    }
    if (facts->doubt)
        want(about, paused == (facts->doing == PAUSING) ? "done" : "done-undone");
    facts->doubt = false;
    facts->doing = NOTHING;
    be_paused(about, paused);
}

static void follow(struct about *about, bool up)
{
    struct facts *facts = &about->facts;
    bool left = calls(facts);

    about->defined = facts->up != up;
    if (!up && facts->doubt)
        want(about, "done-lost");
    /* The end dominates; a call that is under way outlives it. */
    *facts = (struct facts){.up = up, .doing = left ? LEFT_OVER : NOTHING};
}

struct c8d_cell oracle_task(unsigned state, unsigned symbol)
{
    struct about about = {.facts = facts_of[state]};
    enum c8d_symbol_class is = c8d_symbol_class((enum c8d_symbol)symbol);
    bool force =
        (symbol >= C8D_SYM_FORCE_OK && symbol <= C8D_SYM_FORCE_LOST) || symbol == C8D_SYM_FORCE_EXPIRED;

    if (is == C8D_CLASS_COMMAND)
        command(&about, symbol);
    else if (is == C8D_CLASS_REPLY && !force)
        reply(&about, symbol);
    else if (is == C8D_CLASS_EVENT)
        event(&about, symbol);
    else if (is == C8D_CLASS_ANSWER)
        answer(&about, symbol);
    else if (symbol == C8D_SYM_VERIFY && about.facts.up && about.facts.doing == NOTHING)
        look_into(&about);
    else if (symbol == C8D_SYM_TASK_UP || symbol == C8D_SYM_TASK_DOWN)
        follow(&about, symbol == C8D_SYM_TASK_UP);
    if (!about.defined)
        return (struct c8d_cell){.next = (uint8_t)state};
    for (unsigned next = 0; next < C8D_TASK_STATE__COUNT; next++) {
        const struct facts *facts = &facts_of[next];

        if (facts->up == about.facts.up && facts->paused == about.facts.paused &&
            facts->doubt == about.facts.doubt && facts->doing == about.facts.doing)
            return (struct c8d_cell){.next = (uint8_t)next, .arrow = true, .effects = about.effects};
    }
    return (struct c8d_cell){.next = UINT8_MAX, .arrow = true, .effects = about.effects};
}
