/* SPDX-License-Identifier: Apache-2.0 */
/* The commands that are made of others, told as what each result is followed by. */
#include "oracle.h"

static struct c8d_cell nothing(unsigned state)
{
    return (struct c8d_cell){.next = (uint8_t)state};
}

static struct c8d_cell then(unsigned next, const char *effects)
{
    return (struct c8d_cell){.next = (uint8_t)next, .arrow = true, .effects = oracle_effects(effects)};
}

static bool is_refusal(unsigned symbol)
{
    return symbol == C8D_SYM_ERROR || symbol == C8D_SYM_TAKEN;
}

static bool is_silence(unsigned symbol)
{
    return symbol == C8D_SYM_LOST || symbol == C8D_SYM_EXPIRED;
}

/* ---- create and start; what could not be started is deleted before that is told */

struct c8d_cell oracle_launch(unsigned state, unsigned symbol)
{
    bool well = symbol == C8D_SYM_OK;

    if (state == C8D_LAUNCH_IDLE)
        return symbol == C8D_SYM_LAUNCH ? then(C8D_LAUNCH_CREATING, "create") : nothing(state);
    if (!well && symbol != C8D_SYM_ERROR)
        return nothing(state);
    if (state == C8D_LAUNCH_CREATING)
        return well ? then(C8D_LAUNCH_STARTING, "start") : then(C8D_LAUNCH_IDLE, "done-failed");
    if (state == C8D_LAUNCH_STARTING)
        return well ? then(C8D_LAUNCH_IDLE, "done") : then(C8D_LAUNCH_UNDOING, "delete");
    return then(C8D_LAUNCH_IDLE, "done-failed");
}

/* ---- a signal, a grace, SIGKILL, and a second grace; only the end of the process is success */

struct c8d_cell oracle_stop(unsigned state, unsigned symbol)
{
    bool killed = state == C8D_STOP_KILLED;

    if (state == C8D_STOP_IDLE)
        return symbol == C8D_SYM_STOP ? then(C8D_STOP_SIGNALED, "signal timer") : nothing(state);
    if (symbol == C8D_SYM_EXITED)
        return then(C8D_STOP_IDLE, "done");
    if (symbol == C8D_SYM_OVERDUE)
        return killed ? then(C8D_STOP_IDLE, "done-late notice-unresponsive")
                      : then(C8D_STOP_KILLED, "escalate timer");
    if (is_refusal(symbol))
        return killed ? then(state, "") : then(C8D_STOP_IDLE, "done-failed");
    if (symbol == C8D_SYM_OK || symbol == C8D_SYM_MISSING || is_silence(symbol))
        return then(state, "");
    return nothing(state);
}

/* ---- the end of standard input: held back until the start, done when nobody is left to read */

static struct c8d_cell stdin_reply(unsigned symbol)
{
    if (symbol == C8D_SYM_OK || symbol == C8D_SYM_MISSING)
        return then(C8D_STDIN_CLOSED, "done");
    if (is_refusal(symbol))
        return then(C8D_STDIN_OPEN, "done-failed");
    return is_silence(symbol) ? then(C8D_STDIN_OPEN, "done-lost") : nothing(C8D_STDIN_CLOSING);
}

struct c8d_cell oracle_stdin(unsigned state, unsigned symbol)
{
    bool waits = state == C8D_STDIN_WISHED || state == C8D_STDIN_CLOSING;

    if (symbol == C8D_SYM_CLOSE_STDIN)
        return state == C8D_STDIN_OPEN ? then(C8D_STDIN_WISHED, "") : nothing(state);
    if (symbol == C8D_SYM_DELETED)
        return state == C8D_STDIN_OPEN ? nothing(state) : then(C8D_STDIN_OPEN, waits ? "done" : "");
    if (!waits)
        return nothing(state);
    if (symbol == C8D_SYM_EXITED)
        return then(C8D_STDIN_CLOSED, "done");
    if (symbol == C8D_SYM_RECOVER)
        return then(C8D_STDIN_OPEN, "");
    if (state == C8D_STDIN_CLOSING)
        return stdin_reply(symbol);
    return symbol == C8D_SYM_STARTED ? then(C8D_STDIN_CLOSING, "close-stdin") : nothing(state);
}

/* ---- create, and once more when what had the name is out of the way */

enum result { WELL, GONE, HELD, BAD, NONE };

static enum result result_of(unsigned symbol)
{
    switch (symbol) {
    case C8D_SYM_OK:
        return WELL;
    case C8D_SYM_MISSING:
        return GONE;
    case C8D_SYM_TAKEN:
        return HELD;
    case C8D_SYM_ERROR:
        return BAD;
    default:
        return NONE;
    }
}

static struct c8d_cell created(enum result result, bool again)
{
    if (result == WELL)
        return then(C8D_REPLACE_IDLE, "done");
    if (result == HELD)
        return again ? then(C8D_REPLACE_IDLE, "done-conflict") : then(C8D_REPLACE_FINDING, "load");
    return then(C8D_REPLACE_IDLE, "done-failed");
}

/* To find something that is there or not; the name being taken says nothing here. */
static struct c8d_cell sought(unsigned state, enum result result)
{
    bool record = state == C8D_REPLACE_FINDING;

    if (result == HELD)
        return nothing(state);
    if (result == BAD)
        return then(C8D_REPLACE_IDLE, "done-failed");
    if (record)
        return result == WELL ? then(C8D_REPLACE_FINDING_TASK, "load-task")
                              : then(C8D_REPLACE_CREATING_AGAIN, "create");
    return result == WELL ? then(C8D_REPLACE_CLEARING, "force-delete") : then(C8D_REPLACE_DELETING, "delete");
}

struct c8d_cell oracle_replace(unsigned state, unsigned symbol)
{
    enum result result = result_of(symbol);

    if (state == C8D_REPLACE_IDLE)
        return symbol == C8D_SYM_REPLACE ? then(C8D_REPLACE_CREATING, "create") : nothing(state);
    if (result == NONE)
        return nothing(state);
    if (state == C8D_REPLACE_CREATING || state == C8D_REPLACE_CREATING_AGAIN)
        return created(result, state == C8D_REPLACE_CREATING_AGAIN);
    if (state == C8D_REPLACE_FINDING || state == C8D_REPLACE_FINDING_TASK)
        return sought(state, result);
    if (result == BAD || result == HELD)
        return then(C8D_REPLACE_IDLE, "done-failed");
    return state == C8D_REPLACE_CLEARING ? then(C8D_REPLACE_DELETING, "delete")
                                         : then(C8D_REPLACE_CREATING_AGAIN, "create");
}
