/* SPDX-License-Identifier: Apache-2.0 */
/* Our own terminal. */
#include "terminal.h"
#include "c8d.h"
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

/* Signals that end us and that nobody else looks after: a mistake of ours must not leave the terminal raw. */
static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGXCPU, SIGXFSZ, SIGALRM};

static struct termios before;
static volatile sig_atomic_t is_raw;

/* Safe in a signal handler. */
void c8d__terminal_restore(void)
{
    int error = errno;

    if (is_raw != 0)
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
    is_raw = 0;
    errno = error;
}

static void restore_and_die(int signal)
{
    c8d__terminal_restore();
    /* The handler is gone by now: this time it is the default action. */
    (void)raise(signal);
}

static void guard(void)
{
    static bool guarded;
    struct sigaction action = {.sa_handler = restore_and_die, .sa_flags = (int)SA_RESETHAND | SA_NODEFER};

    if (guarded)
        return;
    guarded = true;
    (void)atexit(c8d__terminal_restore);
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
        (void)sigaction(fatal[i], &action, NULL);
}

bool c8d__terminal_raw(void)
{
    struct termios raw;

    if (isatty(STDIN_FILENO) == 0)
        return true;
    if (tcgetattr(STDIN_FILENO, &before) != 0) {
        c8d__fail("terminal: %s", strerror(errno));
        return false;
    }
    guard();
    raw = before;
    cfmakeraw(&raw);
    is_raw = 1;
    if (tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0)
        return true;
    is_raw = 0;
    c8d__fail("terminal: %s", strerror(errno));
    return false;
}

bool c8d__terminal_size(uint32_t *columns, uint32_t *rows)
{
    struct winsize size;

    if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size) != 0 && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0)
        return false;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return size.ws_col != 0 && size.ws_row != 0;
}

static bool is_dumb(void)
{
    const char *terminal = getenv("TERM");

    return terminal == NULL || strcmp(terminal, "dumb") == 0;
}

struct c8d__screen c8d__terminal_screen(FILE *out)
{
    struct c8d__screen screen = {.terminal = isatty(fileno(out)) != 0};
    struct winsize size;

    if (!screen.terminal)
        return screen;
    screen.colours = !is_dumb();
    screen.unicode = setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
    if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0)
        screen.columns = size.ws_col;
    return screen;
}
