/* SPDX-License-Identifier: Apache-2.0 */
/* c8d version: ours, and that of the runtime. */
#include "c8d.h"
#include "link.h"
#include "output.h"
#include <stdio.h>

static error_t parse(int key, char *value, struct argp_state *state)
{
    (void)key;
    (void)value;
    (void)state;
    return ARGP_ERR_UNKNOWN;
}

static const struct argp argp = {
    .parser = parse,
    .doc = "Shows the versions of c8d and of the runtime.",
};

static bool print(const struct c8d__options *options, const struct c8d_version *server)
{
    const char *runtime = options->simulated ? "simulated" : "containerd";

    if (options->json)
        return c8d__print_json(json_pack("{s:s, s:s, s:s, s:s, s:s}", "type", "version", "client",
                                         C8D_VERSION, "runtime", runtime, "server", server->version,
                                         "revision", server->revision));
    printf("c8d %s\n%s %s%s%s\n", C8D_VERSION, runtime, server->version, *server->revision != '\0' ? " " : "",
           server->revision);
    return true;
}

int c8d_command_version(int argc, char **argv)
{
    struct c8d__options options = {0};
    const struct c8d__link link = {0};
    struct c8d_client *client;
    struct c8d_version server;
    struct c8d_error err = {0};
    bool done = false;

    if (!c8d__parse(&argp, argc, argv, &options))
        return C8D__EXIT_FAILED;
    client = c8d__link_open(&options, &link);
    if (client == NULL)
        return C8D__EXIT_FAILED;
    if (c8d_client_version(client, options.timeout_ns, &server, &err) == C8D_OK)
        done = print(&options, &server);
    else
        c8d__fail("version: %s", err.message);
    c8d__link_close(&options, client);
    return done ? C8D__EXIT_OK : C8D__EXIT_FAILED;
}
