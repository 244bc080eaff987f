/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event of `podman events` as text, its time as Go prints one.
 *
 *   2019-03-02 10:33:42.312377447 -0600 CST container create c1 (image=busybox, name=web)
 */
#include "engine_event.h"

%%{
    machine podman_text;

    include engine_text "engine_text.rlh";

    time = digit{4} '-' digit{2} '-' digit{2} ' ' digit{2} ':' digit{2} ':' digit{2}
           ( '.' @{ begin = p + 1; } digit{1,9} %{ time->fraction = c8d__between(begin, p); } )?
           ' ' [+\-] >{ time->offset = p; } digit{4} ' ' [A-Za-z0-9+\-]+ ( ' m=' [+\-] [0-9.]+ )?;
    main := time ' ' rest space*;

    write data noerror noentry;
}%%

static bool read_line(struct c8d_str text, struct c8d__written_time *time, struct c8d__engine_event *event)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *const eof = pe;
    const char *begin = NULL;
    int cs = podman_text_start;

    time->date_and_clock = p;

    %% write exec;

    return cs >= podman_text_first_final;
}

enum c8d_line_verdict c8d__read_podman_text(struct c8d_str text, struct c8d_log_record *out)
{
    struct c8d__engine_event event = {0};
    struct c8d__written_time time = {0};

    if (!read_line(text, &time, &event) || !c8d__read_time(&time, &out->time_ns))
        return C8D_LINE_MALFORMED;
    return c8d__engine_record(&event, "podman", out);
}
