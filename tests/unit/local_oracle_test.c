/* SPDX-License-Identifier: Apache-2.0 */
/* What moby's libcontainerd, at two commits, was seen to do with HCS (tests/data/hcs/moby*.trace), done by
 * libc8d: each difference is a rule. */
#include <c8d/client.h>
#include <c8d/task.h>
#include <hcs_sim.h>
#include <local/local_internal.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)
#define PATIENCE (3600 * SECOND)
#define LAYERS "\"layerFolders\":[\"C:\\\\layers\\\\base\",\"C:\\\\layers\\\\rw\"]"
#define ROOT "\"root\":{\"path\":\"\\\\\\\\?\\\\Volume{66d1ef4c-7a00-11e6-8948-00155ddbef9d}\\\\\"},"

struct play {
    struct c8d_client *client;
    struct c8d_container *container, *loaded;
    struct c8d_process *task, *exec;
    uint32_t stdio;
};

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static const char *class_of(enum c8d_status status)
{
    switch (status) {
    case C8D_OK:
        return "ok";
    case C8D_NOT_FOUND:
        return "not-found";
    case C8D_ALREADY_EXISTS:
        return "already-exists";
    case C8D_CONFLICT:
        return "conflict";
    case C8D_NOT_MODIFIED:
        return "not-modified";
    case C8D_NOT_IMPLEMENTED:
        return "not-implemented";
    case C8D_INVALID:
        return "invalid";
    default:
        return "error";
    }
}

/* ---- steps
 * --------------------------------------------------------------------------------------------------------------
 */

static void open_play(struct play *play)
{
    const struct c8d_local_options local = {.size = sizeof(local), .namespace_ = str("oracle")};
    const struct c8d__host host = hcs_sim_host();
    struct c8d_client_options options = {
        .size = sizeof(options), .namespace_ = str("oracle"), .long_patience_ns = PATIENCE};

    assert_int_equal(c8d__local_new(&local, &host, &options.runtime, NULL), C8D_OK);
    assert_int_equal(c8d_client_new(&options, &play->client, NULL), C8D_OK);
}

static void close_play(struct play *play)
{
    if (play->exec != NULL)
        c8d_process_unref(play->exec);
    if (play->task != NULL)
        c8d_process_unref(play->task);
    if (play->loaded != NULL)
        c8d_container_unref(play->loaded);
    if (play->container != NULL)
        c8d_container_unref(play->container);
    if (play->client != NULL)
        c8d_client_unref(play->client);
    *play = (struct play){0};
}

static enum c8d_status create(struct play *play, const char *script, bool hyperv, struct c8d_container **out)
{
    struct c8d_container_options options = {.size = sizeof(options), .id = str("c")};
    char spec[1024];

    snprintf(spec, sizeof(spec),
             "{\"process\":{\"args\":[\"sh\",\"-c\",\"%s\"]},%s\"windows\":{" LAYERS "%s}}", script,
             hyperv ? "" : ROOT, hyperv ? ",\"hyperv\":{}" : "");
    options.spec = str(spec);
    return c8d_client_new_container(play->client, &options, PATIENCE, out, NULL);
}

static enum c8d_status start(struct play *play)
{
    const struct c8d_start_options options = {.size = sizeof(options), .stdio = play->stdio};
    struct c8d_process *task = NULL;
    enum c8d_status status = c8d_container_start(play->container, &options, PATIENCE, &task, NULL);

    if (status == C8D_OK && play->task != NULL)
        c8d_process_unref(play->task);
    if (status == C8D_OK)
        play->task = task;
    return status;
}

static enum c8d_status exec(struct play *play, const char *text)
{
    struct c8d_exec_options options = {.size = sizeof(options)};
    char id[16];
    char spec[256];
    struct c8d_process *process = NULL;
    enum c8d_status status;

    snprintf(id, sizeof(id), "%.*s", (int)strcspn(text, " "), text);
    snprintf(spec, sizeof(spec), "{\"args\":[\"sh\",\"-c\",\"%s\"]}", text + strcspn(text, " ") + 1);
    options.id = str(id);
    options.spec = str(spec);
    status = c8d_task_exec(play->task, &options, PATIENCE, &process, NULL);
    if (status == C8D_OK && play->exec != NULL)
        c8d_process_unref(play->exec);
    if (status == C8D_OK)
        play->exec = process;
    return status;
}

