/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LABEL "org.example.purpose"
#define PURPOSE "contract"
#define SIGKILL_NUMBER 9

struct c8d_str table_str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void store(char *to, size_t size, struct c8d_str text)
{
    assert_true(text.len < size);
    if (text.len != 0)
        memcpy(to, text.ptr, text.len);
    to[text.len] = '\0';
}

static bool is(struct c8d_str text, const char *other)
{
    return text.len == strlen(other) && memcmp(text.ptr, other, text.len) == 0;
}

/* ---- arrivals
 * ------------------------------------------------------------------------------------------------- */

static void store_entry(struct table_entry *to, const struct c8d_entry *from)
{
    *to = (struct table_entry){.container_present = from->container_present,
                               .process_told = from->process_told,
                               .state = from->process_state,
                               .pid = from->pid,
                               .exit = from->exit,
                               .created_at_ns = from->created_at_ns};
    store(to->container, sizeof(to->container), from->container);
    store(to->process, sizeof(to->process), from->process);
    store(to->spec, sizeof(to->spec), from->spec);
    store(to->runtime, sizeof(to->runtime), from->runtime);
    for (size_t i = 0; i < from->n_labels; i++) {
        if (is(from->labels[i].key, LABEL))
            store(to->label, sizeof(to->label), from->labels[i].value);
    }
}

/* What is behind the last entry is empty already: not all of so much has to be written for each reply. */
static void forget_entries(struct table_reply *reply)
{
    memset(reply->entries, 0, reply->n_entries * sizeof(*reply->entries));
    memset(reply->processes, 0, reply->n_processes * sizeof(*reply->processes));
}

static void store_reply(struct table *table, const struct c8d_arrival *arrival)
{
    static const struct c8d_stats no_stats;
    struct table_reply *reply = &table->reply;

    assert_in_range(arrival->token, 1, table->tokens);
    assert_true(arrival->n_entries <= TABLE_ENTRIES_MAX && arrival->n_processes <= TABLE_ENTRIES_MAX);
    table->replies[arrival->token]++;
    forget_entries(reply);
    reply->status = arrival->status;
    reply->pid = arrival->pid;
    reply->exit = arrival->exit;
    reply->n_entries = arrival->n_entries;
    snprintf(reply->message, sizeof(reply->message), "%.*s", (int)arrival->message.len,
             arrival->message.len != 0 ? arrival->message.ptr : "");
    store(reply->version, sizeof(reply->version), arrival->version);
    for (size_t i = 0; i < arrival->n_entries; i++)
        store_entry(&reply->entries[i], &arrival->entries[i]);
    reply->has_stats = arrival->stats != NULL;
    reply->stats = reply->has_stats ? *arrival->stats : no_stats;
    reply->n_processes = arrival->n_processes;
    for (size_t i = 0; i < arrival->n_processes; i++)
        reply->processes[i] = arrival->processes[i];
}

static void store_event(struct table *table, const struct c8d_event *from)
{
    struct table_event *to = &table->events[table->n_events];

    assert_true(table->n_events < TABLE_EVENTS_MAX);
    table->n_events++;
    *to = (struct table_event){
        .kind = from->kind, .pid = from->pid, .exit = from->exit, .time_ns = from->time_ns};
    store(to->namespace_, sizeof(to->namespace_), from->namespace_);
    store(to->container, sizeof(to->container), from->container);
    store(to->process, sizeof(to->process), from->process);
}

/* Takes arrivals until there is none, or the one that is waited for. */
static bool take(struct table *table, uint64_t token)
{
    struct c8d_arrival arrival;

    while (table->runtime.ops->next(table->runtime.ctx, &arrival)) {
        if (arrival.kind == C8D_ARRIVAL_EVENT)
            store_event(table, &arrival.event);
        else if (arrival.kind == C8D_ARRIVAL_STREAM_ENDED)
            table->n_ended++;
        else
            store_reply(table, &arrival);
        if (arrival.kind == C8D_ARRIVAL_REPLY && arrival.token == token)
            return true;
    }
    return false;
}

