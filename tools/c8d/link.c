/* SPDX-License-Identifier: Apache-2.0 */
/* From the shared options to a client. */
#include "link.h"
#include "c8d.h"
#include "choice.h"
#include <c8d/local.h>
#include <c8d/remote.h>
#include <c8d/simulated.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_SECOND INT64_C(1000000000)

static enum c8d_status make_simulated(const struct c8d__options *options, struct c8d_runtime *out,
                                      struct c8d_error *err)
{
    const struct c8d_simulated_options simulated = {
        .size = sizeof(simulated),
        .seed = 1,
        .namespace_ = c8d__str(options->namespace_),
        .real_time = true,
    };

    return c8d_simulated_new(&simulated, out, err);
}

#ifdef C8D_WITH_REMOTE
static enum c8d_status make_remote(const struct c8d__options *options, struct c8d_str address,
                                   struct c8d__cord *cord, struct c8d_runtime *out, struct c8d_error *err)
{
    const char *fifos = getenv("C8D_FIFO_DIRECTORY");
    struct c8d_remote_options remote = {
        .size = sizeof(remote),
        .address = address,
        .namespace_ = c8d__str(options->namespace_),
        .fifo_directory = c8d__str(fifos != NULL ? fifos : ""),
        .transport = options->transport,
        .images_in_store = options->content_store,
    };
    enum c8d_status status = C8D_OK;

    if (cord != NULL) {
        status = c8d__cord_connect(cord, address, &remote.fd, err);
        remote.has_fd = status == C8D_OK;
    }
    return status == C8D_OK ? c8d_remote_new(&remote, out, err) : status;
}
#else
static enum c8d_status make_remote(const struct c8d__options *options, struct c8d_str address,
                                   struct c8d__cord *cord, struct c8d_runtime *out, struct c8d_error *err)
{
    (void)options;
    (void)address;
    (void)cord;
    (void)out;
    return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "this c8d was built without containerd");
}
#endif

static enum c8d_status make_local(const struct c8d__options *options, struct c8d_runtime *out,
                                  struct c8d_error *err)
{
    const struct c8d_local_options local = {
        .size = sizeof(local),
        .namespace_ = c8d__str(options->namespace_),
        .owner = c8d__str(options->owner),
    };

    return c8d_local_new(&local, out, err);
}

static enum c8d_status no_store(struct c8d_error *err)
{
    return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "only containerd has a content store");
}

static enum c8d_status make(const struct c8d__options *options, struct c8d__cord *cord,
                            struct c8d_runtime *out, struct c8d_error *err)
{
    struct c8d_selection choice;
    enum c8d_status status;

    if (options->simulated && options->content_store)
        return no_store(err);
    if (options->simulated) {
        status = make_simulated(options, out, err);
        if (status == C8D_OK && cord != NULL)
            c8d__cord_simulated(cord, *out);
        return status;
    }
    status = c8d__choose(options, &choice, err);
    if (status != C8D_OK)
        return status;
    if (choice.kind == C8D_RUNTIME_REMOTE)
        return make_remote(options, choice.address, cord, out, err);
    if (options->content_store)
        return no_store(err);
    if (cord != NULL)
        return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "the local runtime has no connection");
    return make_local(options, out, err);
}

struct c8d_client *c8d__link_open(const struct c8d__options *options, const struct c8d__link *link)
{
    struct c8d_client *client = NULL;
    struct c8d_error err = {0};
    struct c8d_client_options client_options = {
        .size = sizeof(client_options),
        .namespace_ = c8d__str(options->namespace_),
        .adopt = link->adopt,
        .notice = link->notice,
        .user = link->user,
        .tap = link->tap,
    };
    struct c8d_runtime *runtime = &client_options.runtime;
    enum c8d_status status = make(options, link->cord, runtime, &err);

    if (status == C8D_OK) {
        status = c8d_client_new(&client_options, &client, &err);
        if (status != C8D_OK)
            runtime->ops->destroy(runtime->ctx);
    }
    if (status != C8D_OK)
        c8d__fail("%s", err.message);
    return client;
}

struct c8d_container *c8d__link_load(const struct c8d__options *options, struct c8d_client *client,
                                     const char *subcommand, const char *id)
{
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    if (c8d_client_load_container(client, c8d__str(id), options->timeout_ns, &container, &err) != C8D_OK)
        c8d__fail("%s: %s: %s", subcommand, id, err.message);
    return container;
}

int64_t c8d__monotonic_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * NS_PER_SECOND + time.tv_nsec;
}

void c8d__link_close(const struct c8d__options *options, struct c8d_client *client)
{
    struct c8d_client_counters counters;

    if (options->verbose) {
        c8d_client_counters(client, &counters);
        fprintf(stderr,
                "calls %" PRIu64 ", events %" PRIu64 ", connections %" PRIu64 ", notices %" PRIu64 "\n",
                counters.runtime.calls, counters.runtime.events, counters.runtime.connects,
                counters.model.notices);
    }
    c8d_client_unref(client);
}
