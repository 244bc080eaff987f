/* SPDX-License-Identifier: Apache-2.0 */
/* A timeline in characters: one cell for some lines of the log, one row for a process. */
#include "timeline_text.h"
#include "options.h"
#include "output.h"
#include "terminal.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 40
#define WIDTH_MAX 1000
#define NAME_COLUMNS_MIN 12
#define NAME_COLUMNS_MAX 32
#define END_COLUMNS 14 /* "  stopped 137" */
#define EXECS_SHOWN 4

/* What a cell shows, the most telling of what is in it. */
enum sign { NOTHING, CREATED, STOPPED, UNKNOWN, RUNNING, PAUSED, EXIT_0, EXIT_UNKNOWN, EXIT_BAD, OOM, ODD };

static const struct {
    const char *ascii, *unicode, *colour;
} signs[] = {
    [NOTHING] = {" ", " ", ""},
    [CREATED] = {".", "\xe2\x96\xab", "\033[2m"},
    [STOPPED] = {"-", "\xe2\x94\x80", "\033[2m"},
    [UNKNOWN] = {"~", "\xe2\x95\x8c", "\033[35m"},
    [RUNNING] = {"=", "\xe2\x96\x88", "\033[32m"},
    [PAUSED] = {"#", "\xe2\x96\x92", "\033[33m"},
    [EXIT_0] = {"0", "0", "\033[32;1m"},
    [EXIT_UNKNOWN] = {"?", "?", "\033[35;1m"},
    [EXIT_BAD] = {"x", "x", "\033[31;1m"},
    [OOM] = {"o", "\xe2\x97\x86", "\033[35;1m"},
    [ODD] = {"!", "\xe2\x96\xb2", "\033[31;1m"},
};

struct chart {
    const struct c8d__tracks *tracks;
    const struct c8d__text_style *style;
    FILE *out;
    uint64_t lines;
    unsigned names; /* columns */
    unsigned cells;
    unsigned char *row; /* of `cells` signs */
};

struct c8d__text_style c8d__text_style_of(FILE *out)
{
    const char *columns = getenv("COLUMNS");
    const char *no_color = getenv("NO_COLOR");
    const struct c8d__screen screen = c8d__terminal_screen(out);
    struct c8d__text_style style = {.width = WIDTH_DEFAULT};
    uint64_t given = 0;

    if (screen.terminal) {
        style.colours = screen.colours && (no_color == NULL || *no_color == '\0');
        style.unicode = screen.unicode;
        if (screen.columns > 0)
            style.width = screen.columns;
    } else if (columns != NULL && c8d__read_number(columns, WIDTH_MAX, &given)) {
        style.width = (unsigned)given;
    }
    style.width = style.width < WIDTH_MIN ? WIDTH_MIN : style.width > WIDTH_MAX ? WIDTH_MAX : style.width;
    return style;
}

/* ---- signs of a row
 * ------------------------------------------------------------------------------------------- */

static unsigned cell_of(const struct chart *chart, uint64_t line)
{
    unsigned cell = (unsigned)((line - 1) * chart->cells / chart->lines);

    return cell < chart->cells ? cell : chart->cells - 1;
}

static void show(const struct chart *chart, unsigned cell, enum sign sign)
{
    if (chart->row[cell] < sign)
        chart->row[cell] = (unsigned char)sign;
}

static enum sign sign_of_state(uint8_t state)
{
    static const enum sign of[] = {
        [C8D_STATE_UNKNOWN] = UNKNOWN, [C8D_STATE_CREATED] = CREATED, [C8D_STATE_RUNNING] = RUNNING,
        [C8D_STATE_PAUSED] = PAUSED,   [C8D_STATE_STOPPED] = STOPPED, [C8D_STATE_DELETED] = NOTHING,
    };

    return of[state];
}

static enum sign sign_of_mark(const struct c8d__mark *mark)
{
    switch (mark->notice) {
    case C8D_NOTICE_OOM:
        return OOM;
    case C8D_NOTICE_EXIT:
        return !mark->exit_known ? EXIT_UNKNOWN : mark->exit_code == 0 ? EXIT_0 : EXIT_BAD;
    default:
        return NOTHING;
    }
}

static void fill_row(const struct chart *chart, uint32_t row)
{
    const struct c8d__tracks *tracks = chart->tracks;
    size_t changes = c8d__tracks_count(&tracks->changes, row);

    for (size_t i = 0; i < changes; i++) {
        const struct c8d__change *change = c8d__tracks_change(tracks, row, i);
        unsigned end =
            i + 1 < changes ? cell_of(chart, c8d__tracks_change(tracks, row, i + 1)->line) : chart->cells;
        unsigned cell = cell_of(chart, change->line);

        do
            show(chart, cell, sign_of_state(change->state));
        while (++cell < end);
    }
    for (size_t i = 0; i < c8d__tracks_count(&tracks->marks, row); i++) {
        const struct c8d__mark *mark = c8d__tracks_mark(tracks, row, i);

        show(chart, cell_of(chart, mark->line), sign_of_mark(mark));
    }
    for (size_t i = 0; i < c8d__tracks_count(&tracks->odds, row); i++)
        show(chart, cell_of(chart, c8d__tracks_odd(tracks, row, i)->line), ODD);
}

/* ---- printing
 * ------------------------------------------------------------------------------------------------- */

static void print_cells(const struct chart *chart)
{
    enum sign last = NOTHING;

    for (unsigned cell = 0; cell < chart->cells; cell++) {
        enum sign sign = (enum sign)chart->row[cell];

        if (chart->style->colours && sign != last)
            fprintf(chart->out, "\033[0m%s", signs[sign].colour);
        fputs(chart->style->unicode ? signs[sign].unicode : signs[sign].ascii, chart->out);
        last = sign;
    }
    if (chart->style->colours)
        fputs("\033[0m", chart->out);
}

