/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The event in a message of containerd's log.
 *
 *   TaskExit event &TaskExit{ContainerID:c1,ID:c1,Pid:7,ExitStatus:137,ExitedAt:2023-08-07 09:30:33.4 +0000 UTC,XXX_unrecognized:[],}
 *   TaskExit event in podsandbox handler container_id:"c1"  id:"c1"  pid:7  exit_status:137  exited_at:{seconds:1 nanos:2}
 *
 * The second form is protobuf-go's, which varies the number of blanks from build to build, on purpose, and leaves out what is
 * zero. The quotes have as many backslashes before them as the message is deep within other quotes.
 */
#include "daemon_line.h"

%%{
    machine task_text;

    action begins { begin = p; }
    action container { out->container_id = c8d__between(begin, p); }
    action id { out->id = c8d__between(begin, p); }
    action pid { fits = c8d__read_u32(c8d__between(begin, p), &out->pid) && fits; }
    action status { fits = c8d__read_u32(c8d__between(begin, p), &out->exit_status) && fits; }
    action exited_at { fits = c8d__read_go_time(c8d__between(begin, p), &out->exited_at_ns) && fits; }
    action seconds { fits = c8d__read_i64(c8d__between(begin, p), &out->seconds) && fits; }
    action nanos { fits = c8d__read_u32(c8d__between(begin, p), &out->nanos) && fits; }

    name = [A-Za-z0-9._\-]+ >begins;
    count = digit+ >begins;
    colon = ' '* ':' ' '*;
    quote = '\\'* '"';

    gogo_field = 'ContainerID:' ( name %container )?
               | 'ID:' ( name %id )?
               | 'Pid:' count %pid
               | 'ExitStatus:' count %status
               | 'ExitedAt:' ( [0-9] [^,]* ) >begins %exited_at
               | 'XXX_' [^,]*;
    gogo = '{' ( gogo_field ',' )* '}';

    time_field = 'seconds' colon ( '-'? digit+ ) >begins %seconds
               | 'nanos' colon count %nanos;
    time = '{' ' '* ( time_field ( ' '+ time_field )* )? ' '* '}';
    proto_field = 'id' colon quote name %id quote
                | 'pid' colon count %pid
                | 'exit_status' colon count %status
                | 'exited_at' colon time;
    proto = 'container_id' colon quote name %container quote ( ' '+ proto_field )*;

    head = ( any* :>> ( 'TaskExit event ' | 'received exit event ' ) ) %{ out->kind = C8D_EVENT_TASK_EXIT; }
         | ( any* :>> 'TaskOOM event ' ) %{ out->kind = C8D_EVENT_TASK_OOM; };
    handler = [a-z ]* ' ';
    main := head handler? ( '&'? ( 'TaskExit' | 'TaskOOM' ) gogo | '&'? ( 'TaskExit{' | 'TaskOOM{' )? proto ) [^A-Za-z0-9_]* ;

    write data noerror noentry;
}%%

bool c8d__read_task_text(struct c8d_str text, struct c8d__containerd_event *out)
{
    const char *p = text.ptr;
    const char *const pe = c8d__end(text);
    const char *const eof = pe;
    const char *begin = NULL;
    bool fits = true;
    int cs = task_text_start;

    %% write exec;

    if (cs < task_text_first_final || !fits || out->nanos >= 1000000000)
        return false;
    if (out->seconds != 0)
        out->exited_at_ns = c8d__time_of(out->seconds, out->nanos);
    return true;
}