static const char *wait(struct c8d_process *process)
{
    static char code[16];
    struct c8d_exit end = {0};

    if (c8d_process_wait(process, PATIENCE, &end, NULL) != C8D_OK)
        return "never";
    snprintf(code, sizeof(code), "%u", (unsigned)end.code);
    return end.known ? code : "unknown";
}

static enum c8d_status load(struct play *play, const char *id)
{
    if (play->loaded != NULL)
        c8d_container_unref(play->loaded);
    play->loaded = NULL;
    return c8d_client_load_container(play->client, str(id), PATIENCE, &play->loaded, NULL);
}

static enum c8d_status start_loaded(struct play *play)
{
    struct c8d_process *task = NULL;

    return c8d_container_start(play->loaded, NULL, PATIENCE, &task, NULL);
}

static void fault(const char *text)
{
    static const char *const functions[] = {
#define NAME(name, member, parameters, required) #name,
        C8D__HCS_EXPORTS(NAME)
#undef NAME
    };
    static const struct {
        const char *name;
        enum hcs_sim_action action;
    } actions[] = {{"return", HCS_SIM_RETURN},           {"pend", HCS_SIM_PEND},
                   {"pend-never", HCS_SIM_PEND_NEVER},   {"wait-failed", HCS_SIM_WAIT_FAILED},
                   {"exit-status", HCS_SIM_EXIT_STATUS}, {"exit-during", HCS_SIM_EXIT_DURING}};
    struct hcs_sim_fault made = {.function = HCS_SIM__COUNT, .nth = 1};
    char function[64];
    char action[32];
    unsigned hr;

    assert_int_equal(sscanf(text, "%63s %31s %x", function, action, &hr), 3);
    made.hr = (c8d__hr)hr;
    for (int i = 0; i < HCS_SIM__COUNT; i++) {
        if (strcmp(functions[i], function) == 0)
            made.function = (enum hcs_sim_function)i;
    }
    for (size_t i = 0; i < sizeof(actions) / sizeof(actions[0]); i++) {
        if (strcmp(actions[i].name, action) == 0)
            made.action = actions[i].action;
    }
    assert_true(made.function != HCS_SIM__COUNT && made.action != HCS_SIM_GOES_WELL);
    hcs_sim_fault(&made);
}

/* ---- the file
 * -----------------------------------------------------------------------------------------------------------
 */

static bool is(const char *step, const char *name, const char **rest)
{
    size_t n = strlen(name);

    if (strncmp(step, name, n) != 0 || (step[n] != '\0' && step[n] != ' '))
        return false;
    *rest = step[n] == ' ' ? step + n + 1 : "";
    return true;
}

static const char *of_container(struct play *play, const char *step)
{
    struct c8d_container *second = NULL;
    const char *rest;

    if (is(step, "new", &rest))
        return class_of(create(play, rest, false, &play->container));
    if (is(step, "new-in", &rest)) {
        play->stdio = C8D_STDIO_IN;
        return class_of(create(play, rest, false, &play->container));
    }
    if (is(step, "new-hyperv", &rest))
        return class_of(create(play, rest, true, &play->container));
    if (is(step, "new-same", &rest))
        return class_of(create(play, rest, false, &second));
    if (is(step, "start", &rest) || is(step, "start-again", &rest))
        return class_of(start(play));
    if (is(step, "delete", &rest))
        return class_of(c8d_container_delete(play->container, PATIENCE, NULL));
    if (is(step, "load", &rest))
        return class_of(load(play, rest));
    if (is(step, "start-loaded", &rest))
        return class_of(start_loaded(play));
    if (is(step, "delete-loaded", &rest))
        return class_of(c8d_container_delete(play->loaded, PATIENCE, NULL));
    if (is(step, "task-of-loaded", &rest))
        return c8d_container_task(play->loaded) == NULL ? "not-found" : "ok";
    return NULL;
}

