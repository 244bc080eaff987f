/* SPDX-License-Identifier: Apache-2.0 */
/* The interpreter of traces: a step of text into an input. */
#include "trace_internal.h"
#include <c8d/image.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct verb {
    const char *word;
    uint8_t region;
    uint8_t symbol;
};

static const struct verb commands[] = {
    {"new", C8D_REGION_CONTAINER, C8D_SYM_CREATE},
    {"rm", C8D_REGION_CONTAINER, C8D_SYM_DELETE},
    {"replace", C8D_REGION_CONTAINER, C8D_SYM_REPLACE},
    {"find", C8D_REGION_CONTAINER, C8D_SYM_LOAD},
    {"create", C8D_REGION_PROCESS, C8D_SYM_CREATE},
    {"exec", C8D_REGION_PROCESS, C8D_SYM_CREATE},
    {"launch", C8D_REGION_PROCESS, C8D_SYM_LAUNCH},
    {"start", C8D_REGION_PROCESS, C8D_SYM_START},
    {"del", C8D_REGION_PROCESS, C8D_SYM_DELETE},
    {"fdel", C8D_REGION_PROCESS, C8D_SYM_FORCE_DELETE},
    {"load", C8D_REGION_PROCESS, C8D_SYM_LOAD},
    {"kill", C8D_REGION_PROCESS, C8D_SYM_KILL},
    {"stop", C8D_REGION_PROCESS, C8D_SYM_STOP},
    {"pause", C8D_REGION_TASK, C8D_SYM_PAUSE},
    {"resume", C8D_REGION_TASK, C8D_SYM_RESUME},
    {"ckpt", C8D_REGION_TASK, C8D_SYM_CHECKPOINT},
    {"closeio", C8D_REGION_STDIN, C8D_SYM_CLOSE_STDIN},
    {"wish-none", C8D_REGION_CONTAINER, C8D_SYM_WISH_NONE},
    {"wish-running", C8D_REGION_CONTAINER, C8D_SYM_WISH_RUNNING},
    {"wish-stopped", C8D_REGION_CONTAINER, C8D_SYM_WISH_STOPPED},
    {"wish-paused", C8D_REGION_CONTAINER, C8D_SYM_WISH_PAUSED},
    {"wish-removed", C8D_REGION_CONTAINER, C8D_SYM_WISH_REMOVED},
};

static const struct verb events[] = {
    {"ev:new", C8D_REGION_CONTAINER, C8D_SYM_CREATED},
    {"ev:rm", C8D_REGION_CONTAINER, C8D_SYM_DELETED},
    {"ev:create", C8D_REGION_PROCESS, C8D_SYM_CREATED},
    {"ev:exec-added", C8D_REGION_PROCESS, C8D_SYM_CREATED},
    {"ev:start", C8D_REGION_PROCESS, C8D_SYM_STARTED},
    {"ev:exec-started", C8D_REGION_PROCESS, C8D_SYM_STARTED},
    {"ev:exit", C8D_REGION_PROCESS, C8D_SYM_EXITED},
    {"ev:delete", C8D_REGION_PROCESS, C8D_SYM_DELETED},
    {"ev:oom", C8D_REGION_PROCESS, C8D_SYM_OOM},
    {"ev:paused", C8D_REGION_TASK, C8D_SYM_PAUSED},
    {"ev:resumed", C8D_REGION_TASK, C8D_SYM_RESUMED},
    {"ev:checkpointed", C8D_REGION_TASK, C8D_SYM_CHECKPOINTED},
    {"verify", C8D_REGION_PROCESS, C8D_SYM_VERIFY},
    {"rec.verify", C8D_REGION_CONTAINER, C8D_SYM_VERIFY},
    {"retry", C8D_REGION_PROCESS, C8D_SYM_RETRY},
    {"task.retry", C8D_REGION_TASK, C8D_SYM_RETRY},
    {"rec.retry", C8D_REGION_CONTAINER, C8D_SYM_RETRY},
    {"outlived", C8D_REGION_PROCESS, C8D_SYM_OUTLIVED},
    {"overdue", C8D_REGION_PROCESS, C8D_SYM_OVERDUE},
    {"again", C8D_REGION_CONTAINER, C8D_SYM_AGAIN},
    {"steady", C8D_REGION_CONTAINER, C8D_SYM_STEADY},
};

