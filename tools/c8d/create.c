/* SPDX-License-Identifier: Apache-2.0 */
/* c8d create: a container that does not run yet. */
#include "c8d.h"
#include "making.h"
#include "output.h"
#include <stdio.h>

struct create {
    struct c8d__options options;
    struct c8d__making making;
};

static const struct argp_option option_list[] = {
    C8D__MAKING_OPTIONS,
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct create *create = state->input;

    if (key == ARGP_KEY_END)
        return c8d__making_check(&create->making, &create->options, state);
    return c8d__making_parse(key, value, state, &create->making);
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "ID [COMMAND [ARGUMENT...]]",
    .doc = "Makes a container without starting it, and prints its ID."
           "\vWhat follows ID belongs to COMMAND (/bin/sh when there is none).",
};

static bool create_container(const struct create *create)
{
    const struct c8d__link link = {0};
    struct c8d_client *client = c8d__link_open(&create->options, &link);
    struct c8d_container *container;
    bool done;

    if (client == NULL)
        return false;
    container = c8d__making_container(&create->making, &create->options, client, "create");
    done = container != NULL && c8d__print_id(&create->options, "created", create->making.line.id);
    c8d_container_unref(container);
    c8d__link_close(&create->options, client);
    return done;
}

int c8d_command_create(int argc, char **argv)
{
    struct create create = {0};
    bool done = c8d__parse(&argp, argc, argv, &create) && c8d__making_spec(&create.making, &create.options) &&
                create_container(&create);

    c8d__making_free(&create.making);
    return done ? C8D__EXIT_OK : C8D__EXIT_FAILED;
}
