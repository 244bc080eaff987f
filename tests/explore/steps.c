/* SPDX-License-Identifier: Apache-2.0 */
/* Inputs as steps of a trace. */
#include "steps.h"
#include <stdio.h>

static const char *const targets[PROCESSES_MAX] = {"c", "c/x", "c/y"};
static const char *const ids[PROCESSES_MAX] = {"c/c", "c/x", "c/y"};

static const char *target_of(const struct scene *scene, const struct message *message)
{
    const char *const *from = message->symbol == C8D_SYM_EXITED ? ids : targets;

    return from[message->region == C8D_REGION_PROCESS || message->region == C8D_REGION_STDIN
                    ? scene->names[message->process]
                    : 0];
}

static const char *verb_of_call(const struct scene *scene, const struct message *message)
{
    static const struct {
        uint8_t region;
        uint8_t symbol;
        const char *word;
    } verbs[] = {
        {C8D_REGION_CONTAINER, C8D_SYM_CREATE, "new"},
        {C8D_REGION_CONTAINER, C8D_SYM_DELETE, "rm"},
        {C8D_REGION_CONTAINER, C8D_SYM_LOAD, "find"},
        {C8D_REGION_PROCESS, C8D_SYM_CREATE, "create"},
        {C8D_REGION_PROCESS, C8D_SYM_START, "start"},
        {C8D_REGION_PROCESS, C8D_SYM_DELETE, "del"},
        {C8D_REGION_PROCESS, C8D_SYM_FORCE_DELETE, "fdel"},
        {C8D_REGION_PROCESS, C8D_SYM_LOAD, "load"},
        {C8D_REGION_PROCESS, C8D_SYM_LAUNCH, "launch"},
        {C8D_REGION_PROCESS, C8D_SYM_KILL, "kill"},
        {C8D_REGION_TASK, C8D_SYM_PAUSE, "pause"},
        {C8D_REGION_TASK, C8D_SYM_RESUME, "resume"},
        {C8D_REGION_TASK, C8D_SYM_CHECKPOINT, "ckpt"},
        {C8D_REGION_PROCESS, C8D_SYM_STOP, "stop"},
        {C8D_REGION_STDIN, C8D_SYM_CLOSE_STDIN, "closeio"},
        {C8D_REGION_CONTAINER, C8D_SYM_REPLACE, "replace"},
        {C8D_REGION_CONTAINER, C8D_SYM_WISH_NONE, "wish-none"},
        {C8D_REGION_CONTAINER, C8D_SYM_WISH_RUNNING, "wish-running"},
        {C8D_REGION_CONTAINER, C8D_SYM_WISH_STOPPED, "wish-stopped"},
        {C8D_REGION_CONTAINER, C8D_SYM_WISH_PAUSED, "wish-paused"},
        {C8D_REGION_CONTAINER, C8D_SYM_WISH_REMOVED, "wish-removed"},
    };

    (void)scene;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (verbs[i].region == message->region && verbs[i].symbol == message->symbol)
            return verbs[i].word;
    }
    return "?";
}

/* The command whose call a reply answers. */
static uint8_t symbol_of_command(uint8_t command)
{
    static const uint8_t symbols[C8D_COMMAND_KIND__COUNT] = {
        [C8D_COMMAND_CREATE] = C8D_SYM_CREATE,        [C8D_COMMAND_START] = C8D_SYM_START,
        [C8D_COMMAND_DELETE] = C8D_SYM_DELETE,        [C8D_COMMAND_KILL] = C8D_SYM_KILL,
        [C8D_COMMAND_PAUSE] = C8D_SYM_PAUSE,          [C8D_COMMAND_RESUME] = C8D_SYM_RESUME,
        [C8D_COMMAND_CHECKPOINT] = C8D_SYM_CHECKPOINT};

    return symbols[command];
}

static const char *suffix_of(uint8_t status)
{
    switch (status) {
    case C8D_OK:
        return "ok";
    case C8D_NOT_FOUND:
        return "nf";
    case C8D_CONFLICT:
        return "precond";
    case C8D_ALREADY_EXISTS:
        return "exists";
    case C8D_INDETERMINATE:
        return "lost";
    case C8D_DEADLINE:
        return "expired";
    default:
        return "err";
    }
}

static void write_facts(const struct message *message)
{
    if (message->pid == 0 && message->exit_known == 0)
        return;
    (void)fprintf(stderr, " %u", message->pid);
    if (message->exit_known != 0)
        (void)fprintf(stderr, " %u %u", message->exit_code, message->at);
}

