/* SPDX-License-Identifier: Apache-2.0 */
/* Prints chapters, operations, notices as they come, and what processes write. */
#include "show.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct timespec began;
static bool colour;

static const char *paint(const char *code)
{
    return colour ? code : "";
}

void show_begin(void)
{
    clock_gettime(CLOCK_MONOTONIC, &began);
    colour = isatty(STDOUT_FILENO);
    setvbuf(stdout, NULL, _IOLBF, 0);
}

static double seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - began.tv_sec) + (double)(now.tv_nsec - began.tv_nsec) * 1e-9;
}

void show_chapter(const char *title)
{
    printf("\n%s%s%s\n", paint("\033[1m"), title, paint("\033[0m"));
}

void show_operation(const char *what)
{
    printf("  %s\n", what);
}

void show_calls(uint64_t calls)
{
    printf("%42s= %llu RPC%s\n", "", (unsigned long long)calls, calls == 1 ? "" : "s");
}

void show_text(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    printf("    ");
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

static bool same(struct c8d_str a, struct c8d_str b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

static void print_str(const char *before, struct c8d_str string)
{
    printf("%s%.*s", before, (int)string.len, string.ptr);
}

void show_notice(const struct c8d_notice *notice)
{
    printf("  %s%7.3f s  ", paint("\033[36m"), seconds());
    if (notice->container.len == 0) {
        printf("%s", c8d_notice_name(notice->kind));
    } else {
        printf("%-14s", c8d_notice_name(notice->kind));
        print_str("", notice->container);
        if (!same(notice->process, notice->container))
            print_str("/", notice->process);
        if (notice->cause == C8D_CAUSE_RESYNC)
            printf(" (found by asking)");
    }
    if (notice->kind == C8D_NOTICE_START || notice->kind == C8D_NOTICE_EXEC_STARTED)
        printf(" pid %u", notice->pid);
    if (notice->kind == C8D_NOTICE_EXIT && notice->exit.known)
        printf(" code %u", notice->exit.code);
    else if (notice->kind == C8D_NOTICE_EXIT)
        printf(" code not known");
    printf("%s\n", paint("\033[0m"));
}

void show_output(struct c8d_str process, const void *data, size_t length)
{
    printf("  %*s| %.*s: %.*s", 11, "", (int)process.len, process.ptr, (int)length, (const char *)data);
}
