/* SPDX-License-Identifier: Apache-2.0 */
/* c8d update: what a running container may use. */
#include "c8d.h"
#include "resources.h"
#include "target.h"
#include <stdlib.h>

struct update {
    struct c8d__options options;
    const char *id;
    const char *file;
    json_t *resources; /* what the options say */
    char *text;        /* all of it */
};

enum { OPTION_RESOURCES = 0x200, OPTION_LIMIT };

static const struct argp_option option_list[] = {
    {"resources", OPTION_RESOURCES, "FILE", 0, "OCI linux.resources as JSON (- = standard input)", 0},
    C8D__RESOURCE_OPTIONS(OPTION_LIMIT),
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct update *update = state->input;

    if (key >= OPTION_LIMIT && key < OPTION_LIMIT + C8D__N_RESOURCES)
        return c8d__resource_take((unsigned)(key - OPTION_LIMIT), value, state, update->resources);
    switch (key) {
    case OPTION_RESOURCES:
        update->file = value;
        return 0;
    case ARGP_KEY_END:
        if (update->file == NULL && json_object_size(update->resources) == 0)
            return c8d__refuse(state, "nothing to change (see --help)");
        return 0;
    default:
        return c8d__take_id(key, value, state, &update->id);
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "ID",
    .doc = "Changes what a running container may use. What is not named stays as it is; what the container "
           "was made "
           "with is not changed, so its next run has the old limits.",
};

static int update_task(void *command, const struct c8d__target *target)
{
    const struct update *update = command;
    struct c8d_error err = {0};

    if (c8d_task_update_resources(target->task, c8d__str(update->text), update->options.timeout_ns, &err) !=
        C8D_OK)
        return c8d__target_failed("update", target, &err);
    return C8D__EXIT_OK;
}

int c8d_command_update(int argc, char **argv)
{
    struct update update = {.resources = json_object()};
    int code = C8D__EXIT_FAILED;

    if (update.resources == NULL)
        c8d__fail("no memory");
    else if (c8d__parse(&argp, argc, argv, &update))
        update.text = c8d__resources_text(update.file, update.resources);
    if (update.text != NULL)
        code = c8d__on_target(&update.options, "update", update.id, true, update_task, &update);
    free(update.text);
    json_decref(update.resources);
    return code;
}
