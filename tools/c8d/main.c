/* SPDX-License-Identifier: Apache-2.0 */
/* The c8d command: finds the subcommand and hands over. */
#include "c8d.h"
#include "options.h"
#include "output.h"
#include "streams.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct c8d_subcommand {
    const char *name;
    const char *help;
    int (*run)(int argc, char **argv);
};

static const struct c8d_subcommand subcommands[] = {
    {"run", "Run a container to its end, with its streams and its code", c8d_command_run},
    {"exec", "Run a further process in a container", c8d_command_exec},
    {"create", "Create a container without starting it", c8d_command_create},
    {"start", "Start a container that was created", c8d_command_start},
    {"attach", "Join a container that runs", c8d_command_attach},
    {"kill", "Send a signal to a container", c8d_command_kill},
    {"pause", "Freeze the processes of containers", c8d_command_pause},
    {"resume", "Let paused containers go on", c8d_command_resume},
    {"checkpoint", "Write an image of a container, to go on from", c8d_command_checkpoint},
    {"wait", "Wait until a container has ended", c8d_command_wait},
    {"delete", "Delete containers", c8d_command_delete},
    {"ps", "List the containers and what they do", c8d_command_ps},
    {"state", "Tell all that is known of a container", c8d_command_state},
    {"stats", "Tell what containers use", c8d_command_stats},
    {"pids", "List the processes of a container", c8d_command_pids},
    {"update", "Change what a running container may use", c8d_command_update},
    {"events", "Tell what happens to containers, live", c8d_command_events},
    {"record", "Record all that happens, to be replayed", c8d_command_record},
    {"replay", "Judge a recorded event log", c8d_command_replay},
    {"diff", "Compare two logs of the same host", c8d_command_diff},
    {"shrink", "Leave out of a log what an anomaly does not need", c8d_command_shrink},
    {"sim", "Try the whole client in simulated worlds where things go wrong", c8d_command_sim},
    {"graph", "Draw the state machines", c8d_command_graph},
#ifdef C8D_WITH_REMOTE
    {"supervise", "Start a private containerd and keep it", c8d_command_supervise},
#endif
    {"check", "Try a runtime: the lifecycle, what it costs, a reconnect", c8d_command_check},
    {"version", "Show the versions of c8d and of containerd", c8d_command_version},
};
#define N_SUBCOMMANDS (sizeof(subcommands) / sizeof(subcommands[0]))

enum { OPTION_VERSION = 'V' };

struct words {
    struct c8d__options options;
    int subcommand; /* its place in argv; 0 = none */
};

static const struct argp_option option_list[] = {
    {"version", OPTION_VERSION, NULL, 0, "Show the version", -1},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct words *words = state->input;

    (void)value;
    switch (key) {
    case OPTION_VERSION:
        printf("c8d %s\n", C8D_VERSION);
        exit(C8D__EXIT_OK);
    case ARGP_KEY_ARG:
        words->subcommand = state->next - 1;
        state->next = state->argc;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* The end of the help: the subcommands, from the table. */
static char *help_filter(int key, const char *text, void *input)
{
    char *list = NULL;
    size_t size;
    FILE *out;

    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)(uintptr_t)text;
    out = open_memstream(&list, &size);
    if (out == NULL)
        return NULL;
    fputs("Subcommands:\n", out);
    for (size_t i = 0; i < N_SUBCOMMANDS; i++)
        fprintf(out, "  %-10s %s\n", subcommands[i].name, subcommands[i].help);
    fputs("\n`c8d SUBCOMMAND --help' tells more of each.", out);
    return fclose(out) == 0 ? list : NULL;
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "SUBCOMMAND [ARGUMENT...]",
    .doc = "Runs containers on containerd and tells what becomes of them.\v",
    .help_filter = help_filter,
};

static const struct c8d_subcommand *find(const char *name)
{
    for (size_t i = 0; i < N_SUBCOMMANDS; i++) {
        if (strcmp(subcommands[i].name, name) == 0)
            return &subcommands[i];
    }
    return NULL;
}

/* Shared options may stand before the subcommand: they are handed to it as its first words. */
static int hand_over(const struct c8d_subcommand *subcommand, int place, int argc, char **argv)
{
    char title[32];
    char **words = calloc((size_t)argc + 1, sizeof(*words));
    int code;

    if (words == NULL) {
        c8d__fail("no memory");
        return C8D__EXIT_FAILED;
    }
    snprintf(title, sizeof(title), "c8d: %s", subcommand->name);
    words[0] = title;
    memcpy(words + 1, argv + 1, (size_t)(place - 1) * sizeof(*words));
    memcpy(words + place, argv + place + 1, (size_t)(argc - place - 1) * sizeof(*words));
    code = subcommand->run(argc - 1, words);
    free(words);
    return code;
}

/* What did not reach standard output is a failure, whoever printed it. */
static void close_output(void)
{
    const bool lost = ferror(stdout) != 0; /* some time ago */
    const bool flushed = fflush(stdout) == 0;

    if ((lost || !flushed) && c8d__print_failed(lost ? 0 : errno))
        _exit(C8D__EXIT_FAILED);
}

int main(int argc, char **argv)
{
    char title[] = "c8d";
    struct words words = {0};
    const struct c8d_subcommand *subcommand;

    c8d__streams_begin();
    if (atexit(close_output) != 0 || argc < 1)
        return C8D__EXIT_FAILED;
    argv[0] = title;
    if (!c8d__parse(&argp, argc, argv, &words))
        return C8D__EXIT_FAILED;
    if (words.subcommand == 0) {
        c8d__fail("no subcommand (see c8d --help)");
        return C8D__EXIT_FAILED;
    }
    subcommand = find(argv[words.subcommand]);
    if (subcommand == NULL) {
        c8d__fail("no such subcommand: '%s' (see c8d --help)", argv[words.subcommand]);
        return C8D__EXIT_FAILED;
    }
    return hand_over(subcommand, words.subcommand, argc, argv);
}
