/* SPDX-License-Identifier: Apache-2.0 */
/* One container as a picture that stands alone: its init and its execs, in the order of the log. */
#include "timeline_svg.h"
#include "output.h"
#include <inttypes.h>
#include <string.h>

#define WIDTH 1000
#define NAMES 210
#define MARGIN 14
#define ROW 28
#define LABEL 90 /* the last time stands to the right of its line */
#define TOP 78
#define TICKS 6
#define LEGEND 34

struct drawing {
    const struct c8d__tracks *tracks;
    FILE *out;
    uint64_t first; /* the lines that are shown */
    uint64_t last;
};

static const char style[] =
    "<style>"
    "text{font:12px ui-monospace,'DejaVu Sans "
    "Mono',monospace;fill:#16202b}.code{paint-order:stroke;stroke:#fff;stroke-width:3px}"
    ".ground{fill:#fff}.dim{fill:#56616d}.line{stroke:#d5dae0}.chart{stroke:#e9ecf0}"
    ".running{fill:#1f7a4d}.stopped{fill:#a4adb8}.created{fill:none;stroke:#8a94a0;stroke-width:1.5}"
    ".paused{fill:#b26a00;fill-opacity:.45;stroke:#b26a00}"
    ".unknown{fill:none;stroke:#7b5ea7;stroke-width:1.5;stroke-dasharray:3 3}"
    ".good{fill:#1f7a4d}.bad,.odd{fill:#b3261e}.oom{fill:#a3177b}.gap{fill:#7d8690;fill-opacity:.2}"
    "@media(prefers-color-scheme:dark){"
    "text{fill:#dbe3ec}.code{stroke:#141a22}.ground{fill:#141a22}.dim{fill:#94a1b0}.line{stroke:#2b3440}."
    "chart{stroke:#1c232d}"
    ".running,.good{fill:#3fb37f}.stopped{fill:#566270}.created{stroke:#7f8b99}"
    ".paused{fill:#e0a13c;stroke:#e0a13c}.unknown{stroke:#b59ae6}.bad,.odd{fill:#ff7b72}.oom{fill:#f178c8}}"
    "</style>\n";

/* Text within an element: what is no printable ASCII is told by its number, as Latin-1. */
static void text(const struct drawing *drawing, const char *string)
{
    for (const unsigned char *p = (const unsigned char *)string; *p != '\0'; p++) {
        if (*p >= ' ' && *p < 0x7f && strchr("<>&\"'", *p) == NULL)
            fputc(*p, drawing->out);
        else
            fprintf(drawing->out, "&#%u;", *p < ' ' ? 0xfffdU : *p);
    }
}

static double x_of(const struct drawing *drawing, uint64_t line)
{
    double share = ((double)(line - drawing->first) + 0.5) / (double)(drawing->last - drawing->first + 1);

    return NAMES + share * (WIDTH - NAMES - MARGIN - LABEL);
}

/* ---- one row
 * -------------------------------------------------------------------------------------------------- */

static void draw_bar(const struct drawing *drawing, enum c8d_public_state state, double x, double end,
                     double y)
{
    const char *name = c8d_public_state_name(state);

    if (state == C8D_STATE_DELETED)
        return;
    if (state == C8D_STATE_STOPPED)
        y += 6;
    fprintf(
        drawing->out,
        "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"><title>%s</title></rect>\n",
        name, x, y, end > x + 1 ? end - x : 1.0, state == C8D_STATE_STOPPED ? 2 : 14, name);
}

static void draw_bars(const struct drawing *drawing, uint32_t row, double y)
{
    size_t count = c8d__tracks_count(&drawing->tracks->changes, row);

    for (size_t i = 0; i < count; i++) {
        const struct c8d__change *change = c8d__tracks_change(drawing->tracks, row, i);
        double end = x_of(drawing, drawing->last) + 6;

        if (i + 1 < count)
            end = x_of(drawing, c8d__tracks_change(drawing->tracks, row, i + 1)->line);
        draw_bar(drawing, (enum c8d_public_state)change->state, x_of(drawing, change->line), end, y);
    }
}

