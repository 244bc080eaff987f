/* SPDX-License-Identifier: Apache-2.0 */
/* What HCS is asked about the end of a process: whether it has, and with which code. */
#include "process.h"

static bool is_told(struct c8d__errand *errand)
{
    const c8d__wide *properties = errand->code == C8D__HR_DONE ? errand->job.properties : NULL;

    errand->exit = c8d__document_exit(errand->local->allocator, properties);
    return errand->exit.known;
}

static void ask(struct c8d__errand *errand, c8d__then then)
{
    errand->job.handle = errand->process->handle;
    c8d__errand_call(errand, C8D__JOB_PROCESS_PROPERTIES, then);
}

static void code_told(struct c8d__errand *errand)
{
    c8d__hcs_process_outcome(errand, is_told(errand) ? C8D_SYM_OK : C8D_SYM_ERROR);
}

void c8d__hcs_process_ask_code(struct c8d__errand *errand)
{
    ask(errand, code_told);
}

static void end_told(struct c8d__errand *errand)
{
    if (is_told(errand))
        c8d__hcs_process_outcome(errand, C8D_SYM_IS_STOPPED);
    else
        c8d__errand_end(errand);
}

void c8d__hcs_process_ask_ended(struct c8d__errand *errand)
{
    ask(errand, end_told);
}
