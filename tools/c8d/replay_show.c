/* SPDX-License-Identifier: Apache-2.0 */
/* What `c8d replay` prints: runs, anomalies and the summary, for a person or as JSON lines. */
#include "replay_show.h"
#include "c8d.h"
#include "output.h"
#include "run_line.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

bool c8d__show_begin(struct c8d__show *show)
{
    show->report = open_memstream(&show->report_text, &show->report_size);
    if (show->report == NULL)
        c8d__fail("replay: no memory");
    return show->report != NULL;
}

void c8d__show_end(struct c8d__show *show)
{
    if (show->report != NULL)
        fclose(show->report);
    free(show->report_text);
    show->report = NULL;
    show->report_text = NULL;
}

/* ---- what is shown
 * -------------------------------------------------------------------------------------- */

static bool is(struct c8d_str string, const char *text)
{
    return text == NULL || (string.len == strlen(text) && memcmp(string.ptr, text, string.len) == 0);
}

bool c8d__show_wants(const struct c8d__show *show, struct c8d_str namespace_, struct c8d_str container)
{
    return container.len == 0 || (is(namespace_, show->namespace_) && is(container, show->container));
}

bool c8d__show_wants_run(const struct c8d__show *show, const struct c8d_replay_run *run)
{
    return c8d__show_wants(show, run->namespace_, run->container) && run->last_line >= show->since_line &&
           (run->is_last || !show->states_only);
}

/* A line that cannot be read may be about any container. */
bool c8d__show_wants_anomaly(const struct c8d__show *show, const struct c8d_replay_anomaly *anomaly)
{
    return c8d__show_wants(show, anomaly->namespace_, anomaly->container) &&
           anomaly->line >= show->since_line && !show->states_only;
}

/* ---- runs
 * ----------------------------------------------------------------------------------------------- */

static bool same(struct c8d_str a, struct c8d_str b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

/* "moby/web", or "moby/web/exec-1" for an exec. */
void c8d__show_name(FILE *out, struct c8d_str namespace_, struct c8d_str container, struct c8d_str process)
{
    fprintf(out, "%.*s/%.*s", (int)namespace_.len, namespace_.ptr, (int)container.len, container.ptr);
    if (!same(container, process))
        fprintf(out, "/%.*s", (int)process.len, process.ptr);
}

void c8d__show_run(struct c8d__show *show, const struct c8d_replay_run *run)
{
    if (show->failed || !c8d__show_wants_run(show, run))
        return;
    show->runs++;
    if (show->silent)
        return;
    if (show->json)
        c8d__print_run_line(run);
    else
        c8d__print_run_row(run, show->runs == 1);
}

/* ---- anomalies
 * ------------------------------------------------------------------------------------------ */

static bool print_anomaly_json(const struct c8d_replay_anomaly *anomaly)
{
    return c8d__print_json(
        json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:I, s:s}", "type", "anomaly", "kind", anomaly->kind,
                  "line", (json_int_t)anomaly->line, "namespace", c8d__json_str(anomaly->namespace_),
                  "container", c8d__json_str(anomaly->container), "process", c8d__json_str(anomaly->process),
                  "incarnation", (json_int_t)anomaly->incarnation, "detail", anomaly->detail));
}

static void report_anomaly(FILE *report, uint64_t number, const struct c8d_replay_anomaly *anomaly)
{
    fprintf(report, "%" PRIu64 ". line %" PRIu64 ": %s", number, anomaly->line, anomaly->kind);
    if (anomaly->container.len > 0) {
        fputs(": ", report);
        c8d__show_name(report, anomaly->namespace_, anomaly->container, anomaly->process);
        fprintf(report, ", run %" PRIu32, anomaly->incarnation);
    }
    fprintf(report, ": %s\n", anomaly->detail);
}

void c8d__show_anomaly(struct c8d__show *show, const struct c8d_replay_anomaly *anomaly)
{
    if (show->failed || !c8d__show_wants_anomaly(show, anomaly))
        return;
    show->anomalies++;
    if (anomaly->container.len > 0)
        show->odd++;
    if (show->silent)
        return;
    if (show->json)
        show->failed = !print_anomaly_json(anomaly);
    else
        report_anomaly(show->at_once ? stdout : show->report, show->anomalies, anomaly);
}

/* ---- the summary
 * ---------------------------------------------------------------------------------------- */

static bool print_summary_json(const struct c8d__show *show, const struct c8d_replay_summary *summary)
{
    return c8d__print_json(
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "type", "summary", "lines",
                  (json_int_t)summary->lines, "events", (json_int_t)summary->events, "ignored",
                  (json_int_t)summary->ignored, "malformed", (json_int_t)summary->malformed, "continued",
                  (json_int_t)summary->continued, "containers", (json_int_t)summary->containers, "runs",
                  (json_int_t)show->runs, "anomalies", (json_int_t)show->anomalies));
}

static void print_summary(const struct c8d__show *show, const struct c8d_replay_summary *summary)
{
    if (show->report_size > 0)
        printf("\n%s", show->report_text);
    printf("\n%" PRIu64 " lines: %" PRIu64 " events, %" PRIu64 " ignored, %" PRIu64 " malformed",
           summary->lines, summary->events, summary->ignored, summary->malformed);
    if (summary->continued > 0)
        printf(", %" PRIu64 " more of records of several lines", summary->continued);
    printf("; %" PRIu64 " containers, %" PRIu64 " runs, %" PRIu64 " anomalies\n", summary->containers,
           show->runs, show->anomalies);
}

bool c8d__show_summary(struct c8d__show *show, const struct c8d_replay_summary *summary)
{
    if (fflush(show->report) != 0) {
        c8d__fail("replay: no memory");
        return false;
    }
    if (show->json)
        return print_summary_json(show, summary);
    print_summary(show, summary);
    return true;
}