static const struct verb links[] = {
    {"open", C8D_REGION_CONNECTION, C8D_SYM_OPEN},
    {"restore", C8D_REGION_CONNECTION, C8D_SYM_RESTORE},
    {"subscribed", C8D_REGION_CONNECTION, C8D_SYM_SUBSCRIBED},
    {"subscribe.err", C8D_REGION_CONNECTION, C8D_SYM_SUBSCRIBE_FAILED},
    {"gap", C8D_REGION_CONNECTION, C8D_SYM_STREAM_ENDED},
    {"overflow", C8D_REGION_CONNECTION, C8D_SYM_OVERFLOW},
    {"link.retry", C8D_REGION_CONNECTION, C8D_SYM_RETRY},
    {"listed", C8D_REGION_CONNECTION, C8D_SYM_LISTED},
    {"list.err", C8D_REGION_CONNECTION, C8D_SYM_LIST_FAILED},
    {"close", C8D_REGION_CONNECTION, C8D_SYM_CLOSE},
};

static const struct verb answers[] = {
    {"absent", 0, C8D_SYM_IS_ABSENT},   {"created", 0, C8D_SYM_IS_CREATED},
    {"running", 0, C8D_SYM_IS_RUNNING}, {"paused", 0, C8D_SYM_IS_PAUSED},
    {"stopped", 0, C8D_SYM_IS_STOPPED}, {"failed", 0, C8D_SYM_IS_UNANSWERED},
    {"expired", 0, C8D_SYM_IS_EXPIRED},
};

static const struct {
    const char *suffix;
    enum c8d_status status;
} results[] = {
    {"ok", C8D_OK},
    {"err", C8D_REMOTE},
    {"nf", C8D_NOT_FOUND},
    {"precond", C8D_CONFLICT},
    {"unavail", C8D_UNAVAILABLE},
    {"lost", C8D_INDETERMINATE},
    {"expired", C8D_DEADLINE},
    {"exists", C8D_ALREADY_EXISTS},
    {"same", C8D_NOT_MODIFIED},
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

static const struct verb *find_verb(const struct verb *verbs, size_t count, const char *word, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (strlen(verbs[i].word) == length && memcmp(verbs[i].word, word, length) == 0)
            return &verbs[i];
    }
    return NULL;
}

static bool find_status(const char *suffix, enum c8d_status *out)
{
    for (size_t i = 0; i < COUNT_OF(results); i++) {
        if (strcmp(results[i].suffix, suffix) == 0) {
            *out = results[i].status;
            return true;
        }
    }
    return false;
}

static struct c8d_str str_of(const char *text, size_t length)
{
    return (struct c8d_str){text, length};
}

bool trace__find(struct trace *trace, const char *target, struct c8d_input *input)
{
    const char *slash = strchr(target, '/');
    size_t length = slash != NULL ? (size_t)(slash - target) : strlen(target);

    input->process = C8D_REF_NONE;
    if (c8d_model_open(trace->model, str_of("n", 1), str_of(target, length), &input->container) != C8D_OK)
        return false;
    if (slash == NULL || (strlen(slash + 1) == length && memcmp(target, slash + 1, length) == 0))
        return true;
    return c8d_model_open_exec(trace->model, input->container, str_of(slash + 1, strlen(slash + 1)),
                               &input->process) == C8D_OK;
}

/* The arguments behind the word: target, pid, code, time. */
struct step {
    char word[32];
    char target[80];
    char code[16];
    unsigned pid;
    long long at;
};

static void fill(const struct step *step, struct c8d_input *input)
{
    input->pid = step->pid;
    input->exit_known = step->code[0] != '\0' && step->code[0] != '?';
    if (input->exit_known)
        input->exit_code = (uint32_t)strtoul(step->code, NULL, 10);
    input->exited_at_ns = step->at;
}

static void feed(struct trace *trace, const struct c8d_input *input)
{
    witness_step(&trace->witness, input, &trace->actions);
    trace__print(trace);
}

