/* SPDX-License-Identifier: Apache-2.0 */
/* A time as Go writes it into JSON: 2023-11-14T22:13:20.123456Z, with a fraction of 0 to 9 digits. */
#include "lexing.h"

%%{
    machine rfc3339;

    main := digit{4} '-' digit{2} '-' digit{2} 'T' digit{2} ':' digit{2} ':' digit{2}
            ( '.' @{ fraction = p + 1; } digit{1,9} )? %{ fraction_end = p; }
            ( 'Z' | [+\-] @{ offset = p; } digit{2} ':' digit{2} );

    write data noerror noentry;
}%%

bool c8d__read_rfc3339(struct c8d_str text, int64_t *out)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *fraction = NULL;
    const char *fraction_end = NULL;
    const char *offset = NULL;
    struct c8d__written_time written;
    struct c8d__second second = {0};
    int cs = rfc3339_start;

    if (c8d__common_rfc3339(text, &second, out))
        return true;

    %% write exec;

    if (cs < rfc3339_first_final)
        return false;
    written = (struct c8d__written_time){.date_and_clock = text.ptr, .offset = offset};
    if (fraction != NULL)
        written.fraction = c8d__between(fraction, fraction_end);
    return c8d__read_time(&written, out);
}
