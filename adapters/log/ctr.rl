/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of `ctr events`, and of `nerdctl events` as it is by default: time, namespace, topic and the event as JSON, parted
 * by single blanks.
 *
 *   2024-12-11 05:54:19.191684944 +0000 UTC moby /tasks/exit {"container_id":"c1","id":"c1","pid":7,"exit_status":137,...}
 *
 * The time is Go's own way of printing one, with a fraction of 0 to 9 digits.
 */
#include "containerd_event.h"

#define QUOTE_BYTES 1

struct ctr_line {
    struct c8d__written_time time; /* when it is not of the common form */
    int64_t time_ns;               /* when it is */
    struct c8d__containerd_event event;
    bool known; /* the topic is one that we know */
};

static const char *string_end(const char *p, const char *pe)
{
    return c8d__string_end(p, pe);
}

%%{
    machine ctr;

    include json_quotes "quotes.rlh";
    include event_object "event_object.rlh";

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
           ( '.' @{ begin = p + 1; } digit{1,9} %{ line->time.fraction = c8d__between(begin, p); } )?
           ' ' [+\-] >{ line->time.offset = p; } digit{4} ' ' [A-Za-z0-9+\-]+;
    namespace = [A-Za-z0-9._\-]+ >{ begin = p; } %{ event->namespace_ = c8d__between(begin, p); };

    # The JSON of a topic of no concern is not looked at. A known topic without any says nothing.
    after_time := ' ' namespace ' '
                  ( known_topic ' ' blank event_object @{ line->known = true; } blank
                  | other_topic ( ' ' any* )? );
    main := time ' ' @{ fhold; fgoto after_time; };

    write data noerror;
}%%

static bool read_line(struct c8d_str text, struct ctr_line *line)
{
    struct c8d__second second = {0};
    const char *p = c8d__common_go_time(text, &second, &line->time_ns);
    const char *const pe = c8d__end(text);
    const char *begin = NULL;
    struct c8d__containerd_event *event = &line->event;
    enum c8d__event_field field = C8D__NO_FIELD;
    size_t depth = 0;
    int stack[2]; /* a value of no concern within exited_at */
    int top = 0;
    int cs = ctr_en_after_time;

    if (p == NULL) {
        p = text.ptr;
        cs = ctr_start;
        line->time.date_and_clock = p;
    }

    %% write exec;

    /* The machine for nested values may stop anywhere, the line not within one. */
    return top == 0 && cs >= ctr_first_final;
}

enum c8d_line_verdict c8d__read_ctr(struct c8d_str text, struct c8d_log_record *out)
{
    struct ctr_line line = {0};

    if (!read_line(text, &line))
        return C8D_LINE_MALFORMED;
    out->time_ns = line.time_ns;
    if (line.time.date_and_clock != NULL && !c8d__read_time(&line.time, &out->time_ns))
        return C8D_LINE_MALFORMED;
    return line.known ? c8d__containerd_record(&line.event, out) : C8D_LINE_IGNORED;
}
