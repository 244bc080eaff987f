/* SPDX-License-Identifier: Apache-2.0 */
/* The runtime of scripted.h. */
#include "scripted.h"
#include "scripted_pipes.h"
#include "scripted_sleep.h"
#include <assert.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An arrival with room for all that it points to. */
struct item {
    struct item *next;
    struct c8d_arrival arrival;
    struct c8d_entry entry;
    struct c8d_entry *many; /* owned; NULL = none */
    char container[SCRIPTED_NAME];
    char process[SCRIPTED_NAME];
    char message[SCRIPTED_NAME];
};

struct scripted {
    pthread_mutex_t lock;
    struct item *first, **last;
    struct item *taken; /* borrowed by the client until the next `next` */
    scripted_respond_fn *respond;
    void *user;
    struct scripted_call calls[SCRIPTED_LOG];
    size_t n_calls;
    enum c8d_status refuse;
    uint64_t stream;
    int64_t clock;
    struct scripted_sleep sleep;
    struct scripted_pipes pipes;
    bool streams; /* are told of, and can be attached to */
    const char *namespace_;
};

static struct c8d_str text(const char *string)
{
    return (struct c8d_str){string, strlen(string)};
}

static void copy(char *to, struct c8d_str from)
{
    assert(from.len < SCRIPTED_NAME);
    memcpy(to, from.len != 0 ? from.ptr : "", from.len);
    to[from.len] = '\0';
}

static struct item *item_new(enum c8d_arrival_kind kind, uint64_t token)
{
    struct item *item = calloc(1, sizeof(*item));

    assert(item != NULL);
    item->arrival.kind = kind;
    item->arrival.token = token;
    return item;
}

static void item_free(struct item *item)
{
    if (item != NULL)
        free(item->many);
    free(item);
}

static void wake(void *ctx)
{
    const struct scripted *script = ctx;

    scripted_sleep_wake(&script->sleep);
}

static void push(struct scripted *script, struct item *item)
{
    pthread_mutex_lock(&script->lock);
    *script->last = item;
    script->last = &item->next;
    pthread_mutex_unlock(&script->lock);
    wake(script);
}

void scripted_reply(struct scripted *script, uint64_t token, enum c8d_status status, const char *message)
{
    struct item *item = item_new(C8D_ARRIVAL_REPLY, token);

    item->arrival.status = status;
    copy(item->message, text(message));
    item->arrival.message = text(item->message);
    push(script, item);
}

void scripted_reply_pid(struct scripted *script, uint64_t token, uint32_t pid)
{
    struct item *item = item_new(C8D_ARRIVAL_REPLY, token);

    item->arrival.pid = pid;
    push(script, item);
}

void scripted_reply_exit(struct scripted *script, uint64_t token, uint32_t code)
{
    struct item *item = item_new(C8D_ARRIVAL_REPLY, token);

    item->arrival.exit = (struct c8d_exit){.known = true, .ran = true, .code = code, .at_ns = 5};
    push(script, item);
}

static void push_entry(struct scripted *script, uint64_t token, struct c8d_str container,
                       struct c8d_str process, const struct c8d_entry *entry)
{
    struct item *item = item_new(C8D_ARRIVAL_REPLY, token);

    copy(item->container, container);
    copy(item->process, process);
    item->entry = *entry;
    item->entry.container = text(item->container);
    item->entry.process = text(item->process);
    item->arrival.entries = &item->entry;
    item->arrival.n_entries = 1;
    push(script, item);
}

static struct c8d_entry entry_of(enum c8d_entry_state state, uint32_t pid, uint32_t code)
{
    return (struct c8d_entry){
        .process_told = true,
        .process_state = state,
        .pid = pid,
        .exit = {.known = state == C8D_ENTRY_STOPPED,
                 .ran = true,
                 .code = code,
                 .at_ns = state == C8D_ENTRY_STOPPED ? 5 : 0},
    };
}

void scripted_reply_state(struct scripted *script, const struct scripted_call *call,
                          enum c8d_entry_state state, uint32_t pid, uint32_t code)
{
    struct c8d_entry entry = entry_of(state, pid, code);

    if (script->streams)
        entry.stdio = (struct c8d_stdio_names){.in = text("in"), .out = text("out")};
    push_entry(script, call->token, text(call->container), text(call->process), &entry);
}

void scripted_reply_list(struct scripted *script, uint64_t token, const char *container,
                         enum c8d_entry_state state, uint32_t pid, uint32_t code)
{
    struct c8d_entry entry = entry_of(state, pid, code);

    entry.container_present = true;
    push_entry(script, token, text(container), text(""), &entry);
}

