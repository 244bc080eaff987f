/* SPDX-License-Identifier: Apache-2.0 */
/* What is seen of a process: rules on facts. */
#include "oracle_facts.h"

/* ---- what is seen */

/* To be looked into: at once, or when the call under way has its reply. */
void oracle__look_into(struct about *about)
{
    about->defined = true;
    oracle__want(about, oracle__calls(&about->facts) ? "defer" : "ask");
    if (oracle__unknown(&about->facts))
        about->facts.heard = true;
}

void oracle__seen_created(struct about *about)
{
    struct facts *facts = &about->facts;

    about->defined = !facts->made;
    if (facts->doing == CREATING || facts->wanted)
        return;
    /* Believed at once, and asked for when nothing had been heard of it before. */
    if (!facts->heard)
        oracle__want(about, "ask");
    oracle__tell_creation(about);
}

void oracle__seen_started(struct about *about)
{
    struct facts *facts = &about->facts;
    bool held = facts->held;

    if (!facts->made) {
        about->defined = true;
        if (oracle__calls(facts)) {
            oracle__want(about, "defer");
        } else if (facts->doing == NOTHING && !facts->wanted) {
            oracle__seen_created(about);
            oracle__tell_start(about);
        }
        return;
    }
    about->defined = !facts->ran && !facts->over;
    oracle__tell_start(about);
    if (held)
        oracle__tell_end(about);
    if (facts->doubt && facts->doing == STARTING)
        oracle__settle(about, "done-started");
}

void oracle__seen_ended(struct about *about)
{
    struct facts *facts = &about->facts;

    if (!facts->made) {
        about->defined = true;
        if (oracle__calls(facts)) {
            oracle__want(about, "defer");
        } else if (facts->doing == NOTHING && !facts->heard) {
            oracle__seen_created(about);
            oracle__tell_start(about);
            oracle__tell_end(about);
        }
        return;
    }
    about->defined = !facts->over && !facts->held;
    if (facts->doing == STARTING && facts->doubt) {
        oracle__tell_start(about);
        oracle__settle(about, "done-started");
        oracle__tell_end(about);
    } else if (facts->doing == STARTING && !facts->ran) {
        facts->held = true;
    } else {
        oracle__tell_end(about);
        if (facts->forced)
            oracle__begin_delete(about);
    }
}

void oracle__seen_deleted(struct about *about)
{
    struct facts *facts = &about->facts;

    about->defined = !(oracle__unknown(facts) && !facts->heard);
    if (oracle__calls(facts)) {
        /* Our own delete, mostly; else the reply decides what to ask. */
        if (oracle__runs(facts))
            oracle__tell_end(about);
        if (facts->doing != DELETING)
            oracle__want(about, "defer");
    } else if (facts->doing == DELETING || facts->forced) {
        oracle__tell_deletion(about);
        oracle__want(about, "done");
    } else if (facts->doing == STARTING) {
        oracle__want(about, "ask");
    } else if (facts->made) {
        oracle__tell_deletion(about);
    }
}

void oracle__seen_oom(struct about *about)
{
    struct facts *facts = &about->facts;

    if (facts->heard) {
        about->defined = true;
        return;
    }
    /* What never ran and is being deleted is asked after by nobody; a created one neither. */
    about->defined =
        facts->made && !(facts->doing == DELETING && !facts->ran && (facts->doubt || !facts->over));
    oracle__want(about, "notice-oom");
}

void oracle__outlived(struct about *about)
{
    struct facts *facts = &about->facts;

    about->defined = oracle__runs(facts);
    oracle__tell_end(about);
    if (facts->forced)
        oracle__begin_delete(about);
}

/* ---- answers */

static void is_absent(struct about *about)
{
    struct facts *facts = &about->facts;
    bool wanted = facts->wanted;
    bool undone = facts->doubt && (facts->doing == CREATING || facts->doing == STARTING);
    bool done = facts->doing == DELETING || facts->forced;

    if (facts->made)
        oracle__tell_deletion(about);
    *facts = (struct facts){0};
    if (wanted)
        oracle__want(about, "done-missing");
    if (undone)
        oracle__want(about, "done-undone");
    if (done)
        oracle__want(about, "done");
}

/* It is there, in some state: what was in doubt is decided by whether that is what was wanted. */
static void is_there(struct about *about, unsigned symbol)
{
    struct facts *facts = &about->facts;
    bool up = symbol == C8D_SYM_IS_RUNNING || symbol == C8D_SYM_IS_PAUSED;
    bool stopped = symbol == C8D_SYM_IS_STOPPED;
    bool ours = facts->doing == CREATING;
    bool starts = facts->doing == STARTING;
    bool deletes = facts->doing == DELETING;
    bool found = oracle__unknown(facts);
    bool done = ours || facts->wanted;

    if (!facts->made)
        oracle__tell_creation(about);
    if (facts->forced) {
        if (stopped) {
            oracle__tell_end(about);
            oracle__begin_delete(about);
        } else if (facts->doubt) {
            oracle__settle(about, "done-undone");
        }
        return;
    }
    if (up && !facts->over)
        oracle__tell_start(about);
    /* A creation of ours that is found stopped has never been started. */
    /* What is found stopped, and was not made here, has run. */
    if (stopped && (found || starts))
        oracle__tell_start(about);
    if (starts)
        oracle__settle(about, up || stopped ? "done-started" : "done-undone");
    if (deletes)
        oracle__settle(about, "done-undone");
    if (stopped)
        oracle__tell_end(about);
    if (done)
        oracle__want(about, "done");
}

/* A created one is another than one that has run, and a running one another than one that never did: what
 * such an answer means is decided before. And a runtime may call a run that has ended running for a moment
 * longer. */
static bool contradicts(const struct facts *facts, unsigned symbol)
{
    bool up = symbol == C8D_SYM_IS_RUNNING || symbol == C8D_SYM_IS_PAUSED;

    if (symbol == C8D_SYM_IS_CREATED)
        return facts->ran;
    return up && facts->over && (!facts->ran || oracle__idle(facts));
}

void oracle__answer(struct about *about, unsigned symbol)
{
    struct facts *facts = &about->facts;

    if (symbol == C8D_SYM_IS_STALE) {
        oracle__look_into(about);
        return;
    }
    about->defined = !contradicts(facts, symbol);
    if (oracle__calls(facts)) {
        if (symbol == C8D_SYM_IS_STOPPED && oracle__runs(facts)) {
            oracle__tell_end(about);
            if (facts->doing == STARTING)
                oracle__want(about, "defer");
        } else {
            oracle__want(about, "defer");
        }
        return;
    }
    if (symbol == C8D_SYM_IS_ABSENT)
        is_absent(about);
    else
        is_there(about, symbol);
}
