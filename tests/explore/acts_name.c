/* SPDX-License-Identifier: Apache-2.0 */
/* The acts, in words. */
#include "acts.h"
#include <stdio.h>

static const char *const kind_names[] = {"want",
                                         "want restore",
                                         "serve",
                                         "fail",
                                         "fail oddly",
                                         "carry out and refuse",
                                         "reply",
                                         "lose",
                                         "lose, carry out later",
                                         "time over",
                                         "time over, carry out later",
                                         "ignore",
                                         "carry out late",
                                         "retry",
                                         "timer",
                                         "overdue",
                                         "timer of the wish",
                                         "deliver",
                                         "repeat",
                                         "lose unnoticed",
                                         "notice a loss",
                                         "drop events",
                                         "break the stream",
                                         "outage",
                                         "restart of our own process",
                                         "die",
                                         "oom",
                                         "crash the shim",
                                         "foreign"};

static void name_slot(char *text, size_t size, unsigned slot)
{
    static const char *const names[] = {"record",    "record query", "task",    "task query",
                                        "subscribe", "list",         "old list"};
    static const char *const kinds[] = {"call", "force-kill", "kill",  "query",
                                        "stop", "escalation", "close", "old close"};

    if (slot < SLOT_PROCESS)
        (void)snprintf(text, size, "%s", names[slot]);
    else
        (void)snprintf(text, size, "%s of process %u", kinds[(slot - SLOT_PROCESS) % SLOT__EACH],
                       slot_process(slot));
}

const char *act_name(unsigned number)
{
    static const char *const regions[] = {"record", "process", "task", "link", "stdin"};
    static _Thread_local char text[96];
    const struct act *act = act_at(number);
    char whom[48];

    if (act->kind >= ACT_SERVE && act->kind <= ACT_IGNORE)
        name_slot(whom, sizeof(whom), act->a);
    else if (act->kind == ACT_COMMAND)
        (void)snprintf(whom, sizeof(whom), "%s %u %s", regions[act->a], act->process,
                       c8d_symbol_name((enum c8d_symbol)act->b));
    else if (act->kind == ACT_FOREIGN)
        (void)snprintf(whom, sizeof(whom), "%s %u %s", regions[act->a], act->process,
                       c8d_command_name((enum c8d_command_kind)act->b));
    else
        (void)snprintf(whom, sizeof(whom), "%u",
                       act->kind == ACT_DIE || act->kind == ACT_TIMER || act->kind == ACT_OVERDUE
                           ? act->process
                           : act->a);
    (void)snprintf(text, sizeof(text), "%s %s", kind_names[act->kind], whom);
    return text;
}
