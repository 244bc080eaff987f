/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of systemd's journal, as journalctl exports it. */
#ifndef C8D_JOURNAL_ENTRY_H
#define C8D_JOURNAL_ENTRY_H

#include "lexing.h"

struct c8d__journal_entry {
    struct c8d_str message;
    struct c8d_str realtime_us;
    struct c8d_str podman_event, podman_type, podman_time, podman_id;
    struct c8d_str podman_exit_code, podman_oom_killed;
};

/* Takes one field, whose name may be any. */
void c8d__journal_field(struct c8d__journal_entry *entry, struct c8d_str name, struct c8d_str value);

enum c8d_line_verdict c8d__journal_record(const struct c8d__journal_entry *entry, struct c8d_log_record *out);

#endif
