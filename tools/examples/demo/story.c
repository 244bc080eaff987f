/* SPDX-License-Identifier: Apache-2.0 */
/* One container with its execs, one that takes too much memory, and a runtime that is killed in the middle.
 */
#include "story.h"

#include "show.h"

#include <signal.h>
#include <stdio.h>

#define SECOND INT64_C(1000000000)
#define PATIENCE (20 * SECOND)
#define LIMIT (32 << 20)

/* The one thing that the demo is about: who ended, and how, is told once, whatever happens. */
#define EXITS_IN_ALL 5

static bool failed(const char *what, const struct c8d_error *err)
{
    fprintf(stderr, "demo: %s: %s\n", what, err->message);
    return false;
}

static bool ended_with(const char *what, const struct c8d_exit *end, uint32_t code)
{
    if (end->known && end->code == code)
        return true;
    fprintf(stderr, "demo: %s ended with %s%u, not with %u\n", what, end->known ? "" : "an unknown code ",
            end->code, code);
    return false;
}

void story_notice(void *user, const struct c8d_notice *notice)
{
    struct story *story = user;

    story->notices++;
    story->exits += notice->kind == C8D_NOTICE_EXIT;
    show_notice(notice);
}

static void output(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    (void)user;
    (void)stream;
    if (length > 0)
        show_output(c8d_process_id(process), data, length);
}

static bool container_spec(const struct story *story, const char *id, const char *script, char *out,
                           size_t size)
{
    static const char format[] =
        "{\"ociVersion\":\"1.0.2\",\"hostname\":\"%s\",\"root\":{\"path\":\"%s\"},"
        "\"process\":{\"cwd\":\"/\",\"env\":[\"PATH=/bin\"],\"args\":[\"/bin/sh\",\"-c\",\"%s\"]},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
        "\"linux\":{\"cgroupsPath\":\"/%s/%s\",\"resources\":{\"memory\":{\"limit\":%d,\"swap\":%d}},"
        "\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"},{\"type\":\"ipc\"},{\"type\":\"uts\"}]}}";
    int length = snprintf(out, size, format, id, story->world->rootfs, script, story->world->namespace_, id,
                          LIMIT, LIMIT);

    return length > 0 && (size_t)length < size;
}

/* Creates a container and starts its task. */
static bool run(struct story *story, const char *id, const char *script, struct c8d_container **out_container,
                struct c8d_process **out_task)
{
    struct c8d_container_options options = {.size = sizeof(options), .id = text(id)};
    struct c8d_start_options start = {.size = sizeof(start), .stdio = C8D_STDIO_OUT, .output = output};
    uint64_t before = story->world->calls(story->world);
    struct c8d_error err = {0};
    char spec[4096];

    if (!container_spec(story, id, script, spec, sizeof(spec)))
        return false;
    options.spec = text(spec);
    if (c8d_client_new_container(story->client, &options, PATIENCE, out_container, &err) != C8D_OK)
        return failed("create", &err);
    if (c8d_container_start(*out_container, &start, PATIENCE, out_task, &err) != C8D_OK)
        return failed("start", &err);
    show_calls(story->world->calls(story->world) - before);
    return true;
}

static bool exec(struct story *story, const char *id, const char *script, struct c8d_process **out)
{
    struct c8d_exec_options options = {
        .size = sizeof(options), .id = text(id), .stdio = C8D_STDIO_OUT, .output = output};
    struct c8d_error err = {0};
    char spec[256];

    snprintf(spec, sizeof(spec),
             "{\"cwd\":\"/\",\"env\":[\"PATH=/bin\"],\"args\":[\"/bin/sh\",\"-c\",\"%s\"]}", script);
    options.spec = text(spec);
    if (c8d_task_exec(story->task, &options, PATIENCE, out, &err) != C8D_OK)
        return failed("exec", &err);
    return true;
}

/* Waits for the end, lets it say all it has to say, and deletes it. */
static bool finish(struct c8d_process *process, const char *what, uint32_t code)
{
    struct c8d_error err = {0};
    struct c8d_exit end;

    if (c8d_process_wait(process, PATIENCE, &end, &err) != C8D_OK ||
        c8d_process_drain(process, PATIENCE, &err) != C8D_OK ||
        c8d_process_delete(process, PATIENCE, NULL, &err) != C8D_OK)
        return failed(what, &err);
    c8d_process_unref(process);
    return ended_with(what, &end, code);
}

