/* SPDX-License-Identifier: Apache-2.0 */
/* A time as Go prints one: 2022-06-09 00:20:23.452637293 +0000 UTC, with a fraction of 0 to 9 digits. */
#include "lexing.h"

%%{
    machine go_time;

    main := digit{4} '-' digit{2} '-' digit{2} ' ' digit{2} ':' digit{2} ':' digit{2}
            ( '.' @{ begin = p + 1; } digit{1,9} %{ written.fraction = c8d__between(begin, p); } )?
            ' ' [+\-] >{ written.offset = p; } digit{4} ' ' [A-Za-z0-9+\-]+;

    write data noerror noentry;
}%%

bool c8d__read_go_time(struct c8d_str text, int64_t *out)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *begin = NULL;
    struct c8d__written_time written = {.date_and_clock = text.ptr};
    int cs = go_time_start;

    %% write exec;

    return cs >= go_time_first_final && c8d__read_time(&written, out);
}
