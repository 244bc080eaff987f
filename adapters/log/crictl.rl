/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event of `crictl events`: an object as protobuf prints it, on many lines by default.
 *
 *   {
 *     "containerId": "c1",
 *     "containerEventType": "CONTAINER_STOPPED_EVENT",
 *     "createdAt": "1700000000123456789",
 *     "podSandboxStatus": {...},
 *     "containersStatuses": [ { "id": "c1", "state": "CONTAINER_EXITED", "exitCode": 137, "reason": "OOMKilled", ... } ]
 *   }
 *
 * The event itself has no code: it stands in the status of that container. createdAt is in ns; some runtimes give seconds, or 0.
 */
#include "lexing.h"

/* In ns this was a quarter of an hour after the beginning of 1970. */
#define SECONDS_MAX INT64_C(1000000000000)

enum key { NO_KEY, CONTAINER_ID, EVENT_TYPE, CREATED_AT, STATUSES, STATUS_ID, EXIT_CODE, REASON, STATE };

struct status {
    struct c8d_str id;
    struct c8d_str reason;
    struct c8d_str state;
    struct c8d_str exit_code;
};

struct crictl_line {
    struct c8d_str container;
    struct c8d_str type;
    int64_t created_at;
    struct status status; /* the one that is being read */
    struct status own;    /* the container's, once it has been met */
};

static bool take_string(struct crictl_line *line, enum key key, struct c8d_str value)
{
    switch (key) {
    case NO_KEY:
        return true;
    case CONTAINER_ID:
        line->container = value;
        return true;
    case EVENT_TYPE:
        line->type = value;
        return true;
    case CREATED_AT:
        return c8d__read_i64(value, &line->created_at);
    case STATUS_ID:
        line->status.id = value;
        return true;
    case REASON:
        line->status.reason = value;
        return true;
    case STATE:
        line->status.state = value;
        return true;
    default:
        return false;
    }
}

static bool take_number(struct crictl_line *line, enum key key, struct c8d_str digits)
{
    switch (key) {
    case NO_KEY:
        return true;
    case CREATED_AT:
        return c8d__read_i64(digits, &line->created_at);
    case EXIT_CODE:
        line->status.exit_code = digits;
        return true;
    default:
        return false;
    }
}

static bool take_other(const struct crictl_line *line, enum key key, bool value)
{
    (void)line;
    (void)value;
    return key == NO_KEY;
}

/* The container's id comes before the statuses; one that did not would leave the code unknown. */
static void take_status(struct crictl_line *line)
{
    if (line->status.id.len > 0 && c8d__same_str(line->status.id, line->container))
        line->own = line->status;
}

%%{
    machine crictl;

    action nested_value {
        if (key == STATUSES && *p == '[')
            fcall statuses;
        if (key != NO_KEY)
            return false;
        depth = 1;
        fcall nested;
    }
    action status_begins {
        line->status = (struct status){0};
        fcall status;
    }
    action status_closed { take_status(line); fret; }
    action statuses_closed { fret; }

    include flat_actions "flat_actions.rlh";

    status_key = 'id"'       @{ key = STATUS_ID; }
               | 'exitCode"' @{ key = EXIT_CODE; }
               | 'reason"'   @{ key = REASON; }
               | 'state"'    @{ key = STATE; };
    status_member = '"' @key_begins ( status_key | ( any_key - status_key ) ) blank ':' blank value blank;
    status := blank ( status_member ( ',' blank status_member )* )? '}' @status_closed;
    one_status = '{' @status_begins blank;
    statuses := blank ( one_status ( ',' blank one_status )* )? ']' @statuses_closed;

    line_key = 'containerId"'        @{ key = CONTAINER_ID; }
             | 'containerEventType"' @{ key = EVENT_TYPE; }
             | 'createdAt"'          @{ key = CREATED_AT; }
             | 'containersStatuses"' @{ key = STATUSES; };
    member = '"' @key_begins ( line_key | ( any_key - line_key ) ) blank ':' blank value blank;
    main := blank '{' blank ( member ( ',' blank member )* )? '}' blank;

    write data noerror;
}%%

static bool read_line(struct c8d_str text, struct crictl_line *line)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *begin = NULL;
    enum key key = NO_KEY;
    size_t depth = 0;
    int stack[3];
    int top = 0;
    int cs = crictl_start;

    %% write exec;

    return top == 0 && cs >= crictl_first_final;
}

static bool kind_of(struct c8d_str type, enum c8d_event_kind *out)
{
    static const struct {
        const char *type;
        enum c8d_event_kind kind;
    } kinds[] = {
        {"CONTAINER_CREATED_EVENT", C8D_EVENT_CONTAINER_CREATE},
        {"CONTAINER_STARTED_EVENT", C8D_EVENT_TASK_START},
        {"CONTAINER_STOPPED_EVENT", C8D_EVENT_TASK_EXIT},
        {"CONTAINER_DELETED_EVENT", C8D_EVENT_CONTAINER_DELETE},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (c8d__is_text(type, kinds[i].type)) {
            *out = kinds[i].kind;
            return true;
        }
    }
    return false;
}

static struct c8d_exit exit_of(const struct crictl_line *line, int64_t time_ns)
{
    struct c8d_exit exit = {.ran = true, .at_ns = time_ns};

    /* A code of 0 stands there for a container that still runs, too. */
    exit.known = c8d__is_text(line->own.state, "CONTAINER_EXITED") &&
                 c8d__read_u32(line->own.exit_code, &exit.code);
    if (!exit.known)
        exit.code = 0;
    return exit;
}

enum c8d_line_verdict c8d__read_crictl(struct c8d_str text, struct c8d_log_record *out)
{
    static const struct c8d_str namespace_ = {"k8s.io", 6};
    struct crictl_line line = {0};

    if (!read_line(text, &line) || line.type.len == 0)
        return C8D_LINE_MALFORMED;
    out->time_ns = line.created_at < SECONDS_MAX ? c8d__time_of(line.created_at, 0) : line.created_at;
    out->event = (struct c8d_event){
        .namespace_ = namespace_, .container = line.container, .time_ns = out->time_ns};
    if (!kind_of(line.type, &out->event.kind))
        return C8D_LINE_IGNORED;
    if (out->event.kind == C8D_EVENT_TASK_EXIT) {
        out->event.exit = exit_of(&line, out->time_ns);
        out->oom = c8d__is_text(line.own.reason, "OOMKilled");
    }
    out->namespace_ = namespace_;
    out->container = line.container;
    return c8d__is_name_text(line.container) ? C8D_LINE_EVENT : C8D_LINE_MALFORMED;
}
