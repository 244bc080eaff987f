/* SPDX-License-Identifier: Apache-2.0 */
/* The states of a process as facts, and what commands and replies do to them. */
#include "oracle_facts.h"

static const struct facts facts_of[C8D_PROCESS_STATE__COUNT] = {
    [C8D_PROCESS_ABSENT] = {0},
    [C8D_PROCESS_UNOBSERVED] = {.heard = true},
    [C8D_PROCESS_LOADING] = {.heard = true, .wanted = true},
    [C8D_PROCESS_CREATING] = {.doing = CREATING},
    [C8D_PROCESS_CREATE_DOUBT] = {.doing = CREATING, .doubt = true},
    [C8D_PROCESS_CREATED] = {.made = true},
    [C8D_PROCESS_STARTING] = {.made = true, .doing = STARTING},
    [C8D_PROCESS_STARTING_SEEN] = {.made = true, .ran = true, .doing = STARTING},
    [C8D_PROCESS_STARTING_ENDED] = {.made = true, .held = true, .doing = STARTING},
    [C8D_PROCESS_STARTING_OVER] = {.made = true, .ran = true, .over = true, .doing = STARTING},
    [C8D_PROCESS_START_DOUBT] = {.made = true, .doing = STARTING, .doubt = true},
    [C8D_PROCESS_RUNNING] = {.made = true, .ran = true},
    [C8D_PROCESS_EXITED] = {.made = true, .ran = true, .over = true},
    [C8D_PROCESS_NEVER_RAN] = {.made = true, .over = true},
    [C8D_PROCESS_CREATED_DELETING] = {.made = true, .doing = DELETING},
    [C8D_PROCESS_NEVER_RAN_DELETING] = {.made = true, .over = true, .doing = DELETING},
    [C8D_PROCESS_CREATED_DELETE_DOUBT] = {.made = true, .doing = DELETING, .doubt = true},
    [C8D_PROCESS_KILLING] = {.made = true, .ran = true, .forced = true},
    [C8D_PROCESS_KILL_DOUBT] = {.made = true, .ran = true, .forced = true, .doubt = true},
    [C8D_PROCESS_REAPING] = {.made = true, .ran = true, .doing = DELETING},
    [C8D_PROCESS_REAP_DOUBT] = {.made = true, .ran = true, .doing = DELETING, .doubt = true},
    [C8D_PROCESS_DELETING] = {.made = true, .ran = true, .over = true, .doing = DELETING},
    [C8D_PROCESS_DELETE_DOUBT] = {.made = true, .ran = true, .over = true, .doing = DELETING, .doubt = true},
    [C8D_PROCESS_NEVER_RAN_DELETE_DOUBT] = {.made = true, .over = true, .doing = DELETING, .doubt = true},
};

static bool same(const struct facts *one, const struct facts *other)
{
    return one->heard == other->heard && one->wanted == other->wanted && one->made == other->made &&
           one->ran == other->ran && one->over == other->over && one->held == other->held &&
           one->forced == other->forced && one->doubt == other->doubt && one->doing == other->doing;
}

void oracle__want(struct about *about, const char *effect)
{
    about->effects |= oracle_effect(effect);
}

void oracle__tell_creation(struct about *about)
{
    oracle__want(about, "notice-created");
    about->facts = (struct facts){.made = true};
}

void oracle__tell_start(struct about *about)
{
    if (!about->facts.ran)
        oracle__want(about, "notice-started");
    about->facts.ran = true;
}

void oracle__tell_end(struct about *about)
{
    if (!about->facts.over)
        oracle__want(about, "notice-exit");
    about->facts.over = true;
    about->facts.held = false;
}

/* Gone, and whatever ran or may have run has ended before. */
void oracle__tell_deletion(struct about *about)
{
    if (about->facts.ran || (about->facts.doing == STARTING && about->facts.doubt))
        oracle__tell_end(about);
    oracle__want(about, "notice-deleted");
    about->facts = (struct facts){0};
}

void oracle__settle(struct about *about, const char *effect)
{
    oracle__want(about, effect);
    about->facts.doing = NOTHING;
    about->facts.doubt = false;
    about->facts.forced = false;
}

bool oracle__calls(const struct facts *facts)
{
    return facts->doing != NOTHING && !facts->doubt;
}

bool oracle__runs(const struct facts *facts)
{
    return facts->ran && !facts->over;
}

bool oracle__idle(const struct facts *facts)
{
    return facts->doing == NOTHING && !facts->forced;
}

bool oracle__unknown(const struct facts *facts)
{
    return !facts->made && facts->doing == NOTHING;
}

void oracle__begin_delete(struct about *about)
{
    oracle__want(about, "delete");
    about->facts.forced = false;
    about->facts.doubt = false;
    about->facts.doing = DELETING;
}

/* ---- commands */

static void command(struct about *about, unsigned symbol)
{
    struct facts *facts = &about->facts;

    switch (symbol) {
    case C8D_SYM_CREATE:
        about->defined = oracle__unknown(facts) && !facts->heard;
        oracle__want(about, "create");
        facts->doing = CREATING;
        break;
    case C8D_SYM_LOAD:
        about->defined = oracle__unknown(facts) && !facts->wanted;
        oracle__want(about, "ask");
        facts->heard = facts->wanted = true;
        break;
    case C8D_SYM_START:
        about->defined = facts->made && oracle__idle(facts) && !facts->ran && !facts->over;
        oracle__want(about, "start");
        facts->doing = STARTING;
        break;
    case C8D_SYM_KILL:
        about->defined = facts->made && !facts->over && !facts->held && facts->doing != DELETING &&
                         !(facts->forced && facts->doubt);
        oracle__want(about, "kill");
        break;
    case C8D_SYM_DELETE:
        about->defined = facts->made && oracle__idle(facts) && !oracle__runs(facts);
        oracle__begin_delete(about);
        break;
    case C8D_SYM_FORCE_DELETE:
        about->defined = facts->made && oracle__idle(facts);
        if (!oracle__runs(facts)) {
            oracle__begin_delete(about);
        } else {
            oracle__want(about, "force-kill");
            oracle__want(about, "timer");
            facts->forced = true;
        }
        break;
    default:
        break;
    }
}

