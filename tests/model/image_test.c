/* SPDX-License-Identifier: Apache-2.0 */
/* Images: what is saved is read back to the last bit, and nothing else is read. */
#include "engine.h"
#include <c8d/image.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct c8d_model_limits limits = {
    .containers_max = 3, .execs_max = 2, .execs_per_container_max = 2};

static struct c8d_model *model;
static size_t model_bytes;
static uint8_t *image; /* at an odd address */
static size_t image_bytes;
static void *held;

static int set_up(void **state)
{
    static struct c8d_action items[64];
    struct c8d_actions actions = {.items = items, .capacity = 64};
    struct c8d_input input = {.region = C8D_REGION_CONTAINER, .symbol = C8D_SYM_CREATE, .request = 1};
    struct c8d_model *made;

    (void)state;
    model_bytes = c8d_model_bytes(&limits);
    made = malloc(model_bytes);
    assert_non_null(made);
    assert_int_equal(c8d_model_init(made, model_bytes, &limits, &model), C8D_OK);
    assert_int_equal(
        c8d_model_open(model, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1}, &input.container), C8D_OK);
    assert_int_equal(c8d_model_step(model, &input, &actions), C8D_ACCEPTED);
    image_bytes = c8d_model_image_bytes(model);
    held = malloc(image_bytes + 1);
    assert_non_null(held);
    image = (uint8_t *)held + 1;
    assert_int_equal(c8d_model_save(model, image, image_bytes), C8D_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(model);
    free(held);
    return 0;
}

static void test_load__what_was_saved__is_the_same_to_the_last_bit(void **state)
{
    struct c8d_model_limits read;
    struct c8d_model *loaded;
    void *memory = malloc(model_bytes);

    (void)state;
    assert_non_null(memory);
    assert_int_equal(c8d_model_image_limits(image, image_bytes, &read), C8D_OK);
    assert_int_equal(read.containers_max, limits.containers_max);
    assert_int_equal(c8d_model_load(image, image_bytes, memory, model_bytes, &loaded), C8D_OK);
    assert_ptr_equal(loaded, memory);
    assert_memory_equal(loaded, model, model_bytes);
    free(memory);
}

static void test_save__too_little_room__is_refused(void **state)
{
    (void)state;
    assert_int_equal(c8d_model_save(model, image, image_bytes - 1), C8D_EXHAUSTED);
}

static void test_load__memory_small_or_misaligned__is_refused(void **state)
{
    uint64_t *memory = malloc(model_bytes + 8);
    struct c8d_model *loaded;

    (void)state;
    assert_non_null(memory);
    assert_int_equal(c8d_model_load(image, image_bytes, NULL, model_bytes, &loaded), C8D_EXHAUSTED);
    assert_int_equal(c8d_model_load(image, image_bytes, memory, model_bytes - 1, &loaded), C8D_EXHAUSTED);
    assert_int_equal(c8d_model_load(image, image_bytes, (char *)memory + 4, model_bytes, &loaded),
                     C8D_EXHAUSTED);
    free(memory);
}

/* Each single byte that is wrong is noticed; what the spare bytes of the header hold says nothing. */
static void test_load__any_byte_is_wrong__is_refused(void **state)
{
    struct c8d_model_limits read;

    (void)state;
    for (size_t at = 0; at < image_bytes; at++) {
        enum c8d_status status;

        if (at >= 40 && at < 64)
            continue;
        image[at] ^= 0x10;
        status = c8d_model_image_limits(image, image_bytes, &read);
        image[at] ^= 0x10;
        /* Version, byte order and layout speak of another build; all else is no image of ours. */
        assert_int_equal(status, at >= 8 && at < 24 ? C8D_CONFLICT : C8D_INVALID);
    }
}

static void test_load__of_any_other_length__is_refused(void **state)
{
    struct c8d_model_limits read;

    (void)state;
    for (size_t bytes = 0; bytes < image_bytes; bytes++)
        assert_int_equal(c8d_model_image_limits(image, bytes, &read), C8D_INVALID);
    /* Nothing is read behind it. */
    for (size_t bytes = 0; bytes < 64; bytes++) {
        uint8_t *shorter = malloc(bytes + 1);

        assert_non_null(shorter);
        memcpy(shorter + 1, image, bytes);
        assert_int_equal(c8d_model_image_limits(shorter + 1, bytes, &read), C8D_INVALID);
        free(shorter);
    }
    assert_int_equal(c8d_model_image_limits(image, image_bytes + 1, &read), C8D_INVALID);
    assert_int_equal(c8d_model_load(image, 5, NULL, 0, NULL), C8D_INVALID);
}

