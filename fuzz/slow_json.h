/* SPDX-License-Identifier: Apache-2.0 */
/* Second readers of the formats, on a library that keeps whole documents: what the quick ones say is compared
 * with them. */
#ifndef C8D_TESTS_SLOW_JSON_H
#define C8D_TESTS_SLOW_JSON_H

#include <c8d/log.h>

/* What a record says. Names are copies, so that they outlive the document. */
struct slow_record {
    enum c8d_line_verdict verdict;
    enum c8d_event_kind kind;
    char namespace_[128];
    char container[128];
    char process[128];
    uint32_t pid;
    struct c8d_exit exit;
    int64_t time_ns;
    bool oom;
};

/*
 * Reads an object of docker, podman, nerdctl, crictl, a daemon's log or the journal. False when it is nothing
 * to compare with: no document, or one that the library takes otherwise on purpose (something said twice, a
 * letter written as \u0041).
 */
bool slow_json_read(enum c8d_log_format format, struct c8d_str text, struct slow_record *out);

/*
 * Reads a record of docker or podman as text, of a daemon's log in logfmt, or of the journal's export. False
 * when it is nothing to compare with: no UTF-8, another beginning, or quotes that have backslashes.
 */
bool slow_text_read(enum c8d_log_format format, struct c8d_str text, struct slow_record *out);

#endif
