/* SPDX-License-Identifier: Apache-2.0 */
/* Containers that a command line names. */
#ifndef C8D_COMMAND_TARGET_H
#define C8D_COMMAND_TARGET_H

#include "link.h"
#include <c8d/task.h>

/** IDs in the order in which they were given. */
struct c8d__ids {
    const char **list;
    size_t n;
};

/** Takes one ID, as an argp parser: none, and a second one, are refused. */
error_t c8d__take_id(int key, char *value, struct argp_state *state, const char **id);
/** Takes IDs; none is refused unless `may_be_none`. */
error_t c8d__take_ids(int key, char *value, struct argp_state *state, struct c8d__ids *ids, bool may_be_none);
void c8d__ids_free(struct c8d__ids *ids);

/** A container, its task, and the client on which they are. */
struct c8d__target {
    const char *id;
    struct c8d_client *client;
    struct c8d_container *container;
    struct c8d_process *task; /**< NULL when it has none */
};

/** What is done with a target. @return The exit code. */
typedef int c8d__target_fn(void *command, const struct c8d__target *target);

/**
 * Finds a container and does something with it.
 * @param needs_task A container without a task is a failure.
 * @return What `act` returned; 2 after a failure before, which was told.
 */
int c8d__on_target(const struct c8d__options *options, const char *subcommand, const char *id,
                   bool needs_task, c8d__target_fn *act, void *command);

/** The same for each of them on one client, going on after a failure. @return The highest code. */
int c8d__on_targets(const struct c8d__options *options, const char *subcommand, const struct c8d__ids *ids,
                    bool needs_task, c8d__target_fn *act, void *command);

/** Tells a failure that an operation on a container had; and what the container is, when it was refused for
 * that. */
void c8d__fail_of(const char *subcommand, const char *id, struct c8d_container *container,
                  const struct c8d_error *err);

/** Tells a failure that an operation on a target had, likewise. @return 2 */
int c8d__target_failed(const char *subcommand, const struct c8d__target *target, const struct c8d_error *err);

#endif
