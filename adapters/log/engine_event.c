/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of docker and podman in containerd's. A task is told by its start and its end alone; what is
 * implied by them is for the replay to add. `exec_start` is not among them: docker tells it before it tries.
 */
#include "engine_event.h"
#include <string.h>

struct word {
    const char *action;
    enum c8d_event_kind kind;
    bool of_exec;
};

static const struct word words[] = {
    {"create", C8D_EVENT_CONTAINER_CREATE, false},
    {"start", C8D_EVENT_TASK_START, false},
    {"die", C8D_EVENT_TASK_EXIT, false},
    {"died", C8D_EVENT_TASK_EXIT, false},
    {"oom", C8D_EVENT_TASK_OOM, false},
    {"pause", C8D_EVENT_TASK_PAUSED, false},
    {"unpause", C8D_EVENT_TASK_RESUMED, false},
    {"checkpoint", C8D_EVENT_TASK_CHECKPOINTED, false},
    {"destroy", C8D_EVENT_CONTAINER_DELETE, false},
    {"remove", C8D_EVENT_CONTAINER_DELETE, false},
    {"exec_create", C8D_EVENT_EXEC_ADDED, true},
    {"exec_die", C8D_EVENT_TASK_EXIT, true},
    {"exec_died", C8D_EVENT_TASK_EXIT, true},
};

/* What stands after a colon is free text: a command, or what a health check said. */
static struct c8d_str bare_action(struct c8d_str action)
{
    const char *colon = action.len > 0 ? memchr(action.ptr, ':', action.len) : NULL;

    return colon != NULL ? c8d__between(action.ptr, colon) : action;
}

static const struct word *word_of(const struct c8d__engine_event *event)
{
    struct c8d_str action = bare_action(event->action);

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (c8d__is_text(action, words[i].action))
            return words[i].of_exec && event->exec.len == 0 ? NULL : &words[i];
    }
    return NULL;
}

/* A label may have the attribute's name and another kind of value: then the code is not known. */
static struct c8d_exit exit_of(const struct c8d__engine_event *event, int64_t time_ns)
{
    struct c8d_exit exit = {.ran = true, .at_ns = time_ns};

    exit.known = c8d__read_u32(event->exit_code, &exit.code);
    if (!exit.known)
        exit.code = 0;
    return exit;
}

enum c8d_line_verdict c8d__engine_record(const struct c8d__engine_event *event, const char *namespace_,
                                         struct c8d_log_record *out)
{
    const struct word *word = word_of(event);

    if (word == NULL || !c8d__is_text(event->type, "container"))
        return C8D_LINE_IGNORED;
    out->oom = event->oom && word->kind == C8D_EVENT_TASK_EXIT && !word->of_exec;
    out->event = (struct c8d_event){
        .kind = word->kind,
        .namespace_ = {namespace_, strlen(namespace_)},
        .container = event->id,
        .time_ns = out->time_ns,
    };
    if (word->of_exec)
        out->event.process = event->exec;
    if (word->kind == C8D_EVENT_TASK_EXIT)
        out->event.exit = exit_of(event, out->time_ns);
    out->namespace_ = out->event.namespace_;
    out->container = out->event.container;
    out->process = out->event.process;
    return c8d__is_name_text(event->id) && !c8d__same_str(event->exec, event->id) &&
                   (!word->of_exec || c8d__is_name_text(event->exec))
               ? C8D_LINE_EVENT
               : C8D_LINE_MALFORMED;
}
