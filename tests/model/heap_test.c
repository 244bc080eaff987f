/* SPDX-License-Identifier: Apache-2.0 */
/* A step takes no memory: every call of the allocator is counted (the linker puts these functions in front of
 * it), while runs at random go through all that a model can be asked for. */
#include "play.h"
#include <c8d/image.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define RUNS 60
#define STEPS 200

static unsigned calls;
static uint64_t random_state;

void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
void __real_free(void *memory);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);
void __wrap_free(void *memory);

void *__wrap_malloc(size_t bytes)
{
    calls++;
    return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    calls++;
    return __real_calloc(count, bytes);
}

void *__wrap_realloc(void *memory, size_t bytes)
{
    calls++;
    return __real_realloc(memory, bytes);
}

void __wrap_free(void *memory)
{
    calls++;
    __real_free(memory);
}

static unsigned at_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)(random_state >> 56);
}

static const struct c8d_model_limits limits = {.containers_max = WORLD_CONTAINERS,
                                               .execs_max = WORLD_CONTAINERS * WORLD_EXECS,
                                               .execs_per_container_max = WORLD_EXECS,
                                               .wishes_max = WORLD_CONTAINERS,
                                               .adopt = true};

static void play(struct world *world, bool anything)
{
    for (unsigned i = 0; i < STEPS; i++) {
        unsigned what = at_random();
        unsigned a = at_random();

        if (anything)
            play_any_input(world, what, a, at_random());
        else
            play_act(world, what, a, at_random());
    }
}

static void test_step__of_any_kind__takes_no_memory(void **state)
{
    static uint64_t memory[4096];
    static struct c8d_action items[64];
    static struct world world;

    (void)state;
    for (unsigned number = 0; number < RUNS; number++) {
        struct c8d_actions actions = {.items = items, .capacity = 64};
        struct c8d_model *model;
        struct witness witness;

        random_state = 0x9e3779b97f4a7c15u * (number + 1);
        assert_int_equal(c8d_model_init(memory, sizeof(memory), &limits, &model), C8D_OK);
        assert_true(witness_init(&witness, model));
        assert_true(world_init(&world, &witness, &actions));
        calls = 0;
        play(&world, number % 2 == 0);
        assert_int_equal(calls, 0);
        assert_null(witness.broken);
        witness_fini(&witness);
    }
}

static void test_image__saved_loaded_and_grown__takes_no_memory(void **state)
{
    static uint64_t memory[3][4096];
    static uint8_t image[sizeof(memory[0])];
    static struct c8d_action items[64];
    struct c8d_actions actions = {.items = items, .capacity = 64};
    struct c8d_model *model;
    c8d_ref container;

    (void)state;
    calls = 0;
    assert_int_equal(c8d_model_init(memory[0], sizeof(memory[0]), &limits, &model), C8D_OK);
    assert_int_equal(c8d_model_open(model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1}, &container),
                     C8D_OK);
    assert_int_equal(c8d_model_save(model, image, sizeof(image)), C8D_OK);
    assert_int_equal(
        c8d_model_load(image, c8d_model_image_bytes(model), memory[1], sizeof(memory[1]), &model), C8D_OK);
    while (c8d_model_recover(model, &actions))
        assert_true(actions.count < actions.capacity);
    assert_int_equal(c8d_model_grow(model, memory[2], sizeof(memory[2]), &limits, &model), C8D_OK);
    assert_true(c8d_model_forget(model, container, C8D_REF_NONE));
    assert_int_equal(calls, 0);
}

/* The count counts: else nothing here would say anything. */
static void test_count__of_the_allocator__is_kept(void **state)
{
    /* By pointers, or the compiler would see that nothing comes of it. */
    void *(*volatile take)(size_t bytes) = malloc;
    void (*volatile give_back)(void *memory) = free;

    (void)state;
    calls = 0;
    give_back(take(1));
    assert_int_equal(calls, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_step__of_any_kind__takes_no_memory),
        cmocka_unit_test(test_image__saved_loaded_and_grown__takes_no_memory),
        cmocka_unit_test(test_count__of_the_allocator__is_kept),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
