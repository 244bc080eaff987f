/* SPDX-License-Identifier: Apache-2.0 */
/* The options that all subcommands share. */
#include "options.h"
#include "c8d.h"
#include <c8d/runtime.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_SECOND 1e9
#define DEFAULT_TIMEOUT_NS (INT64_C(30) * 1000 * 1000 * 1000)
/* A century. More is a mistake, and would not fit. */
#define TIMEOUT_SECONDS_MAX 3e9

enum {
    OPTION_ADDRESS = 0x100,
    OPTION_TIMEOUT,
    OPTION_JSON,
    OPTION_VERBOSE,
    OPTION_RUNTIME,
    OPTION_TRANSPORT,
    OPTION_OWNER
};

static const struct argp_option option_list[] = {
    {"address", OPTION_ADDRESS, "PATH", 0,
     "containerd's socket or named pipe [$C8D_ADDRESS, $CONTAINERD_ADDRESS, " C8D__DEFAULT_ADDRESS "]", 0},
    {"namespace", 'n', "NAME", 0,
     "containerd namespace [$C8D_NAMESPACE, $CONTAINERD_NAMESPACE, " C8D__DEFAULT_NAMESPACE "]", 0},
    {"timeout", OPTION_TIMEOUT, "SECONDS", 0, "Longest wait for the runtime to answer [30]", 0},
    {"json", OPTION_JSON, NULL, 0, "Print JSON, one object a line", 0},
    {"verbose", OPTION_VERBOSE, NULL, 0, "Tell at the end what was asked of the runtime", 0},
    {"runtime", OPTION_RUNTIME, "NAME", 0,
     "remote (containerd), local (the Host Compute Service of Windows), auto (one of both) or simulated (in "
     "memory; "
     "each command is a world of its own) [$C8D_RUNTIME, auto]",
     0},
    {"transport", OPTION_TRANSPORT, "NAME", 0,
     "Who speaks HTTP/2 to containerd: grpc, nghttp2 or auto [$C8D_TRANSPORT, auto]", 0},
    {"owner", OPTION_OWNER, "NAME", 0,
     "Whose the compute systems of the local runtime are; those of others are not listed [$C8D_OWNER, "
     "libc8d]",
     0},
    {"help", 'h', NULL, 0, "Show this help", -1},
    {0},
};

static error_t read_timeout(const struct argp_state *state, const char *text, struct c8d__options *options)
{
    /* strtod takes signs, blanks, hexadecimal and words too. */
    const bool decimal = text[strspn(text, "0123456789.")] == '\0';
    char *end;
    double seconds = strtod(text, &end);

    if (!decimal || end == text || *end != '\0' || seconds > TIMEOUT_SECONDS_MAX)
        return c8d__refuse(state, "not a number of seconds: '%s'", text);
    options->timeout_ns = (int64_t)(seconds * NS_PER_SECOND);
    options->timeout_given = true;
    return 0;
}

static error_t read_runtime(const struct argp_state *state, const char *text, struct c8d__options *options)
{
    static const char *const runtimes[] = {"local", "remote", "auto"};

    options->simulated = strcmp(text, "simulated") == 0;
    options->runtime = NULL;
    for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++) {
        if (strcmp(text, runtimes[i]) == 0)
            options->runtime = runtimes[i];
    }
    if (options->simulated || options->runtime != NULL)
        return 0;
    return c8d__refuse(state, "no such runtime: '%s' (local, remote, auto or simulated)", text);
}

static error_t runtime_of_environment(const struct argp_state *state, struct c8d__options *options)
{
    const char *name = getenv("C8D_RUNTIME");
    bool given = options->simulated || options->runtime != NULL;

    return given || name == NULL || *name == '\0' ? 0 : read_runtime(state, name, options);
}

static bool find_transport(const char *name, enum c8d_transport *out)
{
    /* Those that this command was built without are known too, and then refused by the library. */
    static const char *const names[C8D_TRANSPORT__COUNT] = {
        [C8D_TRANSPORT_AUTO] = "auto",
        [C8D_TRANSPORT_GRPC] = "grpc",
        [C8D_TRANSPORT_NGHTTP2] = "nghttp2",
    };

    for (int i = 0; i < C8D_TRANSPORT__COUNT; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        *out = (enum c8d_transport)i;
        return true;
    }
    return false;
}

static error_t read_transport(const struct argp_state *state, const char *text, struct c8d__options *options)
{
    options->transport_given = find_transport(text, &options->transport);
    if (!options->transport_given)
        return c8d__refuse(state, "no such transport: '%s' (auto, grpc or nghttp2)", text);
    return 0;
}

/* argp would call the program by argv[0], which begins its error lines. */
static void show_help(struct argp_state *state)
{
    static char name[64];
    char *colon;

    snprintf(name, sizeof(name), "%s", state->argv[0]);
    colon = strchr(name, ':');
    if (colon != NULL)
        memmove(colon, colon + 1, strlen(colon));
    state->name = name;
    argp_state_help(state, stdout, ARGP_HELP_STD_HELP);
}

static error_t transport_of_environment(const struct argp_state *state, struct c8d__options *options)
{
    const char *name = getenv("C8D_TRANSPORT");

    if (name == NULL || *name == '\0' || find_transport(name, &options->transport))
        return 0;
    return c8d__refuse(state, "C8D_TRANSPORT: no such transport: '%s' (auto, grpc or nghttp2)", name);
}