/* The checksum as c8d/image.h's layout has it, written a second time: for images that somebody has made up.
 */
static uint64_t mixed(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static void seal(uint8_t *forged, uint64_t length)
{
    uint64_t hash = length;

    for (uint64_t at = 0; at < length; at += 8) {
        uint64_t word;

        memcpy(&word, forged + 64 + at, 8);
        hash = mixed(hash, word);
    }
    hash = mixed(hash, 0);
    memcpy(forged + 24, &length, 8);
    memcpy(forged + 32, &hash, 8);
}

/* Whole by its checksum, and yet no model: too short for one, or of other limits than it has room for. */
static void test_load__made_up_with_a_right_checksum__is_refused(void **state)
{
    const uint32_t more = limits.containers_max + 1;
    struct c8d_model_limits read;
    uint8_t *forged = malloc(image_bytes);

    (void)state;
    assert_non_null(forged);
    memcpy(forged, image, image_bytes);
    seal(forged, model_bytes);
    assert_memory_equal(forged, image, image_bytes);
    seal(forged, 8);
    forged = realloc(forged, 64 + 8);
    assert_non_null(forged);
    assert_int_equal(c8d_model_image_limits(forged, 64 + 8, &read), C8D_INVALID);
    forged = realloc(forged, image_bytes);
    assert_non_null(forged);
    memcpy(forged, image, image_bytes);
    memcpy(forged + 64, &more, sizeof(more));
    seal(forged, model_bytes);
    assert_int_equal(c8d_model_image_limits(forged, image_bytes, &read), C8D_INVALID);
    free(forged);
}

/* Another build may have other sizes, and cannot read it: the header has a number for all of them. */
static void test_save__layout__is_that_of_all_parts(void **state)
{
    static const uint64_t sizes[] = {sizeof(struct c8d_model),
                                     sizeof(struct c8d__container),
                                     sizeof(struct c8d__container_rest),
                                     sizeof(struct c8d__exec),
                                     sizeof(struct c8d__process),
                                     sizeof(struct c8d__rest),
                                     sizeof(struct c8d__links),
                                     sizeof(struct c8d__namespace),
                                     sizeof(struct c8d__wish),
                                     C8D__NAMESPACES_MAX,
                                     C8D_MACHINE__COUNT,
                                     C8D_SYM__COUNT};
    uint64_t expected = 0;
    uint64_t written;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        expected = mixed(expected, sizes[i]);
    memcpy(&written, image + 16, sizeof(written));
    assert_int_equal(written, expected);
}

/* Who held it is gone with the program: it makes room for others. */
static void test_recover__what_was_held__is_held_no_more(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    static struct c8d_action items[64];
    struct c8d_actions actions = {.items = items, .capacity = 64};
    struct c8d_model *other;
    c8d_ref refs[5];
    c8d_ref exec;
    void *memory = malloc(model_bytes);

    (void)state;
    assert_non_null(memory);
    assert_int_equal(c8d_model_init(memory, model_bytes, &limits, &other), C8D_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(
            c8d_model_open(other, (struct c8d_str){"n", 1}, (struct c8d_str){names[i], 1}, &refs[i]), C8D_OK);
        assert_true(c8d_model_hold(other, refs[i], C8D_REF_NONE));
    }
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(c8d_model_open_exec(other, refs[0], (struct c8d_str){names[i + 1], 1}, &exec),
                         C8D_OK);
        assert_true(c8d_model_hold(other, refs[0], exec));
    }
    assert_int_equal(c8d_model_open_exec(other, refs[0], (struct c8d_str){"x", 1}, &exec), C8D_EXHAUSTED);
    assert_int_equal(c8d_model_open(other, (struct c8d_str){"n", 1}, (struct c8d_str){"x", 1}, &refs[3]),
                     C8D_EXHAUSTED);
    while (c8d_model_recover(other, &actions))
        assert_int_equal(actions.count, 0);
    for (size_t i = 3; i < 5; i++)
        assert_int_equal(c8d_model_open_exec(other, refs[0], (struct c8d_str){names[i], 1}, &exec), C8D_OK);
    for (size_t i = 3; i < 5; i++)
        assert_int_equal(
            c8d_model_open(other, (struct c8d_str){"n", 1}, (struct c8d_str){names[i], 1}, &refs[i]), C8D_OK);
    free(memory);
}

