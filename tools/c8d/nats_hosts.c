/* SPDX-License-Identifier: Apache-2.0 */
/* The models of a partition. Each sees the containers of one host that are in the partition, and all that
 * concerns the host's connection. */
#include "nats_hosts.h"
#include "nats_subject.h"
#include "output.h"
#include <c8d/log.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct host {
    struct c8d__nats_hosts *hosts;
    struct c8d_replay *replay;
    char name[C8D__TOKEN_BYTES_MAX + 1];
};

static json_t *line_of(const struct host *host, const char *type, struct c8d_str namespace_,
                       struct c8d_str container, struct c8d_str process)
{
    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:I, s:I}", "type", type, "host", host->name, "namespace",
                     c8d__json_str(namespace_), "container", c8d__json_str(container), "process",
                     c8d__json_str(process), "partition", (json_int_t)host->hosts->partition, "seq",
                     (json_int_t)host->hosts->seq);
}

static void set_exit(json_t *line, const struct c8d_action *action)
{
    bool known = action->exit_known;
    char at[C8D__TIME_BYTES];

    json_object_set_new(line, "exit_code", known ? json_integer((json_int_t)action->exit_code) : json_null());
    json_object_set_new(line, "exited_at",
                        action->exited_at_ns > 0 ? json_string(c8d__format_time(action->exited_at_ns, at))
                                                 : json_null());
}

static void tell_notice(const struct host *host, const struct c8d_replay_step *step,
                        const struct c8d_action *action)
{
    json_t *line = line_of(host, "notice", step->namespace_, step->container, step->process);

    json_object_set_new(line, "notice", json_string(c8d_notice_name((enum c8d_notice_kind)action->what)));
    json_object_set_new(line, "incarnation", json_integer((json_int_t)action->incarnation));
    json_object_set_new(line, "pid", json_integer((json_int_t)action->pid));
    json_object_set_new(line, "cause", json_string(c8d_cause_name((enum c8d_cause)action->cause)));
    set_exit(line, action);
    c8d__nats_output_add(host->hosts->output, line);
}

/* Notices of the connection concern every partition, and are nobody's. */
static void take_step(void *user, const struct c8d_replay_step *step)
{
    const struct host *host = user;

    if (host->hosts->muted || step->container.len == 0)
        return;
    for (uint32_t i = 0; i < step->actions->count; i++) {
        const struct c8d_action *action = &step->actions->items[i];

        if (action->kind == C8D_ACTION_NOTICE && action->container == step->container_ref &&
            action->process == step->process_ref)
            tell_notice(host, step, action);
    }
}

static void take_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    const struct host *host = user;
    json_t *line;

    host->hosts->found++;
    if (host->hosts->muted)
        return;
    line = line_of(host, "anomaly", anomaly->namespace_, anomaly->container, anomaly->process);
    json_object_set_new(line, "kind", json_string(anomaly->kind));
    json_object_set_new(line, "incarnation", json_integer((json_int_t)anomaly->incarnation));
    json_object_set_new(line, "detail", json_string(anomaly->detail));
    c8d__nats_output_add(host->hosts->output, line);
}

/* Runs are told by their notices. */
static void take_run(void *user, const struct c8d_replay_run *run)
{
    (void)user;
    (void)run;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct host *)a)->name, ((const struct host *)b)->name);
}

static struct host *make(struct c8d__nats_hosts *hosts, const char *name)
{
    struct host *host = calloc(1, sizeof(*host));
    const struct c8d_replay_sink sink = {
        .run = take_run, .anomaly = take_anomaly, .user = host, .step = take_step};

    if (host == NULL)
        return NULL;
    snprintf(host->name, sizeof(host->name), "%s", name);
    host->hosts = hosts;
    if (c8d_replay_new(C8D_LOG_C8D, &sink, NULL, &host->replay) != C8D_OK) {
        free(host);
        return NULL;
    }
    return host;
}

static struct host *host_named(struct c8d__nats_hosts *hosts, const char *name)
{
    struct host *made = make(hosts, name);
    struct host **found;

    if (made == NULL)
        return NULL;
    found = tsearch(made, &hosts->root, compare);
    if (found == NULL || *found != made) {
        c8d_replay_free(made->replay);
        free(made);
    }
    return found != NULL ? *found : NULL;
}

/* Most frames are of a host that is known: only then is nothing made. */
static struct host *known(const struct c8d__nats_hosts *hosts, const char *name)
{
    struct host key = {0};
    struct host **found;

    snprintf(key.name, sizeof(key.name), "%s", name);
    found = tfind(&key, &hosts->root, compare);
    return found != NULL ? *found : NULL;
}

bool c8d__nats_hosts_feed(struct c8d__nats_hosts *hosts, const char *host_name, const char *frame,
                          size_t length)
{
    struct host *host = known(hosts, host_name);

    if (host == NULL)
        host = host_named(hosts, host_name);
    return host != NULL && c8d_replay_feed(host->replay, frame, length) == C8D_OK;
}

static void discard(void *node)
{
    struct host *host = node;

    c8d_replay_free(host->replay);
    free(host);
}

void c8d__nats_hosts_free(struct c8d__nats_hosts *hosts)
{
    tdestroy(hosts->root, discard);
    hosts->root = NULL;
}
