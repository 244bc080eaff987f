/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of `docker events --format '{{json .}}'`, or an object of the API's stream of events.
 *
 *   {"status":"die","id":"c1","from":"x","Type":"container","Action":"die","Actor":{"ID":"c1","Attributes":{"exitCode":"137",...}},
 *    "scope":"local","time":1693168508,"timeNano":1693168508190136885}
 *
 * status, id and from are gone from version 1.52 of the API; before 1.22 there was nothing else. Labels of the container stand
 * among the attributes.
 */
#include "engine_event.h"

enum key { NO_KEY, STATUS, TOP_ID, TYPE, ACTION, ACTOR, ACTOR_ID, ATTRIBUTES, EXIT_CODE, EXEC_ID, SECONDS, NANOSECONDS };

struct docker_line {
    struct c8d__engine_event event;
    struct c8d_str status;
    struct c8d_str top_id;
    int64_t seconds;
    int64_t nanoseconds;
};

static bool take_string(struct docker_line *line, enum key key, struct c8d_str value)
{
    struct c8d_str *const fields[] = {
        [STATUS] = &line->status,
        [TOP_ID] = &line->top_id,
        [TYPE] = &line->event.type,
        [ACTION] = &line->event.action,
        [ACTOR_ID] = &line->event.id,
        [EXIT_CODE] = &line->event.exit_code,
        [EXEC_ID] = &line->event.exec,
        [NANOSECONDS] = NULL,
    };

    if (key == NO_KEY)
        return true;
    if (fields[key] == NULL)
        return false;
    *fields[key] = value;
    return true;
}

static bool take_number(struct docker_line *line, enum key key, struct c8d_str digits)
{
    switch (key) {
    case NO_KEY:
        return true;
    case SECONDS:
        return c8d__read_i64(digits, &line->seconds);
    case NANOSECONDS:
        return c8d__read_i64(digits, &line->nanoseconds);
    default:
        return false;
    }
}

static bool take_other(const struct docker_line *line, enum key key, bool value)
{
    (void)line;
    (void)value;
    return key == NO_KEY;
}

%%{
    machine docker;

    action nested_value {
        if (key == ACTOR && *p == '{')
            fcall actor;
        if (key == ATTRIBUTES && *p == '{')
            fcall attributes;
        if (key != NO_KEY)
            return false;
        depth = 1;
        fcall nested;
    }
    action object_closed { fret; }

    include flat_actions "flat_actions.rlh";

    top_key = 'status"'   @{ key = STATUS; }
            | 'id"'       @{ key = TOP_ID; }
            | 'Type"'     @{ key = TYPE; }
            | 'Action"'   @{ key = ACTION; }
            | 'Actor"'    @{ key = ACTOR; }
            | 'time"'     @{ key = SECONDS; }
            | 'timeNano"' @{ key = NANOSECONDS; };
    actor_key = 'ID"'         @{ key = ACTOR_ID; }
              | 'Attributes"' @{ key = ATTRIBUTES; };
    # podman's API tells containerExitCode in the same place.
    attribute_key = ( 'exitCode"' | 'containerExitCode"' ) @{ key = EXIT_CODE; }
                  | 'execID"'                              @{ key = EXEC_ID; };

    attribute = '"' @key_begins ( attribute_key | ( any_key - attribute_key ) ) blank ':' blank value blank;
    attributes := blank ( attribute ( ',' blank attribute )* )? '}' @object_closed;
    actor_member = '"' @key_begins ( actor_key | ( any_key - actor_key ) ) blank ':' blank value blank;
    actor := blank ( actor_member ( ',' blank actor_member )* )? '}' @object_closed;
    member = '"' @key_begins ( top_key | ( any_key - top_key ) ) blank ':' blank value blank;
    main := blank '{' blank ( member ( ',' blank member )* )? '}' blank;

    write data noerror;
}%%

static bool read_line(struct c8d_str text, struct docker_line *line)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *begin = NULL;
    enum key key = NO_KEY;
    size_t depth = 0;
    int stack[3];
    int top = 0;
    int cs = docker_start;

    %% write exec;

    return top == 0 && cs >= docker_first_final;
}

enum c8d_line_verdict c8d__read_docker(struct c8d_str text, struct c8d_log_record *out)
{
    static const struct c8d_str container = {"container", 9};
    struct docker_line line = {0};

    if (!read_line(text, &line))
        return C8D_LINE_MALFORMED;
    if (line.event.action.len == 0)
        line.event.action = line.status;
    if (line.event.id.len == 0)
        line.event.id = line.top_id;
    if (line.event.action.len == 0 || (line.event.type.len == 0 && line.event.id.len == 0))
        return C8D_LINE_MALFORMED;
    if (line.event.type.len == 0)
        line.event.type = container;
    out->time_ns = line.nanoseconds != 0 ? line.nanoseconds : c8d__time_of(line.seconds, 0);
    return c8d__engine_record(&line.event, "moby", out);
}