void scripted_reply_many(struct scripted *script, uint64_t token, unsigned n, enum c8d_entry_state state)
{
    struct item *item = item_new(C8D_ARRIVAL_REPLY, token);
    char(*names)[8];

    item->many = calloc(n, sizeof(*item->many) + sizeof(*names));
    assert(item->many != NULL);
    names = (char(*)[8])(item->many + n);
    for (unsigned i = 0; i < n; i++) {
        snprintf(names[i], sizeof(names[i]), "m%u", i % 1000000);
        item->many[i] = entry_of(state, 1000 + i, 0);
        item->many[i].container = text(names[i]);
        item->many[i].container_present = true;
    }
    item->arrival.entries = item->many;
    item->arrival.n_entries = n;
    push(script, item);
}

void scripted_event(struct scripted *script, enum c8d_event_kind kind, const char *container,
                    const char *process, uint32_t pid, uint32_t code)
{
    struct item *item = item_new(C8D_ARRIVAL_EVENT, 0);
    bool ends = kind == C8D_EVENT_TASK_EXIT || kind == C8D_EVENT_TASK_DELETE;

    copy(item->container, text(container));
    copy(item->process, text(process));
    item->arrival.event = (struct c8d_event){
        .kind = kind,
        .namespace_ = text(script->namespace_),
        .container = text(item->container),
        .process = text(item->process),
        .pid = pid,
        .exit = {.known = ends, .ran = ends, .code = code, .at_ns = ends ? 5 : 0},
    };
    push(script, item);
}

void scripted_end_stream(struct scripted *script)
{
    push(script, item_new(C8D_ARRIVAL_STREAM_ENDED, script->stream));
}

void scripted_ok(struct scripted *script, const struct scripted_call *call)
{
    static const struct c8d_entry record = {.container_present = true, .spec = {"{}", 2}};

    switch (call->kind) {
    case C8D_CALL_STATE:
        scripted_reply_state(script, call, C8D_ENTRY_RUNNING, 100, 0);
        break;
    case C8D_CALL_CONTAINER_GET:
        push_entry(script, call->token, text(call->container), text(""), &record);
        break;
    case C8D_CALL_TASK_CREATE:
    case C8D_CALL_START:
        scripted_reply_pid(script, call->token, call->process[0] == '\0' ? 100 : 200);
        break;
    default:
        scripted_reply(script, call->token, C8D_OK, "");
        break;
    }
}

/* ---- the table
 * ---------------------------------------------------------------------------------------------- */

static enum c8d_status submit(void *ctx, const struct c8d_call *call, struct c8d_error *err)
{
    struct scripted *script = ctx;
    struct scripted_call *logged = &script->calls[script->n_calls];

    if (script->refuse != C8D_OK)
        return c8d_error_set(err, script->refuse, "refused by the script");
    assert(script->n_calls < SCRIPTED_LOG);
    *logged = (struct scripted_call){
        .kind = call->kind,
        .token = call->token,
        .deadline_ns = call->deadline_ns,
        .signal = call->signal,
        .all = call->all,
        .has_stdio = call->stdio != NULL,
        .spec_len = call->spec.len,
    };
    copy(logged->container, call->container);
    copy(logged->process, call->process);
    script->n_calls++;
    if (call->kind == C8D_CALL_SUBSCRIBE)
        script->stream = call->token;
    (script->respond != NULL ? script->respond : scripted_ok)(script, logged);
    return C8D_OK;
}

static bool next(void *ctx, struct c8d_arrival *out)
{
    struct scripted *script = ctx;

    pthread_mutex_lock(&script->lock);
    item_free(script->taken);
    script->taken = script->first;
    if (script->first != NULL) {
        *out = script->first->arrival;
        script->first = script->first->next;
        if (script->first == NULL)
            script->last = &script->first;
    }
    pthread_mutex_unlock(&script->lock);
    return script->taken != NULL;
}

static bool has_arrival(struct scripted *script)
{
    bool any;

    pthread_mutex_lock(&script->lock);
    any = script->first != NULL;
    pthread_mutex_unlock(&script->lock);
    return any;
}

static void advance(struct scripted *script, int64_t by)
{
    pthread_mutex_lock(&script->lock);
    script->clock += by;
    pthread_mutex_unlock(&script->lock);
}

#define LOOKING_NS 100000

void scripted_await_sleep(struct scripted *script)
{
    while (!atomic_load(&script->sleep.is_long))
        (void)sched_yield();
}

