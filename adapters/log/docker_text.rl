/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event of `docker events` as text, its time with the offset of where it was printed.
 *
 *   2017-06-26T08:56:49.683281660+02:00 container create c1 (image=busybox, name=web)
 */
#include "engine_event.h"

%%{
    machine docker_text;

    include engine_text "engine_text.rlh";

    main := [0-9T:.Z+\-]{20,35} >begins %{ *time = c8d__between(begin, p); } ' ' rest space*;

    write data noerror noentry;
}%%

static bool read_line(struct c8d_str text, struct c8d_str *time, struct c8d__engine_event *event)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *const eof = pe;
    const char *begin = NULL;
    int cs = docker_text_start;

    %% write exec;

    return cs >= docker_text_first_final;
}

enum c8d_line_verdict c8d__read_docker_text(struct c8d_str text, struct c8d_log_record *out)
{
    struct c8d__engine_event event = {0};
    struct c8d_str time = {0};

    if (!read_line(text, &time, &event) || !c8d__read_rfc3339(time, &out->time_ns))
        return C8D_LINE_MALFORMED;
    return c8d__engine_record(&event, "moby", out);
}
