/* SPDX-License-Identifier: Apache-2.0 */
/* c8d state: all that is known of a container. */
#include "c8d.h"
#include "output.h"
#include "target.h"
#include <inttypes.h>
#include <stdio.h>

struct state {
    struct c8d__options options;
    const char *id;
};

static error_t parse(int key, char *value, struct argp_state *argp_state)
{
    struct state *state = argp_state->input;

    return c8d__take_id(key, value, argp_state, &state->id);
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "ID",
    .doc =
        "Tells the state of a container and its task, how it ended, and what the container was made with. A "
        "container without a task has the state \"none\".",
};

/* What of a task is told; of none all is unknown. */
struct facts {
    const char *state;
    uint32_t pid;
    bool ended;
    struct c8d_exit end;
};

static struct facts facts_of(const struct c8d__target *target)
{
    struct facts facts = {.state = "none"};

    if (target->task == NULL)
        return facts;
    facts.state = c8d_public_state_name(c8d_process_state(target->task));
    facts.pid = c8d_process_pid(target->task);
    facts.ended = c8d_process_wait(target->task, 0, &facts.end, NULL) == C8D_OK;
    return facts;
}

static json_t *labels_of(const struct c8d__target *target)
{
    size_t n;
    const struct c8d_label *labels = c8d_container_labels(target->container, &n);
    json_t *object = json_object();

    for (size_t i = 0; i < n; i++) {
        if (json_object_setn_new(object, labels[i].key.ptr, labels[i].key.len,
                                 c8d__json_str(labels[i].value)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *time_of(int64_t ns)
{
    char text[C8D__TIME_BYTES];

    return ns > 0 ? json_string(c8d__format_time(ns, text)) : json_null();
}

static bool print_json(const struct state *state, const struct c8d__target *target, const struct facts *facts)
{
    const bool code = facts->ended && facts->end.known;

    return c8d__print_json(json_pack(
        "{s:s, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "type", "state", "namespace",
        state->options.namespace_, "container", target->id, "state", facts->state, "pid",
        (json_int_t)facts->pid, "exit_code", code ? json_integer((json_int_t)facts->end.code) : json_null(),
        "exited_at", time_of(facts->ended ? facts->end.at_ns : 0), "runtime",
        c8d__json_str(c8d_container_runtime(target->container)), "snapshotter",
        c8d__json_str(c8d_container_snapshotter(target->container)), "snapshot",
        c8d__json_str(c8d_container_snapshot_key(target->container)), "created_at",
        time_of(c8d_container_created_at(target->container)), "labels", labels_of(target)));
}

static void print_str(const char *name, struct c8d_str text)
{
    if (text.len != 0)
        printf("%-12s%.*s\n", name, (int)text.len, text.ptr);
}

static void print_time(const char *name, int64_t ns)
{
    char text[C8D__TIME_BYTES];

    if (ns > 0)
        printf("%-12s%s\n", name, c8d__format_time(ns, text));
}

static void print_labels(const struct c8d__target *target)
{
    size_t n;
    const struct c8d_label *labels = c8d_container_labels(target->container, &n);

    for (size_t i = 0; i < n; i++)
        printf("%-12s%.*s=%.*s\n", "label", (int)labels[i].key.len, labels[i].key.ptr,
               (int)labels[i].value.len, labels[i].value.ptr);
}

static void print_lines(const struct c8d__target *target, const struct facts *facts)
{
    printf("%-12s%s\n%-12s%s\n", "id", target->id, "state", facts->state);
    if (facts->pid != 0)
        printf("%-12s%" PRIu32 "\n", "pid", facts->pid);
    if (facts->ended && facts->end.known)
        printf("%-12s%" PRIu32 "\n", "exit code", facts->end.code);
    else if (facts->ended)
        printf("%-12sunknown\n", "exit code");
    print_time("exited at", facts->ended ? facts->end.at_ns : 0);
    print_str("runtime", c8d_container_runtime(target->container));
    print_str("snapshotter", c8d_container_snapshotter(target->container));
    print_str("snapshot", c8d_container_snapshot_key(target->container));
    print_time("created at", c8d_container_created_at(target->container));
    print_labels(target);
}

static int tell(void *command, const struct c8d__target *target)
{
    const struct state *state = command;
    const struct facts facts = facts_of(target);

    if (state->options.json)
        return print_json(state, target, &facts) ? C8D__EXIT_OK : C8D__EXIT_FAILED;
    print_lines(target, &facts);
    return C8D__EXIT_OK;
}

int c8d_command_state(int argc, char **argv)
{
    struct state state = {0};

    if (!c8d__parse(&argp, argc, argv, &state))
        return C8D__EXIT_FAILED;
    return c8d__on_target(&state.options, "state", state.id, false, tell, &state);
}
