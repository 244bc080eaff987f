/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The containerd runtime against a real containerd, through the raw table.
 *
 * The server is that of C8D_TEST_ADDRESS and C8D_TEST_NAMESPACE, with a root file system at C8D_TEST_ROOTFS;
 * without them a private one is started. What breaks a server starts one of its own in any case.
 */
#include <c8d/remote.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define PATIENCE (30000 * MS)
#define EVENTS_MAX 256
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- servers ---- */

struct server {
    char directory[256]; /* empty: somebody else's */
    char address[256];
    char namespace_[128];
    char rootfs[256];
};

static void script(const char *verb, const char *directory, const char *argument)
{
    char command[2048];

    (void)snprintf(command, sizeof(command), "'%s/support/containerd.sh' %s '%s' %s", C8D_TESTS_DIR, verb,
                   directory, argument);
    assert_int_equal(system(command), 0);
}

static void read_line(const char *directory, const char *name, char *to, size_t size)
{
    char path[512];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", directory, name);
    file = fopen(path, "r");
    assert_non_null(file);
    assert_non_null(fgets(to, (int)size, file));
    to[strcspn(to, "\n")] = '\0';
    (void)fclose(file);
}

static void server_start(struct server *server)
{
    (void)snprintf(server->directory, sizeof(server->directory), "/tmp/c8d-remote-XXXXXX");
    assert_non_null(mkdtemp(server->directory));
    script("start", server->directory, "");
    read_line(server->directory, "address", server->address, sizeof(server->address));
    read_line(server->directory, "namespace", server->namespace_, sizeof(server->namespace_));
    (void)snprintf(server->rootfs, sizeof(server->rootfs), "%.200s/rootfs", server->directory);
    script("rootfs", server->directory, server->rootfs);
}

static void server_stop(struct server *server)
{
    char command[512];

    if (server->directory[0] == '\0')
        return;
    script("stop", server->directory, "");
    (void)snprintf(command, sizeof(command), "rm -rf '%s'", server->directory);
    assert_int_equal(system(command), 0);
}

static pid_t server_pid(const struct server *server)
{
    char pid[32];

    read_line(server->directory, "pid", pid, sizeof(pid));
    return (pid_t)strtol(pid, NULL, 10);
}

static struct server shared;

static int start_shared(void **state)
{
    const char *address = getenv("C8D_TEST_ADDRESS");
    const char *namespace_ = getenv("C8D_TEST_NAMESPACE");
    const char *rootfs = getenv("C8D_TEST_ROOTFS");

    (void)state;
    if (address == NULL || namespace_ == NULL || rootfs == NULL) {
        server_start(&shared);
        return 0;
    }
    (void)snprintf(shared.address, sizeof(shared.address), "%s", address);
    (void)snprintf(shared.namespace_, sizeof(shared.namespace_), "%s", namespace_);
    (void)snprintf(shared.rootfs, sizeof(shared.rootfs), "%s", rootfs);
    return 0;
}

static int stop_shared(void **state)
{
    (void)state;
    server_stop(&shared);
    return 0;
}

/* ---- a runtime under test ---- */

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

/* An event with its strings copied. */
struct event {
    enum c8d_event_kind kind;
    char container[80];
    char process[80];
    uint32_t pid;
    struct c8d_exit exit;
};

/* A reply with its strings copied. */
struct reply {
    enum c8d_status status;
    enum c8d_origin origin;
    int32_t origin_code;
    char message[256];
    char version[64];
    uint32_t pid;
    struct c8d_exit exit;
    size_t n_entries;
    struct c8d_entry entry; /* the one about the container asked for; strings below */
    char *spec;
    size_t spec_length;
    char runtime[64];
    char label[64];
};

struct world {
    const struct server *server;
    struct c8d_runtime runtime;
    char fifos[256];
    uint64_t token;
    struct event events[EVENTS_MAX];
    size_t n_events;
    size_t stream_ends;
};

static struct c8d_remote_options options_of(const struct server *server, const char *fifos)
{
    return (struct c8d_remote_options){
        .size = sizeof(struct c8d_remote_options),
        .address = str(server->address),
        .namespace_ = str(server->namespace_),
        .fifo_directory = str(fifos),
    };
}

static void world_open(struct world *world, const struct server *server)
{
    struct c8d_remote_options options;
    struct c8d_error err = {0};

    *world = (struct world){.server = server};
    (void)snprintf(world->fifos, sizeof(world->fifos), "/tmp/c8d-fifos-XXXXXX");
    assert_non_null(mkdtemp(world->fifos));
    options = options_of(server, world->fifos);
    if (c8d_remote_new(&options, &world->runtime, &err) != C8D_OK)
        fail_msg("%s", err.message);
}

static void world_close(struct world *world)
{
    world->runtime.ops->destroy(world->runtime.ctx);
    assert_int_equal(rmdir(world->fifos), 0); /* nothing was left behind */
}

static int64_t now(struct world *world)
{
    return world->runtime.ops->now(world->runtime.ctx);
}