static const char *of_task(struct play *play, const char *step)
{
    const struct c8d_str resources = str("{}");
    struct c8d_stats stats;
    size_t n;
    const char *rest;

    if (is(step, "wait", &rest))
        return wait(play->task);
    if (is(step, "kill", &rest))
        return class_of(c8d_process_kill(play->task, (uint32_t)atoi(rest), PATIENCE, NULL));
    if (is(step, "delete-task", &rest))
        return class_of(c8d_process_delete(play->task, PATIENCE, NULL, NULL));
    if (is(step, "force-delete", &rest))
        return class_of(c8d_task_force_delete(play->task, PATIENCE, NULL, NULL));
    if (is(step, "pause", &rest))
        return class_of(c8d_task_pause(play->task, PATIENCE, NULL));
    if (is(step, "resume", &rest))
        return class_of(c8d_task_resume(play->task, PATIENCE, NULL));
    if (is(step, "stats", &rest))
        return class_of(c8d_task_stats(play->task, PATIENCE, &stats, NULL));
    if (is(step, "pids", &rest) || is(step, "summary", &rest))
        return class_of(c8d_task_pids(play->task, PATIENCE, NULL, 0, &n, NULL));
    if (is(step, "update", &rest))
        return class_of(c8d_task_update_resources(play->task, resources, PATIENCE, NULL));
    if (is(step, "close-stdin", &rest))
        return class_of(c8d_process_close_stdin(play->task, PATIENCE, NULL));
    return NULL;
}

static const char *of_exec(struct play *play, const char *step)
{
    const char *rest;

    if (is(step, "exec", &rest))
        return class_of(exec(play, rest));
    if (is(step, "wait-exec", &rest))
        return wait(play->exec);
    if (is(step, "kill-exec", &rest))
        return class_of(c8d_process_kill(play->exec, (uint32_t)atoi(rest), PATIENCE, NULL));
    if (is(step, "delete-exec", &rest))
        return class_of(c8d_process_delete(play->exec, PATIENCE, NULL, NULL));
    return NULL;
}

/* What is done to the world, and has no result. */
static bool of_world(const char *step)
{
    const char *rest;

    if (is(step, "fault", &rest))
        fault(rest);
    else if (is(step, "leave", &rest))
        hcs_sim_leave(rest, "libc8d");
    else if (is(step, "disconnect", &rest))
        hcs_sim_disconnect();
    else
        return false;
    return true;
}

static char *cut(char *text, const char *mark)
{
    char *at = strstr(text, mark);

    if (at == NULL)
        return NULL;
    *at = '\0';
    return at + strlen(mark);
}

/* Returns whether the line is as it should be. */
static bool play_line(struct play *play, const char *scenario, char *line)
{
    char *why = cut(line, " # ");
    char *moby = cut(line, " = ");
    char *ours = moby != NULL ? cut(moby, " ! ") : NULL;
    const char *expected = ours != NULL ? ours : moby;
    const char *result;

    if (of_world(line))
        return true;
    result = of_container(play, line);
    /* Without a handle a task can only be looked for. */
    if (result == NULL && play->task == NULL && c8d_container_task(play->container) == NULL)
        result = "not-found";
    if (result == NULL)
        result = of_task(play, line);
    if (result == NULL)
        result = of_exec(play, line);
    if (result != NULL && expected != NULL && strcmp(result, expected) == 0 &&
        (ours == NULL) == (why == NULL))
        return true;
    fprintf(stderr, "%s: %s: %s\n", scenario, line, result != NULL ? result : "no such step");
    return false;
}

static void begin(struct play *play)
{
    close_play(play);
    hcs_sim_reset(1);
    hcs_sim_folder("C:\\layers\\base\\UtilityVM");
    open_play(play);
}

static void play_file(const char *path, unsigned at_least)
{
    char line[256];
    char scenario[64] = "";
    struct play play = {0};
    unsigned wrong = 0;
    unsigned lines = 0;
    FILE *file = fopen(path, "r");

    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        if (line[0] == '#')
            continue;
        lines++;
        if (strncmp(line, "== ", 3) == 0) {
            snprintf(scenario, sizeof(scenario), "%.60s", line + 3);
            begin(&play);
        } else {
            wrong += !play_line(&play, scenario, line);
        }
    }
    fclose(file);
    close_play(&play);
    hcs_sim_finish();
    assert_int_equal(wrong, 0);
    assert_true(lines > at_least);
}

static void test_trace__of_moby__differs_where_a_rule_wants_it(void **state)
{
    (void)state;
    play_file(C8D_TESTS_DIR "/data/hcs/moby.trace", 100);
}

static void test_trace__of_moby_before_its_objects__differs_where_a_rule_wants_it(void **state)
{
    (void)state;
    play_file(C8D_TESTS_DIR "/data/hcs/moby-2019.trace", 60);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_trace__of_moby__differs_where_a_rule_wants_it),
        cmocka_unit_test(test_trace__of_moby_before_its_objects__differs_where_a_rule_wants_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
