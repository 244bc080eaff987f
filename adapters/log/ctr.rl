/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of `ctr events`: time, namespace, topic and the event as JSON, parted by single blanks.
 *
 *   2024-12-11 05:54:19.191684944 +0000 UTC moby /tasks/exit {"container_id":"c1","id":"c1","pid":7,"exit_status":137,...}
 *
 * The time is Go's own way of printing one, with a fraction of 0 to 9 digits. A key that is not there has protobuf's zero
 * value: no exit_status means that the code was 0. exited_at is a string up to containerd 1.6 and an object after it.
 */
#include "lexing.h"

enum field { NO_FIELD, CONTAINER_ID, ID, EXEC_ID, PID, EXIT_STATUS, EXITED_AT, SECONDS, NANOS };

struct ctr_event {
    struct c8d__written_time time;
    struct c8d_str namespace_;
    struct c8d_str container_id, id, exec_id;
    uint32_t pid;
    uint32_t exit_status;
    int64_t exited_at_ns;
    int64_t seconds;
    uint32_t nanos;
    enum c8d_event_kind kind;
    bool known; /* the topic is one that we know */
};

static bool take_string(struct ctr_event *event, enum field field, struct c8d_str value)
{
    switch (field) {
    case NO_FIELD:
        return true;
    case CONTAINER_ID:
        event->container_id = value;
        return true;
    case ID:
        event->id = value;
        return true;
    case EXEC_ID:
        event->exec_id = value;
        return true;
    case EXITED_AT:
        return c8d__read_rfc3339(value, &event->exited_at_ns);
    default:
        return false;
    }
}

static bool take_number(struct ctr_event *event, enum field field, struct c8d_str digits)
{
    switch (field) {
    case NO_FIELD:
        return true;
    case PID:
        return c8d__read_u32(digits, &event->pid);
    case EXIT_STATUS:
        return c8d__read_u32(digits, &event->exit_status);
    case SECONDS:
        return c8d__read_i64(digits, &event->seconds);
    case NANOS:
        return c8d__read_u32(digits, &event->nanos) && event->nanos < 1000000000;
    default:
        return false;
    }
}

%%{
    machine ctr;

    action key_begins { field = NO_FIELD; }
    action string_value {
        begin = p + 1;
        p = c8d__string_end(begin, pe);
        if (p == NULL || !take_string(event, field, c8d__between(begin, p)))
            return false;
    }
    action number_begins { begin = p; }
    action number_value {
        if (!take_number(event, field, c8d__between(begin, p)))
            return false;
    }
    action other_value {
        if (field != NO_FIELD)
            return false;
    }
    action nested_value {
        depth = 1;
        if (field == EXITED_AT && *p == '{') {
            event->seconds = 0;
            event->nanos = 0;
            fcall time_object;
        }
        if (field != NO_FIELD)
            return false;
        fcall nested;
    }
    action nested_string {
        p = c8d__string_end(p + 1, pe);
        if (p == NULL)
            return false;
    }
    action opened { depth++; }
    action closed {
        if (--depth == 0)
            fret;
    }
    action time_closed {
        event->exited_at_ns = c8d__time_of(event->seconds, event->nanos);
        fret;
    }

    include json_object "object.rlh";

    event_key = 'container_id"' @{ field = CONTAINER_ID; }
              | 'id"'           @{ field = ID; }
              | 'exec_id"'      @{ field = EXEC_ID; }
              | 'pid"'          @{ field = PID; }
              | 'exit_status"'  @{ field = EXIT_STATUS; }
              | 'exited_at"'    @{ field = EXITED_AT; };
    event_member = '"' @key_begins ( event_key | ( any_key - event_key ) ) blank ':' blank value blank;
    event_object = '{' blank ( event_member ( ',' blank event_member )* )? '}';

    time_key = 'seconds"' @{ field = SECONDS; }
             | 'nanos"'   @{ field = NANOS; };
    time_member = '"' @key_begins ( time_key | ( any_key - time_key ) ) blank ':' blank value blank;
    time_object := blank ( time_member ( ',' blank time_member )* )? '}' @time_closed;

    known_topic = '/containers/create'   @{ event->kind = C8D_EVENT_CONTAINER_CREATE; }
                | '/containers/delete'   @{ event->kind = C8D_EVENT_CONTAINER_DELETE; }
                | '/tasks/create'        @{ event->kind = C8D_EVENT_TASK_CREATE; }
                | '/tasks/start'         @{ event->kind = C8D_EVENT_TASK_START; }
                | '/tasks/exit'          @{ event->kind = C8D_EVENT_TASK_EXIT; }
                | '/tasks/delete'        @{ event->kind = C8D_EVENT_TASK_DELETE; }
                | '/tasks/oom'           @{ event->kind = C8D_EVENT_TASK_OOM; }
                | '/tasks/paused'        @{ event->kind = C8D_EVENT_TASK_PAUSED; }
                | '/tasks/resumed'       @{ event->kind = C8D_EVENT_TASK_RESUMED; }
                | '/tasks/checkpointed'  @{ event->kind = C8D_EVENT_TASK_CHECKPOINTED; }
                | '/tasks/exec-added'    @{ event->kind = C8D_EVENT_EXEC_ADDED; }
                | '/tasks/exec-started'  @{ event->kind = C8D_EVENT_EXEC_STARTED; };
    other_topic = '/' [^ ]+ - known_topic;

    time = digit{4} '-' digit{2} '-' digit{2} ' ' digit{2} ':' digit{2} ':' digit{2}
           ( '.' @{ begin = p + 1; } digit{1,9} %{ event->time.fraction = c8d__between(begin, p); } )?
           ' ' [+\-] >{ event->time.offset = p; } digit{4} ' ' [A-Za-z0-9+\-]+;
    namespace = [A-Za-z0-9._\-]+ >{ begin = p; } %{ event->namespace_ = c8d__between(begin, p); };

    # The JSON of a topic of no concern is not looked at. A known topic without any says nothing.
    main := time ' ' namespace ' '
            ( known_topic ' ' blank event_object @{ event->known = true; } blank
            | other_topic ( ' ' any* )? );

    write data noerror;
}%%

