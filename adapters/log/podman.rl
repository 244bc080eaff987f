/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of `podman events --format json`, or of podman's own file of events.
 *
 *   {"ContainerExitCode":3,"ID":"c1","Image":"x","Name":"web","Status":"died","Time":"2026-11-26T00:52:20.141Z","Type":"container"}
 *
 * Later versions add time and timeNano, OOMKilled, and attributes with an exec's id. Earlier ones leave a ContainerExitCode of 0
 * out; since others leave out one that is not known, it is not known.
 */
#include "engine_event.h"

enum key { NO_KEY, ID, STATUS, TIME, TYPE, EXIT_CODE, OOM, SECONDS, NANOSECONDS, ATTRIBUTES, EXEC_ID };

struct podman_line {
    struct c8d__engine_event event;
    struct c8d_str time;
    int64_t seconds;
    int64_t nanoseconds;
};

static bool take_string(struct podman_line *line, enum key key, struct c8d_str value)
{
    switch (key) {
    case NO_KEY:
        return true;
    case ID:
        line->event.id = value;
        return true;
    case STATUS:
        line->event.action = value;
        return true;
    case TIME:
        line->time = value;
        return true;
    case TYPE:
        line->event.type = value;
        return true;
    case EXEC_ID:
        line->event.exec = value;
        return true;
    default:
        return false;
    }
}

static bool take_number(struct podman_line *line, enum key key, struct c8d_str digits)
{
    switch (key) {
    case NO_KEY:
        return true;
    case EXIT_CODE:
        line->event.exit_code = digits;
        return true;
    case SECONDS:
        return c8d__read_i64(digits, &line->seconds);
    case NANOSECONDS:
        return c8d__read_i64(digits, &line->nanoseconds);
    default:
        return false;
    }
}

static bool take_other(struct podman_line *line, enum key key, bool value)
{
    if (key == OOM)
        line->event.oom = value;
    return key == OOM || key == NO_KEY;
}

%%{
    machine podman;

    action nested_value {
        if (key == ATTRIBUTES && *p == '{')
            fcall attributes;
        if (key != NO_KEY)
            return false;
        depth = 1;
        fcall nested;
    }
    action object_closed { fret; }

    include flat_actions "flat_actions.rlh";

    line_key = 'ID"'                @{ key = ID; }
             | 'Status"'            @{ key = STATUS; }
             | 'Time"'              @{ key = TIME; }
             | 'Type"'              @{ key = TYPE; }
             | 'ContainerExitCode"' @{ key = EXIT_CODE; }
             | 'OOMKilled"'         @{ key = OOM; }
             | 'time"'              @{ key = SECONDS; }
             | 'timeNano"'          @{ key = NANOSECONDS; }
             | 'Attributes"'        @{ key = ATTRIBUTES; };
    attribute_key = 'execID"' @{ key = EXEC_ID; };
    attribute = '"' @key_begins ( attribute_key | ( any_key - attribute_key ) ) blank ':' blank value blank;
    attributes := blank ( attribute ( ',' blank attribute )* )? '}' @object_closed;
    member = '"' @key_begins ( line_key | ( any_key - line_key ) ) blank ':' blank value blank;
    main := blank '{' blank ( member ( ',' blank member )* )? '}' blank;

    write data noerror;
}%%

static bool read_line(struct c8d_str text, struct podman_line *line)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *begin = NULL;
    enum key key = NO_KEY;
    size_t depth = 0;
    int stack[2];
    int top = 0;
    int cs = podman_start;

    %% write exec;

    return top == 0 && cs >= podman_first_final;
}

enum c8d_line_verdict c8d__read_podman(struct c8d_str text, struct c8d_log_record *out)
{
    struct podman_line line = {0};

    if (!read_line(text, &line) || line.event.action.len == 0 || line.event.type.len == 0)
        return C8D_LINE_MALFORMED;
    if (line.time.len > 0 && !c8d__read_rfc3339(line.time, &out->time_ns))
        return C8D_LINE_MALFORMED;
    if (line.time.len == 0)
        out->time_ns = line.nanoseconds != 0 ? line.nanoseconds : c8d__time_of(line.seconds, 0);
    return c8d__engine_record(&line.event, "podman", out);
}