static int64_t now(const struct table *table)
{
    return table->runtime.ops->now(table->runtime.ctx);
}

void table_go_on(struct table *table, int64_t timeout_ns)
{
    int64_t until = now(table) + timeout_ns;

    do {
        take(table, 0);
        table->runtime.ops->wait(table->runtime.ctx, NULL, 0, until - now(table));
    } while (now(table) < until);
    take(table, 0);
}

/* ---- calls
 * ---------------------------------------------------------------------------------------------------- */

uint64_t table_submit(struct table *table, struct c8d_call *call)
{
    struct c8d_error err = {0};

    call->token = ++table->tokens;
    assert_true(table->tokens < TABLE_CALLS_MAX);
    if (call->deadline_ns == 0)
        call->deadline_ns = now(table) + TABLE_PATIENCE;
    if (table->runtime.ops->submit(table->runtime.ctx, call, &err) != C8D_OK)
        fail_msg("%s: %s", c8d_call_name(call->kind), err.message);
    return call->token;
}

const struct table_reply *table_await(struct table *table, uint64_t token)
{
    int64_t until = now(table) + 2 * TABLE_PATIENCE;

    while (!take(table, token)) {
        assert_true(now(table) < until);
        table->runtime.ops->wait(table->runtime.ctx, NULL, 0, until - now(table));
    }
    return &table->reply;
}

const struct table_reply *table_call(struct table *table, struct c8d_call *call)
{
    return table_await(table, table_submit(table, call));
}

enum c8d_status table_do(struct table *table, enum c8d_call_kind kind, const char *container,
                         const char *process)
{
    struct c8d_call call = {.kind = kind, .container = table_str(container), .process = table_str(process)};

    return table_call(table, &call)->status;
}

enum c8d_status table_kill(struct table *table, const char *container, const char *process, uint32_t signal,
                           bool all)
{
    struct c8d_call call = {.kind = C8D_CALL_KILL,
                            .container = table_str(container),
                            .process = table_str(process),
                            .signal = signal,
                            .all = all};

    return table_call(table, &call)->status;
}

enum c8d_status table_update(struct table *table, const char *container, const char *resources)
{
    struct c8d_call call = {
        .kind = C8D_CALL_UPDATE, .container = table_str(container), .spec = table_str(resources)};

    return table_call(table, &call)->status;
}

enum c8d_entry_state table_state(struct table *table, const char *container, const char *process)
{
    if (table_do(table, C8D_CALL_STATE, container, process) != C8D_OK)
        return C8D_ENTRY_UNKNOWN;
    assert_int_equal(table->reply.n_entries, 1);
    assert_string_equal(table->reply.entries[0].container, container);
    assert_string_equal(table->reply.entries[0].process, process);
    assert_true(table->reply.entries[0].process_told);
    return table->reply.entries[0].state;
}

enum c8d_status table_create(struct table *table, const char *id, const char *args)
{
    char spec[SPEC_BYTES];
    struct c8d_label label = {table_str(LABEL), table_str(PURPOSE)};
    struct c8d_call call = {.kind = C8D_CALL_CONTAINER_CREATE,
                            .container = table_str(id),
                            .runtime = table_str("io.containerd.runc.v2"),
                            .labels = &label,
                            .n_labels = 1};

    spec_container(spec, sizeof(spec), table->maker, id, args);
    call.spec = table_str(spec);
    return table_call(table, &call)->status;
}

void table_create_shell(struct table *table, const char *id, const char *script)
{
    char args[512];

    spec_shell(args, sizeof(args), script);
    if (table_create(table, id, args) != C8D_OK)
        fail_msg("create %s: %s", id, table->reply.message);
}

uint32_t table_start_shell(struct table *table, const char *id, const char *script,
                           const struct c8d_stdio *stdio)
{
    struct c8d_call create = {.kind = C8D_CALL_TASK_CREATE, .container = table_str(id), .stdio = stdio};

    table_create_shell(table, id, script);
    if (table_call(table, &create)->status != C8D_OK || table_do(table, C8D_CALL_START, id, "") != C8D_OK)
        fail_msg("start %s: %s", id, table->reply.message);
    return table->reply.pid;
}