static bool exec_to_its_end(struct story *story, const char *id, const char *script, uint32_t code)
{
    uint64_t before = story->world->calls(story->world);
    struct c8d_process *process;

    if (!exec(story, id, script, &process) || !finish(process, id, code))
        return false;
    show_calls(story->world->calls(story->world) - before);
    return true;
}

static bool chapter_execs(struct story *story)
{
    show_chapter("A container, and two execs in it");
    show_operation("run web: sleep 60");
    if (!run(story, "web", "sleep 60", &story->web, &story->task))
        return false;
    show_operation("exec greet: echo hello; exit 0");
    if (!exec_to_its_end(story, "greet", "echo hello; exit 0", 0))
        return false;
    show_operation("exec fail: exit 3");
    return exec_to_its_end(story, "fail", "exit 3", 3);
}

static bool chapter_pause(struct story *story)
{
    uint64_t before = story->world->calls(story->world);
    struct c8d_error err = {0};

    show_chapter("Paused, and resumed");
    show_operation("pause and resume web");
    if (c8d_task_pause(story->task, PATIENCE, &err) != C8D_OK)
        return failed("pause", &err);
    if (c8d_task_resume(story->task, PATIENCE, &err) != C8D_OK)
        return failed("resume", &err);
    show_calls(story->world->calls(story->world) - before);
    return true;
}

static bool remove_container(struct c8d_container *container)
{
    struct c8d_error err = {0};

    if (c8d_container_delete(container, PATIENCE, &err) != C8D_OK)
        return failed("delete", &err);
    c8d_container_unref(container);
    return true;
}

static bool chapter_memory(struct story *story)
{
    struct c8d_container *hungry;
    struct c8d_process *task;
    uint64_t before;

    show_chapter("More memory than it may have");
    show_operation("run hungry: takes memory until the kernel ends it");
    if (!run(story, "hungry", "hog", &hungry, &task))
        return false;
    before = story->world->calls(story->world);
    show_operation("wait for it, then delete its task and itself");
    if (!finish(task, "hungry", 128 + SIGKILL) || !remove_container(hungry))
        return false;
    show_calls(story->world->calls(story->world) - before);
    return true;
}

/* Goes on handling whatever comes. */
static void idle(struct story *story, int64_t duration_ns)
{
    int64_t until = story->world->runtime.ops->now(story->world->runtime.ctx) + duration_ns;
    int64_t left;

    while ((left = until - story->world->runtime.ops->now(story->world->runtime.ctx)) > 0)
        (void)c8d_client_dispatch(story->client, left);
}

static bool chapter_killed(struct story *story)
{
    struct c8d_process *job;
    uint64_t before;

    show_chapter("The runtime is killed while a process ends");
    show_operation("exec job: sleep 1; exit 42");
    if (!exec(story, "job", "sleep 1; exit 42", &job))
        return false;
    before = story->world->calls(story->world);
    show_operation("kill -9 the runtime; job ends meanwhile, and nobody is there to tell");
    if (!story->world->kill_server(story->world))
        return false;
    idle(story, SECOND + SECOND / 2);
    show_operation("start the runtime again, and wait for job");
    if (!story->world->start_server(story->world) || !finish(job, "job", 42))
        return false;
    show_calls(story->world->calls(story->world) - before);
    return true;
}

static bool chapter_end(struct story *story)
{
    uint64_t before = story->world->calls(story->world);
    struct c8d_error err = {0};

    show_chapter("The end of web");
    show_operation("kill it, delete its task and itself");
    if (c8d_process_kill(story->task, SIGKILL, PATIENCE, &err) != C8D_OK)
        return failed("kill", &err);
    if (!finish(story->task, "web", 128 + SIGKILL) || !remove_container(story->web))
        return false;
    show_calls(story->world->calls(story->world) - before);
    return true;
}

bool story_tell(struct story *story)
{
    uint64_t before = story->world->calls(story->world);

    if (!chapter_execs(story) || !chapter_pause(story) || !chapter_memory(story) || !chapter_killed(story) ||
        !chapter_end(story))
        return false;
    show_chapter("In all");
    show_text("%u notices; %u processes, %u ends, each told once", story->notices, EXITS_IN_ALL,
              story->exits);
    show_text("%llu RPCs, %s", (unsigned long long)(story->world->calls(story->world) - before),
              story->world->counted);
    return story->exits == EXITS_IN_ALL;
}
