/* SPDX-License-Identifier: Apache-2.0 */
/* From which image a task goes on. */
#include "restoring.h"
#include "c8d.h"
#include "spec.h"
#include <stdlib.h>

bool c8d__restoring_takes(int key)
{
    return key == C8D__OPTION_RESTORE_FROM || key == C8D__OPTION_CONTENT_STORE;
}

error_t c8d__restoring_parse(int key, const char *value, struct c8d__options *options,
                             struct c8d__restoring *restoring)
{
    if (key == C8D__OPTION_CONTENT_STORE)
        options->content_store = true;
    else
        restoring->from = value;
    return 0;
}

error_t c8d__restoring_check(const struct c8d__restoring *restoring, const struct c8d__options *options,
                             const struct argp_state *state)
{
    if (options->content_store && restoring->from == NULL)
        return c8d__refuse(state, "--content-store goes with --restore-from");
    return 0;
}

bool c8d__restoring_find(struct c8d__restoring *restoring)
{
    if (restoring->from == NULL)
        return true;
    restoring->path = c8d__directory("checkpoint", restoring->from);
    return restoring->path != NULL;
}

struct c8d_str c8d__restoring_image(const struct c8d__restoring *restoring)
{
    return c8d__str(restoring->path != NULL ? restoring->path : "");
}

void c8d__restoring_free(struct c8d__restoring *restoring)
{
    free(restoring->path);
}
