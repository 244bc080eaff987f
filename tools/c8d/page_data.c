/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The timeline as JSON. What there are many of is a flat array of numbers, lines as differences to the one
 * before: a log of 10^5 events is a page of few megabytes. Times are whole microseconds since the log's first
 * time, so that they are exact in a script's numbers.
 */
#include "page.h"
#include <inttypes.h>

#define NS_PER_US 1000

struct writer {
    FILE *out;
    const char *before; /* what separates the next number from the last */
    uint64_t line;
    int64_t base_ns;
};

static void begin(struct writer *writer, const char *key)
{
    fprintf(writer->out, ",\"%s\":[", key);
    writer->before = "";
    writer->line = 0;
}

static void number(struct writer *writer, int64_t value)
{
    fprintf(writer->out, "%s%" PRId64, writer->before, value);
    writer->before = ",";
}

static void line(struct writer *writer, uint64_t at)
{
    number(writer, (int64_t)(at - writer->line));
    writer->line = at;
}

static void row(struct writer *writer, uint32_t at)
{
    number(writer, at != C8D__NO_PROCESS ? (int64_t)at : -1);
}

/* null = not known */
static void moment(struct writer *writer, int64_t time_ns)
{
    if (time_ns > 0)
        number(writer, (time_ns - writer->base_ns) / NS_PER_US);
    else
        fprintf(writer->out, "%snull", writer->before);
    writer->before = ",";
}

static void code(struct writer *writer, bool known, uint32_t value)
{
    number(writer, known ? (int64_t)value : -1);
}

static void end(const struct writer *writer)
{
    fputc(']', writer->out);
}

/* ---- the lists
 * ------------------------------------------------------------------------------------------------ */

/* [namespace, container] for init, [owner's row, exec's id] for an exec. */
static void write_rows(struct writer *writer, const struct c8d__timeline *timeline)
{
    const struct c8d__row *rows = timeline->rows.items;

    begin(writer, "rows");
    for (uint32_t i = 0; i < timeline->rows.count; i++) {
        fputs(i > 0 ? ",[" : "[", writer->out);
        if (rows[i].owner == i)
            c8d__page_string(rows[i].namespace_, writer->out);
        else
            fprintf(writer->out, "%" PRIu32, rows[i].owner);
        fputc(',', writer->out);
        c8d__page_string(rows[i].name, writer->out);
        fputc(']', writer->out);
    }
    end(writer);
}

static void write_changes(struct writer *writer, const struct c8d__timeline *timeline)
{
    const struct c8d__change *changes = timeline->changes.items;

    begin(writer, "changes");
    for (size_t i = 0; i < timeline->changes.count; i++) {
        line(writer, changes[i].line);
        row(writer, changes[i].row);
        number(writer, changes[i].state);
        number(writer, changes[i].incarnation);
    }
    end(writer);
}

static void write_moves(struct writer *writer, const struct c8d__timeline *timeline)
{
    const struct c8d__move *moves = timeline->moves.items;

    begin(writer, "moves");
    for (size_t i = 0; i < timeline->moves.count; i++) {
        line(writer, moves[i].line);
        row(writer, moves[i].row);
        number(writer, moves[i].machine);
        number(writer, moves[i].from);
        number(writer, moves[i].to);
        number(writer, moves[i].symbol);
        number(writer, moves[i].outcome);
    }
    end(writer);
}

static void write_moments(struct writer *writer, const struct c8d__timeline *timeline)
{
    const struct c8d__moment *moments = timeline->moments.items;
    int64_t before = writer->base_ns / NS_PER_US;

    begin(writer, "times");
    for (size_t i = 0; i < timeline->moments.count; i++) {
        line(writer, moments[i].line);
        number(writer, moments[i].time_ns / NS_PER_US - before);
        before = moments[i].time_ns / NS_PER_US;
    }
    end(writer);
}

