/* SPDX-License-Identifier: Apache-2.0 */
/* Signals: kept as bits by the handler. */
#include "signals.h"
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>

static const int forwarded[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
#define N_FORWARDED (sizeof(forwarded) / sizeof(forwarded[0]))
/* Those of them that ask for the end. */
#define N_ENDING 2

/* Lock-free, so that a handler may use them. */
static atomic_uint kept;
static atomic_bool resized;
static _Atomic(c8d__wake_fn *) wake;
static _Atomic(void *) woken;

static void keep(int signal)
{
    c8d__wake_fn *function = atomic_load(&wake);

    for (unsigned i = 0; i < N_FORWARDED; i++) {
        if (forwarded[i] == signal)
            atomic_fetch_or(&kept, 1U << i);
    }
    if (signal == SIGWINCH)
        atomic_store(&resized, true);
    if (function != NULL)
        function(atomic_load(&woken));
}

/* Whoever started us under nohup wants HUP ignored. (INT and QUIT are ignored in every background job of a
 * script, which is no wish of anybody.) */
static void handle(int signal, int flags)
{
    struct sigaction before;
    struct sigaction action = {.sa_handler = keep, .sa_flags = flags};

    if (signal == SIGHUP && sigaction(signal, NULL, &before) == 0 && before.sa_handler == SIG_IGN)
        return;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, NULL);
}

static void wake_client(void *client)
{
    c8d_client_wake(client);
}

static void set_wake(c8d__wake_fn *function, void *what)
{
    atomic_store(&wake, NULL);
    atomic_store(&woken, what);
    atomic_store(&wake, function);
}

void c8d__signals_keep(struct c8d_client *client)
{
    set_wake(wake_client, client);
    for (size_t i = 0; i < N_FORWARDED; i++)
        handle(forwarded[i], SA_RESTART);
}

void c8d__signals_end(struct c8d_client *client)
{
    c8d__signals_end_with(wake_client, client);
}

void c8d__signals_end_with(c8d__wake_fn *function, void *what)
{
    set_wake(function, what);
    for (size_t i = 0; i < N_ENDING; i++)
        handle(forwarded[i], SA_RESTART | (int)SA_RESETHAND);
}

void c8d__signals_keep_resize(void)
{
    atomic_store(&resized, true);
    handle(SIGWINCH, SA_RESTART);
}

bool c8d__signal_take_resize(void)
{
    return atomic_exchange(&resized, false);
}

void c8d__signals_release(void)
{
    set_wake(NULL, NULL);
}

int c8d__signal_take(void)
{
    unsigned bits = atomic_load(&kept);

    for (unsigned i = 0; i < N_FORWARDED; i++) {
        if ((bits & (1U << i)) != 0) {
            atomic_fetch_and(&kept, ~(1U << i));
            return forwarded[i];
        }
    }
    return 0;
}
