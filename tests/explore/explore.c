/* SPDX-License-Identifier: Apache-2.0 */
/*
 * explore: exhaustive exploration of the compiled model against an abstract
 * runtime (runtime.h).
 *
 * Exit status: 0 when every setting was explored completely and nothing was
 * violated, 1 when something was, 2 for wrong usage or when memory or the given
 * number of states did not suffice.
 */
#include "live.h"
#include "search.h"
#include "settings.h"
#include <argp.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct options {
    struct search search;
    struct setting setting;
    const char *names[64];
    unsigned name_count;
    unsigned changes;
    struct {
        const char *key;
        unsigned value;
    } changed[32];
    bool list;
    bool all_cells;
    bool all_long;
};

enum { KEY_MEMORY = 256, KEY_STATES, KEY_REST, KEY_LIST, KEY_CELLS, KEY_PROMELA, KEY_LONG, KEY_BUDGET };

#define BUDGET_NUMBER(name, text) BUDGET_##name,
enum { BUDGETS(BUDGET_NUMBER) BUDGET_COUNT };
#undef BUDGET_NUMBER

static const struct argp_option options[] = {
    {"jobs", 'j', "N", 0, "Threads; default 1", 0},
    {"quiet", 'q', NULL, 0, "No progress on stderr", 0},
    {"memory", KEY_MEMORY, "MB", 0, "Stop with status 2 when more is needed; default 4096", 0},
    {"states", KEY_STATES, "N", 0, "Stop with status 2 after so many states; default: no limit", 0},
    {"rest", KEY_REST, "N", 0,
     "Let one of N states come to rest without a fault, and compare model and "
     "truth there; 0: none; default "
     "1",
     0},
    {"list", KEY_LIST, NULL, 0, "List the settings", 0},
    {"promela", KEY_PROMELA, "SETTING", 0, "Write the Promela of a setting, for Spin, and do no more", 0},
    {"long", KEY_LONG, NULL, 0, "Without SETTING: all that are long", 0},
    {"cells", KEY_CELLS, NULL, 0, "Name each arrow that was not taken", 0},
#define BUDGET_OPTION(name, text) {#name, KEY_BUDGET + BUDGET_##name, "N", 0, "Budget: " text, 1},
    BUDGETS(BUDGET_OPTION)
#undef BUDGET_OPTION
        {"execs", KEY_BUDGET + BUDGET_COUNT, "N", 0, "Execs: 0, 1 or 2", 1},
    {"window", KEY_BUDGET + BUDGET_COUNT + 1, "N", 0,
     "How far events may overtake each other; 8: in any order", 1},
    {0},
};

static unsigned long number_of(const char *text, unsigned long max, struct argp_state *state)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    if (*text == '\0' || *end != '\0' || number > max)
        argp_error(state, "'%s' is not a number up to %lu", text, max);
    return number;
}

static void change(struct options *given, unsigned which, unsigned long value)
{
    given->changed[given->changes].key = options[9 + which].name;
    given->changed[given->changes++].value = (unsigned)value;
}

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct options *given = state->input;

    switch (key) {
    case 'j':
        given->search.threads = (unsigned)number_of(argument, 64, state);
        return 0;
    case 'q':
        given->search.progress = false;
        return 0;
    case KEY_MEMORY:
        given->search.memory_max = (uint64_t)number_of(argument, 1000000, state) << 20;
        return 0;
    case KEY_STATES:
        given->search.states_max = (uint32_t)number_of(argument, UINT32_MAX, state);
        return 0;
    case KEY_REST:
        given->search.rest_every = (uint32_t)number_of(argument, UINT32_MAX, state);
        return 0;
    case KEY_LIST:
        given->list = true;
        return 0;
    case KEY_PROMELA:
        live_write_promela(argument);
        exit(0);
    case KEY_LONG:
        given->all_long = true;
        return 0;
    case KEY_CELLS:
        given->all_cells = true;
        return 0;
    case ARGP_KEY_ARG:
        if (setting_named(argument) == NULL)
            argp_error(state, "no setting '%s'; see --list", argument);
        if (given->name_count < 64)
            given->names[given->name_count++] = argument;
        return 0;
    default:
        break;
    }
    if (key < KEY_BUDGET || key > KEY_BUDGET + BUDGET_COUNT + 1)
        return ARGP_ERR_UNKNOWN;
    if (given->changes < 32)
        change(given, (unsigned)(key - KEY_BUDGET), number_of(argument, 255, state));
    return 0;
}

