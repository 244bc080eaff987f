/* SPDX-License-Identifier: Apache-2.0 */
/* Our own terminal: a console. */
#include "terminal.h"
#include "c8d.h"
#include <io.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <windows.h>

static DWORD before_in, before_out;
static atomic_bool is_raw;

void c8d__terminal_restore(void)
{
    if (!atomic_exchange(&is_raw, false))
        return;
    (void)SetConsoleMode(GetStdHandle(STD_INPUT_HANDLE), before_in);
    (void)SetConsoleMode(GetStdHandle(STD_OUTPUT_HANDLE), before_out);
}

/* Keys come as the bytes that a terminal would send, and what such a terminal is told is understood. */
bool c8d__terminal_raw(void)
{
    static bool guarded;
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    HANDLE out = GetStdHandle(STD_OUTPUT_HANDLE);

    if (!GetConsoleMode(in, &before_in) || !GetConsoleMode(out, &before_out))
        return true;
    if (!guarded)
        (void)atexit(c8d__terminal_restore);
    guarded = true;
    atomic_store(&is_raw, true);
    if (SetConsoleMode(in, ENABLE_VIRTUAL_TERMINAL_INPUT) &&
        SetConsoleMode(out, ENABLE_PROCESSED_OUTPUT | ENABLE_VIRTUAL_TERMINAL_PROCESSING |
                                DISABLE_NEWLINE_AUTO_RETURN))
        return true;
    c8d__terminal_restore();
    c8d__fail("terminal: this console is none that passes a terminal's bytes through");
    return false;
}

static bool size_of(HANDLE out, uint32_t *columns, uint32_t *rows)
{
    CONSOLE_SCREEN_BUFFER_INFO info;

    if (!GetConsoleScreenBufferInfo(out, &info))
        return false;
    *columns = (uint32_t)(info.srWindow.Right - info.srWindow.Left + 1);
    *rows = (uint32_t)(info.srWindow.Bottom - info.srWindow.Top + 1);
    return *columns != 0 && *rows != 0;
}

bool c8d__terminal_size(uint32_t *columns, uint32_t *rows)
{
    return size_of(GetStdHandle(STD_OUTPUT_HANDLE), columns, rows);
}

/* isatty() of the C runtime takes every device for one. */
struct c8d__screen c8d__terminal_screen(FILE *out)
{
    HANDLE handle = (HANDLE)_get_osfhandle(_fileno(out));
    struct c8d__screen screen = {0};
    uint32_t rows;
    DWORD mode;

    screen.terminal = GetConsoleMode(handle, &mode) != 0;
    if (!screen.terminal)
        return screen;
    screen.colours = SetConsoleMode(handle, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0;
    screen.unicode = GetConsoleOutputCP() == CP_UTF8;
    if (!size_of(handle, &screen.columns, &rows))
        screen.columns = 0;
    return screen;
}
