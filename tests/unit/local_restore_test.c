/* SPDX-License-Identifier: Apache-2.0 */
/* A daemon that was killed, and the next one of its owner: what the first has left in HCS. */
#include <c8d/client.h>
#include <c8d/container.h>
#include <hcs_sim.h>
#include <local/local_internal.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000000)

struct seen {
    unsigned containers, tasks;
};

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static struct c8d_client *begin(void)
{
    const struct c8d_local_options local = {.size = sizeof(local), .owner = str("daemon")};
    const struct c8d__host host = hcs_sim_host();
    struct c8d_client_options options = {
        .size = sizeof(options), .namespace_ = str("restore"), .adopt = true};
    struct c8d_client *client;

    assert_int_equal(c8d__local_new(&local, &host, &options.runtime, NULL), C8D_OK);
    assert_int_equal(c8d_client_new(&options, &client, NULL), C8D_OK);
    return client;
}

static void count(void *user, const struct c8d_container_view *container, const struct c8d_process_view *task)
{
    struct seen *seen = user;

    (void)container;
    seen->containers++;
    seen->tasks += task != NULL;
}

static void test_restore__after_a_daemon_was_killed__finds_and_deletes_what_it_has_left(void **state)
{
    struct c8d_client *client;
    struct c8d_container *container;
    struct seen seen = {0};

    (void)state;
    hcs_sim_reset(1);
    hcs_sim_leave("one", "daemon");
    hcs_sim_leave("two", "daemon");
    hcs_sim_leave("theirs", "docker");
    client = begin();
    assert_int_equal(c8d_client_restore(client, 60 * SECOND, NULL), C8D_OK);
    c8d_client_visit(client, count, &seen);
    assert_int_equal(seen.containers, 2);
    assert_int_equal(seen.tasks, 0);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
    assert_int_equal(c8d_client_load_container(client, str("one"), 60 * SECOND, &container, NULL), C8D_OK);
    assert_int_equal(c8d_container_delete(container, 600 * SECOND, NULL), C8D_OK);
    c8d_container_unref(container);
    c8d_client_unref(client);
    assert_int_equal(hcs_sim_left().systems, 2);
    assert_int_equal(hcs_sim_left().handles, 0);
    hcs_sim_finish();
}

static void test_container__of_another_owner__is_neither_loaded_nor_replaced(void **state)
{
    static const char spec[] =
        "{\"process\":{\"args\":[\"sh\",\"-c\",\"true\"]},\"root\":{\"path\":\"\\\\\\\\?\\\\"
        "Volume{66d1ef4c-7a00-11e6-8948-00155ddbef9d}\\\\\"},"
        "\"windows\":{\"layerFolders\":[\"C:\\\\layers\\\\base\",\"C:\\\\layers\\\\rw\"]}}";
    const struct c8d_container_options options = {
        .size = sizeof(options), .id = str("theirs"), .spec = str(spec)};
    struct c8d_client *client;
    struct c8d_container *container;
    struct c8d_error err = {0};

    (void)state;
    hcs_sim_reset(3);
    hcs_sim_leave("theirs", "docker");
    client = begin();
    assert_int_equal(c8d_client_load_container(client, str("theirs"), 60 * SECOND, &container, &err),
                     C8D_NOT_FOUND);
    assert_non_null(strstr(err.message, "belongs to \"docker\""));
    assert_int_equal(c8d_client_replace_container(client, &options, 60 * SECOND, &container, &err),
                     C8D_CONFLICT);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsTerminateComputeSystem), 0);
    c8d_client_unref(client);
    assert_int_equal(hcs_sim_left().systems, 1);
    assert_int_equal(hcs_sim_left().handles, 0);
    hcs_sim_finish();
}

/* Nothing is taken for gone because it could not be listed. */
static void test_restore__without_a_list__fails_and_can_be_repeated(void **state)
{
    const struct hcs_sim_fault fault = {.function = HCS_SIM_HcsEnumerateComputeSystems,
                                        .nth = 1,
                                        .action = HCS_SIM_RETURN,
                                        .hr = (c8d__hr)0x80070005};
    struct c8d_client *client;
    struct seen seen = {0};

    (void)state;
    hcs_sim_reset(2);
    hcs_sim_leave("one", "daemon");
    hcs_sim_fault(&fault);
    client = begin();
    if (c8d_client_restore(client, 60 * SECOND, NULL) != C8D_OK)
        assert_int_equal(c8d_client_restore(client, 60 * SECOND, NULL), C8D_OK);
    assert_int_equal(hcs_sim_count(HCS_SIM_HcsEnumerateComputeSystems), 2);
    c8d_client_visit(client, count, &seen);
    assert_int_equal(seen.containers, 1);
    c8d_client_unref(client);
    hcs_sim_finish();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restore__after_a_daemon_was_killed__finds_and_deletes_what_it_has_left),
        cmocka_unit_test(test_container__of_another_owner__is_neither_loaded_nor_replaced),
        cmocka_unit_test(test_restore__without_a_list__fails_and_can_be_repeated),
    };

    return cmocka_run_group_tests_name("local: restore", tests, NULL, NULL);
}
