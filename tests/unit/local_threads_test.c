/* SPDX-License-Identifier: Apache-2.0 */
/* Many containers at once, from several threads, on a service with threads of its own and real clocks. */
#include <c8d/client.h>
#include <c8d/task.h>
#include <hcs_sim.h>
#include <local/local_internal.h>
#include <rig.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define THREADS 4
#define LIVES 6
#define PATIENCE (60 * RIG_SECOND)

struct crowd {
    struct c8d_client *client;
    pthread_mutex_t lock; /* of what the notices count */
    unsigned exits, starts;
};

struct person {
    struct crowd *crowd;
    pthread_t thread;
    unsigned number, wrong;
};

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void count(void *user, const struct c8d_notice *notice)
{
    struct crowd *crowd = user;

    pthread_mutex_lock(&crowd->lock);
    crowd->exits += notice->kind == C8D_NOTICE_EXIT;
    crowd->starts += notice->kind == C8D_NOTICE_START || notice->kind == C8D_NOTICE_EXEC_STARTED;
    pthread_mutex_unlock(&crowd->lock);
}

static void swallow(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    (void)user;
    (void)process;
    (void)stream;
    (void)data;
    (void)length;
}

static bool exec(struct c8d_process *task)
{
    const struct c8d_exec_options options = {
        .size = sizeof(options), .id = str("e"), .spec = str("{\"args\":[\"sh\",\"-c\",\"exit 9\"]}")};
    struct c8d_process *process = NULL;
    struct c8d_exit end = {0};
    bool right = c8d_task_exec(task, &options, PATIENCE, &process, NULL) == C8D_OK &&
                 c8d_process_wait(process, PATIENCE, &end, NULL) == C8D_OK && end.known && end.code == 9 &&
                 c8d_process_delete(process, PATIENCE, NULL, NULL) == C8D_OK;

    if (process != NULL)
        c8d_process_unref(process);
    return right;
}

static bool run(struct c8d_container *container, bool kills)
{
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = C8D_STDIO_OUT, .output = swallow};
    struct c8d_process *task = NULL;
    struct c8d_exit end = {0};
    bool right = c8d_container_start(container, &options, PATIENCE, &task, NULL) == C8D_OK && exec(task);

    if (right && kills)
        right = c8d_process_kill(task, 9, PATIENCE, NULL) == C8D_OK;
    right = right && c8d_process_wait(task, PATIENCE, &end, NULL) == C8D_OK && end.known &&
            end.code == (kills ? HCS_SIM_KILLED : 3) && c8d_process_drain(task, PATIENCE, NULL) == C8D_OK &&
            c8d_process_delete(task, PATIENCE, NULL, NULL) == C8D_OK;
    if (task != NULL)
        c8d_process_unref(task);
    return right;
}

static bool live(const struct person *person, unsigned life)
{
    bool kills = life % 2 != 0;
    char id[32];
    char spec[1024];
    struct c8d_container_options options = {.size = sizeof(options)};
    struct c8d_container *container = NULL;
    bool right;

    snprintf(id, sizeof(id), "p%u-%u", person->number, life);
    snprintf(spec, sizeof(spec),
             "{\"process\":{\"args\":[\"sh\",\"-c\",\"%s\"]},\"windows\":{\"hyperv\":{},"
             "\"layerFolders\":[\"C:\\\\layers\\\\base\",\"C:\\\\layers\\\\rw\"]}}",
             kills ? "echo x; sleep 1000" : "echo x; sleep 0.2; exit 3");
    options.id = str(id);
    options.spec = str(spec);
    right = c8d_client_new_container(person->crowd->client, &options, PATIENCE, &container, NULL) == C8D_OK &&
            run(container, kills) && c8d_container_delete(container, PATIENCE, NULL) == C8D_OK;
    if (container != NULL)
        c8d_container_unref(container);
    return right;
}

static void *live_often(void *arg)
{
    struct person *person = arg;

    for (unsigned life = 0; life < LIVES; life++)
        person->wrong += !live(person, life);
    return NULL;
}

static struct c8d_client *open_client(struct crowd *crowd)
{
    const struct c8d_local_options local = {.size = sizeof(local), .namespace_ = str("crowd")};
    const struct c8d__host host = hcs_sim_host();
    struct c8d_client_options options = {
        .size = sizeof(options), .namespace_ = str("crowd"), .notice = count, .user = crowd};
    struct c8d_client *client = NULL;

    assert_int_equal(c8d__local_new(&local, &host, &options.runtime, NULL), C8D_OK);
    assert_int_equal(c8d_client_new(&options, &client, NULL), C8D_OK);
    return client;
}

static void test_crowd__of_containers__sees_each_start_end_once(void **state)
{
    struct crowd crowd = {.lock = PTHREAD_MUTEX_INITIALIZER};
    struct person people[THREADS];
    struct hcs_sim_left left;

    (void)state;
    hcs_sim_reset_threads(5);
    hcs_sim_folder("C:\\layers\\base\\UtilityVM");
    crowd.client = open_client(&crowd);
    for (unsigned i = 0; i < THREADS; i++) {
        people[i] = (struct person){.crowd = &crowd, .number = i};
        assert_int_equal(pthread_create(&people[i].thread, NULL, live_often, &people[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(people[i].thread, NULL), 0);
        assert_int_equal(people[i].wrong, 0);
    }
    c8d_client_unref(crowd.client);
    assert_int_equal(crowd.starts, 2 * THREADS * LIVES);
    assert_int_equal(crowd.exits, 2 * THREADS * LIVES);
    left = hcs_sim_left();
    assert_int_equal(
        left.systems + left.processes + left.handles + left.callbacks + left.strings + left.streams, 0);
    hcs_sim_finish();
}

/* Whoever destroys the runtime waits for the calls that are under way, since they write into its memory. */
static void test_destroy__while_calls_are_under_way__waits_for_them(void **state)
{
    struct c8d_call call = {.kind = C8D_CALL_CONTAINER_CREATE, .container = {"c", 1}};
    struct hcs_sim_left left;
    struct rig rig;

    (void)state;
    hcs_sim_reset_threads(6);
    hcs_sim_fault(&(struct hcs_sim_fault){.function = HCS_SIM_HcsCreateComputeSystem,
                                          .nth = 1,
                                          .action = HCS_SIM_BLOCK,
                                          .delay_ns = RIG_SECOND / 5});
    assert_true(rig_open(&rig, NULL, NULL));
    call.spec = str(rig_spec("true", false));
    assert_int_not_equal(rig_send(&rig, &call, PATIENCE), 0);
    rig_go_on(&rig, RIG_SECOND / 20);
    /* Nothing else waits for the one that blocks. */
    assert_int_equal(rig_do(&rig, C8D_CALL_VERSION, "", ""), C8D_OK);
    rig_close(&rig);
    left = hcs_sim_left();
    assert_int_equal(left.handles + left.callbacks + left.strings, 0);
    hcs_sim_finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_crowd__of_containers__sees_each_start_end_once),
        cmocka_unit_test(test_destroy__while_calls_are_under_way__waits_for_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