/* What had ended makes room one after the other, as before. */
static void test_recover__what_has_ended__is_still_forgotten_for_others(void **state)
{
    static const char *const names[] = {"a", "b", "c", "d", "e", "f"};
    static struct c8d_action items[64];
    struct c8d_actions actions = {.items = items, .capacity = 64};
    struct c8d_model *other;
    c8d_ref refs[6];
    void *memory = malloc(model_bytes);

    (void)state;
    assert_non_null(memory);
    assert_int_equal(c8d_model_init(memory, model_bytes, &limits, &other), C8D_OK);
    for (size_t i = 0; i < 6; i++) {
        while (i == limits.containers_max && c8d_model_recover(other, &actions))
            assert_int_equal(actions.count, 0);
        assert_int_equal(
            c8d_model_open(other, (struct c8d_str){"n", 1}, (struct c8d_str){names[i], 1}, &refs[i]), C8D_OK);
    }
    for (size_t i = 0; i < 6; i++)
        assert_int_equal(c8d_model_find(other, (struct c8d_str){"n", 1}, (struct c8d_str){names[i], 1}),
                         i < 3 ? C8D_REF_NONE : refs[i]);
    free(memory);
}

/* Room of what was forgotten holds nothing to be recovered. */
static void test_recover__room_that_is_free__is_passed_over(void **state)
{
    static struct c8d_action items[64];
    struct c8d_actions actions = {.items = items, .capacity = 64};
    struct c8d_model *other;
    c8d_ref container;
    c8d_ref exec;
    void *memory = malloc(model_bytes);

    (void)state;
    assert_non_null(memory);
    assert_int_equal(c8d_model_init(memory, model_bytes, &limits, &other), C8D_OK);
    assert_int_equal(c8d_model_open(other, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1}, &container),
                     C8D_OK);
    assert_int_equal(c8d_model_open_exec(other, container, (struct c8d_str){"e", 1}, &exec), C8D_OK);
    assert_true(c8d_model_forget(other, container, exec));
    assert_true(c8d_model_forget(other, container, C8D_REF_NONE));
    while (c8d_model_recover(other, &actions))
        assert_int_equal(actions.count, 0);
    free(memory);
}

/* What stands behind the last exec is none, whatever it looks like. */
static void test_recover__as_many_execs_as_there_can_be__ends_with_the_last(void **state)
{
    static struct c8d_action items[64];
    struct c8d_actions actions = {.items = items, .capacity = 64};
    struct c8d_model *other;
    c8d_ref container;
    c8d_ref exec;
    uint32_t youngest;
    void *memory = malloc(model_bytes);

    (void)state;
    assert_non_null(memory);
    assert_int_equal(c8d_model_init(memory, model_bytes, &limits, &other), C8D_OK);
    assert_int_equal(c8d_model_open(other, (struct c8d_str){"n", 1}, (struct c8d_str){"c", 1}, &container),
                     C8D_OK);
    assert_int_equal(c8d_model_open_exec(other, container, (struct c8d_str){"d", 1}, &exec), C8D_OK);
    assert_int_equal(c8d_model_open_exec(other, container, (struct c8d_str){"e", 1}, &exec), C8D_OK);
    youngest = other->execs.ended_youngest;
    c8d__exec_at(other, limits.execs_max)->generation = 1;
    while (c8d_model_recover(other, &actions))
        assert_int_equal(actions.count, 0);
    assert_int_equal(c8d__exec_at(other, limits.execs_max)->generation, 1);
    assert_int_equal(other->execs.ended_youngest, youngest);
    free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_load__what_was_saved__is_the_same_to_the_last_bit),
        cmocka_unit_test(test_save__too_little_room__is_refused),
        cmocka_unit_test(test_load__memory_small_or_misaligned__is_refused),
        cmocka_unit_test(test_load__any_byte_is_wrong__is_refused),
        cmocka_unit_test(test_load__of_any_other_length__is_refused),
        cmocka_unit_test(test_load__made_up_with_a_right_checksum__is_refused),
        cmocka_unit_test(test_save__layout__is_that_of_all_parts),
        cmocka_unit_test(test_recover__what_was_held__is_held_no_more),
        cmocka_unit_test(test_recover__what_has_ended__is_still_forgotten_for_others),
        cmocka_unit_test(test_recover__room_that_is_free__is_passed_over),
        cmocka_unit_test(test_recover__as_many_execs_as_there_can_be__ends_with_the_last),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
