/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a line of a daemon's log says. It is written when an event is handled, so its time is that of the
 * handling, and an event that several parts of the daemon handle, or that is tried again, is there more than
 * once.
 */
#include "daemon_line.h"

void c8d__daemon_pair(struct c8d__daemon_line *line, struct c8d_str key, struct c8d_str value)
{
    const struct {
        const char *key;
        struct c8d_str *value;
    } pairs[] = {
        {"time", &line->time},
        {"level", &line->level},
        {"msg", &line->message},
        {"topic", &line->topic},
        {"namespace", &line->namespace_},
        {"containerID", &line->container},
        {"ProcessID", &line->process},
        {"Pid", &line->pid},
        {"ExitStatus", &line->exit_status},
        {"ExitedAt", &line->exited_at},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (c8d__is_text(key, pairs[i].key))
            *pairs[i].value = value;
    }
}

static bool read_optional(struct c8d_str digits, uint32_t *out)
{
    return digits.len == 0 || c8d__read_u32(digits, out);
}

/* dockerd tells what its libcontainerd hears. Since 20.10 the line is there without any field of the event.
 */
static enum c8d_line_verdict docker_record(const struct c8d__daemon_line *line, struct c8d_log_record *out)
{
    struct c8d__containerd_event event = {
        .namespace_ = line->namespace_,
        .container_id = line->container,
        .id = line->process.len > 0 ? line->process : line->container,
        .exec_id = line->process,
    };

    if (line->container.len == 0 || !c8d__kind_of_topic(line->topic, &event.kind))
        return C8D_LINE_IGNORED;
    if (!read_optional(line->pid, &event.pid) || !read_optional(line->exit_status, &event.exit_status))
        return C8D_LINE_MALFORMED;
    if (line->exited_at.len > 0 && !c8d__read_go_time(line->exited_at, &event.exited_at_ns))
        return C8D_LINE_MALFORMED;
    return c8d__containerd_record(&event, out);
}

enum c8d_line_verdict c8d__daemon_record(const struct c8d__daemon_line *line, struct c8d_log_record *out)
{
    static const struct c8d_str cri = {"k8s.io", 6};
    struct c8d__containerd_event event = {.namespace_ = cri};

    if (line->level.len == 0 || !c8d__read_rfc3339(line->time, &out->time_ns))
        return C8D_LINE_MALFORMED;
    if (c8d__is_text(line->message, "event"))
        return docker_record(line, out);
    if (!c8d__read_task_text(line->message, &event))
        return C8D_LINE_IGNORED;
    return c8d__containerd_record(&event, out);
}
