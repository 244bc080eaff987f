/* SPDX-License-Identifier: Apache-2.0 */
/* The steps of a replay, as they are told to whoever draws them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include <c8d/log.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "2026-01-02 00:00:0"
#define CREATE HEAD "1 +0000 UTC moby /tasks/create {\"container_id\":\"web\",\"pid\":7}\n"
#define START HEAD "2 +0000 UTC moby /tasks/start {\"container_id\":\"web\",\"pid\":7}\n"
#define PAUSED HEAD "3 +0000 UTC moby /tasks/paused {\"container_id\":\"web\"}\n"
#define EXEC HEAD "3 +0000 UTC moby /tasks/exec-added {\"container_id\":\"web\",\"exec_id\":\"e1\"}\n"
#define EXEC_STARTED                                                                                         \
    HEAD "3 +0000 UTC moby /tasks/exec-started {\"container_id\":\"web\",\"exec_id\":\"e1\",\"pid\":8}\n"
#define EXIT                                                                                                 \
    HEAD "4 +0000 UTC moby /tasks/exit "                                                                     \
         "{\"container_id\":\"web\",\"id\":\"web\",\"pid\":7,\"exit_status\":3}\n"
#define DELETE HEAD "5 +0000 UTC moby /tasks/delete {\"container_id\":\"web\",\"pid\":7,\"exit_status\":3}\n"

struct steps {
    FILE *out;
    char *text;
    size_t size;
};

/* Line, symbol and outcome of a step, and what moved. */
static void write_step(void *user, const struct c8d_replay_step *step)
{
    FILE *out = ((struct steps *)user)->out;

    fprintf(out, "%" PRIu64 " %.*s/%.*s/%.*s %s %s", step->line, (int)step->namespace_.len,
            step->namespace_.ptr, (int)step->container.len, step->container.ptr, (int)step->process.len,
            step->process.ptr, c8d_symbol_name(step->symbol), c8d_outcome_name(step->outcome));
    if (step->before.state != step->after.state)
        fprintf(out, " %s>%s", c8d_state_name(C8D_MACHINE_PROCESS, step->before.state),
                c8d_state_name(C8D_MACHINE_PROCESS, step->after.state));
    if (step->task_states[0] != step->task_states[1])
        fprintf(out, " %s>%s", c8d_state_name(C8D_MACHINE_TASK, step->task_states[0]),
                c8d_state_name(C8D_MACHINE_TASK, step->task_states[1]));
    for (uint32_t i = 0; i < step->actions->count; i++) {
        const struct c8d_action *action = &step->actions->items[i];

        if (action->kind == C8D_ACTION_NOTICE)
            fprintf(out, " %s", c8d_notice_name((enum c8d_notice_kind)action->what));
    }
    fputc('\n', out);
}

static void no_run(void *user, const struct c8d_replay_run *run)
{
    (void)user;
    (void)run;
}

static void no_anomaly(void *user, const struct c8d_replay_anomaly *anomaly)
{
    (void)user;
    (void)anomaly;
}

static char *steps_of(const char *log)
{
    struct steps steps = {0};
    const struct c8d_replay_sink sink = {
        .run = no_run, .anomaly = no_anomaly, .user = &steps, .step = write_step};
    struct c8d_replay_summary summary;
    struct c8d_replay *replay;

    steps.out = open_memstream(&steps.text, &steps.size);
    assert_non_null(steps.out);
    assert_int_equal(c8d_replay_new(C8D_LOG_CTR, &sink, NULL, &replay), C8D_OK);
    assert_int_equal(c8d_replay_feed(replay, log, strlen(log)), C8D_OK);
    assert_int_equal(c8d_replay_finish(replay, &summary), C8D_OK);
    c8d_replay_free(replay);
    assert_int_equal(fclose(steps.out), 0);
    return steps.text;
}

static void test_step__each_event_of_a_life__tells_what_moved(void **state)
{
    char *steps = steps_of(CREATE START EXIT DELETE);

    (void)state;
    assert_string_equal(steps, "1 moby/web/web CREATED accepted ABSENT>CREATED create\n"
                               "1 moby/web/web IS_CREATED accepted\n"
                               "2 moby/web/web STARTED accepted CREATED>RUNNING DOWN>THAWED start\n"
                               "3 moby/web/web EXITED accepted RUNNING>EXITED THAWED>DOWN exit\n"
                               "4 moby/web/web DELETED accepted EXITED>ABSENT deleted\n");
    free(steps);
}

static void test_step__a_pause__is_the_task_machines(void **state)
{
    char *steps = steps_of(CREATE START PAUSED);

    (void)state;
    assert_string_equal(steps, "1 moby/web/web CREATED accepted ABSENT>CREATED create\n"
                               "1 moby/web/web IS_CREATED accepted\n"
                               "2 moby/web/web STARTED accepted CREATED>RUNNING DOWN>THAWED start\n"
                               "3 moby/web/web PAUSED accepted\n"
                               "3 moby/web/web IS_PAUSED accepted THAWED>PAUSED paused\n");
    free(steps);
}

static void test_step__an_exec__has_its_own_name(void **state)
{
    char *steps = steps_of(CREATE START EXEC EXIT);

    (void)state;
    assert_string_equal(steps, "1 moby/web/web CREATED accepted ABSENT>CREATED create\n"
                               "1 moby/web/web IS_CREATED accepted\n"
                               "2 moby/web/web STARTED accepted CREATED>RUNNING DOWN>THAWED start\n"
                               "3 moby/web/e1 CREATED accepted ABSENT>CREATED exec-added\n"
                               "3 moby/web/e1 IS_CREATED accepted\n"
                               "4 moby/web/web EXITED accepted RUNNING>EXITED THAWED>DOWN exit\n");
    free(steps);
}

static void test_step__the_end_of_a_task__is_a_step_of_its_execs_too(void **state)
{
    char *steps = steps_of(CREATE START EXEC EXEC_STARTED DELETE);

    (void)state;
    assert_non_null(strstr(steps, "5 moby/web/web DELETED accepted RUNNING>ABSENT THAWED>DOWN exit deleted\n"
                                  "5 moby/web/e1 IS_ABSENT accepted RUNNING>ABSENT exit deleted\n"));
    free(steps);
}

static void test_step__an_exit_told_twice__is_a_step_that_moves_nothing(void **state)
{
    char *steps = steps_of(CREATE START EXIT EXIT);

    (void)state;
    assert_string_equal(steps, "1 moby/web/web CREATED accepted ABSENT>CREATED create\n"
                               "1 moby/web/web IS_CREATED accepted\n"
                               "2 moby/web/web STARTED accepted CREATED>RUNNING DOWN>THAWED start\n"
                               "3 moby/web/web EXITED accepted RUNNING>EXITED THAWED>DOWN exit\n"
                               "4 moby/web/web EXITED duplicate\n");
    free(steps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_step__each_event_of_a_life__tells_what_moved),
        cmocka_unit_test(test_step__a_pause__is_the_task_machines),
        cmocka_unit_test(test_step__an_exec__has_its_own_name),
        cmocka_unit_test(test_step__the_end_of_a_task__is_a_step_of_its_execs_too),
        cmocka_unit_test(test_step__an_exit_told_twice__is_a_step_that_moves_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