/* ---- replies */

static void succeeded(struct about *about)
{
    bool held = about->facts.held;

    switch (about->facts.doing) {
    case CREATING:
        oracle__tell_creation(about);
        oracle__want(about, "done");
        break;
    case STARTING:
        oracle__tell_start(about);
        oracle__settle(about, "done-started");
        if (held)
            oracle__tell_end(about);
        break;
    default:
        oracle__tell_deletion(about);
        oracle__want(about, "done");
        break;
    }
}

static void refused(struct about *about, unsigned symbol)
{
    switch (about->facts.doing) {
    case CREATING:
        oracle__settle(about, "done-failed");
        if (symbol == C8D_SYM_TAKEN) {
            oracle__want(about, "ask");
            about->facts.heard = true;
        }
        break;
    case STARTING:
        oracle__settle(about, "done-failed");
        /* A start that failed is an end of its own; unless it was seen to run. */
        if (!about->facts.ran)
            oracle__tell_end(about);
        break;
    default:
        if (symbol == C8D_SYM_MISSING) {
            succeeded(about);
        } else {
            oracle__settle(about, "done-failed");
            oracle__want(about, "ask");
        }
        break;
    }
}

static void unanswered(struct about *about)
{
    /* What was seen of a start proves it. */
    if (about->facts.doing == STARTING && (about->facts.ran || about->facts.held)) {
        succeeded(about);
        return;
    }
    oracle__want(about, "ask");
    about->facts.doubt = true;
}

static void reply(struct about *about, unsigned symbol)
{
    about->defined = oracle__calls(&about->facts);
    if (symbol == C8D_SYM_OK)
        succeeded(about);
    else if (symbol == C8D_SYM_LOST || symbol == C8D_SYM_EXPIRED)
        unanswered(about);
    else
        refused(about, symbol);
}

static void reply_to_force(struct about *about, unsigned symbol)
{
    struct facts *facts = &about->facts;

    /* The end came first, and the delete is under way: the kill's own reply says nothing any more. */
    if (facts->ran && facts->over && facts->doing == DELETING) {
        about->defined = true;
        return;
    }
    about->defined = facts->forced && !facts->doubt;
    switch (symbol) {
    case C8D_SYM_FORCE_OK:
        break;
    case C8D_SYM_FORCE_ERROR:
        oracle__settle(about, "done-failed");
        break;
    case C8D_SYM_FORCE_MISSING:
        oracle__begin_delete(about);
        break;
    default:
        oracle__want(about, "ask");
        facts->doubt = true;
        break;
    }
}

/* ---- all */

/* It was killed, and lives: the kill is given up. */
static void overdue(struct about *about)
{
    about->defined = about->facts.forced && !about->facts.doubt;
    oracle__want(about, "notice-unresponsive");
    oracle__settle(about, "done-late");
}

static void event(struct about *about, unsigned symbol)
{
    switch (symbol) {
    case C8D_SYM_CREATED:
        oracle__seen_created(about);
        break;
    case C8D_SYM_STARTED:
        oracle__seen_started(about);
        break;
    case C8D_SYM_EXITED:
        oracle__seen_ended(about);
        break;
    case C8D_SYM_DELETED:
        oracle__seen_deleted(about);
        break;
    case C8D_SYM_OOM:
        oracle__seen_oom(about);
        break;
    default:
        break;
    }
}

static void apply(struct about *about, unsigned symbol)
{
    bool force =
        (symbol >= C8D_SYM_FORCE_OK && symbol <= C8D_SYM_FORCE_LOST) || symbol == C8D_SYM_FORCE_EXPIRED;

    switch (c8d_symbol_class((enum c8d_symbol)symbol)) {
    case C8D_CLASS_COMMAND:
        command(about, symbol);
        break;
    case C8D_CLASS_REPLY:
        if (force)
            reply_to_force(about, symbol);
        else
            reply(about, symbol);
        break;
    case C8D_CLASS_EVENT:
        event(about, symbol);
        break;
    case C8D_CLASS_ANSWER:
        if (symbol != C8D_SYM_IS_UNANSWERED && symbol != C8D_SYM_IS_EXPIRED)
            oracle__answer(about, symbol);
        break;
    default:
        if (symbol == C8D_SYM_VERIFY)
            oracle__look_into(about);
        if (symbol == C8D_SYM_OUTLIVED)
            oracle__outlived(about);
        if (symbol == C8D_SYM_OVERDUE)
            overdue(about);
        if (symbol == C8D_SYM_NOT_OURS) {
            about->defined = about->facts.held;
            about->facts.held = false;
        }
        break;
    }
}

struct c8d_cell oracle_process(unsigned state, unsigned symbol)
{
    struct about about = {.facts = facts_of[state]};

    apply(&about, symbol);
    if (!about.defined)
        return (struct c8d_cell){.next = (uint8_t)state};
    for (unsigned next = 0; next < C8D_PROCESS_STATE__COUNT; next++) {
        if (same(&about.facts, &facts_of[next]))
            return (struct c8d_cell){.next = (uint8_t)next, .arrow = true, .effects = about.effects};
    }
    return (struct c8d_cell){.next = UINT8_MAX, .arrow = true, .effects = about.effects};
}
