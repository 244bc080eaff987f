/* SPDX-License-Identifier: Apache-2.0 */
/* What stands for signals: the events of a console, which come on threads of the system. */
#include "signals.h"
#include "terminal.h"
#include <signal.h>
#include <stdatomic.h>
#include <windows.h>

static atomic_int kept;
static atomic_bool once; /* of two, the second one ends us */
static atomic_bool asked;
static _Atomic(c8d__wake_fn *) wake;
static _Atomic(void *) woken;

/* A program whose console goes away has some seconds, as long as its handler does not return. */
static BOOL WINAPI keep(DWORD event)
{
    const bool typed = event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
    c8d__wake_fn *function = atomic_load(&wake);

    if (function == NULL || (atomic_load(&once) && atomic_exchange(&asked, true)))
        return FALSE;
    atomic_store(&kept, typed ? SIGINT : SIGTERM);
    function(atomic_load(&woken));
    if (!typed)
        Sleep(INFINITE);
    return TRUE;
}

static void begin(c8d__wake_fn *function, void *what, bool ending)
{
    atomic_store(&wake, NULL);
    atomic_store(&woken, what);
    atomic_store(&asked, false);
    atomic_store(&once, ending);
    atomic_store(&wake, function);
    (void)SetConsoleCtrlHandler(keep, TRUE);
}

static void wake_client(void *client)
{
    c8d_client_wake(client);
}

void c8d__signals_keep(struct c8d_client *client)
{
    begin(wake_client, client, false);
}

void c8d__signals_end(struct c8d_client *client)
{
    begin(wake_client, client, true);
}

void c8d__signals_end_with(c8d__wake_fn *function, void *what)
{
    begin(function, what, true);
}

void c8d__signals_release(void)
{
    (void)SetConsoleCtrlHandler(keep, FALSE);
    atomic_store(&wake, NULL);
    atomic_store(&kept, 0);
}

int c8d__signal_take(void)
{
    return atomic_exchange(&kept, 0);
}

/* ---- the size of the console: no event tells of it to somebody who reads bytes, so it is looked at ---- */

static atomic_bool follows;
static uint32_t seen_columns, seen_rows;

void c8d__signals_keep_resize(void)
{
    seen_columns = seen_rows = 0;
    atomic_store(&follows, true);
}

bool c8d__signal_take_resize(void)
{
    uint32_t columns, rows;
    bool changed;

    if (!atomic_load(&follows) || !c8d__terminal_size(&columns, &rows))
        return false;
    changed = columns != seen_columns || rows != seen_rows;
    seen_columns = columns;
    seen_rows = rows;
    return changed;
}