static void write_reply(const struct scene *scene, const struct message *message)
{
    struct message call = *message;
    unsigned slot = SLOT_PROCESS + SLOT__EACH * (unsigned)message->process + SLOT__CALL;

    if (message->region == C8D_REGION_CONTAINER)
        slot = SLOT_RECORD;
    else if (message->region == C8D_REGION_TASK)
        slot = SLOT_TASK;
    if ((message->symbol >= C8D_SYM_FORCE_OK && message->symbol <= C8D_SYM_FORCE_LOST) ||
        message->symbol == C8D_SYM_FORCE_EXPIRED) {
        (void)fprintf(stderr, "fkill.%s %s", suffix_of(message->status), target_of(scene, message));
        return;
    }
    if (message->region == C8D_REGION_STDIN) {
        (void)fprintf(stderr, "closeio.%s %s", suffix_of(message->status), target_of(scene, message));
        return;
    }
    /* The act has kept the command of the call that it has taken out. */
    call.symbol = symbol_of_command(scene->runtime.calls[slot].command);
    (void)fprintf(stderr, "%s.%s %s", verb_of_call(scene, &call), suffix_of(message->status),
                  target_of(scene, message));
    write_facts(message);
}

static void write_answer(const struct scene *scene, const struct message *message, uint64_t request)
{
    static const char *const prefixes[] = {
        [C8D_REGION_CONTAINER] = "rec.is", [C8D_REGION_TASK] = "task.is", [C8D_REGION_PROCESS] = "is"};
    static const char *const words[] = {"absent",  "created", "running", "paused",
                                        "stopped", "stale",   "failed"};
    const char *word =
        message->symbol == C8D_SYM_IS_EXPIRED ? "expired" : words[message->symbol - C8D_SYM_IS_ABSENT];
    bool of_snapshot = request == C8D_REQUEST_SNAPSHOT;

    (void)fprintf(stderr, "%s%s:%s %s", of_snapshot ? "snap." : "", prefixes[message->region], word,
                  target_of(scene, message));
    write_facts(message);
}

static void write_event(const struct scene *scene, const struct message *message)
{
    static const char *const words[3][8] = {
        [C8D_REGION_CONTAINER] = {"new", "", "", "rm"},
        [C8D_REGION_PROCESS] = {"create", "start", "exit", "delete", "", "", "", "oom"},
        [C8D_REGION_TASK] = {"", "", "", "", "paused", "resumed", "checkpointed"}};

    (void)fprintf(stderr, "ev:%s %s", words[message->region][message->symbol - C8D_SYM_CREATED],
                  target_of(scene, message));
    write_facts(message);
}

static const char *word_of_link(uint8_t symbol)
{
    static const struct {
        uint8_t symbol;
        const char *word;
    } words[] = {
        {C8D_SYM_OPEN, "open"},
        {C8D_SYM_RESTORE, "restore"},
        {C8D_SYM_SUBSCRIBED, "subscribed"},
        {C8D_SYM_SUBSCRIBE_FAILED, "subscribe.err"},
        {C8D_SYM_STREAM_ENDED, "gap"},
        {C8D_SYM_OVERFLOW, "overflow"},
        {C8D_SYM_RETRY, "link.retry"},
        {C8D_SYM_LISTED, "listed"},
        {C8D_SYM_LIST_FAILED, "list.err"},
    };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (words[i].symbol == symbol)
            return words[i].word;
    }
    return "?";
}

void steps_write(const struct scene *scene, const char *word)
{
    if (scene->log)
        (void)fprintf(stderr, "; %s", word);
}

static const char *word_of_timer(const struct message *message)
{
    static const char *const retries[] = {"rec.retry", "retry", "task.retry"};

    switch (message->symbol) {
    case C8D_SYM_OUTLIVED:
        return "outlived";
    case C8D_SYM_OVERDUE:
        return "overdue";
    case C8D_SYM_AGAIN:
        return "again";
    case C8D_SYM_STEADY:
        return "steady";
    default:
        return retries[message->region];
    }
}

void steps_write_message(const struct scene *scene, const struct message *message, uint64_t request)
{
    enum c8d_symbol_class is = c8d_symbol_class((enum c8d_symbol)message->symbol);

    if (!scene->log)
        return;
    (void)fprintf(stderr, "; ");
    if (message->region == C8D_REGION_CONNECTION)
        (void)fprintf(stderr, "%s", word_of_link(message->symbol));
    else if (is == C8D_CLASS_COMMAND)
        (void)fprintf(stderr, "%s.req %s", verb_of_call(scene, message), target_of(scene, message));
    else if (is == C8D_CLASS_REPLY)
        write_reply(scene, message);
    else if (is == C8D_CLASS_ANSWER)
        write_answer(scene, message, request);
    else if (is == C8D_CLASS_EVENT)
        write_event(scene, message);
    else
        (void)fprintf(stderr, "%s %s", word_of_timer(message), target_of(scene, message));
}

void steps_write_killed(const struct scene *scene, unsigned process, enum c8d_status status)
{
    if (scene->log)
        (void)fprintf(stderr, "; kill.%s %s", suffix_of((uint8_t)status), targets[scene->names[process]]);
}
