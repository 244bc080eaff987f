/* SPDX-License-Identifier: Apache-2.0 */
#include "rig.h"

#include <local/local_internal.h>
#include <stdio.h>
#include <string.h>

#define PATIENCE (3600 * RIG_SECOND)
#define LAYERS "\"layerFolders\":[\"C:\\\\layers\\\\base\",\"C:\\\\layers\\\\rw\"]"

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void store(char *to, size_t size, struct c8d_str text)
{
    snprintf(to, size, "%.*s", (int)text.len, text.len != 0 ? text.ptr : "");
}

/* ---- arrivals
 * -----------------------------------------------------------------------------------------------------------
 */

static void store_event(struct rig *rig, const struct c8d_event *from)
{
    struct rig_event *to = &rig->events[rig->n_events % RIG_EVENTS_MAX];

    rig->n_events++;
    *to = (struct rig_event){.kind = from->kind, .pid = from->pid, .exit = from->exit};
    store(to->container, sizeof(to->container), from->container);
    store(to->process, sizeof(to->process), from->process);
}

static void store_reply(struct rig *rig, const struct c8d_arrival *arrival)
{
    rig->replied = arrival->token;
    rig->status = arrival->status;
    rig->code = arrival->origin_code;
    rig->pid = arrival->pid;
    rig->exit = arrival->exit;
    rig->state = arrival->n_entries != 0 ? arrival->entries[0].process_state : C8D_ENTRY_UNKNOWN;
    rig->n_entries = arrival->n_entries;
    rig->n_processes = arrival->n_processes;
    if (arrival->stats != NULL)
        rig->stats = *arrival->stats;
    store(rig->message, sizeof(rig->message), arrival->message);
}

static bool take(struct rig *rig, uint64_t token)
{
    struct c8d_arrival arrival;

    while (rig->runtime.ops->next(rig->runtime.ctx, &arrival)) {
        if (arrival.kind == C8D_ARRIVAL_EVENT)
            store_event(rig, &arrival.event);
        else if (arrival.kind == C8D_ARRIVAL_STREAM_ENDED)
            rig->ended = true;
        else
            store_reply(rig, &arrival);
        if (arrival.kind == C8D_ARRIVAL_REPLY && arrival.token == token)
            return true;
    }
    return false;
}

static int64_t now(const struct rig *rig)
{
    return rig->runtime.ops->now(rig->runtime.ctx);
}

bool rig_await(struct rig *rig, uint64_t token, int64_t timeout_ns)
{
    int64_t until = now(rig) + timeout_ns;

    while (!take(rig, token)) {
        if (now(rig) >= until)
            return false;
        rig->runtime.ops->wait(rig->runtime.ctx, NULL, 0, until - now(rig));
    }
    return true;
}

void rig_go_on(struct rig *rig, int64_t timeout_ns)
{
    (void)rig_await(rig, 0, timeout_ns);
}

/* ---- calls
 * --------------------------------------------------------------------------------------------------------------
 */

uint64_t rig_send(struct rig *rig, struct c8d_call *call, int64_t deadline_ns)
{
    call->token = ++rig->tokens;
    call->deadline_ns = now(rig) + deadline_ns;
    return rig->runtime.ops->submit(rig->runtime.ctx, call, NULL) == C8D_OK ? call->token : 0;
}

enum c8d_status rig_call(struct rig *rig, struct c8d_call *call)
{
    uint64_t token = rig_send(rig, call, PATIENCE);

    if (token == 0 || !rig_await(rig, token, 2 * PATIENCE))
        return C8D_EXHAUSTED;
    return rig->status;
}

enum c8d_status rig_do(struct rig *rig, enum c8d_call_kind kind, const char *container, const char *process)
{
    struct c8d_call call = {.kind = kind, .container = str(container), .process = str(process)};

    return rig_call(rig, &call);
}