static void wait_(void *ctx, struct pollfd *extra, size_t n_extra, int64_t timeout_ns)
{
    struct scripted *script = ctx;

    /* Time passes even so: a client without memory for what is there waits for it to come back. */
    if (scripted_sleep_look(&script->sleep, extra, n_extra) || has_arrival(script))
        advance(script, timeout_ns < LOOKING_NS ? timeout_ns : LOOKING_NS);
    else if (timeout_ns != C8D_NO_DEADLINE)
        advance(script, timeout_ns);
    else
        scripted_sleep_long(&script->sleep, extra, n_extra);
}

int64_t scripted_now(struct scripted *script)
{
    int64_t now;

    pthread_mutex_lock(&script->lock);
    now = script->clock;
    pthread_mutex_unlock(&script->lock);
    return now;
}

static int64_t now_(void *ctx)
{
    return scripted_now(ctx);
}

static int fd_(void *ctx)
{
    const struct scripted *script = ctx;

    return script->sleep.wake_fd;
}

static enum c8d_status open_stdio(void *ctx, struct c8d_str container, struct c8d_str process, uint32_t flags,
                                  struct c8d_stdio *out, struct c8d_error *err)
{
    struct scripted *script = ctx;

    (void)container;
    (void)process;
    (void)err;
    scripted_pipes_open(&script->pipes, flags, out);
    return C8D_OK;
}

static enum c8d_status attach_stdio(void *ctx, const struct c8d_stdio_names *names, uint32_t flags,
                                    struct c8d_stdio *out, struct c8d_error *err)
{
    (void)names;
    return open_stdio(ctx, text(""), text(""), flags, out, err);
}

static void close_stdio(void *ctx, struct c8d_stdio *stdio)
{
    struct scripted *script = ctx;

    scripted_pipes_close(&script->pipes, stdio);
}

static void counters(void *ctx, struct c8d_runtime_counters *out)
{
    const struct scripted *script = ctx;

    *out = (struct c8d_runtime_counters){.calls = script->n_calls};
}

static void destroy(void *ctx)
{
    struct scripted *script = ctx;

    while (script->first != NULL) {
        struct item *item = script->first;

        script->first = item->next;
        item_free(item);
    }
    item_free(script->taken);
    scripted_pipes_done(&script->pipes);
    scripted_sleep_done(&script->sleep);
    pthread_mutex_destroy(&script->lock);
    free(script);
}

struct scripted *scripted_new(scripted_respond_fn *respond)
{
    struct scripted *script = calloc(1, sizeof(*script));

    assert(script != NULL);
    pthread_mutex_init(&script->lock, NULL);
    script->last = &script->first;
    script->respond = respond;
    script->clock = 1000;
    script->namespace_ = "test";
    scripted_sleep_init(&script->sleep);
    scripted_pipes_init(&script->pipes);
    return script;
}

struct c8d_runtime scripted_runtime(struct scripted *script)
{
    static const struct c8d_runtime_ops ops = {
        .size = sizeof(ops),
        .submit = submit,
        .next = next,
        .wait = wait_,
        .wake = wake,
        .now = now_,
        .fd = fd_,
        .open_stdio = open_stdio,
        .close_stdio = close_stdio,
        .attach_stdio = attach_stdio,
        .counters = counters,
        .destroy = destroy,
    };

    return (struct c8d_runtime){&ops, script};
}

void scripted_set_respond(struct scripted *script, scripted_respond_fn *respond)
{
    script->respond = respond;
}

void *scripted_user(struct scripted *script)
{
    return script->user;
}

void scripted_set_user(struct scripted *script, void *user)
{
    script->user = user;
}

void scripted_set_namespace(struct scripted *script, const char *namespace_)
{
    script->namespace_ = namespace_;
}

void scripted_refuse(struct scripted *script, enum c8d_status status)
{
    script->refuse = status;
}

size_t scripted_n_calls(struct scripted *script, enum c8d_call_kind kind)
{
    size_t n = 0;

    for (size_t i = 0; i < script->n_calls; i++)
        n += script->calls[i].kind == kind;
    return n;
}

const struct scripted_call *scripted_call_of(struct scripted *script, enum c8d_call_kind kind, size_t n)
{
    for (size_t i = 0; i < script->n_calls; i++) {
        if (script->calls[i].kind == kind && n-- == 0)
            return &script->calls[i];
    }
    assert(false && "such a call was made");
    return NULL;
}

void scripted_tell_streams(struct scripted *script)
{
    script->streams = true;
}

struct scripted_stdio *scripted_stdio(struct scripted *script)
{
    return &script->pipes.far;
}

int scripted_open_stdios(struct scripted *script)
{
    return script->pipes.open;
}
