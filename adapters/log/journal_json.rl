/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry of `journalctl -o json`: an object a line, all values strings; what is no text is an array of bytes.
 *
 *   {"__REALTIME_TIMESTAMP":"1700000000123456","SYSLOG_IDENTIFIER":"podman","PODMAN_EVENT":"died",...}
 */
#include "journal_entry.h"

%%{
    machine journal_json;

    action key_begins { name = c8d__between(p + 1, p + 1); }
    action key_ends { name = c8d__between(name.ptr, p); }
    action string_value {
        begin = p + 1;
        p = c8d__string_end(begin, pe);
        if (p == NULL)
            return false;
        c8d__journal_field(entry, name, c8d__between(begin, p));
    }
    action number_begins { begin = p; }
    action number_value { c8d__journal_field(entry, name, c8d__between(begin, p)); }
    action other_value { }
    action nested_value {
        depth = 1;
        fcall nested;
    }
    action nested_string {
        p = c8d__string_end(p + 1, pe);
        if (p == NULL)
            return false;
    }
    action opened { depth++; }
    action closed {
        if (--depth == 0)
            fret;
    }

    include json_quotes "quotes.rlh";
    include json_object "object.rlh";

    member = '"' @key_begins ( any_key @key_ends ) blank ':' blank value blank;
    main := blank '{' blank ( member ( ',' blank member )* )? '}' blank;

    write data noerror;
}%%

static bool read_line(struct c8d_str text, struct c8d__journal_entry *entry)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *begin = NULL;
    struct c8d_str name = {0};
    size_t depth = 0;
    int stack[1];
    int top = 0;
    int cs = journal_json_start;

    %% write exec;

    return top == 0 && cs >= journal_json_first_final;
}

enum c8d_line_verdict c8d__read_journal_json(struct c8d_str text, struct c8d_log_record *out)
{
    struct c8d__journal_entry entry = {0};

    return read_line(text, &entry) ? c8d__journal_record(&entry, out) : C8D_LINE_MALFORMED;
}