/* What a terminal would obey is not printed. */
static void print_part(const struct chart *chart, const char *part, int length)
{
    for (int i = 0; i < length; i++)
        fputc((unsigned char)part[i] < ' ' || part[i] == 0x7f ? '?' : part[i], chart->out);
}

/* A name that is too long loses its middle: containers differ at both ends. */
static void print_name(const struct chart *chart, const char *name, bool exec)
{
    int room = (int)chart->names - (exec ? 3 : 1);
    int length = (int)strlen(name);
    int head = (room - 2) / 2;
    int tail = room - 2 - head;

    fputs(exec ? "  " : "", chart->out);
    if (length <= room) {
        print_part(chart, name, length);
        fprintf(chart->out, "%*s", room - length + 1, "");
        return;
    }
    print_part(chart, name, head);
    fputs("..", chart->out);
    print_part(chart, name + length - tail, tail);
    fputc(' ', chart->out);
}

static void print_end(const struct chart *chart, uint32_t row)
{
    const struct c8d__life *life = c8d__tracks_last_life(chart->tracks, row);
    bool over;

    if (life == NULL)
        return;
    over = life->state == C8D_STATE_STOPPED || life->state == C8D_STATE_DELETED;
    fprintf(chart->out, " %s", c8d_public_state_name(life->state));
    if (over && life->exit.known)
        fprintf(chart->out, " %" PRIu32, life->exit.code);
    else if (over)
        fputs(" ?", chart->out);
}

static void print_row(const struct chart *chart, uint32_t row)
{
    const struct c8d__row *rows = chart->tracks->timeline->rows.items;

    memset(chart->row, NOTHING, chart->cells);
    fill_row(chart, row);
    print_name(chart, rows[row].name, rows[row].owner != row);
    print_cells(chart);
    print_end(chart, row);
    fputc('\n', chart->out);
}

/* The numbers of the first line and the last, and their times. */
static void print_axis(const struct chart *chart)
{
    const struct c8d__timeline *timeline = chart->tracks->timeline;
    const struct c8d__moment *moments = timeline->moments.items;
    size_t n = timeline->moments.count;
    char first[C8D__TIME_BYTES] = "";
    char last[C8D__TIME_BYTES] = "";
    int cells = (int)chart->cells;

    fprintf(chart->out, "%-*s%-*d%*" PRIu64 "\n", (int)chart->names, "line", cells / 2, 1, cells - cells / 2,
            chart->lines);
    if (n == 0)
        return;
    c8d__format_time(moments[0].time_ns, first);
    c8d__format_time(moments[n - 1].time_ns, last);
    fprintf(chart->out, "%-*.*s%-*.12s%*.12s\n", (int)chart->names, 10, first, cells / 2, first + 11,
            cells - cells / 2, last + 11);
}

static void print_legend(const struct chart *chart)
{
    static const struct {
        enum sign sign;
        const char *meaning;
    } legend[] = {{CREATED, "created"},      {RUNNING, "running"}, {PAUSED, "paused"},
                  {STOPPED, "stopped"},      {UNKNOWN, "unknown"}, {EXIT_0, "exit"},
                  {EXIT_BAD, "exit, not 0"}, {OOM, "oom"},         {ODD, "anomaly"}};

    for (size_t i = 0; i < sizeof(legend) / sizeof(legend[0]); i++)
        fprintf(chart->out, "%s%s%s%s %s", i > 0 ? "  " : "",
                chart->style->colours ? signs[legend[i].sign].colour : "",
                chart->style->unicode ? signs[legend[i].sign].unicode : signs[legend[i].sign].ascii,
                chart->style->colours ? "\033[0m" : "", legend[i].meaning);
    fputc('\n', chart->out);
}

static void print_container(const struct chart *chart, uint32_t init)
{
    size_t family = c8d__tracks_count(&chart->tracks->families, init);

    print_row(chart, init);
    if (family > EXECS_SHOWN + 1 && !chart->style->all_execs) {
        fprintf(chart->out, "  (%zu execs; --container shows them)\n", family - 1);
        return;
    }
    for (size_t i = 1; i < family; i++)
        print_row(chart, c8d__tracks_member(chart->tracks, init, i));
}

static unsigned longest_name(const struct c8d__timeline *timeline)
{
    const struct c8d__row *rows = timeline->rows.items;
    unsigned longest = NAME_COLUMNS_MIN;

    for (uint32_t row = 0; row < timeline->rows.count; row++) {
        size_t length = strlen(rows[row].name) + (rows[row].owner == row ? 1 : 3);

        if (length > longest)
            longest = length < NAME_COLUMNS_MAX ? (unsigned)length : NAME_COLUMNS_MAX;
    }
    return longest;
}

void c8d__text_write(const struct c8d__tracks *tracks, const struct c8d__text_style *style, FILE *out)
{
    const struct c8d__timeline *timeline = tracks->timeline;
    const struct c8d__row *rows = timeline->rows.items;
    unsigned names = longest_name(timeline);
    unsigned char row[WIDTH_MAX];
    struct chart chart = {
        .tracks = tracks, .style = style, .out = out, .row = row, .lines = timeline->summary.lines};

    if (chart.lines == 0)
        return;
    /* In a narrow terminal the bars come first. */
    chart.names = names < style->width / 3 ? names : style->width / 3;
    chart.cells = style->width - chart.names - END_COLUMNS;
    print_axis(&chart);
    for (uint32_t owner = 0; owner < timeline->rows.count; owner++) {
        if (rows[owner].owner == owner)
            print_container(&chart, owner);
    }
    print_legend(&chart);
}
