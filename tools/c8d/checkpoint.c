/* SPDX-License-Identifier: Apache-2.0 */
/* c8d checkpoint: an image of a running container, to go on from. */
#include "c8d.h"
#include "restoring.h"
#include "target.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct checkpoint {
    struct c8d__options options;
    const char *id;
    const char *directory;
    char *path;    /* the directory, absolute */
    bool is_made;  /* the directory, by us */
    bool is_asked; /* for: what became of it may not be known */
    bool exit;
};

enum { OPTION_EXIT = 0x200 };

static const struct argp_option option_list[] = {
    {"exit", OPTION_EXIT, NULL, 0, "End the container with it", 0},
    C8D__STORE_OPTION,
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct checkpoint *checkpoint = state->input;

    switch (key) {
    case OPTION_EXIT:
        checkpoint->exit = true;
        return 0;
    case C8D__OPTION_CONTENT_STORE:
        checkpoint->options.content_store = true;
        return 0;
    case ARGP_KEY_ARG:
        if (checkpoint->id == NULL || checkpoint->directory != NULL)
            return c8d__take_id(key, value, state, &checkpoint->id);
        checkpoint->directory = value;
        return 0;
    case ARGP_KEY_END:
        return checkpoint->directory != NULL ? 0 : c8d__refuse(state, "no directory (see --help)");
    default:
        return c8d__take_id(key, value, state, &checkpoint->id);
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "ID DIR",
    .doc =
        "Writes an image of a running container into DIR, which is made when it is missing, for c8d run "
        "--restore-from. containerd has to see the same DIR unless --content-store is given, and needs runc "
        "and CRIU.",
};

static int checkpoint_task(void *command, const struct c8d__target *target)
{
    struct checkpoint *checkpoint = command;
    struct c8d_error err = {0};

    checkpoint->is_asked = true;
    if (c8d_task_checkpoint(target->task, c8d__str(checkpoint->path), checkpoint->exit,
                            c8d__patience(&checkpoint->options), &err) != C8D_OK)
        return c8d__target_failed("checkpoint", target, &err);
    return C8D__EXIT_OK;
}

static bool make_directory(struct checkpoint *checkpoint)
{
    checkpoint->is_made = mkdir(checkpoint->directory, 0700) == 0;
    if (!checkpoint->is_made && errno != EEXIST) {
        c8d__fail("checkpoint: %s: %s", checkpoint->directory, strerror(errno));
        return false;
    }
    checkpoint->path = realpath(checkpoint->directory, NULL);
    if (checkpoint->path == NULL)
        c8d__fail("checkpoint: %s: %s", checkpoint->directory, strerror(errno));
    return checkpoint->path != NULL;
}

/* Nobody writes into it when nobody was asked to; what others have put there stays. */
static void take_back_directory(const struct checkpoint *checkpoint)
{
    if (checkpoint->is_made && !checkpoint->is_asked)
        (void)!rmdir(checkpoint->directory);
}

int c8d_command_checkpoint(int argc, char **argv)
{
    struct checkpoint checkpoint = {0};
    int code = C8D__EXIT_FAILED;

    if (c8d__parse(&argp, argc, argv, &checkpoint) && make_directory(&checkpoint))
        code = c8d__on_target(&checkpoint.options, "checkpoint", checkpoint.id, true, checkpoint_task,
                              &checkpoint);
    take_back_directory(&checkpoint);
    free(checkpoint.path);
    return code;
}
