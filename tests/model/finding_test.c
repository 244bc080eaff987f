/* SPDX-License-Identifier: Apache-2.0 */
/* What the model calls odd, where it is our own doing. */
#include <c8d/model.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const struct c8d_model_limits limits = {.containers_max = 1};
static _Alignas(8) unsigned char memory[32768];
static struct c8d_action items[64];
static struct c8d_actions actions = {.items = items, .capacity = 64};

static struct c8d_model *model;
static c8d_ref container;

static void step(enum c8d_symbol symbol, uint32_t pid)
{
    const struct c8d_input input = {.region = C8D_REGION_PROCESS,
                                    .symbol = (uint8_t)symbol,
                                    .container = container,
                                    .pid = pid,
                                    .request = 1};

    (void)c8d_model_step(model, &input, &actions);
}

static int setup(void **state)
{
    (void)state;
    assert_true(c8d_model_bytes(&limits) <= sizeof(memory));
    assert_int_equal(c8d_model_init(memory, sizeof(memory), &limits, &model), C8D_OK);
    assert_int_equal(c8d_model_open(model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1}, &container),
                     C8D_OK);
    step(C8D_SYM_CREATED, 100);
    step(C8D_SYM_STARTED, 100);
    step(C8D_SYM_EXITED, 100);
    return 0;
}

static void delete__reply_before_its_event__is_not_odd(void **state)
{
    (void)state;
    step(C8D_SYM_DELETE, 0);
    step(C8D_SYM_OK, 100);
    step(C8D_SYM_DELETED, 100);
    assert_int_equal(actions.finding, C8D_FINDING_NONE);
    assert_int_equal(actions.outcome, C8D_DUPLICATE);
    step(C8D_SYM_DELETED, 100);
    assert_int_equal(actions.finding, C8D_FINDING_EVENT_AFTER_DELETE);
}

static void delete__event_before_its_reply__is_not_odd_and_another_is(void **state)
{
    (void)state;
    step(C8D_SYM_DELETE, 0);
    step(C8D_SYM_DELETED, 100);
    assert_int_equal(actions.finding, C8D_FINDING_NONE);
    step(C8D_SYM_OK, 100);
    step(C8D_SYM_DELETED, 100);
    assert_int_equal(actions.finding, C8D_FINDING_EVENT_AFTER_DELETE);
}

static void delete__of_somebody_else_said_twice__is_odd(void **state)
{
    (void)state;
    step(C8D_SYM_DELETED, 100);
    assert_int_equal(actions.finding, C8D_FINDING_NONE);
    step(C8D_SYM_DELETED, 100);
    assert_int_equal(actions.finding, C8D_FINDING_EVENT_AFTER_DELETE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(delete__reply_before_its_event__is_not_odd, setup),
        cmocka_unit_test_setup(delete__event_before_its_reply__is_not_odd_and_another_is, setup),
        cmocka_unit_test_setup(delete__of_somebody_else_said_twice__is_odd, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
