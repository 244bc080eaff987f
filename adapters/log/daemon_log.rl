/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of a daemon's log in logfmt, bare or behind what journalctl or syslog puts before it. Behind that it may be JSON, too.
 *
 *   time="2025-10-23T19:30:59.6Z" level=debug msg="TaskExit event in podsandbox handler container_id:\"c1\" ..."
 *   May 12 06:18:36 host containerd[4600]: time="2025-05-12T06:18:36.8+08:00" level=info msg=...
 *
 * What others have written into the same journal is of no concern.
 */
#include "daemon_line.h"

%%{
    machine daemon_log;

    action key_begins { key = c8d__between(p, p); }
    action key_ends { key = c8d__between(key.ptr, p); }
    action bare_begins { begin = p; }
    action bare_ends { c8d__daemon_pair(line, key, c8d__between(begin, p)); }
    action backslash { backslashes++; }
    action quoted {
        begin = p + 1;
        p = c8d__quoted_end(begin, pe, backslashes);
        if (p == NULL)
            return false;
        c8d__daemon_pair(line, key, c8d__between(begin, p));
        p += backslashes;
    }

    key = [^ ="\\\n]+ >key_begins %key_ends;
    bare = ( [^ "\\\n] [^ "\n]* )? >bare_begins %bare_ends;
    quoted = ( '\\' @backslash )* '"' @quoted;
    pair = key '=' @{ backslashes = 0; } ( bare | quoted );
    # The first key is the time, or else any sentence with a sign of equality in it would do.
    logfmt = 'time' >key_begins %key_ends '=' @{ backslashes = 0; } quoted ( ' '+ pair )* ' '*;

    # docker's times have nine digits behind the point.
    clock = digit{2} ':' digit{2} ':' digit{2} ( '.' digit{6} )?;
    short = [A-Z] [a-z]{2} ' ' [ 0-9] digit ' ' clock;
    iso = digit{4} '-' digit{2} '-' digit{2} 'T' clock ( 'Z' | [+\-] digit{2} ':'? digit{2} );
    full = [A-Z] [a-z]{2} ' ' digit{4} '-' digit{2} '-' digit{2} ' ' clock ' ' [A-Za-z0-9+\-]+;
    prefix = ( short | iso | full ) ' ' [^ ]+ ' ' [^ :\[]+ ( '[' digit+ ']' )? ': ' @{ *behind = c8d__between(p + 1, pe); };
    mark = '-- ' any* ' --';

    main := ( prefix? logfmt )
          | ( prefix ( any* - ( 'time=' any* ) ) ) %{ *is_other = true; }
          | mark %{ *is_other = true; };

    write data noerror noentry;
}%%

static bool read_line(struct c8d_str text, struct c8d__daemon_line *line, bool *is_other,
                      struct c8d_str *behind)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *const eof = pe;
    const char *begin = NULL;
    struct c8d_str key = {0};
    size_t backslashes = 0;
    int cs = daemon_log_start;

    %% write exec;

    return cs >= daemon_log_first_final;
}

/* Another program's JSON may be of any form. */
static enum c8d_line_verdict read_other(struct c8d_str text, struct c8d_log_record *out)
{
    enum c8d_line_verdict verdict = c8d__begins_with(text, "{") ? c8d__read_daemon_json(text, out) : C8D_LINE_IGNORED;

    return verdict == C8D_LINE_MALFORMED ? C8D_LINE_IGNORED : verdict;
}

enum c8d_line_verdict c8d__read_daemon_log(struct c8d_str text, struct c8d_log_record *out)
{
    struct c8d__daemon_line line = {0};
    struct c8d_str behind = {0};
    bool is_other = false;

    if (!read_line(text, &line, &is_other, &behind))
        return C8D_LINE_MALFORMED;
    return is_other ? read_other(behind, out) : c8d__daemon_record(&line, out);
}