enum c8d_status table_exec(struct table *table, const char *container, const char *id, const char *args,
                           const struct c8d_stdio *stdio)
{
    char spec[SPEC_BYTES];
    struct c8d_call call = {.kind = C8D_CALL_EXEC_CREATE,
                            .container = table_str(container),
                            .process = table_str(id),
                            .stdio = stdio};

    spec_process(spec, sizeof(spec), args, stdio != NULL && (stdio->flags & C8D_STDIO_TERMINAL) != 0);
    call.spec = table_str(spec);
    return table_call(table, &call)->status;
}

uint32_t table_start_exec(struct table *table, const char *container, const char *id, const char *args)
{
    assert_int_equal(table_exec(table, container, id, args, NULL), C8D_OK);
    if (table_do(table, C8D_CALL_START, container, id) != C8D_OK)
        fail_msg("exec %s: %s", id, table->reply.message);
    return table->reply.pid;
}

void table_remove(struct table *table, const char *id)
{
    if (table_state(table, id, "") == C8D_ENTRY_RUNNING) {
        size_t place = table_count(table, C8D_EVENT_TASK_EXIT, id, "");

        assert_int_equal(table_kill(table, id, "", SIGKILL_NUMBER, true), C8D_OK);
        for (int i = 0; i < 300 && table_count(table, C8D_EVENT_TASK_EXIT, id, "") == place; i++)
            table_go_on(table, TABLE_SECOND / 10);
    }
    if (table->reply.status == C8D_OK && table_do(table, C8D_CALL_DELETE, id, "") != C8D_OK)
        fail_msg("delete %s: %s", id, table->reply.message);
    assert_int_equal(table_do(table, C8D_CALL_CONTAINER_DELETE, id, ""), C8D_OK);
}

/* ---- events
 * --------------------------------------------------------------------------------------------------- */

static bool matches(const struct table_event *event, enum c8d_event_kind kind, const char *container,
                    const char *process)
{
    return event->kind == kind && strcmp(event->container, container) == 0 &&
           strcmp(event->process, process) == 0;
}

size_t table_count(const struct table *table, enum c8d_event_kind kind, const char *container,
                   const char *process)
{
    size_t n = 0;

    for (size_t i = 0; i < table->n_events; i++)
        n += matches(&table->events[i], kind, container, process);
    return n;
}

size_t table_place(const struct table *table, enum c8d_event_kind kind, const char *container,
                   const char *process)
{
    size_t i = 0;

    while (i < table->n_events && !matches(&table->events[i], kind, container, process))
        i++;
    return i;
}

const struct table_event *table_await_event(struct table *table, enum c8d_event_kind kind,
                                            const char *container, const char *process)
{
    int64_t until = now(table) + TABLE_PATIENCE;

    while (table_count(table, kind, container, process) == 0 && now(table) < until)
        table_go_on(table, TABLE_SECOND / 100);
    if (table_count(table, kind, container, process) == 0)
        fail_msg("no event %s of %s/%s", c8d_event_topic(kind), container, process);
    return &table->events[table_place(table, kind, container, process)];
}

/* ---- from beginning to end
 * ------------------------------------------------------------------------------------ */

int table_set_up(void **state)
{
    const struct contract_maker *maker = contract_maker;
    struct table *table = test_calloc(1, sizeof(*table));

    table->maker = maker;
    table->runtime = maker->make(maker->namespace_);
    assert_int_equal(table_do(table, C8D_CALL_SUBSCRIBE, "", ""), C8D_OK);
    *state = table;
    return 0;
}

int table_tear_down(void **state)
{
    struct table *table = *state;

    for (uint64_t token = 1; token <= table->tokens; token++)
        assert_int_equal(table->replies[token], 1);
    table->runtime.ops->destroy(table->runtime.ctx);
    test_free(table);
    return 0;
}
