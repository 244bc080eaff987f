/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of `nerdctl events --format '{{json .}}'`: an object in which the event is a string that holds an object.
 *
 *   {"Timestamp":"2024-03-05T18:21:13.9Z","Namespace":"default","Topic":"/tasks/start","Event":"{\"container_id\":\"c1\",...}"}
 *
 * ID, Status, Action and Labels of later versions say nothing that the event does not. The inner object is read where it
 * stands, by a machine whose quotes have a backslash.
 */
#include "containerd_event.h"

#define QUOTE_BYTES 2

enum key { NO_KEY, TIMESTAMP, NAMESPACE, TOPIC, EVENT };

struct nerdctl_line {
    struct c8d_str timestamp;
    struct c8d_str namespace_;
    struct c8d_str topic;
    struct c8d_str event;
};

static const char *string_end(const char *p, const char *pe)
{
    return c8d__quoted_end(p, pe, 1);
}

%%{
    machine nerdctl_event;

    quote = '\\"';
    escape = '\\\\' ( [^\\"] | '\\' any );
    plain = [^"\\{}\[\]];
    include event_object "event_object.rlh";

    main := blank event_object blank;

    write data noerror;
}%%

static bool read_event(struct c8d_str text, struct c8d__containerd_event *event)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *begin = NULL;
    enum c8d__event_field field = C8D__NO_FIELD;
    size_t depth = 0;
    int stack[2];
    int top = 0;
    int cs = nerdctl_event_start;

    %% write exec;

    return top == 0 && cs >= nerdctl_event_first_final;
}

static bool take_string(struct nerdctl_line *line, enum key key, struct c8d_str value)
{
    struct c8d_str *const fields[] = {
        [TIMESTAMP] = &line->timestamp,
        [NAMESPACE] = &line->namespace_,
        [TOPIC] = &line->topic,
        [EVENT] = &line->event,
    };

    if (key != NO_KEY)
        *fields[key] = value;
    return true;
}

static bool take_number(const struct nerdctl_line *line, enum key key, struct c8d_str digits)
{
    (void)line;
    (void)digits;
    return key == NO_KEY;
}

static bool take_other(const struct nerdctl_line *line, enum key key, bool value)
{
    (void)line;
    (void)value;
    return key == NO_KEY;
}

%%{
    machine nerdctl;

    action nested_value {
        if (key != NO_KEY)
            return false;
        depth = 1;
        fcall nested;
    }

    include flat_actions "flat_actions.rlh";

    line_key = 'Timestamp"' @{ key = TIMESTAMP; }
             | 'Namespace"' @{ key = NAMESPACE; }
             | 'Topic"'     @{ key = TOPIC; }
             | 'Event"'     @{ key = EVENT; };
    member = '"' @key_begins ( line_key | ( any_key - line_key ) ) blank ':' blank value blank;
    main := blank '{' blank ( member ( ',' blank member )* )? '}' blank;

    write data noerror;
}%%

static bool read_line(struct c8d_str text, struct nerdctl_line *line)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *begin = NULL;
    enum key key = NO_KEY;
    size_t depth = 0;
    int stack[1];
    int top = 0;
    int cs = nerdctl_start;

    %% write exec;

    return top == 0 && cs >= nerdctl_first_final;
}

enum c8d_line_verdict c8d__read_nerdctl(struct c8d_str text, struct c8d_log_record *out)
{
    struct nerdctl_line line = {0};
    struct c8d__containerd_event event = {0};

    if (!read_line(text, &line) || line.topic.len == 0 || line.namespace_.len == 0 ||
        !c8d__read_rfc3339(line.timestamp, &out->time_ns))
        return C8D_LINE_MALFORMED;
    if (!c8d__kind_of_topic(line.topic, &event.kind))
        return C8D_LINE_IGNORED;
    event.namespace_ = line.namespace_;
    return read_event(line.event, &event) ? c8d__containerd_record(&event, out) : C8D_LINE_MALFORMED;
}