static void copy(char *to, size_t size, struct c8d_str from)
{
    (void)snprintf(to, size, "%.*s", (int)from.len, from.len != 0 ? from.ptr : "");
}

static void keep_event(struct world *world, const struct c8d_event *event)
{
    struct event *kept = &world->events[world->n_events++];

    assert_true(world->n_events <= EVENTS_MAX);
    assert_int_equal(event->namespace_.len, strlen(world->server->namespace_));
    assert_memory_equal(event->namespace_.ptr, world->server->namespace_, event->namespace_.len);
    *kept = (struct event){.kind = event->kind, .pid = event->pid, .exit = event->exit};
    copy(kept->container, sizeof(kept->container), event->container);
    copy(kept->process, sizeof(kept->process), event->process);
}

static void keep_entry(struct reply *reply, const struct c8d_arrival *arrival, struct c8d_str container)
{
    reply->n_entries = arrival->n_entries;
    for (size_t i = 0; i < arrival->n_entries; i++) {
        const struct c8d_entry *entry = &arrival->entries[i];

        if (entry->container.len != container.len ||
            memcmp(entry->container.ptr, container.ptr, container.len) != 0)
            continue;
        reply->entry = *entry;
        copy(reply->runtime, sizeof(reply->runtime), entry->runtime);
        if (entry->n_labels != 0)
            copy(reply->label, sizeof(reply->label), entry->labels[0].value);
        reply->spec_length = entry->spec.len;
        reply->spec = malloc(entry->spec.len + 1);
        assert_non_null(reply->spec);
        if (entry->spec.len != 0)
            memcpy(reply->spec, entry->spec.ptr, entry->spec.len);
    }
}

static void keep_reply(struct reply *reply, const struct c8d_arrival *arrival, struct c8d_str container)
{
    *reply = (struct reply){
        .status = arrival->status,
        .origin = arrival->origin,
        .origin_code = arrival->origin_code,
        .pid = arrival->pid,
        .exit = arrival->exit,
    };
    copy(reply->message, sizeof(reply->message), arrival->message);
    copy(reply->version, sizeof(reply->version), arrival->version);
    keep_entry(reply, arrival, container);
}

/* Takes what is there. Returns true when it was the reply to `token`. */
static bool take(struct world *world, uint64_t token, struct c8d_str container, struct reply *reply)
{
    struct c8d_arrival arrival;

    while (world->runtime.ops->next(world->runtime.ctx, &arrival)) {
        if (arrival.kind == C8D_ARRIVAL_EVENT)
            keep_event(world, &arrival.event);
        else if (arrival.kind == C8D_ARRIVAL_STREAM_ENDED)
            world->stream_ends++;
        else if (arrival.token == token) {
            keep_reply(reply, &arrival, container);
            return true;
        }
    }
    return false;
}

static void await_reply(struct world *world, uint64_t token, struct c8d_str container, struct reply *reply)
{
    int64_t until = now(world) + PATIENCE;

    while (!take(world, token, container, reply)) {
        if (now(world) >= until)
            fail_msg("no reply to call %llu", (unsigned long long)token);
        world->runtime.ops->wait(world->runtime.ctx, NULL, 0, until - now(world));
    }
}

static uint64_t submit(struct world *world, struct c8d_call call)
{
    call.token = ++world->token;
    if (call.deadline_ns == 0)
        call.deadline_ns = now(world) + PATIENCE;
    assert_int_equal(world->runtime.ops->submit(world->runtime.ctx, &call, NULL), C8D_OK);
    return call.token;
}

static struct reply call(struct world *world, struct c8d_call request)
{
    struct reply reply;

    await_reply(world, submit(world, request), request.container, &reply);
    free(reply.spec);
    reply.spec = NULL;
    return reply;
}

static void call_ok(struct world *world, struct c8d_call request)
{
    struct reply reply = call(world, request);

    if (reply.status != C8D_OK)
        fail_msg("%s: %s", c8d_call_name(request.kind), reply.message);
}

static const struct event *find_event(const struct world *world, enum c8d_event_kind kind,
                                      const char *container, const char *process)
{
    for (size_t i = 0; i < world->n_events; i++) {
        const struct event *event = &world->events[i];

        if (event->kind == kind && strcmp(event->container, container) == 0 &&
            strcmp(event->process, process) == 0)
            return event;
    }
    return NULL;
}

static const struct event *await_event(struct world *world, enum c8d_event_kind kind, const char *container,
                                       const char *process)
{
    int64_t until = now(world) + PATIENCE;
    const struct event *event;
    struct reply unheard;

    while ((event = find_event(world, kind, container, process)) == NULL) {
        if (now(world) >= until)
            fail_msg("no event %s of %s/%s", c8d_event_topic(kind), container, process);
        world->runtime.ops->wait(world->runtime.ctx, NULL, 0, until - now(world));
        assert_false(take(world, 0, str(""), &unheard));
    }
    return event;
}

/* ---- specs ---- */

static const char process_format[] =
    "{\"args\":[\"/bin/sh\",\"-c\",\"%s\"],\"cwd\":\"/\",\"env\":[\"PATH=/bin\"],"
    "\"terminal\":%s,\"user\":{\"uid\":0,\"gid\":0}}";

