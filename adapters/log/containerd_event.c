/* SPDX-License-Identifier: Apache-2.0 */
/* An event as containerd itself writes it, whatever it is wrapped in. */
#include "containerd_event.h"
#include <string.h>

bool c8d__containerd_string(struct c8d__containerd_event *event, enum c8d__event_field field,
                            struct c8d_str value)
{
    switch (field) {
    case C8D__NO_FIELD:
        return true;
    case C8D__CONTAINER_ID:
        event->container_id = value;
        return true;
    case C8D__ID:
        event->id = value;
        return true;
    case C8D__EXEC_ID:
        event->exec_id = value;
        return true;
    case C8D__EXITED_AT:
        return c8d__read_rfc3339(value, &event->exited_at_ns);
    default:
        return false;
    }
}

bool c8d__containerd_number(struct c8d__containerd_event *event, enum c8d__event_field field,
                            struct c8d_str digits)
{
    switch (field) {
    case C8D__NO_FIELD:
        return true;
    case C8D__PID:
        return c8d__read_u32(digits, &event->pid);
    case C8D__EXIT_STATUS:
        return c8d__read_u32(digits, &event->exit_status);
    case C8D__SECONDS:
        return c8d__read_i64(digits, &event->seconds);
    case C8D__NANOS:
        return c8d__read_u32(digits, &event->nanos) && event->nanos < 1000000000;
    default:
        return false;
    }
}

bool c8d__kind_of_topic(struct c8d_str topic, enum c8d_event_kind *out)
{
    for (int kind = 0; kind < C8D_EVENT_KIND__COUNT; kind++) {
        if (c8d__is_text(topic, c8d_event_topic((enum c8d_event_kind)kind))) {
            *out = (enum c8d_event_kind)kind;
            return true;
        }
    }
    return false;
}

/* The process that an event is about. An id that is the container's own means init, as no id does. */
static struct c8d_str process_of(const struct c8d__containerd_event *event)
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
static struct c8d_exit exit_of(const struct c8d__containerd_event *event)
{
    if (event->kind != C8D_EVENT_TASK_EXIT &&
        (event->kind != C8D_EVENT_TASK_DELETE || event->exited_at_ns == 0))
        return (struct c8d_exit){0};
    return (struct c8d_exit){
        .known = true, .ran = true, .code = event->exit_status, .at_ns = event->exited_at_ns};
}

static bool names_are_text(const struct c8d_event *event)
{
    return c8d__is_name_text(event->namespace_) && c8d__is_name_text(event->container) &&
           (event->process.len == 0 || c8d__is_name_text(event->process));
}

static bool names_are_valid(const struct c8d_event *event, bool are_checked)
{
    bool needs_process = event->kind == C8D_EVENT_EXEC_ADDED || event->kind == C8D_EVENT_EXEC_STARTED;

    return (are_checked ? event->container.len > 0 : names_are_text(event)) &&
           (!needs_process || (event->process.len > 0 && !c8d__same_str(event->process, event->container)));
}

enum c8d_line_verdict c8d__containerd_record(const struct c8d__containerd_event *event,
                                             struct c8d_log_record *out)
{
    bool of_record = event->kind == C8D_EVENT_CONTAINER_CREATE || event->kind == C8D_EVENT_CONTAINER_DELETE;
    struct c8d_str container = of_record ? event->id : event->container_id;
    struct c8d_str process = process_of(event);

    out->event = (struct c8d_event){
        .kind = event->kind,
        .namespace_ = event->namespace_,
        .container = container,
        .process = process,
        .pid = event->pid,
        .exit = exit_of(event),
        .time_ns = out->time_ns,
    };
    /* Not from the event: what has just been written by halves and is read as a whole is waited for. */
    out->namespace_ = event->namespace_;
    out->container = container;
    out->process = process;
    return names_are_valid(&out->event, event->names_are_checked) ? C8D_LINE_EVENT : C8D_LINE_MALFORMED;
}
