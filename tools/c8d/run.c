/* SPDX-License-Identifier: Apache-2.0 */
/* c8d run: a container from its creation to its end. */
#include "c8d.h"
#include "link.h"
#include "recording.h"
#include "session.h"
#include "signals.h"
#include "wishes.h"
#include <c8d/task.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION_RM = 0x200, OPTION_RECORD, OPTION_BUNDLE, OPTION_ROOTFS, OPTION_MEMORY };

struct run {
    struct c8d__options options;
    struct c8d__command_line line;
    bool remove;
    bool detach;
    const char *record;
    const char *bundle;
    const char *rootfs;
};

static const struct argp_option option_list[] = {
    {"rootfs", OPTION_ROOTFS, "DIR", 0, "Root file system; the rest of the spec is the default one", 0},
    {"bundle", OPTION_BUNDLE, "DIR", 0, "OCI bundle: DIR/config.json is the spec", 0},
    {"rm", OPTION_RM, NULL, 0, "Delete the container when it has ended", 0},
    {"detach", 'd', NULL, 0, "Print the ID and do not wait for the end", 0},
    C8D__WISH_OPTIONS,
    {"memory", OPTION_MEMORY, "BYTES", 0, "Limit of its memory; k, m or g may follow", 0},
    {"record", OPTION_RECORD, "FILE", 0, "Record all that happens in FILE, for c8d replay", 0},
    {0},
};

static error_t take_memory(struct c8d__wishes *wishes, char *text, struct argp_state *state)
{
    static const char units[] = "kmg";
    const size_t length = strlen(text);
    const char *unit = length > 1 ? strchr(units, text[length - 1]) : NULL;
    unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    char digits[24];

    snprintf(digits, sizeof(digits), "%.*s", (int)(unit != NULL ? length - 1 : length), text);
    if (length >= sizeof(digits) ||
        !c8d__read_number(digits, (uint64_t)INT64_MAX >> shift, &wishes->memory) || wishes->memory == 0)
        return c8d__refuse(state, "not a number of bytes: '%s'", text);
    wishes->memory <<= shift;
    return 0;
}

