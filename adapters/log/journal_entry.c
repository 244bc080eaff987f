/* SPDX-License-Identifier: Apache-2.0 */
/* What an entry of the journal says: podman puts an event into fields of its own, daemons log text. */
#include "journal_entry.h"
#include "engine_event.h"

void c8d__journal_field(struct c8d__journal_entry *entry, struct c8d_str name, struct c8d_str value)
{
    const struct {
        const char *name;
        struct c8d_str *value;
    } fields[] = {
        {C8D__JOURNAL_MESSAGE, &entry->message},        {"__REALTIME_TIMESTAMP", &entry->realtime_us},
        {"PODMAN_EVENT", &entry->podman_event},         {"PODMAN_TYPE", &entry->podman_type},
        {"PODMAN_TIME", &entry->podman_time},           {"PODMAN_ID", &entry->podman_id},
        {"PODMAN_EXIT_CODE", &entry->podman_exit_code}, {"PODMAN_OOM_KILLED", &entry->podman_oom_killed},
    };

    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        if (c8d__is_text(name, fields[i].name))
            *fields[i].value = value;
    }
}

static enum c8d_line_verdict podman_record(const struct c8d__journal_entry *entry, struct c8d_log_record *out)
{
    const struct c8d__engine_event event = {
        .type = entry->podman_type,
        .action = entry->podman_event,
        .id = entry->podman_id,
        .exit_code = entry->podman_exit_code,
        .oom = c8d__is_text(entry->podman_oom_killed, "true"),
    };
    int64_t us = 0;

    out->format = C8D_LOG_PODMAN;
    if (!c8d__read_rfc3339(entry->podman_time, &out->time_ns)) {
        if (!c8d__read_i64(entry->realtime_us, &us) || us < 0 || us > INT64_MAX / 1000)
            return C8D_LINE_MALFORMED;
        out->time_ns = us * 1000;
    }
    return c8d__engine_record(&event, "podman", out);
}

enum c8d_line_verdict c8d__journal_record(const struct c8d__journal_entry *entry, struct c8d_log_record *out)
{
    enum c8d_line_verdict verdict;

    if (entry->podman_event.len > 0)
        return podman_record(entry, out);
    if (entry->realtime_us.len == 0)
        return C8D_LINE_MALFORMED;
    out->format = C8D_LOG_CONTAINERD;
    verdict = c8d__begins_with(entry->message, "{") ? c8d__read_daemon_json(entry->message, out)
                                                    : c8d__read_daemon_log(entry->message, out);
    /* Anybody may write anything into the journal. */
    return verdict == C8D_LINE_MALFORMED ? C8D_LINE_IGNORED : verdict;
}