static const char spec_format[] =
    "{\"ociVersion\":\"1.0.2\",\"hostname\":\"c8d\",\"process\":%s,\"root\":{\"path\":\"%s\"},"
    "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"},"
    "{\"destination\":\"/dev\",\"type\":\"tmpfs\",\"source\":\"tmpfs\"},"
    "{\"destination\":\"/dev/pts\",\"type\":\"devpts\",\"source\":\"devpts\",\"options\":[\"newinstance\","
    "\"ptmxmode=0666\"]}],"
    "\"linux\":{\"cgroupsPath\":\"/%s/"
    "%s\",\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"},{\"type\":\"ipc\"},"
    "{\"type\":\"uts\"}]}}";

static void process_of(char *to, size_t size, const char *commands, bool terminal)
{
    (void)snprintf(to, size, process_format, commands, terminal ? "true" : "false");
}

static void spec_of(const struct world *world, char *to, size_t size, const char *id, const char *commands,
                    bool terminal)
{
    char process[1024];

    process_of(process, sizeof(process), commands, terminal);
    (void)snprintf(to, size, spec_format, process, world->server->rootfs, world->server->namespace_, id);
}

static void create_container(struct world *world, const char *id, const char *commands, bool terminal)
{
    const struct c8d_label label = {str("c8d.test"), str("yes")};
    char spec[4096];

    spec_of(world, spec, sizeof(spec), id, commands, terminal);
    call_ok(world, (struct c8d_call){
                       .kind = C8D_CALL_CONTAINER_CREATE,
                       .container = str(id),
                       .spec = str(spec),
                       .runtime = str("io.containerd.runc.v2"),
                       .labels = &label,
                       .n_labels = 1,
                   });
}

static struct c8d_call on(enum c8d_call_kind kind, const char *container)
{
    return (struct c8d_call){.kind = kind, .container = str(container)};
}

static struct c8d_call on_exec(enum c8d_call_kind kind, const char *container, const char *process)
{
    return (struct c8d_call){.kind = kind, .container = str(container), .process = str(process)};
}

static void subscribe(struct world *world)
{
    call_ok(world, (struct c8d_call){.kind = C8D_CALL_SUBSCRIBE});
}

static void open_stdio(struct world *world, const char *id, uint32_t flags, struct c8d_stdio *out)
{
    assert_int_equal(world->runtime.ops->open_stdio(world->runtime.ctx, str(id), str(""), flags, out, NULL),
                     C8D_OK);
}

static void close_stdio(struct world *world, struct c8d_stdio *stdio)
{
    world->runtime.ops->close_stdio(world->runtime.ctx, stdio);
    assert_int_equal(stdio->in, -1);
    assert_int_equal(stdio->out, -1);
    assert_int_equal(stdio->err, -1);
}

static void launch(struct world *world, const char *id, const struct c8d_stdio *stdio)
{
    struct c8d_call create = on(C8D_CALL_TASK_CREATE, id);

    create.stdio = stdio;
    call_ok(world, create);
    call_ok(world, on(C8D_CALL_START, id));
}

/* Waits for init's end and deletes it and the container. Returns its code. */
static uint32_t finish(struct world *world, const char *id)
{
    uint32_t code = await_event(world, C8D_EVENT_TASK_EXIT, id, "")->exit.code;
    struct reply deleted = call(world, on(C8D_CALL_DELETE, id));

    assert_int_equal(deleted.status, C8D_OK);
    assert_true(deleted.exit.known);
    assert_true(deleted.exit.ran);
    assert_int_equal(deleted.exit.code, code);
    assert_true(deleted.exit.at_ns > 0);
    call_ok(world, on(C8D_CALL_CONTAINER_DELETE, id));
    return code;
}

static void kill_task(struct world *world, const char *id)
{
    struct c8d_call kill_call = on(C8D_CALL_KILL, id);

    kill_call.signal = SIGKILL;
    kill_call.all = true;
    call_ok(world, kill_call);
}

/* Reads until `want` bytes came or the end, polling through wait(). Returns how many. */
static size_t read_stream(struct world *world, int fd, char *to, size_t want)
{
    int64_t until = now(world) + PATIENCE;
    size_t have = 0;
    bool over = false;
    struct reply unheard;

    while (have < want && !over && now(world) < until) {
        struct pollfd extra = {.fd = fd, .events = POLLIN};
        ssize_t n;

        world->runtime.ops->wait(world->runtime.ctx, &extra, 1, until - now(world));
        (void)take(world, 0, str(""), &unheard);
        if (extra.revents == 0)
            continue;
        n = read(fd, to + have, want - have);
        if (n > 0)
            have += (size_t)n;
        else
            over = n == 0;
    }
    return have;
}

/* ---- tests ---- */

static void test_remote__version__is_told(void **state)
{
    struct world world;
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    reply = call(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    assert_int_equal(reply.status, C8D_OK);
    assert_true(strlen(reply.version) > 2);
    world_close(&world);
}

static void expect_state(struct world *world, const char *id, const char *exec, enum c8d_entry_state state)
{
    struct reply reply = call(world, on_exec(C8D_CALL_STATE, id, exec));

    assert_int_equal(reply.status, C8D_OK);
    assert_int_equal(reply.n_entries, 1);
    assert_true(reply.entry.process_told);
    assert_int_equal(reply.entry.process_state, state);
}

static void run_exec(struct world *world, const char *id)
{
    char process[1024];
    struct c8d_call exec = on_exec(C8D_CALL_EXEC_CREATE, id, "e1");
    struct reply reply;

    process_of(process, sizeof(process), "exit 7", false);
    exec.spec = str(process);
    call_ok(world, exec);
    expect_state(world, id, "e1", C8D_ENTRY_CREATED);
    reply = call(world, on_exec(C8D_CALL_START, id, "e1"));
    assert_int_equal(reply.status, C8D_OK);
    assert_true(reply.pid > 0);
    assert_int_equal(await_event(world, C8D_EVENT_TASK_EXIT, id, "e1")->exit.code, 7);
    assert_int_equal(find_event(world, C8D_EVENT_EXEC_STARTED, id, "e1")->pid, reply.pid);
    assert_non_null(find_event(world, C8D_EVENT_EXEC_ADDED, id, "e1"));
    expect_state(world, id, "e1", C8D_ENTRY_STOPPED);
    reply = call(world, on_exec(C8D_CALL_DELETE, id, "e1"));
    assert_int_equal(reply.status, C8D_OK);
    assert_true(reply.exit.known);
    assert_int_equal(reply.exit.code, 7);
    assert_int_equal(call(world, on_exec(C8D_CALL_STATE, id, "e1")).status, C8D_NOT_FOUND);
}

static void pause_and_resume(struct world *world, const char *id)
{
    call_ok(world, on(C8D_CALL_PAUSE, id));
    expect_state(world, id, "", C8D_ENTRY_PAUSED);
    call_ok(world, on(C8D_CALL_RESUME, id));
    expect_state(world, id, "", C8D_ENTRY_RUNNING);
    await_event(world, C8D_EVENT_TASK_PAUSED, id, "");
    await_event(world, C8D_EVENT_TASK_RESUMED, id, "");
}

static void test_remote__one_life__every_call_and_event_is_understood(void **state)
{
    struct world world;
    struct reply reply;
    struct reply list;

    (void)state;
    world_open(&world, &shared);
    subscribe(&world);
    create_container(&world, "life", "sleep 1000", false);
    await_event(&world, C8D_EVENT_CONTAINER_CREATE, "life", "");
    list = call(&world, on(C8D_CALL_LIST, "life"));
    assert_int_equal(list.entry.process_state, C8D_ENTRY_ABSENT);
    assert_string_equal(list.runtime, "io.containerd.runc.v2");
    assert_int_equal(call(&world, on(C8D_CALL_STATE, "life")).status, C8D_NOT_FOUND);
    reply = call(&world, on(C8D_CALL_TASK_CREATE, "life"));
    assert_int_equal(reply.status, C8D_OK);
    assert_int_equal(await_event(&world, C8D_EVENT_TASK_CREATE, "life", "")->pid, reply.pid);
    expect_state(&world, "life", "", C8D_ENTRY_CREATED);
    assert_int_equal(call(&world, on(C8D_CALL_TASK_CREATE, "life")).status, C8D_ALREADY_EXISTS);
    reply = call(&world, on(C8D_CALL_START, "life"));
    assert_int_equal(await_event(&world, C8D_EVENT_TASK_START, "life", "")->pid, reply.pid);
    run_exec(&world, "life");
    pause_and_resume(&world, "life");
    list = call(&world, on(C8D_CALL_LIST, "life"));
    assert_true(list.entry.container_present);
    assert_int_equal(list.entry.process_state, C8D_ENTRY_RUNNING);
    assert_int_equal(list.entry.pid, reply.pid);
    kill_task(&world, "life");
    assert_int_equal(await_event(&world, C8D_EVENT_TASK_EXIT, "life", "")->exit.code, 137);
    expect_state(&world, "life", "", C8D_ENTRY_STOPPED);
    reply = call(&world, on(C8D_CALL_DELETE, "life"));
    assert_int_equal(reply.exit.code, 137);
    await_event(&world, C8D_EVENT_TASK_DELETE, "life", "");
    call_ok(&world, on(C8D_CALL_CONTAINER_DELETE, "life"));
    await_event(&world, C8D_EVENT_CONTAINER_DELETE, "life", "");
    assert_int_equal(call(&world, on(C8D_CALL_CONTAINER_GET, "life")).status, C8D_NOT_FOUND);
    world_close(&world);
}

static void test_remote__created_and_never_started__has_no_code(void **state)
{
    struct world world;
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    create_container(&world, "unborn", "true", false);
    call_ok(&world, on(C8D_CALL_TASK_CREATE, "unborn"));
    reply = call(&world, on(C8D_CALL_DELETE, "unborn"));
    assert_int_equal(reply.status, C8D_OK);
    assert_false(reply.exit.known);
    assert_false(reply.exit.ran);
    call_ok(&world, on(C8D_CALL_CONTAINER_DELETE, "unborn"));
    world_close(&world);
}

static void test_remote__exec_of_nothing__fails_and_can_be_deleted(void **state)
{
    struct world world;
    struct c8d_call exec = on_exec(C8D_CALL_EXEC_CREATE, "host", "bad");
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    subscribe(&world);
    create_container(&world, "host", "sleep 1000", false);
    launch(&world, "host", NULL);
    exec.spec = str("{\"args\":[\"/no/such\"],\"cwd\":\"/\",\"user\":{}}");
    call_ok(&world, exec);
    reply = call(&world, on_exec(C8D_CALL_START, "host", "bad"));
    assert_int_equal(reply.status, C8D_REMOTE);
    assert_int_equal(reply.origin, C8D_ORIGIN_GRPC);
    assert_non_null(strstr(reply.message, "/no/such"));
    reply = call(&world, on_exec(C8D_CALL_DELETE, "host", "bad"));
    assert_int_equal(reply.status, C8D_OK);
    assert_false(reply.exit.ran);
    kill_task(&world, "host");
    assert_int_equal(finish(&world, "host"), 137);
    world_close(&world);
}

static void test_remote__container_get__gives_back_what_was_stored(void **state)
{
    struct world world;
    struct reply reply;
    char spec[4096];

    (void)state;
    world_open(&world, &shared);
    create_container(&world, "stored", "true", false);
    spec_of(&world, spec, sizeof(spec), "stored", "true", false);
    await_reply(&world, submit(&world, on(C8D_CALL_CONTAINER_GET, "stored")), str("stored"), &reply);
    assert_int_equal(reply.status, C8D_OK);
    assert_int_equal(reply.spec_length, strlen(spec));
    assert_memory_equal(reply.spec, spec, reply.spec_length);
    assert_string_equal(reply.label, "yes");
    assert_string_equal(reply.runtime, "io.containerd.runc.v2");
    assert_true(reply.entry.created_at_ns > 0);
    free(reply.spec);
    call_ok(&world, on(C8D_CALL_CONTAINER_DELETE, "stored"));
    world_close(&world);
}

static void test_remote__spec_of_8_mib__goes_through_and_comes_back(void **state)
{
    const size_t padding = (size_t)8 << 20;
    struct c8d_call create = on(C8D_CALL_CONTAINER_CREATE, "large");
    char *spec = malloc(padding + 64);
    struct world world;
    struct reply reply;
    int length;

    (void)state;
    assert_non_null(spec);
    length = sprintf(spec, "{\"annotations\":{\"large\":\"");
    memset(spec + length, 'x', padding);
    (void)sprintf(spec + (size_t)length + padding, "\"}}");
    world_open(&world, &shared);
    create.spec = str(spec);
    create.runtime = str("io.containerd.runc.v2");
    call_ok(&world, create);
    await_reply(&world, submit(&world, on(C8D_CALL_CONTAINER_GET, "large")), str("large"), &reply);
    assert_int_equal(reply.status, C8D_OK);
    assert_int_equal(reply.spec_length, create.spec.len);
    assert_memory_equal(reply.spec, spec, reply.spec_length);
    free(reply.spec);
    call_ok(&world, on(C8D_CALL_CONTAINER_DELETE, "large"));
    free(spec);
    world_close(&world);
}

static void test_remote__string_with_a_nul__is_refused(void **state)
{
    struct world world;
    struct c8d_call get = on(C8D_CALL_CONTAINER_GET, "");
    struct c8d_error err = {0};

    (void)state;
    world_open(&world, &shared);
    get.container = (struct c8d_str){"a\0b", 3};
    get.deadline_ns = now(&world) + PATIENCE;
    assert_int_equal(world.runtime.ops->submit(world.runtime.ctx, &get, &err), C8D_INVALID);
    assert_int_equal(err.status, C8D_INVALID);
    world_close(&world);
}

static void test_remote__subscribed__the_very_next_event_arrives(void **state)
{
    (void)state;
    for (int round = 0; round < 20; round++) {
        struct world world;
        char id[32];

        world_open(&world, &shared);
        (void)snprintf(id, sizeof(id), "next%d", round);
        subscribe(&world);
        create_container(&world, id, "true", false);
        await_event(&world, C8D_EVENT_CONTAINER_CREATE, id, "");
        call_ok(&world, on(C8D_CALL_CONTAINER_DELETE, id));
        world_close(&world);
    }
}

static void test_remote__events_of_another_namespace__are_dropped(void **state)
{
    struct server other = shared;
    struct world ours;
    struct world theirs;

    (void)state;
    (void)snprintf(other.namespace_, sizeof(other.namespace_), "%.100s-other", shared.namespace_);
    world_open(&ours, &shared);
    world_open(&theirs, &other);
    subscribe(&ours);
    create_container(&theirs, "foreign", "true", false);
    call_ok(&theirs, on(C8D_CALL_CONTAINER_DELETE, "foreign"));
    create_container(&ours, "own", "true", false);
    await_event(&ours, C8D_EVENT_CONTAINER_CREATE, "own", "");
    assert_null(find_event(&ours, C8D_EVENT_CONTAINER_CREATE, "foreign", ""));
    call_ok(&ours, on(C8D_CALL_CONTAINER_DELETE, "own"));
    world_close(&theirs);
    world_close(&ours);
}

static void test_remote__streams__carry_all_bytes_both_ways(void **state)
{
    struct world world;
    struct c8d_stdio stdio;
    char text[64] = "";

    (void)state;
    world_open(&world, &shared);
    subscribe(&world);
    create_container(&world, "pipes", "cat; echo oops >&2", false);
    open_stdio(&world, "pipes", C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_ERR, &stdio);
    launch(&world, "pipes", &stdio);
    assert_int_equal(write(stdio.in, "hello\n", 6), 6);
    assert_int_equal(read_stream(&world, stdio.out, text, 6), 6);
    assert_memory_equal(text, "hello\n", 6);
    (void)close(stdio.in);
    stdio.in = -1;
    call_ok(&world, on(C8D_CALL_CLOSE_STDIN, "pipes"));
    assert_int_equal(read_stream(&world, stdio.out, text, sizeof(text)), 0);
    assert_int_equal(read_stream(&world, stdio.err, text, sizeof(text)), 5);
    assert_memory_equal(text, "oops\n", 5);
    assert_int_equal(finish(&world, "pipes"), 0);
    close_stdio(&world, &stdio);
    world_close(&world);
}

static void test_remote__output_alone__needs_no_error_stream(void **state)
{
    struct world world;
    struct c8d_stdio stdio;
    char text[64] = "";

    (void)state;
    world_open(&world, &shared);
    subscribe(&world);
    create_container(&world, "out", "echo err >&2; echo out", false);
    open_stdio(&world, "out", C8D_STDIO_OUT, &stdio);
    launch(&world, "out", &stdio);
    assert_int_equal(read_stream(&world, stdio.out, text, sizeof(text)), 4);
    assert_memory_equal(text, "out\n", 4);
    assert_int_equal(finish(&world, "out"), 0);
    close_stdio(&world, &stdio);
    world_close(&world);
}

static void test_remote__terminal__has_the_size_that_was_set(void **state)
{
    struct world world;
    struct c8d_stdio stdio;
    struct c8d_call resize = on(C8D_CALL_RESIZE, "tty");
    char text[64] = "";
    size_t length;

    (void)state;
    world_open(&world, &shared);
    subscribe(&world);
    create_container(&world, "tty", "read line; stty size", true);
    open_stdio(&world, "tty", C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_TERMINAL, &stdio);
    launch(&world, "tty", &stdio);
    resize.columns = 77;
    resize.rows = 33;
    call_ok(&world, resize);
    assert_int_equal(write(stdio.in, "\n", 1), 1);
    length = read_stream(&world, stdio.out, text, sizeof(text) - 1);
    text[length] = '\0';
    assert_non_null(strstr(text, "33 77"));
    assert_int_equal(finish(&world, "tty"), 0);
    close_stdio(&world, &stdio);
    world_close(&world);
}

static void test_remote__terminal_with_an_error_stream__is_refused(void **state)
{
    struct world world;
    struct c8d_stdio stdio;

    (void)state;
    world_open(&world, &shared);
    assert_int_equal(world.runtime.ops->open_stdio(world.runtime.ctx, str("x"), str(""),
                                                   C8D_STDIO_OUT | C8D_STDIO_ERR | C8D_STDIO_TERMINAL, &stdio,
                                                   NULL),
                     C8D_INVALID);
    world_close(&world);
}

static void test_remote__pipe_before_its_first_writer__is_silent_to_poll(void **state)
{
    struct world world;
    struct c8d_stdio stdio;
    struct pollfd fd;
    struct stat directory;
    char path[512];
    int writer;

    (void)state;
    world_open(&world, &shared);
    open_stdio(&world, "fifo", C8D_STDIO_OUT, &stdio);
    (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", stdio.out);
    fd = (struct pollfd){.fd = stdio.out, .events = POLLIN};
    assert_int_equal(poll(&fd, 1, 0), 0);
    writer = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    assert_true(writer >= 0);
    (void)close(writer);
    assert_int_equal(poll(&fd, 1, 0), 1);
    assert_true((fd.revents & POLLHUP) != 0);
    assert_int_equal(fcntl(stdio.out, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    assert_int_equal(stat(world.fifos, &directory), 0);
    close_stdio(&world, &stdio);
    world_close(&world);
}

static void expect_new(const char *address, const char *namespace_, enum c8d_status status)
{
    const struct c8d_remote_options options = {
        .size = sizeof(options),
        .address = str(address),
        .namespace_ = str(namespace_),
    };
    struct c8d_runtime runtime;
    struct c8d_error err = {0};

    assert_int_equal(c8d_remote_new(&options, &runtime, &err), status);
    assert_int_equal(err.status, status);
    assert_true(strlen(err.message) > 0);
}

static void test_remote__malformed_options__are_refused_with_a_line(void **state)
{
    char path[200];

    (void)state;
    memset(path, 'p', sizeof(path) - 1);
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    expect_new("", "ns", C8D_INVALID);
    expect_new("unix://", "ns", C8D_INVALID);
    expect_new("tcp://127.0.0.1:1", "ns", C8D_INVALID);
    expect_new("relative.sock", "ns", C8D_INVALID);
    expect_new(path, "ns", C8D_INVALID);
    expect_new("/no/such/socket", "", C8D_INVALID);
    expect_new("/no/such/socket", "a--b", C8D_INVALID);
    expect_new("/no/such/socket", "-a", C8D_INVALID);
    expect_new("/no/such/socket", "a/b", C8D_INVALID);
    expect_new("/no/such/socket", "ns", C8D_UNAVAILABLE);
    expect_new("unix:///no/such/socket", "ns", C8D_UNAVAILABLE);
}

static void test_remote__deadline_in_the_past__nothing_is_sent(void **state)
{
    struct world world;
    struct c8d_runtime_counters counters;
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    reply = call(&world, (struct c8d_call){.kind = C8D_CALL_VERSION, .deadline_ns = now(&world)});
    assert_int_equal(reply.status, C8D_DEADLINE);
    world.runtime.ops->counters(world.runtime.ctx, &counters);
    assert_int_equal(counters.calls, 0);
    assert_int_equal(counters.connects, 1);
    world_close(&world);
}

static void test_remote__child_after_fork__is_refused_and_the_parent_goes_on(void **state)
{
    struct world world;
    int status;
    pid_t child;

    (void)state;
    world_open(&world, &shared);
    call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        struct c8d_arrival arrival = {0};
        const struct c8d_call version = {.kind = C8D_CALL_VERSION, .deadline_ns = C8D_NO_DEADLINE};

        if (world.runtime.ops->submit(world.runtime.ctx, &version, NULL) != C8D_OK)
            _exit(1);
        if (!world.runtime.ops->next(world.runtime.ctx, &arrival))
            _exit(2);
        _exit(arrival.status == C8D_UNAVAILABLE ? 0 : 3);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    world_close(&world);
}

static void *wake_soon(void *arg)
{
    struct world *world = arg;

    world->runtime.ops->wake(world->runtime.ctx);
    return NULL;
}

static void test_remote__wake_from_another_thread__ends_the_wait(void **state)
{
    struct world world;
    pthread_t thread;
    int64_t before;

    (void)state;
    world_open(&world, &shared);
    before = now(&world);
    assert_int_equal(pthread_create(&thread, NULL, wake_soon, &world), 0);
    world.runtime.ops->wait(world.runtime.ctx, NULL, 0, PATIENCE);
    assert_true(now(&world) - before < PATIENCE);
    assert_int_equal(pthread_join(thread, NULL), 0);
    world_close(&world);
}

/* As an event loop of somebody else would: the descriptor alone, and no wait(). */
static void await_by_descriptor(struct world *world, uint64_t token, struct reply *reply)
{
    struct pollfd fd = {.fd = world->runtime.ops->fd(world->runtime.ctx), .events = POLLIN};
    int64_t until = now(world) + PATIENCE;

    assert_true(fd.fd >= 0);
    while (!take(world, token, str(""), reply)) {
        assert_true(now(world) < until);
        assert_true(poll(&fd, 1, 30000) == 1);
        world->runtime.ops->wait(world->runtime.ctx, NULL, 0, 0);
    }
}

static void test_remote__descriptor_in_an_event_loop__tells_of_every_arrival(void **state)
{
    struct world world;
    struct reply reply;

    (void)state;
    world_open(&world, &shared);
    await_by_descriptor(&world, submit(&world, (struct c8d_call){.kind = C8D_CALL_SUBSCRIBE}), &reply);
    assert_int_equal(reply.status, C8D_OK);
    await_by_descriptor(&world, submit(&world, (struct c8d_call){.kind = C8D_CALL_VERSION}), &reply);
    assert_int_equal(reply.status, C8D_OK);
    world_close(&world);
}

static void test_remote__server_that_hangs__a_call_ends_indeterminate_in_time(void **state)
{
    struct server server = {0};
    struct world world;
    struct reply reply;
    int64_t before;
    pid_t pid;

    (void)state;
    server_start(&server);
    pid = server_pid(&server);
    world_open(&world, &server);
    call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    assert_int_equal(kill(pid, SIGSTOP), 0);
    before = now(&world);
    reply = call(&world, (struct c8d_call){.kind = C8D_CALL_VERSION, .deadline_ns = before + 200 * MS});
    assert_int_equal(reply.status, C8D_INDETERMINATE);
    assert_true(now(&world) - before >= 199 * MS);
    assert_true(now(&world) - before < 2000 * MS);
    before = now(&world);
    reply = call(&world, (struct c8d_call){.kind = C8D_CALL_SUBSCRIBE, .deadline_ns = before + 200 * MS});
    assert_int_equal(reply.status, C8D_INDETERMINATE);
    assert_true(now(&world) - before < 2000 * MS);
    assert_int_equal(kill(pid, SIGCONT), 0);
    call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    world_close(&world);
    server_stop(&server);
}

static void await_stream_end(struct world *world)
{
    int64_t until = now(world) + PATIENCE;
    struct reply unheard;

    while (world->stream_ends == 0) {
        assert_true(now(world) < until);
        world->runtime.ops->wait(world->runtime.ctx, NULL, 0, until - now(world));
        (void)take(world, 0, str(""), &unheard);
    }
}

/* The server is stopped first, so that the call is certainly in flight when it is killed. */
static void test_remote__server_killed__calls_and_stream_end_and_the_next_call_connects(void **state)
{
    struct server server = {0};
    struct c8d_runtime_counters counters;
    struct world world;
    struct reply reply;
    uint64_t token;

    (void)state;
    server_start(&server);
    world_open(&world, &server);
    subscribe(&world);
    create_container(&world, "survivor", "sleep 1000", false);
    launch(&world, "survivor", NULL);
    assert_int_equal(kill(server_pid(&server), SIGSTOP), 0);
    token = submit(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    script("kill", server.directory, "");
    await_reply(&world, token, str(""), &reply);
    assert_int_equal(reply.status, C8D_INDETERMINATE);
    await_stream_end(&world);
    assert_int_equal(world.stream_ends, 1);
    reply = call(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    assert_int_equal(reply.status, C8D_UNAVAILABLE);
    assert_int_equal(reply.origin, C8D_ORIGIN_ERRNO);
    script("restart", server.directory, "");
    subscribe(&world);
    assert_int_equal(call(&world, on(C8D_CALL_STATE, "survivor")).entry.process_state, C8D_ENTRY_RUNNING);
    world.runtime.ops->counters(world.runtime.ctx, &counters);
    assert_int_equal(counters.connects, 2);
    kill_task(&world, "survivor");
    assert_int_equal(finish(&world, "survivor"), 137);
    world_close(&world);
    server_stop(&server);
}

/* Nobody was waiting when the server went: the next call finds out by itself. */
static void test_remote__server_restarted_while_idle__the_next_call_succeeds(void **state)
{
    struct server server = {0};
    struct world world;

    (void)state;
    server_start(&server);
    world_open(&world, &server);
    call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    script("restart", server.directory, "");
    call_ok(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    world_close(&world);
    server_stop(&server);
}

static void test_remote__destroyed_with_calls_in_flight__gives_everything_back(void **state)
{
    struct world world;

    (void)state;
    world_open(&world, &shared);
    subscribe(&world);
    (void)submit(&world, (struct c8d_call){.kind = C8D_CALL_VERSION});
    (void)submit(&world, (struct c8d_call){.kind = C8D_CALL_LIST});
    (void)submit(&world, (struct c8d_call){.kind = C8D_CALL_SUBSCRIBE});
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_remote__version__is_told),
        cmocka_unit_test(test_remote__one_life__every_call_and_event_is_understood),
        cmocka_unit_test(test_remote__created_and_never_started__has_no_code),
        cmocka_unit_test(test_remote__exec_of_nothing__fails_and_can_be_deleted),
        cmocka_unit_test(test_remote__container_get__gives_back_what_was_stored),
        cmocka_unit_test(test_remote__spec_of_8_mib__goes_through_and_comes_back),
        cmocka_unit_test(test_remote__string_with_a_nul__is_refused),
        cmocka_unit_test(test_remote__subscribed__the_very_next_event_arrives),
        cmocka_unit_test(test_remote__events_of_another_namespace__are_dropped),
        cmocka_unit_test(test_remote__streams__carry_all_bytes_both_ways),
        cmocka_unit_test(test_remote__output_alone__needs_no_error_stream),
        cmocka_unit_test(test_remote__terminal__has_the_size_that_was_set),
        cmocka_unit_test(test_remote__terminal_with_an_error_stream__is_refused),
        cmocka_unit_test(test_remote__pipe_before_its_first_writer__is_silent_to_poll),
        cmocka_unit_test(test_remote__malformed_options__are_refused_with_a_line),
        cmocka_unit_test(test_remote__deadline_in_the_past__nothing_is_sent),
        cmocka_unit_test(test_remote__child_after_fork__is_refused_and_the_parent_goes_on),
        cmocka_unit_test(test_remote__wake_from_another_thread__ends_the_wait),
        cmocka_unit_test(test_remote__descriptor_in_an_event_loop__tells_of_every_arrival),
        cmocka_unit_test(test_remote__server_that_hangs__a_call_ends_indeterminate_in_time),
        cmocka_unit_test(test_remote__server_killed__calls_and_stream_end_and_the_next_call_connects),
        cmocka_unit_test(test_remote__server_restarted_while_idle__the_next_call_succeeds),
        cmocka_unit_test(test_remote__destroyed_with_calls_in_flight__gives_everything_back),
    };

    return cmocka_run_group_tests(tests, start_shared, stop_shared);
}