static void draw_mark(const struct drawing *drawing, const struct c8d__mark *mark, double y)
{
    double x = x_of(drawing, mark->line);
    bool good = mark->exit_known && mark->exit_code == 0;

    if (mark->notice == C8D_NOTICE_OOM) {
        fprintf(drawing->out,
                "<path class=\"oom\" d=\"M%.1f %.1fl7 9l-7 9l-7 -9z\"><title>oom, line %" PRIu64
                "</title></path>\n",
                x, y - 2, mark->line);
        return;
    }
    fprintf(drawing->out,
            "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"2.5\" height=\"20\"/><text class=\"code %s\" "
            "x=\"%.1f\" y=\"%.1f\">",
            good ? "good" : "bad", x - 1, y - 3, good ? "good" : "bad", x + 5, y + 11);
    if (mark->notice != C8D_NOTICE_EXIT)
        fputs(c8d_notice_name((enum c8d_notice_kind)mark->notice), drawing->out);
    else if (mark->exit_known)
        fprintf(drawing->out, "%" PRIu32, mark->exit_code);
    else
        fputc('?', drawing->out);
    fprintf(drawing->out, "<title>%s, line %" PRIu64 "</title></text>\n",
            c8d_notice_name((enum c8d_notice_kind)mark->notice), mark->line);
}

static void draw_odd(const struct drawing *drawing, const struct c8d__odd *odd, double y)
{
    fprintf(drawing->out, "<path class=\"odd\" d=\"M%.1f %.1fl6 9h-12z\"><title>line %" PRIu64 ": ",
            x_of(drawing, odd->line), y - 8, odd->line);
    text(drawing, odd->kind);
    fputs(": ", drawing->out);
    text(drawing, odd->detail);
    fputs("</title></path>\n", drawing->out);
}

static void draw_row(const struct drawing *drawing, uint32_t row, double y)
{
    const struct c8d__row *rows = drawing->tracks->timeline->rows.items;
    bool exec = rows[row].owner != row;

    fprintf(drawing->out, "<text x=\"%d\" y=\"%.1f\"%s>", exec ? MARGIN + 16 : MARGIN, y + 11,
            exec ? " class=\"dim\"" : "");
    text(drawing, rows[row].name);
    fprintf(drawing->out, "</text><path class=\"chart\" d=\"M%d %.1fH%d\"/>\n", MARGIN, y + 20,
            WIDTH - MARGIN);
    draw_bars(drawing, row, y);
    for (size_t i = 0; i < c8d__tracks_count(&drawing->tracks->marks, row); i++)
        draw_mark(drawing, c8d__tracks_mark(drawing->tracks, row, i), y);
    for (size_t i = 0; i < c8d__tracks_count(&drawing->tracks->odds, row); i++)
        draw_odd(drawing, c8d__tracks_odd(drawing->tracks, row, i), y);
}

/* ---- around the rows
 * ------------------------------------------------------------------------------------------ */

static void draw_axis(const struct drawing *drawing, double bottom)
{
    const struct c8d__timeline *timeline = drawing->tracks->timeline;
    uint64_t lines = drawing->last - drawing->first;
    uint64_t step = lines / TICKS > 0 ? lines / TICKS : 1;

    for (uint64_t line = drawing->first; line <= drawing->last; line += step) {
        int64_t time_ns = c8d__tracks_time(timeline, line);
        double x = x_of(drawing, line);
        char at[C8D__TIME_BYTES] = "";

        fprintf(drawing->out,
                "<path class=\"line\" d=\"M%.1f 40V%.1f\"/><text x=\"%.1f\" y=\"50\">%" PRIu64 "</text>\n", x,
                bottom, x + 3, line);
        if (time_ns > 0)
            fprintf(drawing->out, "<text class=\"dim\" x=\"%.1f\" y=\"65\">%s%.12s</text>\n", x + 3,
                    c8d__tracks_runs_back(timeline, line) ? "&#8634;" : "",
                    c8d__format_time(time_ns, at) + 11);
    }
}

