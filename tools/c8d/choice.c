/* SPDX-License-Identifier: Apache-2.0 */
#include "choice.h"
#include "c8d.h"
#include <stdlib.h>
#include <string.h>

static struct c8d_str variable(const char *name)
{
    const char *value = getenv(name);

    return c8d__str(value != NULL ? value : "");
}

enum c8d_status c8d__choose(const struct c8d__options *options, struct c8d_selection *out,
                            struct c8d_error *err)
{
    bool address_given = !C8D__IS_WINDOWS || strcmp(options->address, C8D__DEFAULT_ADDRESS) != 0;
    const struct c8d_select_options given = {
        .size = sizeof(given),
        .windows = C8D__IS_WINDOWS,
        .wanted = c8d__str(options->runtime != NULL ? options->runtime : ""),
        .address = c8d__str(address_given ? options->address : ""),
        .containerd = variable("DOCKER_WINDOWS_CONTAINERD"),
        .containerd_runtime = variable("DOCKER_WINDOWS_CONTAINERD_RUNTIME"),
    };

    return c8d_runtime_select(&given, out, err);
}
