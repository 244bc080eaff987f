/* SPDX-License-Identifier: Apache-2.0 */
/* The story of one anomaly: what was told of that run, and what the model made of it. */
#include "explain.h"
#include "c8d.h"
#include "output.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct c8d__story_line {
    uint64_t line;
    int64_t time_ns;
    enum c8d_symbol symbol;
    enum c8d_outcome outcome;
    bool of_record; /* the container's, and not a process's */
    uint8_t before; /* enum c8d_public_state */
    uint8_t after;
    bool of_process; /* of the process itself, and not of its task's init */
    bool implied; /* the model asked, and the event was its own answer; or another's end had this consequence
                   */
    uint32_t before_incarnation;
    uint32_t incarnation;
    uint32_t pid;
    struct c8d_exit exit; /* what is believed of its end after it */
    bool ended;
};

static void copy_name(char to[C8D_NAME_BYTES_MAX + 1], struct c8d_str from)
{
    memcpy(to, from.ptr != NULL ? from.ptr : "", from.len);
    to[from.len] = '\0';
}

void c8d__story_anomaly(struct c8d__story *story, const struct c8d_replay_anomaly *anomaly)
{
    if (++story->seen != story->number)
        return;
    story->found = true;
    story->line = anomaly->line;
    story->incarnation = anomaly->incarnation;
    snprintf(story->kind, sizeof(story->kind), "%s", anomaly->kind);
    snprintf(story->detail, sizeof(story->detail), "%s", anomaly->detail);
    copy_name(story->namespace_, anomaly->namespace_);
    copy_name(story->container, anomaly->container);
    copy_name(story->process, anomaly->process);
}

static bool is(struct c8d_str string, const char *text)
{
    return string.len == strlen(text) && memcmp(string.ptr, text, string.len) == 0;
}

static struct c8d__story_line *add(struct c8d__story *story)
{
    size_t capacity = story->capacity != 0 ? story->capacity * 2 : 64;
    struct c8d__story_line *grown;

    if (story->n_lines == story->capacity) {
        grown = realloc(story->lines, capacity * sizeof(*grown));
        if (grown == NULL) {
            story->failed = true;
            return NULL;
        }
        story->lines = grown;
        story->capacity = capacity;
    }
    return &story->lines[story->n_lines++];
}

static bool is_implied(const struct c8d_replay_step *step)
{
    return step->symbol == C8D_SYM_NONE || c8d_symbol_class(step->symbol) == C8D_CLASS_ANSWER;
}

/* Of the run itself, and of its neighbours as far as they are near. */
static bool is_near(const struct c8d__story *story, const struct c8d_replay_step *step)
{
    uint32_t run = step->after.incarnation;

    return run == story->incarnation ||
           (run + 1 == story->incarnation && step->line + C8D__STORY_LINES > story->line) ||
           (run == story->incarnation + 1 && step->line < story->line + C8D__STORY_LINES) ||
           step->line == story->line;
}

void c8d__story_step(struct c8d__story *story, const struct c8d_replay_step *step)
{
    bool of_process = is(step->process, story->process);
    struct c8d__story_line *line;

    if (!is(step->namespace_, story->namespace_) || !is(step->container, story->container) ||
        (!of_process && !is(step->process, story->container)) || (of_process && !is_near(story, step)))
        return;
    /* The model's questions to itself are of interest when the answer moved something. */
    if (is_implied(step) && step->before.public_state == step->after.public_state)
        return;
    line = add(story);
    if (line == NULL)
        return;
    *line = (struct c8d__story_line){
        .line = step->line,
        .time_ns = step->time_ns,
        .symbol = step->symbol,
        .outcome = step->outcome,
        .before = step->before.public_state,
        .after = step->after.public_state,
        .of_process = of_process,
        .of_record = step->region == C8D_REGION_CONTAINER,
        .implied = is_implied(step),
        .before_incarnation = step->before.incarnation,
        .incarnation = step->after.incarnation,
        .pid = step->after.pid,
        .exit = step->after.exit,
        .ended = step->after.ended,
    };
}