static void feed_reply(struct trace *trace, struct c8d_input *input, enum c8d_status status)
{
    if (input->symbol == C8D_SYM_KILL) {
        witness_killed(&trace->witness, input->container, input->process, trace->kill, status,
                       &trace->actions);
        trace__print(trace);
        return;
    }
    if (input->region == C8D_REGION_STDIN)
        input->request = trace->close;
    input->symbol = (uint8_t)c8d_symbol_of_reply(status);
    input->status = (uint8_t)status;
    feed(trace, input);
}

/* "word.suffix": a command, its reply, or (fkill) the reply to a force-delete's kill. */
static bool feed_call(struct trace *trace, const struct step *step, struct c8d_input *input)
{
    const char *dot = strchr(step->word, '.');
    size_t length = dot != NULL ? (size_t)(dot - step->word) : 0;
    const struct verb *verb = find_verb(commands, COUNT_OF(commands), step->word, length);
    enum c8d_status status;

    if (dot == NULL)
        return false;
    if (strncmp(step->word, "fkill", length) == 0 && length == 5 && find_status(dot + 1, &status)) {
        input->region = C8D_REGION_PROCESS;
        input->symbol =
            (uint8_t)(status == C8D_DEADLINE ? C8D_SYM_FORCE_EXPIRED
                                             : c8d_symbol_of_reply(status) - C8D_SYM_OK + C8D_SYM_FORCE_OK);
        input->status = (uint8_t)status;
        feed(trace, input);
        return true;
    }
    if (verb == NULL)
        return false;
    input->region = verb->region;
    input->symbol = verb->symbol;
    if (strcmp(dot, ".req") == 0) {
        input->request = ++trace->request;
        feed(trace, input);
        return true;
    }
    if (!find_status(dot + 1, &status))
        return false;
    feed_reply(trace, input, status);
    return true;
}

/* All that a snapshot says of one container, or of the task that it does not mention. */
static void feed_snapshot(struct trace *trace, uint8_t symbol, struct c8d_input *input)
{
    input->request = C8D_REQUEST_SNAPSHOT;
    input->region = C8D_REGION_CONTAINER;
    input->symbol = C8D_SYM_IS_CREATED;
    feed(trace, input);
    if (symbol == C8D_SYM_IS_ABSENT)
        return;
    input->region = C8D_REGION_TASK;
    input->symbol = symbol;
    feed(trace, input);
    input->region = C8D_REGION_PROCESS;
    feed(trace, input);
}

static bool feed_answer(struct trace *trace, const struct step *step, struct c8d_input *input)
{
    static const struct {
        const char *prefix;
        uint8_t region;
    } prefixes[] = {
        {"is:", C8D_REGION_PROCESS}, {"task.is:", C8D_REGION_TASK}, {"rec.is:", C8D_REGION_CONTAINER}};
    const char *colon = strchr(step->word, ':');
    const char *word = step->word;
    const struct verb *verb;

    if (colon == NULL)
        return false;
    verb = find_verb(answers, COUNT_OF(answers), colon + 1, strlen(colon + 1));
    if (verb == NULL)
        return false;
    input->symbol = verb->symbol;
    if (strncmp(step->word, "snap:", 5) == 0) {
        feed_snapshot(trace, verb->symbol, input);
        return true;
    }
    if (strncmp(word, "snap.", 5) == 0) {
        input->request = C8D_REQUEST_SNAPSHOT;
        word += 5;
    }
    for (size_t i = 0; i < COUNT_OF(prefixes); i++) {
        if (strncmp(word, prefixes[i].prefix, strlen(prefixes[i].prefix)) == 0) {
            input->region = prefixes[i].region;
            feed(trace, input);
            return true;
        }
    }
    return false;
}

/* The model's own process is started anew from an image: what it wants then is printed, step by step. */
static bool feed_restart(struct trace *trace)
{
    size_t bytes = c8d_model_image_bytes(trace->model);
    uint8_t *image = malloc(bytes);
    struct c8d_model *model = NULL;
    bool good = image != NULL && c8d_model_save(trace->model, image, bytes) == C8D_OK &&
                c8d_model_load(image, bytes, trace->memory, c8d_model_bytes(c8d_model_limits(trace->model)),
                               &model) == C8D_OK;

    while (good && witness_recover(&trace->witness, &trace->actions)) {
        if (trace->actions.count > 0)
            trace__print(trace);
    }
    free(image);
    return good;
}

