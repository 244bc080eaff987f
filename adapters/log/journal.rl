/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry of `journalctl -o export`: a field a line, or, when its value is no plain text, its name on a line, the length
 * of the value in 8 bytes, and the value.
 *
 *   __CURSOR=...
 *   __REALTIME_TIMESTAMP=1700000000123456
 *   PODMAN_EVENT=died
 *   MESSAGE=...
 */
#include "journal_entry.h"

%%{
    machine journal;

    action name_begins { name = c8d__between(p, p); }
    action name_ends { name = c8d__between(name.ptr, p); }
    action value_begins { begin = p; }
    action value_ends { c8d__journal_field(entry, name, c8d__between(begin, p)); }

    action binary {
        p = c8d__journal_binary(entry, c8d__between(name.ptr, p), p + 1, pe);
        if (p == NULL)
            return false;
        /* At the last byte of it, which is the one that has been read. */
        p--;
    }

    name = [A-Z0-9_]+ >name_begins;
    field = name ( '=' >name_ends ( [^\n]* >value_begins %value_ends ) | '\n' @binary );
    main := '__CURSOR=' [^\n]* ( '\n' field )* '\n'*;

    write data noerror noentry;
}%%

static bool read_entry(struct c8d_str text, struct c8d__journal_entry *entry)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *const eof = pe;
    const char *begin = NULL;
    struct c8d_str name = {0};
    int cs = journal_start;

    %% write exec;

    return cs >= journal_first_final;
}

enum c8d_line_verdict c8d__read_journal(struct c8d_str text, struct c8d_log_record *out)
{
    struct c8d__journal_entry entry = {0};

    return read_entry(text, &entry) ? c8d__journal_record(&entry, out) : C8D_LINE_MALFORMED;
}
