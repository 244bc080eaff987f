/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machines as tables: every cell stands in golden/<machine>.transitions.txt, so that a change of
 * behaviour is a line in a diff. C8D_GOLDEN_UPDATE=1 writes the files anew.
 */
#include <c8d/model.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TABLE_BYTES 65536

struct text {
    char bytes[TABLE_BYTES];
    size_t length;
};

static void add(struct text *text, const char *word)
{
    size_t length = strlen(word);

    assert_true(text->length + length < sizeof(text->bytes));
    memcpy(text->bytes + text->length, word, length + 1);
    text->length += length;
}

static void add_arrow(struct text *text, enum c8d_machine machine, unsigned state, unsigned symbol)
{
    struct c8d_cell cell = c8d_machine_cell(machine, state, symbol);

    add(text, c8d_state_name(machine, state));
    add(text, " ");
    add(text, c8d_symbol_name((enum c8d_symbol)symbol));
    add(text, " -> ");
    add(text, c8d_state_name(machine, cell.next));
    for (unsigned bit = 0; bit < 64; bit++) {
        if ((cell.effects >> bit & 1) != 0) {
            add(text, " ");
            add(text, c8d_effect_name(bit));
        }
    }
    add(text, "\n");
}

/* The symbols that some state of the machine has an arrow for and this one has not. */
static void add_holes(struct text *text, enum c8d_machine machine, unsigned state, const bool *used)
{
    add(text, c8d_state_name(machine, state));
    add(text, " without arrow:");
    for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
        if (used[symbol] && !c8d_machine_cell(machine, state, symbol).arrow) {
            add(text, " ");
            add(text, c8d_symbol_name((enum c8d_symbol)symbol));
        }
    }
    add(text, "\n\n");
}

static void find_used(enum c8d_machine machine, bool *used)
{
    for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
        for (unsigned state = 0; state < c8d_machine_states(machine); state++)
            used[symbol] = used[symbol] || c8d_machine_cell(machine, state, symbol).arrow;
    }
}

static void render(struct text *text, enum c8d_machine machine)
{
    bool used[C8D_SYM__COUNT] = {false};

    text->length = 0;
    find_used(machine, used);
    for (unsigned state = 0; state < c8d_machine_states(machine); state++) {
        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            if (c8d_machine_cell(machine, state, symbol).arrow)
                add_arrow(text, machine, state, symbol);
        }
        add_holes(text, machine, state, used);
    }
    /* The blank line stands between states. */
    text->bytes[--text->length] = '\0';
}

static void check_golden(enum c8d_machine machine)
{
    static struct text now;
    static char golden[TABLE_BYTES];
    char path[512];
    FILE *file;
    size_t length;

    render(&now, machine);
    (void)snprintf(path, sizeof(path), C8D_TESTS_DIR "/model/golden/%s.transitions.txt",
                   c8d_machine_name(machine));
    if (getenv("C8D_GOLDEN_UPDATE") != NULL) {
        file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(now.bytes, 1, now.length, file), now.length);
        assert_int_equal(fclose(file), 0);
        return;
    }
    file = fopen(path, "r");
    assert_non_null(file);
    length = fread(golden, 1, sizeof(golden) - 1, file);
    (void)fclose(file);
    golden[length] = '\0';
    assert_string_equal(now.bytes, golden);
}

static void test_golden__each_machine__is_as_written_down(void **state)
{
    (void)state;
    for (unsigned machine = 0; machine < C8D_MACHINE__COUNT; machine++)
        check_golden((enum c8d_machine)machine);
}

static void test_cell__out_of_range__has_no_arrow(void **state)
{
    unsigned bit;

    (void)state;
    for (unsigned machine = 0; machine < C8D_MACHINE__COUNT; machine++) {
        enum c8d_machine which = (enum c8d_machine)machine;

        assert_false(c8d_machine_cell(which, 0, C8D_SYM_NONE).arrow);
        assert_false(c8d_machine_cell(which, 0, C8D_SYM__COUNT).arrow);
        assert_false(c8d_machine_cell(which, c8d_machine_states(which), 1).arrow);
    }
    assert_false(c8d_machine_cell(C8D_MACHINE__COUNT, 0, 1).arrow);
    assert_null(c8d_machine_name(C8D_MACHINE__COUNT));
    for (bit = 0; c8d_effect_name(bit) != NULL; bit++)
        assert_true(bit < 64);
    assert_null(c8d_effect_name(64));
    assert_string_equal(c8d_state_name(C8D_MACHINE_PROCESS, C8D_PROCESS_STATE__COUNT), "?");
}

static unsigned reach(enum c8d_machine machine, bool *reached)
{
    unsigned count = 1;

    reached[0] = true;
    for (bool grew = true; grew;) {
        grew = false;
        for (unsigned state = 0; state < c8d_machine_states(machine); state++) {
            for (unsigned symbol = 1; reached[state] && symbol < C8D_SYM__COUNT; symbol++) {
                unsigned next = c8d_machine_cell(machine, state, symbol).next;

                if (!reached[next]) {
                    reached[next] = grew = true;
                    count++;
                }
            }
        }
    }
    return count;
}

static void test_machines__from_the_first_state__reach_every_state(void **state)
{
    (void)state;
    for (unsigned machine = 0; machine < C8D_MACHINE__COUNT; machine++) {
        bool reached[64] = {false};

        assert_int_equal(reach((enum c8d_machine)machine, reached),
                         c8d_machine_states((enum c8d_machine)machine));
    }
}

