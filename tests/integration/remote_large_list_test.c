/* SPDX-License-Identifier: Apache-2.0 */
/*
 * So many containers that a list of them is larger than containerd's messages may be, since it holds the spec
 * of each: they are found all the same.
 */
#include "remote_client.h"
#include "remote_counters.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define CONTAINERS 20
#define SPEC_BYTES ((size_t)1 << 20)

/* With an annotation that makes it large. To be freed. */
static char *large_spec(const char *id)
{
    static const char head[] = "{\"annotations\":{\"padding\":\"";
    const char *rest = user_spec(id, "sleep 1000", shared.rootfs, false) + 1; /* behind its brace */
    char *spec = malloc(SPEC_BYTES + strlen(rest) + sizeof(head));
    char *at = spec;

    assert_non_null(spec);
    at = mempcpy(at, head, sizeof(head) - 1);
    memset(at, 'x', SPEC_BYTES - sizeof(head));
    at += SPEC_BYTES - sizeof(head);
    (void)sprintf(at, "\"},%s", rest);
    return spec;
}

static void create_all(struct user *user, struct c8d_container *containers[CONTAINERS])
{
    char id[16];

    for (size_t i = 0; i < CONTAINERS; i++) {
        char *spec;

        (void)snprintf(id, sizeof(id), "large%zu", i);
        spec = large_spec(id);
        containers[i] = user_create(user, id, "", (struct c8d_container_options){.spec = str(spec)});
        free(spec);
    }
}

struct census {
    unsigned running, others;
};

static void count(void *user, const struct c8d_container_view *container, const struct c8d_process_view *task)
{
    struct census *census = user;
    bool running = task != NULL && task->public_state == C8D_STATE_RUNNING;

    if (container->id.len < 5 || memcmp(container->id.ptr, "large", 5) != 0)
        return;
    census->running += running;
    census->others += !running;
}

static void test_restore__list_too_large_for_a_message__finds_all(void **state)
{
    struct user maker;
    struct user finder;
    struct c8d_container *containers[CONTAINERS];
    struct c8d_process *task;
    struct census census = {0};
    struct c8d_error err = {0};
    unsigned before;

    (void)state;
    user_open(&maker, false);
    create_all(&maker, containers);
    task = user_start(&maker, containers[0], 0);
    user_open(&finder, true);
    assert_int_equal(c8d_client_connect(finder.client, PATIENCE, &err), C8D_OK);
    before = counters_calls();
    if (c8d_client_restore(finder.client, PATIENCE, &err) != C8D_OK)
        fail_msg("restore: %s", err.message);
    assert_int_equal(counters_calls() - before, 3); /* one in vain */
    c8d_client_visit(finder.client, count, &census);
    assert_int_equal(census.running, 1);
    assert_int_equal(census.others, CONTAINERS - 1);
    before = counters_calls();
    assert_int_equal(c8d_client_restore(finder.client, PATIENCE, &err), C8D_OK);
    assert_int_equal(counters_calls() - before, 2); /* it is known by now */
    user_close(&finder);
    for (size_t i = 0; i < CONTAINERS; i++)
        user_remove(containers[i], i == 0 ? task : NULL);
    user_close(&maker);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_restore__list_too_large_for_a_message__finds_all),
    };

    return cmocka_run_group_tests(tests, shared_start, shared_stop);
}