const char *rig_spec(const char *script, bool hyperv)
{
    static char spec[1024];

    snprintf(
        spec, sizeof(spec),
        "{\"process\":{\"args\":[\"sh\",\"-c\",\"%s\"],\"cwd\":\"C:\\\\\"},%s\"windows\":{%s%s}}", script,
        hyperv ? ""
               : "\"root\":{\"path\":\"\\\\\\\\?\\\\Volume{66d1ef4c-7a00-11e6-8948-00155ddbef9d}\\\\\"},",
        LAYERS, hyperv ? ",\"hyperv\":{}" : "");
    return spec;
}

enum c8d_status rig_create(struct rig *rig, const char *id, const char *script, bool hyperv)
{
    struct c8d_call call = {
        .kind = C8D_CALL_CONTAINER_CREATE, .container = str(id), .spec = str(rig_spec(script, hyperv))};

    return rig_call(rig, &call);
}

enum c8d_status rig_start(struct rig *rig, const char *id)
{
    enum c8d_status status = rig_do(rig, C8D_CALL_TASK_CREATE, id, "");

    return status == C8D_OK ? rig_do(rig, C8D_CALL_START, id, "") : status;
}

enum c8d_status rig_exec(struct rig *rig, const char *id, const char *exec, const char *script)
{
    char spec[256];
    struct c8d_call call = {.kind = C8D_CALL_EXEC_CREATE, .container = str(id), .process = str(exec)};
    enum c8d_status status;

    snprintf(spec, sizeof(spec), "{\"args\":[\"sh\",\"-c\",\"%s\"]}", script);
    call.spec = str(spec);
    status = rig_call(rig, &call);
    return status == C8D_OK ? rig_do(rig, C8D_CALL_START, id, exec) : status;
}

enum c8d_status rig_kill(struct rig *rig, const char *id, const char *process, uint32_t signal)
{
    struct c8d_call call = {
        .kind = C8D_CALL_KILL, .container = str(id), .process = str(process), .signal = signal};

    return rig_call(rig, &call);
}

/* ---- events
 * -------------------------------------------------------------------------------------------------------------
 */

static bool matches(const struct rig_event *event, enum c8d_event_kind kind, const char *id,
                    const char *process)
{
    return event->kind == kind && strcmp(event->container, id) == 0 && strcmp(event->process, process) == 0;
}

size_t rig_count(const struct rig *rig, enum c8d_event_kind kind, const char *id, const char *process)
{
    size_t n = 0;

    for (size_t i = 0; i < rig->n_events && i < RIG_EVENTS_MAX; i++)
        n += matches(&rig->events[i], kind, id, process);
    return n;
}

const struct rig_event *rig_event(struct rig *rig, enum c8d_event_kind kind, const char *id,
                                  const char *process, int64_t timeout_ns)
{
    int64_t until = now(rig) + timeout_ns;

    while (rig_count(rig, kind, id, process) == 0 && now(rig) < until)
        rig_go_on(rig, RIG_SECOND / 100);
    for (size_t i = 0; i < rig->n_events && i < RIG_EVENTS_MAX; i++) {
        if (matches(&rig->events[i], kind, id, process))
            return &rig->events[i];
    }
    return NULL;
}

/* ---- from beginning to end
 * ---------------------------------------------------------------------------------------------- */

bool rig_open(struct rig *rig, const struct c8d_allocator *allocator, const struct c8d_local_limits *limits)
{
    struct c8d_local_options options = {
        .size = sizeof(options), .namespace_ = str("rig"), .allocator = allocator};
    const struct c8d__host host = hcs_sim_host();

    *rig = (struct rig){0};
    if (limits != NULL)
        options.limits = *limits;
    return c8d__local_new(&options, &host, &rig->runtime, NULL) == C8D_OK &&
           rig_do(rig, C8D_CALL_SUBSCRIBE, "", "") == C8D_OK;
}

void rig_close(struct rig *rig)
{
    if (rig->runtime.ops != NULL)
        rig->runtime.ops->destroy(rig->runtime.ctx);
    rig->runtime.ops = NULL;
}