static void test_symbols__each__is_used_by_some_machine(void **state)
{
    bool used[C8D_SYM__COUNT] = {false};

    (void)state;
    for (unsigned machine = 0; machine < C8D_MACHINE__COUNT; machine++)
        find_used((enum c8d_machine)machine, used);
    for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
        if (!used[symbol])
            fail_msg("no machine has an arrow for %s", c8d_symbol_name((enum c8d_symbol)symbol));
    }
}

static bool has(uint64_t effects, const char *name)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        if (c8d_effect_name(bit) != NULL && strcmp(c8d_effect_name(bit), name) == 0)
            return (effects >> bit & 1) != 0;
    }
    fail_msg("no effect is named %s", name);
    return false;
}

static bool calls(uint64_t effects)
{
    static const char *const names[] = {"create", "start",  "delete",    "force-kill",
                                        "pause",  "resume", "checkpoint"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (has(effects, names[i]))
            return true;
    }
    return false;
}

/* A reply is the only way out for what waits for one: the states that take OK. */
static bool waits(enum c8d_machine machine, unsigned state)
{
    return c8d_machine_cell(machine, state, C8D_SYM_OK).arrow;
}

static void check_no_second_call(enum c8d_machine machine)
{
    for (unsigned state = 0; state < c8d_machine_states(machine); state++) {
        for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++) {
            struct c8d_cell cell = c8d_machine_cell(machine, state, symbol);
            bool is_reply = c8d_symbol_class((enum c8d_symbol)symbol) == C8D_CLASS_REPLY;

            if (cell.arrow && waits(machine, state) && !is_reply && calls(cell.effects))
                fail_msg("%s: a call in %s at %s", c8d_machine_name(machine), c8d_state_name(machine, state),
                         c8d_symbol_name((enum c8d_symbol)symbol));
        }
    }
}

static void test_machines__call_in_flight__make_no_second_call(void **state)
{
    (void)state;
    check_no_second_call(C8D_MACHINE_CONTAINER);
    check_no_second_call(C8D_MACHINE_TASK);
    check_no_second_call(C8D_MACHINE_PROCESS);
}

static bool is_doubt(enum c8d_machine machine, unsigned state)
{
    const char *name = c8d_state_name(machine, state);

    return strstr(name, "DOUBT") != NULL || strcmp(name, "LOADING") == 0 || strcmp(name, "UNOBSERVED") == 0;
}

/* Into doubt only by asking, unless something has been asked already: then from doubt to doubt. */
static void check_doubt(enum c8d_machine machine, unsigned state, unsigned symbol)
{
    struct c8d_cell cell = c8d_machine_cell(machine, state, symbol);

    if (!cell.arrow || !is_doubt(machine, cell.next) || has(cell.effects, "ask"))
        return;
    if (!is_doubt(machine, state) || symbol == C8D_SYM_IS_STALE || symbol == C8D_SYM_VERIFY)
        fail_msg("%s: %s %s leads into doubt without asking", c8d_machine_name(machine),
                 c8d_state_name(machine, state), c8d_symbol_name((enum c8d_symbol)symbol));
}

static void test_machines__doubt__always_asks(void **state)
{
    (void)state;
    for (unsigned machine = 0; machine <= C8D_MACHINE_PROCESS; machine++) {
        for (unsigned at = 0; at < c8d_machine_states((enum c8d_machine)machine); at++) {
            for (unsigned symbol = 1; symbol < C8D_SYM__COUNT; symbol++)
                check_doubt((enum c8d_machine)machine, at, symbol);
        }
    }
}

/* Each answer that a query can give leads out of doubt: no state is a trap. */
static void test_machines__doubt__is_left_by_an_answer(void **state)
{
    (void)state;
    for (unsigned machine = 0; machine <= C8D_MACHINE_PROCESS; machine++) {
        for (unsigned at = 0; at < c8d_machine_states((enum c8d_machine)machine); at++) {
            struct c8d_cell cell = c8d_machine_cell((enum c8d_machine)machine, at, C8D_SYM_IS_ABSENT);

            /* Pausing has no absence of its own: the end of the process leads out there. */
            if (machine == C8D_MACHINE_TASK)
                cell = c8d_machine_cell(C8D_MACHINE_TASK, at, C8D_SYM_TASK_DOWN);
            if (is_doubt((enum c8d_machine)machine, at))
                assert_true(cell.arrow && !is_doubt((enum c8d_machine)machine, cell.next));
        }
    }
}

static void test_effects__order__tells_start_done_end(void **state)
{
    static const char *const order[] = {"notice-created", "notice-started", "done-started", "notice-oom",
                                        "notice-exit",    "notice-deleted", "done",         "create"};
    unsigned at = 0;

    (void)state;
    for (unsigned bit = 0; bit < 64 && at < sizeof(order) / sizeof(order[0]); bit++)
        at += c8d_effect_name(bit) != NULL && strcmp(c8d_effect_name(bit), order[at]) == 0;
    assert_int_equal(at, sizeof(order) / sizeof(order[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden__each_machine__is_as_written_down),
        cmocka_unit_test(test_cell__out_of_range__has_no_arrow),
        cmocka_unit_test(test_machines__from_the_first_state__reach_every_state),
        cmocka_unit_test(test_symbols__each__is_used_by_some_machine),
        cmocka_unit_test(test_machines__call_in_flight__make_no_second_call),
        cmocka_unit_test(test_machines__doubt__always_asks),
        cmocka_unit_test(test_machines__doubt__is_left_by_an_answer),
        cmocka_unit_test(test_effects__order__tells_start_done_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