static bool read_line(struct c8d_str line, struct ctr_event *event)
{
    const char *p = line.ptr;
    const char *const pe = line.ptr + line.len;
    const char *begin = NULL;
    enum field field = NO_FIELD;
    size_t depth = 0;
    int stack[2]; /* a value of no concern within exited_at */
    int top = 0;
    int cs = ctr_start;

    event->time.date_and_clock = p;

    %% write exec;

    /* The machine for nested values may stop anywhere, the line not within one. */
    return top == 0 && cs >= ctr_first_final;
}

/* The process that an event is about. An id that is the container's own means init, as no id does. */
static struct c8d_str process_of(const struct ctr_event *event)
{
    switch (event->kind) {
    case C8D_EVENT_TASK_EXIT:
    case C8D_EVENT_TASK_DELETE:
        return c8d__same_str(event->id, event->container_id) ? (struct c8d_str){0} : event->id;
    case C8D_EVENT_EXEC_ADDED:
    case C8D_EVENT_EXEC_STARTED:
        return event->exec_id;
    default:
        return (struct c8d_str){0};
    }
}

/*
 * An exit that was told is one, and its code is 0 when there is none on the line. A delete gives a code for a
 * process that never ran, too, and then no time: so there the time is what shows that the code is one.
 */
static struct c8d_exit exit_of(const struct ctr_event *event)
{
    if (event->kind != C8D_EVENT_TASK_EXIT &&
        (event->kind != C8D_EVENT_TASK_DELETE || event->exited_at_ns == 0))
        return (struct c8d_exit){0};
    return (struct c8d_exit){
        .known = true, .ran = true, .code = event->exit_status, .at_ns = event->exited_at_ns};
}

static bool names_are_valid(const struct c8d_event *event)
{
    bool needs_process = event->kind == C8D_EVENT_EXEC_ADDED || event->kind == C8D_EVENT_EXEC_STARTED;

    return c8d__is_name_text(event->namespace_) && c8d__is_name_text(event->container) &&
           (c8d__is_name_text(event->process) || (event->process.len == 0 && !needs_process)) &&
           !(needs_process && c8d__same_str(event->process, event->container));
}

enum c8d_line_verdict c8d__read_ctr(struct c8d_str line, struct c8d_log_record *out)
{
    struct ctr_event read = {0};
    bool of_record;

    if (!read_line(line, &read) || !c8d__read_time(&read.time, &out->time_ns))
        return C8D_LINE_MALFORMED;
    if (!read.known)
        return C8D_LINE_IGNORED;
    of_record = read.kind == C8D_EVENT_CONTAINER_CREATE || read.kind == C8D_EVENT_CONTAINER_DELETE;
    out->event = (struct c8d_event){
        .kind = read.kind,
        .namespace_ = read.namespace_,
        .container = of_record ? read.id : read.container_id,
        .process = process_of(&read),
        .pid = read.pid,
        .exit = exit_of(&read),
        .time_ns = out->time_ns,
    };
    out->namespace_ = out->event.namespace_;
    out->container = out->event.container;
    out->process = out->event.process;
    return names_are_valid(&out->event) ? C8D_LINE_EVENT : C8D_LINE_MALFORMED;
}
