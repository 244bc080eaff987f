/* SPDX-License-Identifier: Apache-2.0 */
/* One entry of systemd's journal, as journalctl exports it. */
#ifndef C8D_JOURNAL_ENTRY_H
#define C8D_JOURNAL_ENTRY_H

#include "lexing.h"

#define C8D__JOURNAL_MESSAGE "MESSAGE"
#define C8D__JOURNAL_LENGTH_BYTES 8

struct c8d__journal_entry {
    struct c8d_str message;
    struct c8d_str realtime_us;
    struct c8d_str podman_event, podman_type, podman_time, podman_id;
    struct c8d_str podman_exit_code, podman_oom_killed;
};

/* Takes one field, whose name may be any. */
void c8d__journal_field(struct c8d__journal_entry *entry, struct c8d_str name, struct c8d_str value);

/* A field's name that stands alone on its line, and what follows it: the length, the bytes. */
bool c8d__journal_is_name(struct c8d_str line);
uint64_t c8d__journal_length(const char *bytes);
/* Takes the field whose length begins at p. The end of its value; NULL when it does not end before `pe`. */
const char *c8d__journal_binary(struct c8d__journal_entry *entry, struct c8d_str name, const char *p,
                                const char *pe);

enum c8d_line_verdict c8d__journal_record(const struct c8d__journal_entry *entry, struct c8d_log_record *out);

#endif
