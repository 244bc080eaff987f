/* SPDX-License-Identifier: Apache-2.0 */
/* A process in the foreground. */
#include "session.h"
#include "c8d.h"
#include "feed.h"
#include "output.h"
#include "signals.h"
#include "terminal.h"
#include "write_all.h"
#include <string.h>
#include <unistd.h>

/* After its end, output may still be on its way; without any for this long there is none. */
#define QUIET_NS (INT64_C(2) * 1000 * 1000 * 1000)

bool c8d__attending_takes(int key)
{
    return key == 'i' || key == 't' || key == C8D__OPTION_DETACH_KEYS || key == ARGP_KEY_INIT;
}

error_t c8d__attending_parse(int key, const char *value, const struct argp_state *state,
                             struct c8d__attending *attending)
{
    switch (key) {
    case 'i':
        attending->interactive = true;
        return 0;
    case 't':
        attending->terminal = true;
        return 0;
    case C8D__OPTION_DETACH_KEYS:
        return c8d__keys_read(value, &attending->keys) ? 0 : c8d__refuse(state, "not keys: '%s'", value);
    default:
        return c8d__keys_read(C8D__KEYS_DEFAULT, &attending->keys) ? 0 : EINVAL;
    }
}

uint32_t c8d__session_stdio(const struct c8d__session *session)
{
    uint32_t outputs = session->terminal ? C8D_STDIO_OUT | C8D_STDIO_TERMINAL : C8D_STDIO_OUT | C8D_STDIO_ERR;

    return outputs | (session->interactive ? (uint32_t)C8D_STDIO_IN : 0);
}

void c8d__session_output(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct c8d__session *session = user;

    (void)process;
    session->output_bytes += length;
    if (length == 0 || session->failed_stream != 0)
        return;
    session->failure = c8d__write_all(stream == C8D_STDIO_OUT ? STDOUT_FILENO : STDERR_FILENO, data, length);
    if (session->failure != 0)
        session->failed_stream = stream;
}

/* What it does with the signal is its business; that it ended meanwhile is no failure. */
static void forward_signals(struct c8d__session *session, struct c8d_process *process)
{
    for (int signal = c8d__signal_take(); signal != 0; signal = c8d__signal_take()) {
        struct c8d_error err = {0};
        enum c8d_status status =
            c8d_process_kill(process, (uint32_t)signal, session->options->timeout_ns, &err);

        if (status != C8D_OK && status != C8D_NOT_FOUND)
            c8d__fail("signal %s was not delivered: %s", c8d__signal_name((uint32_t)signal), err.message);
    }
}

/* A process without a terminal has no size, and one that has ended needs none. */
static void follow_size(struct c8d__session *session, struct c8d_process *process)
{
    uint32_t columns, rows;

    if (session->terminal && c8d__signal_take_resize() && c8d__terminal_size(&columns, &rows))
        (void)!c8d_process_resize(process, columns, rows, session->options->timeout_ns, NULL);
}

/* Until its end, until somebody leaves, or until its output cannot be written. */
static bool await_end(struct c8d__session *session, struct c8d_process *process, struct c8d_exit *out)
{
    while (session->failed_stream == 0) {
        forward_signals(session, process);
        follow_size(session, process);
        session->detached = session->interactive && atomic_load(&session->feed.detached);
        if (session->detached)
            return true;
        if (c8d_process_wait(process, 0, out, NULL) == C8D_OK)
            return true;
        c8d_client_dispatch(session->client, C8D_NO_DEADLINE);
    }
    return false;
}

/* Whatever still holds a stream open is not waited for, unless it writes. */
static void drain(struct c8d__session *session, struct c8d_process *process)
{
    uint64_t before;

    do
        before = session->output_bytes;
    while (c8d_process_drain(process, QUIET_NS, NULL) == C8D_DEADLINE && session->output_bytes != before &&
           session->failed_stream == 0);
}

bool c8d__session_check(const struct c8d__session *session, const char *subcommand)
{
    if (!session->terminal || !session->interactive || isatty(STDIN_FILENO) != 0)
        return true;
    c8d__fail("%s: --terminal and --interactive: our standard input is no terminal", subcommand);
    return false;
}

/* What is typed is passed on, in raw mode when there is a terminal at both ends. */
static bool begin(struct c8d__session *session, struct c8d_process *process)
{
    if (session->terminal && session->interactive && !c8d__terminal_raw())
        return false;
    if (session->terminal)
        c8d__signals_keep_resize();
    if (!session->interactive)
        return true;
    session->feed.process = process;
    session->feed.client = session->client;
    session->feed.timeout_ns = session->options->timeout_ns;
    if (session->terminal)
        session->feed.keys = session->keys;
    if (c8d__feed_start(&session->feed))
        return true;
    c8d__terminal_restore();
    return false;
}

bool c8d__session_follow(struct c8d__session *session, struct c8d_process *process, struct c8d_exit *out)
{
    bool ended;

    if (!begin(session, process))
        return false;
    ended = await_end(session, process, out);
    if (ended && !session->detached)
        drain(session, process);
    if (session->interactive)
        c8d__feed_stop(&session->feed);
    c8d__terminal_restore();
    if (session->failed_stream == C8D_STDIO_OUT)
        (void)c8d__print_failed(session->failure);
    else if (session->failed_stream != 0)
        c8d__fail("standard error: %s", strerror(session->failure));
    return ended && session->failed_stream == 0;
}

int c8d__session_code(const struct c8d_exit *exit)
{
    if (exit->known)
        return (int)(exit->code & C8D__EXIT_CODE_MASK);
    c8d__fail("it has ended, but its exit code cannot be had");
    return C8D__EXIT_RUN_FAILED;
}

/* Runtimes say in words alone what kept the program from running. */
static int code_of_message(const char *message)
{
    static const struct {
        const char *words;
        int code;
    } table[] = {
        {"no such file or directory", C8D__EXIT_NOT_FOUND}, {"permission denied", C8D__EXIT_NOT_EXECUTABLE},
        {"exec format error", C8D__EXIT_NOT_EXECUTABLE},    {"is a directory", C8D__EXIT_NOT_EXECUTABLE},
        {"not a directory", C8D__EXIT_NOT_EXECUTABLE},
    };

    if (strstr(message, "executable file not found") != NULL)
        return C8D__EXIT_NOT_FOUND;
    /* The rest may be said of other files too. */
    if (strstr(message, "exec: ") == NULL && strstr(message, "exec /") == NULL)
        return C8D__EXIT_RUN_FAILED;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strstr(message, table[i].words) != NULL)
            return table[i].code;
    }
    return C8D__EXIT_RUN_FAILED;
}

int c8d__session_refused(const char *what, const struct c8d_error *err)
{
    c8d__fail("%s: %s", what, err->message);
    return err->status == C8D_REMOTE ? code_of_message(err->message) : C8D__EXIT_RUN_FAILED;
}