static void draw_gap(const struct drawing *drawing, uint64_t from, uint64_t to, double bottom)
{
    if (to < drawing->first || from > drawing->last)
        return;
    from = from > drawing->first ? from : drawing->first;
    to = to < drawing->last ? to : drawing->last;
    fprintf(drawing->out,
            "<rect class=\"gap\" x=\"%.1f\" y=\"40\" width=\"%.1f\" height=\"%.1f\"><title>events may be "
            "missing: lines %" PRIu64 " to %" PRIu64 "</title></rect>\n",
            x_of(drawing, from), x_of(drawing, to) - x_of(drawing, from) + 1, bottom - 40, from, to);
}

static void draw_gaps(const struct drawing *drawing, double bottom)
{
    const struct c8d__mark *marks = drawing->tracks->timeline->marks.items;
    uint64_t from = 0;

    for (size_t i = 0; i < drawing->tracks->timeline->marks.count; i++) {
        if (marks[i].notice == C8D_NOTICE_GAP && from == 0) {
            from = marks[i].line;
        } else if (marks[i].notice == C8D_NOTICE_RESYNCED && from != 0) {
            draw_gap(drawing, from, marks[i].line, bottom);
            from = 0;
        }
    }
    if (from != 0)
        draw_gap(drawing, from, drawing->last, bottom);
}

static void draw_legend(const struct drawing *drawing, double y)
{
    double x = MARGIN;

    for (int state = C8D_STATE_UNKNOWN; state <= C8D_STATE_STOPPED; state++) {
        draw_bar(drawing, (enum c8d_public_state)state, x, x + 20, y);
        fprintf(drawing->out, "<text class=\"dim\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", x + 26, y + 11,
                c8d_public_state_name((enum c8d_public_state)state));
        x += 100;
    }
    fprintf(drawing->out,
            "<text class=\"oom\" x=\"%.1f\" y=\"%.1f\">&#9670; oom</text><text class=\"odd\" x=\"%.1f\" "
            "y=\"%.1f\">&#9650; anomaly</text><text class=\"dim\" x=\"%.1f\" y=\"%.1f\">the axis is the "
            "order of the log</text>\n",
            x, y + 11, x + 70, y + 11, x + 170, y + 11);
}

/* The lines that anything of these rows stands in. */
static bool find_range(struct drawing *drawing, const uint32_t *rows, size_t count)
{
    drawing->first = UINT64_MAX;
    for (size_t i = 0; i < count; i++) {
        size_t changes = c8d__tracks_count(&drawing->tracks->changes, rows[i]);
        size_t odds = c8d__tracks_count(&drawing->tracks->odds, rows[i]);

        for (size_t k = 0; k < changes + odds; k++) {
            uint64_t line = k < changes ? c8d__tracks_change(drawing->tracks, rows[i], k)->line
                                        : c8d__tracks_odd(drawing->tracks, rows[i], k - changes)->line;

            drawing->first = line < drawing->first ? line : drawing->first;
            drawing->last = line > drawing->last ? line : drawing->last;
        }
    }
    return drawing->last != 0;
}

bool c8d__svg_write(const struct c8d__tracks *tracks, const uint32_t *rows, size_t count, FILE *out)
{
    const struct c8d__row *all = tracks->timeline->rows.items;
    struct drawing drawing = {.tracks = tracks, .out = out};
    double bottom = TOP + (double)count * ROW;

    if (!find_range(&drawing, rows, count))
        return false;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\" "
            "role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">",
            WIDTH, bottom + LEGEND, WIDTH, bottom + LEGEND);
    text(&drawing, all[rows[0]].container);
    fprintf(out, ", lines %" PRIu64 " to %" PRIu64 "</title>\n%s", drawing.first, drawing.last, style);
    fprintf(out, "<rect class=\"ground\" width=\"%d\" height=\"%.0f\"/>\n<text x=\"%d\" y=\"24\">", WIDTH,
            bottom + LEGEND, MARGIN);
    text(&drawing, all[rows[0]].namespace_);
    fputc('/', out);
    text(&drawing, all[rows[0]].container);
    fputs("</text>\n", out);
    draw_gaps(&drawing, bottom);
    draw_axis(&drawing, bottom);
    for (size_t i = 0; i < count; i++)
        draw_row(&drawing, rows[i], TOP + (double)i * ROW + 4);
    draw_legend(&drawing, bottom + 10);
    fputs("</svg>\n", out);
    return true;
}