static void write_marks(struct writer *writer, const struct c8d__timeline *timeline)
{
    const struct c8d__mark *marks = timeline->marks.items;

    begin(writer, "marks");
    for (size_t i = 0; i < timeline->marks.count; i++) {
        line(writer, marks[i].line);
        row(writer, marks[i].row);
        number(writer, marks[i].notice);
        number(writer, marks[i].incarnation);
        code(writer, marks[i].exit_known, marks[i].exit_code);
        moment(writer, marks[i].exited_at_ns);
    }
    end(writer);
}

static void write_lives(struct writer *writer, const struct c8d__timeline *timeline)
{
    const struct c8d__life *lives = timeline->lives.items;

    begin(writer, "runs");
    for (size_t i = 0; i < timeline->lives.count; i++) {
        row(writer, lives[i].row);
        number(writer, lives[i].incarnation);
        number(writer, lives[i].state);
        number(writer, lives[i].pid);
        number(writer, lives[i].oom);
        code(writer, lives[i].exit.known, lives[i].exit.code);
        moment(writer, lives[i].exit.at_ns);
        moment(writer, lives[i].started_at_ns);
    }
    end(writer);
}

/* [line, row, run, kind, detail] */
static void write_odds(struct writer *writer, const struct c8d__timeline *timeline)
{
    const struct c8d__odd *odds = timeline->odds.items;

    begin(writer, "anomalies");
    for (size_t i = 0; i < timeline->odds.count; i++) {
        int64_t at = odds[i].row != C8D__NO_PROCESS ? (int64_t)odds[i].row : -1;

        fprintf(writer->out, "%s[%" PRIu64 ",%" PRId64 ",%" PRIu32 ",", i > 0 ? "," : "", odds[i].line, at,
                odds[i].incarnation);
        c8d__page_string(odds[i].kind, writer->out);
        fputc(',', writer->out);
        c8d__page_string(odds[i].detail, writer->out);
        fputc(']', writer->out);
    }
    end(writer);
}

/* ---- the words behind the numbers
 * ----------------------------------------------------------------------------- */

static void write_words(FILE *out)
{
    fputs(",\"states\":[", out);
    for (unsigned i = 0; i <= C8D_STATE_DELETED; i++)
        fprintf(out, "%s\"%s\"", i > 0 ? "," : "", c8d_public_state_name((enum c8d_public_state)i));
    fputs("],\"symbols\":[", out);
    for (unsigned i = 0; i < C8D_SYM__COUNT; i++)
        fprintf(out, "%s\"%s\"", i > 0 ? "," : "", c8d_symbol_name((enum c8d_symbol)i));
    fputs("],\"outcomes\":[", out);
    for (unsigned i = 0; i < C8D_OUTCOME__COUNT; i++)
        fprintf(out, "%s\"%s\"", i > 0 ? "," : "", c8d_outcome_name((enum c8d_outcome)i));
    fputs("],\"notices\":[", out);
    for (unsigned i = 0; i < C8D_NOTICE_KIND__COUNT; i++)
        fprintf(out, "%s\"%s\"", i > 0 ? "," : "", c8d_notice_name((enum c8d_notice_kind)i));
    fputs("],\"machines\":[", out);
    c8d__page_machines(out);
    fputc(']', out);
}

void c8d__page_data(const struct c8d__timeline *timeline, const char *title, FILE *out)
{
    const struct c8d__moment *moments = timeline->moments.items;
    const struct c8d_replay_summary *summary = &timeline->summary;
    struct writer writer = {.out = out, .base_ns = timeline->moments.count > 0 ? moments[0].time_ns : 0};

    fputs("{\"title\":", out);
    c8d__page_string(title, out);
    fprintf(out,
            ",\"lines\":%" PRIu64 ",\"events\":%" PRIu64 ",\"ignored\":%" PRIu64 ",\"malformed\":%" PRIu64
            ",\"epoch\":%" PRId64,
            summary->lines, summary->events, summary->ignored, summary->malformed,
            writer.base_ns / NS_PER_US);
    write_words(out);
    write_rows(&writer, timeline);
    write_changes(&writer, timeline);
    write_moves(&writer, timeline);
    write_moments(&writer, timeline);
    write_marks(&writer, timeline);
    write_lives(&writer, timeline);
    write_odds(&writer, timeline);
    fputs("}", out);
}