static error_t check(const struct run *run, const struct argp_state *state)
{
    if (run->detach && run->remove)
        return c8d__refuse(state, "--rm needs somebody who waits for the end: not with --detach");
    if (run->detach && (run->line.interactive || run->record != NULL))
        return c8d__refuse(state, "--interactive and --record go on to the end: not with --detach");
    if (run->bundle != NULL && run->rootfs != NULL)
        return c8d__refuse(state, "either --bundle or --rootfs");
    if (run->bundle == NULL && run->rootfs == NULL && !run->options.simulated)
        return c8d__refuse(state, "neither --bundle nor --rootfs");
    return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct run *run = state->input;

    switch (key) {
    case OPTION_RM:
        run->remove = true;
        return 0;
    case 'd':
        run->detach = true;
        return 0;
    case OPTION_RECORD:
        run->record = value;
        return 0;
    case OPTION_BUNDLE:
        run->bundle = value;
        return 0;
    case OPTION_ROOTFS:
        run->rootfs = value;
        return 0;
    case OPTION_MEMORY:
        return take_memory(&run->line.wishes, value, state);
    case ARGP_KEY_END:
        return check(run, state);
    default:
        return c8d__command_line_parse(key, value, state, &run->line);
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .args_doc = "ID [COMMAND [ARGUMENT...]]",
    .doc =
        "Creates and starts a container, passes its output and our signals on, and ends with its exit code; "
        "125: c8d failed, 126: COMMAND cannot be executed, 127: COMMAND was not found."
        "\vWhat follows ID belongs to COMMAND (/bin/sh when there is none). "
        "Without --rm the container's record stays, until c8d delete.",
};

static json_t *default_spec(const struct run *run)
{
    /* The simulated runtime looks at no file. */
    char *rootfs = run->rootfs != NULL ? c8d__directory("root file system", run->rootfs) : strdup("/");
    json_t *spec = NULL;

    if (rootfs != NULL)
        spec = c8d__spec_default(rootfs, run->options.namespace_, run->line.id);
    free(rootfs);
    return spec;
}

static char *make_spec(const struct run *run)
{
    json_t *spec = run->bundle != NULL ? c8d__spec_of_bundle(run->bundle) : default_spec(run);
    char *text = NULL;

    if (spec != NULL && c8d__spec_wish(spec, &run->line.wishes))
        text = c8d__spec_text(spec);
    json_decref(spec);
    return text;
}

/* The task, whatever it does, and the record. */
static enum c8d_status delete_all(const struct run *run, struct c8d_container *container,
                                  struct c8d_error *err)
{
    const int64_t timeout = c8d__patience(&run->options);
    struct c8d_process *task = c8d_container_task(container);
    enum c8d_status status = C8D_OK;

    if (task != NULL)
        status = c8d_task_force_delete(task, timeout, NULL, err);
    c8d_process_unref(task);
    if (status == C8D_OK || status == C8D_NOT_FOUND)
        status = c8d_container_delete(container, timeout, err);
    return status;
}

/* Until it is gone: it may be in the middle of something. @return False after a failure that was told. */
static bool remove_container(const struct run *run, struct c8d_client *client,
                             struct c8d_container *container)
{
    int64_t until = c8d__monotonic_ns() + c8d__patience(&run->options);

    for (;;) {
        struct c8d_error err = {0};
        enum c8d_status status = delete_all(run, container, &err);
        int64_t left = until - c8d__monotonic_ns();

        if (status == C8D_OK || status == C8D_NOT_FOUND)
            return true;
        if (status != C8D_CONFLICT || left <= 0) {
            c8d__fail("run: the container is left behind: %s", err.message);
            return false;
        }
        c8d_client_dispatch(client, left);
    }
}

/* The task alone, when it has ended and the record is to stay. */
static bool remove_task(const struct run *run, struct c8d_process *task)
{
    struct c8d_error err = {0};
    enum c8d_status status = c8d_process_delete(task, c8d__patience(&run->options), NULL, &err);

    if (status == C8D_OK || status == C8D_NOT_FOUND)
        return true;
    c8d__fail("run: its task is left behind: %s", err.message);
    return false;
}

static bool print_id(const char *id)
{
    if (puts(id) >= 0 && fflush(stdout) == 0)
        return true;
    c8d__fail("standard output: %s", strerror(errno));
    clearerr(stdout);
    return false;
}

/* Starts the task and stays with it. @param keep Set: the container is to stay. */
static int run_task(const struct run *run, struct c8d__session *session, struct c8d_container *container,
                    bool *keep)
{
    const struct c8d_start_options start = {
        .size = sizeof(start),
        .stdio = c8d__session_stdio(session),
        .output = c8d__session_output,
        .user = session,
    };
    int code = C8D__EXIT_RUN_FAILED;
    struct c8d_process *task = NULL;
    struct c8d_error err = {0};
    struct c8d_exit exit;
    enum c8d_status status = c8d_container_start(container, run->detach ? NULL : &start,
                                                 c8d__patience(&run->options), &task, &err);

    if (status != C8D_OK)
        return c8d__session_refused("run", &err);
    if (run->detach) {
        *keep = print_id(run->line.id);
        code = *keep ? C8D__EXIT_OK : code;
    } else if (c8d__session_follow(session, task, &exit)) {
        code = c8d__session_code(&exit);
        *keep = !run->remove;
        if (*keep && !remove_task(run, task))
            code = C8D__EXIT_RUN_FAILED;
    }
    c8d_process_unref(task);
    return code;
}

static int run_container(const struct run *run, struct c8d_client *client, const char *spec)
{
    struct c8d__session session = {
        .options = &run->options,
        .client = client,
        .interactive = run->line.interactive,
    };
    const struct c8d_container_options options = {
        .size = sizeof(options),
        .id = c8d__str(run->line.id),
        .spec = c8d__str(spec),
    };
    struct c8d_container *container;
    struct c8d_error err = {0};
    bool keep = false;
    int code;

    if (c8d_client_connect(client, run->options.timeout_ns, &err) != C8D_OK ||
        c8d_client_new_container(client, &options, c8d__patience(&run->options), &container, &err) !=
            C8D_OK) {
        c8d__fail("run: %s: %s", run->line.id, err.message);
        return C8D__EXIT_RUN_FAILED;
    }
    code = run_task(run, &session, container, &keep);
    if (!keep && !remove_container(run, client, container))
        code = C8D__EXIT_RUN_FAILED;
    c8d_container_unref(container);
    return code;
}

static int run_on_runtime(const struct run *run, const char *spec)
{
    struct c8d__recording recording = {0};
    struct c8d__link link = {0};
    struct c8d_client *client;
    int code = C8D__EXIT_RUN_FAILED;

    if (run->record != NULL && !c8d__recording_open(&recording, run->record, false))
        return code;
    link.tap = c8d__recording_tap(&recording);
    client = c8d__link_open(&run->options, &link);
    if (client != NULL) {
        c8d__signals_keep(client);
        code = run_container(run, client, spec);
        c8d__signals_release();
        c8d__link_close(&run->options, client);
    } else if (run->record != NULL) {
        c8d__recording_discard(&recording);
    }
    return c8d__recording_close(&recording) ? code : C8D__EXIT_RUN_FAILED;
}

int c8d_command_run(int argc, char **argv)
{
    struct run run = {0};
    int code = C8D__EXIT_RUN_FAILED;
    char *spec = NULL;

    if (c8d__parse(&argp, argc, argv, &run))
        spec = make_spec(&run);
    if (spec != NULL)
        code = run_on_runtime(&run, spec);
    free(spec);
    c8d__command_line_free(&run.line);
    return code;
}