/* What was not given on the command line. */
static error_t of_environment(const struct argp_state *state, struct c8d__options *options)
{
    error_t error = runtime_of_environment(state, options);

    return error != 0 || options->transport_given ? error : transport_of_environment(state, options);
}

static error_t parse_shared(int key, char *value, struct argp_state *state)
{
    struct c8d__options *options = state->input;

    switch (key) {
    case OPTION_ADDRESS:
        options->address = value;
        options->address_given = true;
        return 0;
    case 'n':
        options->namespace_ = value;
        options->namespace_given = true;
        return 0;
    case OPTION_TIMEOUT:
        return read_timeout(state, value, options);
    case OPTION_JSON:
        options->json = true;
        return 0;
    case OPTION_VERBOSE:
        options->verbose = true;
        return 0;
    case OPTION_RUNTIME:
        return read_runtime(state, value, options);
    case OPTION_TRANSPORT:
        return read_transport(state, value, options);
    case OPTION_OWNER:
        options->owner = value;
        return 0;
    case 'h':
        show_help(state);
        return 0;
    case ARGP_KEY_END:
        return of_environment(state, options);
    case ARGP_KEY_ARG:
        return c8d__refuse(state, "unexpected argument '%s'", value);
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp shared_argp = {.options = option_list, .parser = parse_shared};

/* The first variable that is set and not empty. */
static const char *from_environment(const char *first, const char *second, const char *otherwise)
{
    const char *value = getenv(first);

    if (value == NULL || *value == '\0')
        value = getenv(second);
    return value != NULL && *value != '\0' ? value : otherwise;
}

/* Failures of argp itself are silent; getopt's line or that of a refusal is the only one. */
static error_t parse_whole(int key, char *value, struct argp_state *state)
{
    (void)value;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->err_stream = NULL;
    state->child_inputs[0] = state->input;
    state->child_inputs[1] = state->input;
    return 0;
}

bool c8d__parse(const struct argp *argp, int argc, char **argv, void *input)
{
    /* Its texts belong to the whole; with the child too they would be shown twice. */
    const struct argp own = {.options = argp->options, .parser = argp->parser, .children = argp->children};
    const struct argp_child children[] = {
        {&own, 0, NULL, 0},
        {&shared_argp, 0, "Shared options:", 9}, /* behind all groups of their own */
        {0},
    };
    const struct argp whole = {
        .parser = parse_whole,
        .args_doc = argp->args_doc,
        .doc = argp->doc,
        .help_filter = argp->help_filter,
        .children = children,
    };
    struct c8d__options *options = input;
    const char *owner = getenv("C8D_OWNER");

    options->address = from_environment("C8D_ADDRESS", "CONTAINERD_ADDRESS", C8D__DEFAULT_ADDRESS);
    options->namespace_ = from_environment("C8D_NAMESPACE", "CONTAINERD_NAMESPACE", C8D__DEFAULT_NAMESPACE);
    options->owner = owner != NULL ? owner : "";
    options->timeout_ns = DEFAULT_TIMEOUT_NS;
    return argp_parse(&whole, argc, argv, ARGP_IN_ORDER | ARGP_NO_HELP, NULL, input) == 0;
}

int64_t c8d__patience(const struct c8d__options *options)
{
    return options->timeout_ns > DEFAULT_TIMEOUT_NS ? options->timeout_ns : DEFAULT_TIMEOUT_NS;
}

error_t c8d__refuse(const struct argp_state *state, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    c8d__say(state->argv[0], format, args);
    va_end(args);
    return EINVAL;
}

error_t c8d__read_format(const struct argp_state *state, const char *text, enum c8d_log_format *out)
{
    for (int format = 0; format < C8D_LOG_FORMAT__COUNT; format++) {
        if (strcmp(text, c8d_log_format_name((enum c8d_log_format)format)) == 0) {
            *out = (enum c8d_log_format)format;
            return 0;
        }
    }
    return c8d__refuse(
        state, "no such format: '%s' (auto, ctr, nerdctl, docker, podman, crictl, containerd or c8d)", text);
}

bool c8d__read_number(const char *text, uint64_t limit, uint64_t *out)
{
    char *end;
    unsigned long long value;

    /* strtoull takes signs and blanks too. */
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    value = strtoull(text, &end, 10);
    if (errno != 0 || *end != '\0' || value > limit)
        return false;
    *out = value;
    return true;
}

bool c8d__read_bytes(const char *text, uint64_t *out)
{
    static const char units[] = "kmg";
    const size_t length = strlen(text);
    const char *unit = length > 1 ? strchr(units, text[length - 1]) : NULL;
    unsigned shift = unit != NULL ? 10 * (unsigned)(unit - units + 1) : 0;
    char digits[24];
    uint64_t number;

    snprintf(digits, sizeof(digits), "%.*s", (int)(unit != NULL ? length - 1 : length), text);
    if (length >= sizeof(digits) || !c8d__read_number(digits, (uint64_t)INT64_MAX >> shift, &number) ||
        number == 0)
        return false;
    *out = number << shift;
    return true;
}
