/* SPDX-License-Identifier: Apache-2.0 */
/* An event as containerd itself writes it, whatever it is wrapped in. */
#ifndef C8D_CONTAINERD_EVENT_H
#define C8D_CONTAINERD_EVENT_H

#include "lexing.h"

enum c8d__event_field {
    C8D__NO_FIELD,
    C8D__CONTAINER_ID,
    C8D__ID,
    C8D__EXEC_ID,
    C8D__PID,
    C8D__EXIT_STATUS,
    C8D__EXITED_AT,
    C8D__SECONDS,
    C8D__NANOS,
};

struct c8d__containerd_event {
    struct c8d_str namespace_;
    struct c8d_str container_id, id, exec_id;
    uint32_t pid;
    uint32_t exit_status;
    int64_t exited_at_ns;
    int64_t seconds;
    uint32_t nanos;
    enum c8d_event_kind kind;
    bool names_are_checked; /* each that is there is a name */
};

/* Take one value. False when the field cannot have it. */
bool c8d__containerd_string(struct c8d__containerd_event *event, enum c8d__event_field field,
                            struct c8d_str value);
bool c8d__containerd_number(struct c8d__containerd_event *event, enum c8d__event_field field,
                            struct c8d_str digits);

/* The kind of event that a topic names; false when it is none of ours. */
bool c8d__kind_of_topic(struct c8d_str topic, enum c8d_event_kind *out);

/* Makes the record, whose time is set already. MALFORMED when a name is missing or is none. */
enum c8d_line_verdict c8d__containerd_record(const struct c8d__containerd_event *event,
                                             struct c8d_log_record *out);

#endif