static bool feed_link(struct trace *trace, const struct step *step)
{
    const struct verb *verb = find_verb(links, COUNT_OF(links), step->word, strlen(step->word));
    struct c8d_input input = {.region = C8D_REGION_CONNECTION};

    if (strcmp(step->word, "list") == 0) {
        witness_list_begin(&trace->witness);
        return true;
    }
    if (strcmp(step->word, "restart") == 0)
        return feed_restart(trace);
    if (strcmp(step->word, "pursue") == 0) {
        while (witness_pursue(&trace->witness, &trace->actions))
            trace__print(trace);
        return true;
    }
    if (strcmp(step->word, "sweep") == 0) {
        while (witness_list_sweep(&trace->witness, &trace->actions))
            trace__print(trace);
        return true;
    }
    if (verb == NULL)
        return false;
    input.symbol = verb->symbol;
    if (verb->symbol == C8D_SYM_SUBSCRIBE_FAILED)
        input.status = C8D_UNAVAILABLE;
    if (verb->symbol == C8D_SYM_OPEN || verb->symbol == C8D_SYM_RESTORE)
        input.request = ++trace->request;
    if (verb->symbol == C8D_SYM_LISTED || verb->symbol == C8D_SYM_LIST_FAILED)
        input.request = trace->list;
    feed(trace, &input);
    return true;
}

/* A timer returns what it was ordered with. */
static uint32_t incarnation_of(const struct trace *trace, const struct c8d_input *input)
{
    struct c8d_process_view view = {0};

    (void)c8d_model_view_process(trace->model, input->container, input->process, &view);
    return view.incarnation;
}

/* A handle of the consumer's: to have one or to give it up moves nothing by itself. */
static bool feed_handle(struct trace *trace, const struct step *step, const struct c8d_input *input)
{
    if (strcmp(step->word, "hold") == 0)
        return c8d_model_hold(trace->model, input->container, input->process);
    if (strcmp(step->word, "drop") != 0)
        return false;
    c8d_model_release(trace->model, input->container, input->process);
    return true;
}

static bool feed_step(struct trace *trace, const char *text)
{
    struct step step = {0};
    struct c8d_input input = {0};
    int fields =
        sscanf(text, "%31s %79s %u %15s %lld", step.word, step.target, &step.pid, step.code, &step.at);
    const struct verb *verb = find_verb(events, COUNT_OF(events), step.word, strlen(step.word));

    if (fields < 1)
        return false;
    if (fields == 1)
        return feed_link(trace, &step);
    if (!trace__find(trace, step.target, &input))
        return false;
    fill(&step, &input);
    if (verb == NULL)
        return feed_handle(trace, &step, &input) || feed_answer(trace, &step, &input) ||
               feed_call(trace, &step, &input);
    input.region = verb->region;
    input.symbol = verb->symbol;
    if (verb->symbol == C8D_SYM_OUTLIVED)
        input.request = incarnation_of(trace, &input);
    if (verb->symbol == C8D_SYM_OVERDUE)
        input.request = trace->timer;
    if (verb->symbol == C8D_SYM_AGAIN || verb->symbol == C8D_SYM_STEADY)
        input.request = trace->wish_timer;
    feed(trace, &input);
    return true;
}

const char *trace_feed(struct trace *trace, const char *text)
{
    trace->length = 0;
    trace->output[0] = '\0';
    while (*text != '\0' && trace->witness.broken == NULL) {
        char step[160] = "";
        size_t length = strcspn(text, ";");

        if (length < sizeof(step))
            memcpy(step, text, length);
        if (!feed_step(trace, step)) {
            (void)snprintf(trace->output, sizeof(trace->output), "UNREADABLE%s", step);
            break;
        }
        text += length + (text[length] == ';');
    }
    return trace->output;
}

void trace_check(const struct trace_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct trace trace;
        const char *given;

        assert_true(trace_open(&trace, true));
        given = trace_feed(&trace, cases[i].given);
        if (strstr(given, "UNREADABLE") != NULL || trace.witness.broken != NULL)
            fail_msg("given \"%s\": %s", cases[i].given, given);
        if (strcmp(trace_feed(&trace, cases[i].when), cases[i].then) != 0)
            fail_msg("\n given %s\n  when %s\n  then %s\n  came %s", cases[i].given, cases[i].when,
                     cases[i].then, trace.output);
        trace_close(&trace);
    }
}
