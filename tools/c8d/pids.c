/* SPDX-License-Identifier: Apache-2.0 */
/* c8d pids: the processes of a container. */
#include "c8d.h"
#include "output.h"
#include "target.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define FIRST_ROOM 64

struct pids {
    struct c8d__options options;
    const char *id;
};

struct list {
    struct c8d_task_process *items;
    size_t n;
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct pids *pids = state->input;

    return c8d__take_id(key, value, state, &pids->id);
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "ID",
    .doc = "Lists the processes of a container: the PID on the host, and which of init and the execs it is; "
           "\"-\" is "
           "a process that one of them has started.",
};

/* As many as there are: more may have come since the number was told. */
static enum c8d_status get(const struct pids *pids, struct c8d_process *task, struct list *list,
                           struct c8d_error *err)
{
    size_t room = FIRST_ROOM;

    for (;;) {
        struct c8d_task_process *grown = reallocarray(list->items, room, sizeof(*grown));
        enum c8d_status status;

        if (grown == NULL)
            return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
        list->items = grown;
        status = c8d_task_pids(task, pids->options.timeout_ns, list->items, room, &list->n, err);
        if (status != C8D_OK || list->n <= room)
            return status;
        room = 2 * list->n;
    }
}

static const char *name_of(const struct c8d__target *target, const struct c8d_task_process *process)
{
    if (process->exec[0] != '\0')
        return process->exec;
    return process->pid == c8d_process_pid(target->task) ? target->id : NULL;
}

static bool print(const struct pids *pids, const struct c8d__target *target,
                  const struct c8d_task_process *process)
{
    const char *name = name_of(target, process);

    if (pids->options.json)
        return c8d__print_json(json_pack("{s:s, s:s, s:s, s:s?, s:I}", "type", "process", "namespace",
                                         pids->options.namespace_, "container", target->id, "process", name,
                                         "pid", (json_int_t)process->pid));
    printf("%10" PRIu32 " %s\n", process->pid, name != NULL ? name : "-");
    return true;
}

static int list_pids(void *command, const struct c8d__target *target)
{
    const struct pids *pids = command;
    struct list list = {0};
    struct c8d_error err = {0};
    bool done = true;

    if (get(pids, target->task, &list, &err) != C8D_OK) {
        free(list.items);
        return c8d__target_failed("pids", target, &err);
    }
    if (!pids->options.json)
        printf("%10s %s\n", "PID", "PROCESS");
    for (size_t i = 0; i < list.n && done; i++)
        done = print(pids, target, &list.items[i]);
    free(list.items);
    return done ? C8D__EXIT_OK : C8D__EXIT_FAILED;
}

int c8d_command_pids(int argc, char **argv)
{
    struct pids pids = {0};

    if (!c8d__parse(&argp, argc, argv, &pids))
        return C8D__EXIT_FAILED;
    return c8d__on_target(&pids.options, "pids", pids.id, true, list_pids, &pids);
}
