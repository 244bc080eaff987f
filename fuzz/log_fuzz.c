/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as an event log, fed in pieces of any size: nothing breaks, no line is lost or counted twice, and
 * the pieces make no difference. Beside it each line of `ctr events` is read a second time by a reader that
 * is written for being obvious, and both must agree, as must the short cut for common lines.
 */
#include "log/lexing.h"
#include "slow_ctr.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition) ((condition) ? (void)0 : abort())

/* ---- a whole log, in pieces
 * -------------------------------------------------------------------------------------- */

struct counted {
    uint64_t runs;
    uint64_t anomalies;
    uint64_t digest; /* of all that was told */
};

static void digest(struct counted *counted, const void *data, size_t length)
{
    const uint8_t *bytes = data;

    for (size_t i = 0; i < length; i++)
        counted->digest = (counted->digest ^ bytes[i]) * UINT64_C(1099511628211);
}

static void digest_str(struct counted *counted, struct c8d_str string)
{
    digest(counted, &string.len, sizeof(string.len));
    digest(counted, string.ptr, string.len);
}

static void take_run(void *user, const struct c8d_replay_run *run)
{
    struct counted *counted = user;

    counted->runs++;
    MUST(run->incarnation > 0);
    MUST(run->container.len > 0 && run->container.len <= C8D_NAME_BYTES_MAX);
    MUST(run->process.len > 0 && run->process.len <= C8D_NAME_BYTES_MAX);
    MUST(run->exit.known || run->exit.code == 0);
    digest_str(counted, run->namespace_);
    digest_str(counted, run->container);
    digest_str(counted, run->process);
    digest(counted, &run->incarnation, sizeof(run->incarnation));
    digest(counted, &run->state, sizeof(run->state));
    digest(counted, &run->exit.code, sizeof(run->exit.code));
}

static void take_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    struct counted *counted = user;

    counted->anomalies++;
    MUST(anomaly->line > 0 && anomaly->detail[0] != '\0');
    digest(counted, anomaly->kind, strlen(anomaly->kind));
    digest(counted, &anomaly->line, sizeof(anomaly->line));
}

/* The sizes of the pieces come from `cuts`; without any the log is fed whole. */
static struct counted replay(const uint8_t *cuts, size_t n_cuts, const uint8_t *log, size_t length)
{
    struct counted counted = {0};
    const struct c8d_replay_sink sink = {.run = take_run, .anomaly = take_anomaly, .user = &counted};
    struct c8d_replay_summary summary;
    struct c8d_replay *replay;
    enum c8d_status status;

    MUST(c8d_replay_new(C8D_LOG_AUTO, &sink, NULL, &replay) == C8D_OK);
    for (size_t at = 0, i = 0; at < length; i++) {
        size_t rest = length - at;
        size_t piece = n_cuts == 0 ? rest : (size_t)cuts[i % n_cuts] + 1;

        piece = piece < rest ? piece : rest;
        (void)!c8d_replay_feed(replay, log + at, piece);
        at += piece;
    }
    status = c8d_replay_finish(replay, &summary);
    MUST(status == C8D_OK || status == C8D_EXHAUSTED);
    MUST(summary.lines == summary.events + summary.ignored + summary.malformed + summary.continued);
    MUST(summary.runs == counted.runs && summary.anomalies == counted.anomalies);
    c8d_replay_free(replay);
    digest(&counted, &summary, sizeof(summary));
    return counted;
}

/* ---- one line, by two readers
 * ------------------------------------------------------------------------------------ */

static bool same(struct c8d_str a, struct c8d_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static void must_agree(const struct c8d_log_record *quick, const struct c8d_event *slow)
{
    MUST(quick->event.kind == slow->kind && quick->event.pid == slow->pid);
    MUST(quick->event.time_ns == slow->time_ns && quick->time_ns == slow->time_ns);
    MUST(same(quick->event.namespace_, slow->namespace_) && same(quick->event.container, slow->container));
    MUST(same(quick->event.process, slow->process));
    MUST(quick->event.exit.known == slow->exit.known && quick->event.exit.code == slow->exit.code &&
         quick->event.exit.at_ns == slow->exit.at_ns);
}

static void compare(struct c8d_str line, struct c8d__recent *recent)
{
    struct c8d_log_record quick;
    struct c8d_log_record common;
    struct c8d_event slow;
    enum c8d_line_verdict verdict;
    bool is_common = c8d__read_common_ctr(line, recent, &common);

    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    verdict = c8d_log_read_line(C8D_LOG_CTR, line, &quick);
    /* One carriage return is passed over, and it is gone already. */
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        return;
    MUST(verdict == slow_ctr_read(line, &slow));
    MUST(verdict == C8D_LINE_EVENT || !is_common);
    if (verdict != C8D_LINE_EVENT)
        return;
    must_agree(&quick, &slow);
    if (is_common)
        must_agree(&common, &slow);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says how many cuts follow it; the rest is the log. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t n_cuts = size > 0 ? data[0] % 8 : 0;
    const uint8_t *log;
    const uint8_t *end = data + size;
    struct c8d__recent recent = {0};
    struct counted pieces;
    struct counted at_once;

    if (size < 1 + n_cuts)
        return 0;
    log = data + 1 + n_cuts;
    pieces = replay(data + 1, n_cuts, log, (size_t)(end - log));
    at_once = replay(NULL, 0, log, (size_t)(end - log));
    MUST(memcmp(&pieces, &at_once, sizeof(pieces)) == 0);
    while (log < end) {
        const uint8_t *line_end = memchr(log, '\n', (size_t)(end - log));

        line_end = line_end != NULL ? line_end : end;
        compare((struct c8d_str){(const char *)log, (size_t)(line_end - log)}, &recent);
        log = line_end < end ? line_end + 1 : end;
    }
    return 0;
}
