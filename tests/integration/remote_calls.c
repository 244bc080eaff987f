/* SPDX-License-Identifier: Apache-2.0 */
/* The usual calls on a containerd runtime under test. */
#include "remote_world.h"
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

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

void process_json(char *to, size_t size, const char *commands, bool terminal)
{
    (void)snprintf(to, size, process_format, commands, terminal ? "true" : "false");
}

void spec_json(const struct world *world, char *to, size_t size, const char *id, const char *commands,
               bool terminal)
{
    char process[1024];

    process_json(process, sizeof(process), commands, terminal);
    (void)snprintf(to, size, spec_format, process, world->server->rootfs, world->server->namespace_, id);
}

void world_create(struct world *world, const char *id, const char *commands, bool terminal)
{
    const struct c8d_label label = {str("c8d.test"), str("yes")};
    char spec[4096];

    spec_json(world, spec, sizeof(spec), id, commands, terminal);
    world_call_ok(world, (struct c8d_call){
                             .kind = C8D_CALL_CONTAINER_CREATE,
                             .container = str(id),
                             .spec = str(spec),
                             .runtime = str("io.containerd.runc.v2"),
                             .labels = &label,
                             .n_labels = 1,
                         });
}

struct c8d_call call_on(enum c8d_call_kind kind, const char *container)
{
    return (struct c8d_call){.kind = kind, .container = str(container)};
}

struct c8d_call call_on_exec(enum c8d_call_kind kind, const char *container, const char *process)
{
    return (struct c8d_call){.kind = kind, .container = str(container), .process = str(process)};
}

void world_subscribe(struct world *world)
{
    world_call_ok(world, (struct c8d_call){.kind = C8D_CALL_SUBSCRIBE});
}

void world_open_stdio(struct world *world, const char *id, uint32_t flags, struct c8d_stdio *out)
{
    assert_int_equal(world->runtime.ops->open_stdio(world->runtime.ctx, str(id), str(""), flags, out, NULL),
                     C8D_OK);
}

void world_close_stdio(struct world *world, struct c8d_stdio *stdio)
{
    world->runtime.ops->close_stdio(world->runtime.ctx, stdio);
    assert_int_equal(stdio->in, -1);
    assert_int_equal(stdio->out, -1);
    assert_int_equal(stdio->err, -1);
}

void world_launch(struct world *world, const char *id, const struct c8d_stdio *stdio)
{
    struct c8d_call create = call_on(C8D_CALL_TASK_CREATE, id);

    create.stdio = stdio;
    world_call_ok(world, create);
    world_call_ok(world, call_on(C8D_CALL_START, id));
}

/* Waits for init's end and deletes it and the container. Returns its code. */
uint32_t world_finish(struct world *world, const char *id)
{
    uint32_t code = world_await_event(world, C8D_EVENT_TASK_EXIT, id, "")->exit.code;
    struct reply deleted = world_call(world, call_on(C8D_CALL_DELETE, id));

    assert_int_equal(deleted.status, C8D_OK);
    assert_true(deleted.exit.known);
    assert_true(deleted.exit.ran);
    assert_int_equal(deleted.exit.code, code);
    assert_true(deleted.exit.at_ns > 0);
    world_call_ok(world, call_on(C8D_CALL_CONTAINER_DELETE, id));
    return code;
}

void world_kill(struct world *world, const char *id)
{
    struct c8d_call kill_call = call_on(C8D_CALL_KILL, id);

    kill_call.signal = SIGKILL;
    kill_call.all = true;
    world_call_ok(world, kill_call);
}