static void apply(struct setting *setting, const char *key, unsigned value)
{
#define BUDGET_APPLY(name, text)                                                                             \
    if (strcmp(key, #name) == 0)                                                                             \
        setting->budgets.name = (uint8_t)value;
    BUDGETS(BUDGET_APPLY)
#undef BUDGET_APPLY
    if (strcmp(key, "execs") == 0)
        setting->execs = value > EXECS_MAX ? EXECS_MAX : (uint8_t)value;
    if (strcmp(key, "window") == 0)
        setting->window = (uint8_t)value;
}

static void print_result(const struct search *search)
{
    (void)printf("%-12s %" PRIu32 " states, %" PRIu64 " transitions, depth %u, %" PRIu64
                 " at rest, %.1f s, %zu MB: %s\n",
                 search->setting->name, archive_count(&search->archive), search->transitions, search->depth,
                 search->quiet, search->seconds, archive_bytes(&search->archive) >> 20,
                 search->broken != NULL ? search->broken
                 : search->complete     ? "complete, nothing violated"
                                        : "not complete");
    if (search->rested != 0)
        (void)printf("%12s %" PRIu64 " of them let come to rest, in at most %" PRIu32 " steps and %" PRIu32
                     " queries\n",
                     "", search->rested, search->rest_steps, search->rest_queries);
    if (search->cuts != 0)
        (void)printf("%12s %" PRIu64 " acts put off, with %d events under way\n", "", search->cuts,
                     EVENTS_MAX);
    (void)fflush(stdout);
}

struct totals {
    uint64_t states;
    uint64_t transitions;
    struct coverage coverage;
    int status;
};

static void explore(const struct options *given, const struct setting *setting, struct totals *totals)
{
    struct search search = given->search;
    struct setting changed = *setting;

    for (unsigned i = 0; i < given->changes; i++)
        apply(&changed, given->changed[i].key, given->changed[i].value);
    search.setting = &changed;
    if (!search_run(&search)) {
        (void)fprintf(stderr, "explore: no memory\n");
        exit(2);
    }
    print_result(&search);
    totals->states += archive_count(&search.archive);
    totals->transitions += search.transitions;
    coverage_add(&totals->coverage, &search.coverage);
    if (search.broken != NULL) {
        search_print_trail(&search);
        totals->status = 1;
    } else if (!search.complete && totals->status == 0) {
        totals->status = 2;
    }
    search_fini(&search);
}

int main(int argc, char **argv)
{
    static const struct argp argp = {options,
                                     parse,
                                     "[SETTING...]",
                                     "Explores the compiled model exhaustively against an abstract runtime "
                                     "that may "
                                     "do all that a real one may. Without SETTING: all that are short.",
                                     NULL,
                                     NULL,
                                     NULL};
    static struct options given = {
        .search = {.threads = 1, .memory_max = (uint64_t)4096 << 20, .rest_every = 1, .progress = true}};
    static struct totals totals;

    argp_err_exit_status = 2;
    if (argp_parse(&argp, argc, argv, 0, NULL, &given) != 0)
        return 2;
    for (unsigned i = 0; i < setting_count && given.list; i++)
        (void)printf("%-12s %-6s %s\n", setting_at(i)->name,
                     setting_at(i)->is_long ? "long"
                     : setting_at(i)->spin  ? "spin"
                                            : "short",
                     setting_at(i)->sentence);
    if (given.list)
        return 0;
    for (unsigned i = 0; i < given.name_count; i++)
        explore(&given, setting_named(given.names[i]), &totals);
    for (unsigned i = 0; i < setting_count && given.name_count == 0; i++) {
        if (given.all_long ? setting_at(i)->is_long : !setting_at(i)->is_long && !setting_at(i)->spin)
            explore(&given, setting_at(i), &totals);
    }
    (void)printf("in all       %" PRIu64 " states, %" PRIu64 " transitions\n", totals.states,
                 totals.transitions);
    coverage_print(&totals.coverage, stdout, given.all_cells);
    return totals.status;
}