static const char *words_of(const struct c8d__story_line *line)
{
    switch (line->symbol) {
    case C8D_SYM_CREATED:
        return line->of_record ? "container create" : "create";
    case C8D_SYM_STARTED:
        return "start";
    case C8D_SYM_EXITED:
        return "exit";
    case C8D_SYM_DELETED:
        return line->of_record ? "container delete" : "delete";
    case C8D_SYM_OOM:
        return "oom";
    case C8D_SYM_PAUSED:
        return "paused";
    case C8D_SYM_RESUMED:
        return "resumed";
    case C8D_SYM_CHECKPOINTED:
        return "checkpointed";
    case C8D_SYM_NONE:
        return "(as a consequence)";
    default:
        return line->implied ? "(so it must be)" : c8d_symbol_name(line->symbol);
    }
}

static void print_line(const struct c8d__story *story, const struct c8d__story_line *line)
{
    char time[C8D__TIME_BYTES] = "-";

    if (line->time_ns > 0)
        c8d__format_time(line->time_ns, time);
    printf("%s %7" PRIu64 "  %-30s  %-18s %-10s", line->line == story->line ? ">" : " ", line->line, time,
           words_of(line), c8d_outcome_name(line->outcome));
    if (line->incarnation == 0) {
        puts("nothing is known of a process");
        return;
    }
    printf("run %" PRIu32 ": %s", line->incarnation,
           line->before_incarnation == 0 ? "-" : c8d_public_state_name((enum c8d_public_state)line->before));
    if (line->after != line->before || line->before_incarnation == 0)
        printf(" -> %s", c8d_public_state_name((enum c8d_public_state)line->after));
    if (line->pid != 0)
        printf(", pid %" PRIu32, line->pid);
    if (line->ended && line->exit.known)
        printf(", code %" PRIu32, line->exit.code);
    else if (line->ended)
        printf(", code unknown");
    printf("%s\n", line->of_process ? "" : "  (the task)");
}

static bool print_line_json(const struct c8d__story_line *line)
{
    char time[C8D__TIME_BYTES];
    bool code = line->ended && line->exit.known;

    return c8d__print_json(
        json_pack("{s:s, s:I, s:o, s:s, s:s, s:b, s:b, s:I, s:s, s:s, s:I, s:o}", "type", "story", "line",
                  (json_int_t)line->line, "time",
                  line->time_ns > 0 ? json_string(c8d__format_time(line->time_ns, time)) : json_null(),
                  "event", line->symbol == C8D_SYM_NONE ? "" : c8d_symbol_name(line->symbol), "outcome",
                  c8d_outcome_name(line->outcome), "implied", (int)line->implied, "task",
                  (int)!line->of_process, "incarnation", (json_int_t)line->incarnation, "before",
                  c8d_public_state_name((enum c8d_public_state)line->before), "after",
                  c8d_public_state_name((enum c8d_public_state)line->after), "pid", (json_int_t)line->pid,
                  "exit_code", code ? json_integer((json_int_t)line->exit.code) : json_null()));
}

/* As many as the limit on both sides of what was odd. */
static bool is_told(const struct c8d__story *story, size_t at)
{
    size_t odd = 0;

    while (odd + 1 < story->n_lines && story->lines[odd].line < story->line)
        odd++;
    return at + C8D__STORY_LINES >= odd && at <= odd + C8D__STORY_LINES;
}

bool c8d__story_print(const struct c8d__story *story, bool json)
{
    if (!json) {
        printf("%s, line %" PRIu64, story->kind, story->line);
        if (story->container[0] != '\0')
            printf(", of %s/%s%s%s, run %" PRIu32, story->namespace_, story->container,
                   strcmp(story->process, story->container) != 0 ? "/" : "",
                   strcmp(story->process, story->container) != 0 ? story->process : "", story->incarnation);
        printf("\n\n");
    }
    for (size_t i = 0; i < story->n_lines; i++) {
        if (!is_told(story, i))
            continue;
        if (!json)
            print_line(story, &story->lines[i]);
        else if (!print_line_json(&story->lines[i]))
            return false;
    }
    if (!json)
        printf("%s%s.\n", story->n_lines > 0 ? "\n" : "", story->detail);
    return json ? c8d__print_json(json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:I, s:s}", "type", "anomaly",
                                            "kind", story->kind, "line", (json_int_t)story->line, "namespace",
                                            story->namespace_, "container", story->container, "process",
                                            story->process, "incarnation", (json_int_t)story->incarnation,
                                            "detail", story->detail))
                : true;
}

void c8d__story_free(struct c8d__story *story)
{
    free(story->lines);
    story->lines = NULL;
}
