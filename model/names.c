/* SPDX-License-Identifier: Apache-2.0 */
/* The names of all that the model's lists hold, each made from the list itself. */
#include <c8d/model.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const char *name_in(const char *const *names, size_t count, size_t value, const char *otherwise)
{
    return value < count && names[value] != NULL ? names[value] : otherwise;
}

const char *c8d_status_text(enum c8d_status status)
{
#define ROW(name, number, text) [number] = text,
    static const char *const names[] = {C8D_STATUSES(ROW)};
#undef ROW
    return name_in(names, COUNT_OF(names), (size_t)status, "unknown status");
}

const char *c8d_symbol_name(enum c8d_symbol symbol)
{
#define ROW(name, number, class_) [number] = #name,
    static const char *const names[] = {C8D_SYMBOLS(ROW)};
#undef ROW
    return name_in(names, COUNT_OF(names), (size_t)symbol, "?");
}

enum c8d_symbol_class c8d_symbol_class(enum c8d_symbol symbol)
{
#define ROW(name, number, class_) [number] = C8D_CLASS_##class_,
    static const uint8_t classes[] = {[C8D_SYM_NONE] = C8D_CLASS_INTERNAL, C8D_SYMBOLS(ROW)};
#undef ROW
    return (size_t)symbol < COUNT_OF(classes) ? (enum c8d_symbol_class)classes[symbol] : C8D_CLASS_INTERNAL;
}

static bool is_named(struct c8d_str name, const char *text)
{
    size_t i = 0;

    while (i < name.len && text[i] != '\0' && name.ptr[i] == text[i])
        i++;
    return i == name.len && text[i] == '\0';
}

enum c8d_symbol c8d_symbol_named(struct c8d_str name)
{
    for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
        if (is_named(name, c8d_symbol_name((enum c8d_symbol)symbol)))
            return (enum c8d_symbol)symbol;
    }
    return C8D_SYM_NONE;
}

enum c8d_symbol c8d_symbol_of_reply(enum c8d_status status)
{
    switch (status) {
    case C8D_OK:
    case C8D_NOT_MODIFIED:
        return C8D_SYM_OK;
    case C8D_NOT_FOUND:
        return C8D_SYM_MISSING;
    case C8D_ALREADY_EXISTS:
        return C8D_SYM_TAKEN;
    case C8D_DEADLINE:
        return C8D_SYM_EXPIRED;
    case C8D_INDETERMINATE:
    case C8D_CANCELED:
    case C8D_INTERNAL:
        /* The call may have reached the runtime (a reply that cannot be read has come from it): neither done
         * nor not done. */
        return C8D_SYM_LOST;
    default:
        return C8D_SYM_ERROR;
    }
}

const char *c8d_public_state_name(enum c8d_public_state state)
{
    static const char *const names[] = {"unknown", "created", "running", "paused", "stopped", "deleted"};

    return name_in(names, COUNT_OF(names), (size_t)state, "?");
}

const char *c8d_outcome_name(enum c8d_outcome outcome)
{
    static const char *const names[] = {"accepted", "late", "duplicate", "foreign", "impossible"};

    return name_in(names, COUNT_OF(names), (size_t)outcome, "?");
}

const char *c8d_finding_name(enum c8d_finding finding)
{
#define ROW(name, number, text) [number] = text,
    static const char *const names[] = {C8D_FINDINGS(ROW)};
#undef ROW
    return name_in(names, COUNT_OF(names), (size_t)finding, "?");
}

const char *c8d_notice_name(enum c8d_notice_kind kind)
{
#define ROW(name, number, text) [number] = text,
    static const char *const names[] = {C8D_NOTICES(ROW)};
#undef ROW
    return name_in(names, COUNT_OF(names), (size_t)kind, "?");
}

const char *c8d_cause_name(enum c8d_cause cause)
{
    static const char *const names[] = {"event", "reply", "resync", "timer"};

    return name_in(names, COUNT_OF(names), (size_t)cause, "?");
}

const char *c8d_command_name(enum c8d_command_kind kind)
{
    static const char *const names[] = {
        [C8D_COMMAND_CREATE] = "create",
        [C8D_COMMAND_START] = "start",
        [C8D_COMMAND_DELETE] = "delete",
        [C8D_COMMAND_KILL] = "kill",
        [C8D_COMMAND_FORCE_KILL] = "force-kill",
        [C8D_COMMAND_PAUSE] = "pause",
        [C8D_COMMAND_RESUME] = "resume",
        [C8D_COMMAND_CHECKPOINT] = "checkpoint",
        [C8D_COMMAND_QUERY] = "query",
        [C8D_COMMAND_RETRY] = "retry",
        [C8D_COMMAND_SUBSCRIBE] = "subscribe",
        [C8D_COMMAND_LIST] = "list",
        [C8D_COMMAND_TIMER] = "timer",
        [C8D_COMMAND_ESCALATE] = "escalate",
        [C8D_COMMAND_CLOSE_STDIN] = "close-stdin",
    };

    return name_in(names, COUNT_OF(names), (size_t)kind, "?");
}

const char *c8d_patience_name(enum c8d_patience patience)
{
#define ROW(name, number, text) [number] = text,
    static const char *const names[] = {C8D_PATIENCES(ROW)};
#undef ROW
    return name_in(names, COUNT_OF(names), (size_t)patience, "?");
}

enum c8d_symbol c8d_symbol_of_timer(enum c8d_patience patience)
{
    switch (patience) {
    case C8D_PATIENCE_EXEC:
        return C8D_SYM_OUTLIVED;
    case C8D_PATIENCE_GRACE:
    case C8D_PATIENCE_KILL:
        return C8D_SYM_OVERDUE;
    case C8D_PATIENCE_BACKOFF:
        return C8D_SYM_AGAIN;
    case C8D_PATIENCE_STEADY:
        return C8D_SYM_STEADY;
    default:
        return C8D_SYM_NONE;
    }
}
