/* SPDX-License-Identifier: Apache-2.0 */
/* What `c8d replay` prints: runs, anomalies and the summary, for a person or as JSON lines. */
#ifndef C8D_COMMAND_REPLAY_SHOW_H
#define C8D_COMMAND_REPLAY_SHOW_H

#include <c8d/log.h>
#include <stdio.h>

struct c8d__show {
    bool json;
    const char *namespace_; /**< NULL = all */
    const char *container;  /**< NULL = all */
    uint64_t since_line;    /**< what was over before it is not shown */
    bool states_only;       /**< the last run of each process, and no anomalies */
    bool at_once;           /**< somebody waits: anomalies are not kept until the runs have been printed */
    bool silent;            /**< nothing is printed: somebody else draws */

    uint64_t runs;      /**< shown */
    uint64_t anomalies; /**< shown */
    uint64_t odd;       /**< of them, those of containers */
    bool failed;        /**< told */
    FILE *report;       /**< for a person: anomalies, kept until the runs have been printed */
    char *report_text;
    size_t report_size;
};

/** @return False after a failure that was told. */
bool c8d__show_begin(struct c8d__show *show);
void c8d__show_end(struct c8d__show *show);

/** @return True when this container is to be shown. An empty one stands for all. */
bool c8d__show_wants(const struct c8d__show *show, struct c8d_str namespace_, struct c8d_str container);
bool c8d__show_wants_run(const struct c8d__show *show, const struct c8d_replay_run *run);
bool c8d__show_wants_anomaly(const struct c8d__show *show, const struct c8d_replay_anomaly *anomaly);

void c8d__show_run(struct c8d__show *show, const struct c8d_replay_run *run);
void c8d__show_anomaly(struct c8d__show *show, const struct c8d_replay_anomaly *anomaly);

/** @return False after a failure that was told. */
bool c8d__show_summary(struct c8d__show *show, const struct c8d_replay_summary *summary);

/** Prints "moby/web", or "moby/web/exec-1" for an exec. */
void c8d__show_name(FILE *out, struct c8d_str namespace_, struct c8d_str container, struct c8d_str process);

#endif
