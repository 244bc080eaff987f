/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings in words: what was to be expected, what came, and what is known to cause it. What is a finding is
 * the model's to decide.
 */
#include "replay.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#define DETAIL_BYTES 512

struct detail {
    char text[DETAIL_BYTES];
};

static void write_detail(struct detail *detail, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void write_detail(struct detail *detail, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (vsnprintf(detail->text, sizeof(detail->text), format, arguments) < 0)
        detail->text[0] = '\0';
    va_end(arguments);
}

#define WORDS_BYTES 32

/* Nothing of a code that is not known: it is not 0. */
static const char *code_words(char out[WORDS_BYTES], bool known, uint32_t code)
{
    out[0] = '\0';
    if (known)
        (void)snprintf(out, WORDS_BYTES, " with code %" PRIu32, code);
    return out;
}

/* docker and its like tell no pids. */
static const char *pid_words(char out[WORDS_BYTES], const char *before, uint32_t pid)
{
    out[0] = '\0';
    if (pid != 0)
        (void)snprintf(out, WORDS_BYTES, "%s pid %" PRIu32, before, pid);
    return out;
}

/* An event as containerd calls it. */
static const char *event_words(const struct c8d_input *input)
{
    bool of_exec = input->process != C8D_REF_NONE;

    switch (input->symbol) {
    case C8D_SYM_CREATED:
        return of_exec ? "exec-added" : "create";
    case C8D_SYM_STARTED:
        return of_exec ? "exec-started" : "start";
    case C8D_SYM_EXITED:
        return "exit";
    case C8D_SYM_DELETED:
        return "delete";
    case C8D_SYM_PAUSED:
        return "paused";
    case C8D_SYM_RESUMED:
        return "resumed";
    case C8D_SYM_CHECKPOINTED:
        return "checkpointed";
    case C8D_SYM_OOM:
        return "oom";
    case C8D_SYM_IS_CREATED:
        return "the create of the next run";
    case C8D_SYM_IS_RUNNING:
    case C8D_SYM_IS_PAUSED:
        return "a sign of the next run";
    case C8D_SYM_IS_ABSENT:
        return "the delete";
    default:
        return "a report of its state";
    }
}

/* What is said of an end that does not fit what went before it. */
static bool explain_exit(struct detail *out, enum c8d_finding finding, const struct c8d_input *input,
                         const struct c8d_process_view *before)
{
    char code[WORDS_BYTES];
    char pid[WORDS_BYTES];

    code_words(code, input->exit_known, input->exit_code);
    switch (finding) {
    case C8D_FINDING_DUPLICATE_EXIT:
        write_detail(
            out,
            "expected one exit for each run; the exit%s came again. A restart of containerd, or a shim "
            "that dies, has exits published twice (containerd#2299, moby#46212)",
            code);
        return true;
    case C8D_FINDING_CONFLICTING_EXIT:
        write_detail(out,
                     "expected no other exit after the one with code %" PRIu32 "; one with code %" PRIu32
                     " came. The first code stands: when a shim goes while its task is being deleted, "
                     "containerd makes up a second exit, mostly with 137 (containerd#4769)",
                     before->exit.code, input->exit_code);
        return true;
    case C8D_FINDING_EXIT_WITHOUT_TASK:
        write_detail(out,
                     "expected no exit%s here; one%s came, and no run that is known has that pid. A create "
                     "that fails is followed by an exit (containerd#6429), and an earlier run's exit may be "
                     "published again (moby#46212)",
                     pid_words(pid, " of", input->pid), code);
        return true;
    case C8D_FINDING_PID_ZERO_EXIT:
        write_detail(out,
                     "expected an exit that names%s; one without a pid came. The shim was killed, and "
                     "containerd made up the exit (containerd#6402, moby#43156)",
                     before->pid != 0 ? pid_words(pid, "", before->pid) : " its pid");
        return true;
    case C8D_FINDING_MISSING_EXIT:
        write_detail(out,
                     "expected an exit before the end of the task; %s came first. An exit is dropped when it "
                     "cannot be published for some seconds (containerd#3125, moby#33820), and when nobody "
                     "listens (moby#41227)",
                     event_words(input));
        return true;
    default:
        return false;
    }
}

static void explain(struct detail *out, enum c8d_finding finding, const struct c8d_input *input,
                    const struct c8d_process_view *before)
{
    const char *came = event_words(input);
    char pid[WORDS_BYTES];
    char pid_before[WORDS_BYTES];

    switch (finding) {
    case C8D_FINDING_EXIT_BEFORE_START:
        write_detail(out,
                     "expected the start before the exit; the exit came first and %s after it. The two take "
                     "separate ways when one of them has to be sent again (containerd#7111, moby#43767)",
                     came);
        break;
    case C8D_FINDING_START_AFTER_EXIT:
        write_detail(
            out,
            "expected a create before any further start; %s%s came after the exit%s. Either the events "
            "of a restart were lost, or a late start was taken for a new one (containerd#7111, moby#43767)",
            came, pid_words(pid, " with", input->pid), pid_words(pid_before, " of", before->pid));
        break;
    case C8D_FINDING_EVENT_AFTER_DELETE:
        write_detail(out,
                     "expected nothing more of a run that was deleted; %s came. A restart of containerd "
                     "publishes exit and delete again (containerd#2299)",
                     came);
        break;
    case C8D_FINDING_EXEC_AFTER_EXIT:
        write_detail(
            out,
            "expected no exec in a task that is over; %s came. Shims have gone on to take execs while "
            "their init process was being reaped (containerd#10589)",
            came);
        break;
    case C8D_FINDING_OOM_AFTER_EXIT:
        write_detail(out,
                     "expected oom before the exit that it causes; oom came after it. It is published on a "
                     "way of its own (containerd#8180, containerd#12260)");
        break;
    case C8D_FINDING_PAUSED_AFTER_EXIT:
        write_detail(
            out,
            "expected nothing of the freezer after the exit; %s came. A pause has raced with the end "
            "of the task (containerd#2773, moby#33843)",
            came);
        break;
    case C8D_FINDING_MISSING_CREATE:
        write_detail(out,
                     "expected a create first; %s came. An event is dropped when it cannot be published for "
                     "some seconds (containerd#3125, containerd#3177)",
                     came);
        break;
    default:
        write_detail(out, "expected something else; %s came", came);
        break;
    }
}

/* Adds whose anomaly it is, and hands it out. */
static void tell(struct c8d_replay *replay, struct c8d_replay_anomaly *anomaly, c8d_ref container,
                 c8d_ref process)
{
    const struct c8d_model *model = replay->store.model;
    struct c8d_container_view owner = {0};

    if (container != C8D_REF_NONE) {
        (void)c8d_model_view_container(model, container, &owner);
        anomaly->namespace_ = owner.namespace_;
        anomaly->container = owner.id;
        anomaly->process = process != C8D_REF_NONE ? c8d_model_exec_id(model, process) : owner.id;
    }
    replay->summary.anomalies++;
    replay->sink.anomaly(replay->sink.user, anomaly);
}

static void tell_found(struct c8d_replay *replay, const struct c8d_input *input,
                       const struct c8d_process_view *before)
{
    enum c8d_finding finding = (enum c8d_finding)replay->store.actions.finding;
    struct detail detail;
    struct c8d_replay_anomaly anomaly = {.kind = c8d_finding_name(finding),
                                         .line = replay->line,
                                         .incarnation = replay->store.actions.finding_incarnation,
                                         .detail = detail.text};

    if (c8d__is_in_the_nature_of(replay, finding, input, before))
        return;
    if (!explain_exit(&detail, finding, input, before))
        explain(&detail, finding, input, before);
    /* Found out when the start comes, but it is the exit that stands in the wrong place. */
    if (finding == C8D_FINDING_EXIT_BEFORE_START) {
        const struct c8d__note *note = c8d__note_of(replay, input->container, input->process);

        if (note->exit_line != 0)
            anomaly.line = note->exit_line;
    }
    tell(replay, &anomaly, input->container, input->process);
}

void c8d__tell_finding(struct c8d_replay *replay, const struct c8d_input *input,
                       const struct c8d_process_view *before)
{
    if (replay->store.actions.finding != C8D_FINDING_NONE)
        tell_found(replay, input, before);
}

void c8d__tell_time(struct c8d_replay *replay, c8d_ref container, c8d_ref process)
{
    int64_t last = c8d__container_note_of(replay, container)->last_time_ns;
    struct c8d_process_view view = {0};
    struct detail detail;
    struct c8d_replay_anomaly anomaly = {
        .kind = "out-of-order-time", .line = replay->line, .detail = detail.text};

    write_detail(
        &detail,
        "expected a time not before that of the container's last line; it is %.6f s before. An event "
        "that has to be sent again keeps its time, and clocks are set back",
        ((double)last - (double)replay->time_ns) / 1e9);
    (void)c8d_model_view_process(replay->store.model, container, process, &view);
    anomaly.incarnation = view.incarnation;
    tell(replay, &anomaly, container, process);
}

void c8d__tell_line(struct c8d_replay *replay, enum c8d_line_verdict verdict)
{
    struct c8d_replay_anomaly anomaly = {
        .kind = "malformed-line",
        .line = replay->line,
        .detail =
            "expected an event; this is none that can be read. Warnings of the program that wrote the log "
            "may have got into it",
    };

    if (verdict == C8D_LINE_TRUNCATED) {
        anomaly.kind = "truncated-line";
        anomaly.detail = "expected the end of a line; the log ends within it. Whatever wrote the log was "
                         "stopped, or is still writing";
    }
    tell(replay, &anomaly, C8D_REF_NONE, C8D_REF_NONE);
}
