/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a command on our console and writes down what the console is like meanwhile, for nobody else can see
 * it: console.exe REPORT COMMAND...
 *
 * A line of REPORT is "cooked" (lines, and Ctrl-C is an event), "raw" (bytes, Ctrl-C among them) or "mixed
 * INPUT-MODE", each when it is no longer what it was. Ends with the command's code.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define COMMAND_BYTES 4096
#define LOOK_MS 5

static BOOL WINAPI go_on(DWORD event)
{
    return event == CTRL_C_EVENT || event == CTRL_BREAK_EVENT;
}

static void tell(FILE *report, DWORD mode)
{
    const DWORD cooked = ENABLE_LINE_INPUT | ENABLE_PROCESSED_INPUT | ENABLE_ECHO_INPUT;

    if ((mode & cooked) == cooked)
        (void)fprintf(report, "cooked\n");
    else if ((mode & cooked) == 0 && (mode & ENABLE_VIRTUAL_TERMINAL_INPUT) != 0)
        (void)fprintf(report, "raw\n");
    else
        (void)fprintf(report, "mixed 0x%lx\n", mode);
    (void)fflush(report);
}

/* Until the process has ended. */
static void watch(HANDLE process, FILE *report)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    DWORD last = (DWORD)-1;
    bool over = false;

    while (!over) {
        DWORD mode;

        over = WaitForSingleObject(process, LOOK_MS) == WAIT_OBJECT_0;
        if (GetConsoleMode(in, &mode) && mode != last) {
            tell(report, mode);
            last = mode;
        }
    }
}

int main(int argc, char **argv)
{
    char line[COMMAND_BYTES] = "";
    STARTUPINFOA startup = {.cb = sizeof(startup)};
    PROCESS_INFORMATION process;
    FILE *report = argc > 2 ? fopen(argv[1], "wb") : NULL;
    DWORD code = 1;

    if (report == NULL || !SetConsoleCtrlHandler(go_on, TRUE))
        return 125;
    for (int i = 2; i < argc; i++) {
        size_t n = strlen(line);

        (void)snprintf(line + n, sizeof(line) - n, "%s\"%s\"", i > 2 ? " " : "", argv[i]);
    }
    if (!CreateProcessA(NULL, line, NULL, NULL, TRUE, 0, NULL, NULL, &startup, &process))
        return 126;
    watch(process.hProcess, report);
    (void)GetExitCodeProcess(process.hProcess, &code);
    (void)fclose(report);
    return (int)code;
}
