/* SPDX-License-Identifier: Apache-2.0 */
/* c8d sim: the whole client in simulated worlds where things go wrong, all from a seed. */
#include "c8d.h"
#include "options.h"
#include "output.h"
#include "recording.h"
#include "sim_shrink.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 1000000
#define RUNS_MAX 1000000

enum { EXIT_FOUND = 1 };
enum { OPTION_SEED = 0x200, OPTION_STEPS, OPTION_CONTAINERS, OPTION_FAULTS, OPTION_RUNS, OPTION_ONLY };

struct sim {
    struct c8d__options options;
    struct c8d__trial_settings settings;
    uint64_t steps;
    uint64_t runs;
    const char *only;   /* numbers of steps; NULL = all */
    const char *output; /* a recording of the last run; NULL = of one that breaks a promise */
    uint64_t tried;     /* plans, while shrinking */
};

/* ---- words
 * ---------------------------------------------------------------------------------------------------- */

static const struct argp_option option_list[] = {
    {"seed", OPTION_SEED, "N", 0, "The same seed gives the same world and the same plan [1]", 0},
    {"steps", OPTION_STEPS, "N", 0, "Steps of the plan [200]", 0},
    {"containers", OPTION_CONTAINERS, "N", 0, "Containers that the plan is about [3]", 0},
    {"faults", OPTION_FAULTS, "LIST", 0,
     "What goes wrong, in 1/1000: none, or some of reply-lost, reply-failed, event-lost, event-repeated, "
     "event-delayed, disconnect, shim-killed, each perhaps with =N [all]",
     0},
    {"runs", OPTION_RUNS, "N", 0, "Go on with the next seeds, until N worlds have been seen [1]", 0},
    {"only", OPTION_ONLY, "LIST", 0, "Carry out these steps of the plan alone", 0},
    {"output", 'o', "FILE", 0, "Record the last run [c8d-sim-SEED.c8d when a promise is broken]", 0},
    {0},
};

static const struct {
    const char *name;
    size_t offset;
    uint32_t usual;
} faults[] = {
    {"reply-lost", offsetof(struct c8d_simulated_faults, reply_lost), 30},
    {"reply-failed", offsetof(struct c8d_simulated_faults, reply_failed), 30},
    {"event-lost", offsetof(struct c8d_simulated_faults, event_lost), 20},
    {"event-repeated", offsetof(struct c8d_simulated_faults, event_repeated), 60},
    {"event-delayed", offsetof(struct c8d_simulated_faults, event_delayed), 60},
    {"disconnect", offsetof(struct c8d_simulated_faults, disconnect), 25},
    {"shim-killed", offsetof(struct c8d_simulated_faults, shim_killed), 8},
};
#define N_FAULTS (sizeof(faults) / sizeof(faults[0]))

static void set_fault(struct c8d_simulated_faults *out, size_t i, uint32_t rate)
{
    memcpy((char *)out + faults[i].offset, &rate, sizeof(rate));
}

static error_t take_fault(struct c8d_simulated_faults *out, char *word, const struct argp_state *state)
{
    char *equals = strchr(word, '=');
    uint64_t rate = 0;

    if (equals != NULL)
        *equals++ = '\0';
    if (equals != NULL && !c8d__read_number(equals, 1000, &rate))
        return c8d__refuse(state, "not a rate from 0 to 1000: '%s'", equals);
    for (size_t i = 0; i < N_FAULTS; i++) {
        if (strcmp(faults[i].name, word) == 0) {
            set_fault(out, i, equals != NULL ? (uint32_t)rate : faults[i].usual);
            return 0;
        }
    }
    return c8d__refuse(state, "no such fault: '%s' (see --help)", word);
}

static error_t take_faults(struct c8d_simulated_faults *out, char *list, const struct argp_state *state)
{
    char *rest = NULL;
    error_t error = 0;

    *out = (struct c8d_simulated_faults){0};
    if (strcmp(list, "none") == 0)
        return 0;
    for (char *word = strtok_r(list, ",", &rest); word != NULL && error == 0;
         word = strtok_r(NULL, ",", &rest))
        error = take_fault(out, word, state);
    return error;
}

static error_t take_number(const char *text, uint64_t least, uint64_t most, uint64_t *out,
                           const struct argp_state *state)
{
    if (!c8d__read_number(text, most, out) || *out < least)
        return c8d__refuse(state, "not a number from %" PRIu64 " to %" PRIu64 ": '%s'", least, most, text);
    return 0;
}

/* Numbers with commas between them; one that no step has leaves none of them. */
static error_t take_list(const char *list, const struct argp_state *state)
{
    const char *at = list;

    while (*at >= '0' && *at <= '9') {
        at += strspn(at, "0123456789");
        if (*at == '\0')
            return 0;
        at += *at == ',';
    }
    return c8d__refuse(state, "not a list of steps: '%s'", list);
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct sim *sim = state->input;
    uint64_t number = 0;
    error_t error;

    switch (key) {
    case OPTION_SEED:
        return take_number(value, 0, UINT64_MAX, &sim->settings.seed, state);
    case OPTION_STEPS:
        return take_number(value, 1, STEPS_MAX, &sim->steps, state);
    case OPTION_CONTAINERS:
        error = take_number(value, 1, C8D__TRIAL_CONTAINERS_MAX, &number, state);
        if (error == 0)
            sim->settings.containers = (unsigned)number;
        return error;
    case OPTION_FAULTS:
        return take_faults(&sim->settings.faults, value, state);
    case OPTION_RUNS:
        return take_number(value, 1, RUNS_MAX, &sim->runs, state);
    case OPTION_ONLY:
        sim->only = value;
        return take_list(value, state);
    case 'o':
        sim->output = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .doc = "Lets the whole client work on a simulated runtime where calls fail, replies and events are lost, "
           "late and repeated, shims die and the connection breaks. After each step the promises to the "
           "consumer are checked. A plan that breaks one is shrunk to the steps that it takes, and recorded "
           "for c8d replay.\vExits with 0 when all promises were kept, 1 when one was broken.",
};

/* ---- the plan
 * ------------------------------------------------------------------------------------------------- */

/* Keeps the steps that a list of numbers names, in their order. @return How many. */
static size_t keep_only(struct c8d__trial_step *steps, size_t count, const char *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        for (const char *at = list; at != NULL; at = strchr(at, ',')) {
            at += *at == ',';
            if (strtoul(at, NULL, 10) == steps[i].number) {
                steps[kept++] = steps[i];
                break;
            }
        }
    }
    return kept;
}

/* ---- breaking and shrinking
 * ----------------------------------------------------------------------------------- */

struct sought {
    struct sim *sim;
    const char *broken;
};

static bool shows(void *user, const struct c8d__trial_step *steps, size_t count)
{
    const struct sought *sought = user;
    struct c8d__trial_result result;

    sought->sim->tried++;
    return c8d__trial_run(&sought->sim->settings, steps, count, &result) && result.broken != NULL &&
           strcmp(result.broken, sought->broken) == 0;
}

/* What need not go wrong for it is left out first: then less depends on which calls there are. */
static void leave_faults_out(struct sim *sim, const struct sought *sought,
                             const struct c8d__trial_step *steps, size_t count)
{
    for (size_t i = 0; i < N_FAULTS; i++) {
        struct c8d_simulated_faults before = sim->settings.faults;

        set_fault(&sim->settings.faults, i, 0);
        if (!shows((void *)(uintptr_t)sought, steps, count))
            sim->settings.faults = before;
    }
}

/* The faults that are left, as --faults takes them. */
static void write_faults(const struct sim *sim, char *out, size_t room)
{
    size_t at = 0;

    snprintf(out, room, "none");
    for (size_t i = 0; i < N_FAULTS; i++) {
        uint32_t rate;

        memcpy(&rate, (const char *)&sim->settings.faults + faults[i].offset, sizeof(rate));
        if (rate != 0 && at < room)
            at += (size_t)snprintf(out + at, room - at, "%s%s=%" PRIu32, at > 0 ? "," : "", faults[i].name,
                                   rate);
    }
}

static struct c8d__file_wish wish_for(const char *file)
{
    return (struct c8d__file_wish){.path = file, .if_there = C8D__REPLACE, .sync = C8D__SYNC_NEVER};
}

/* The plan once more, with a recorder. @return False after a failure that was told. */
static bool record(const struct sim *sim, const char *file, const struct c8d__trial_step *steps, size_t count)
{
    const struct c8d__file_wish wish = wish_for(file);
    struct c8d__trial_settings settings = sim->settings;
    struct c8d__recording recording;
    struct c8d__trial_result result;
    bool done;

    if (!c8d__recording_open(&recording, &wish))
        return false;
    settings.tap = c8d__recording_tap(&recording);
    done = c8d__trial_run(&settings, steps, count, &result);
    if (!done)
        c8d__fail("sim: no memory");
    return c8d__recording_close(&recording) && done;
}

static json_t *steps_json(const struct c8d__trial_step *steps, size_t count)
{
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(
            list, json_pack("{s:I, s:s, s:I, s:I}", "step", (json_int_t)steps[i].number, "act",
                            c8d__trial_act_name(&steps[i]), "container", (json_int_t)steps[i].container,
                            "choice", (json_int_t)steps[i].choice));
    return list;
}

static bool tell_violation(const struct sim *sim, const char *broken, const char *file,
                           const struct c8d__trial_step *steps, size_t count)
{
    const char *sentence = c8d__trial_sentence(broken);
    const char *promise = c8d__trial_promise(broken);
    char left[256];

    write_faults(sim, left, sizeof(left));
    if (sim->options.json)
        return c8d__print_json(json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:o}", "type", "violation",
                                         "seed", (json_int_t)sim->settings.seed, "invariant", broken,
                                         "promise", promise != NULL ? promise : "", "sentence",
                                         sentence != NULL ? sentence : "", "recording", file, "faults", left,
                                         "steps", steps_json(steps, count)));
    printf("seed %" PRIu64 ": %s %s is broken: %s\n", sim->settings.seed, promise != NULL ? promise : "",
           broken, sentence != NULL ? sentence : "");
    for (size_t i = 0; i < count; i++)
        printf("  step %" PRIu32 ": c%u: %s\n", steps[i].number, steps[i].container,
               c8d__trial_act_name(&steps[i]));
    printf("with --faults %s; shrunk to %zu steps in %" PRIu64 " tries; recorded in %s\n", left, count,
           sim->tried, file);
    return true;
}

static bool show_violation(struct sim *sim, const char *broken, struct c8d__trial_step *steps, size_t count)
{
    struct sought sought = {.sim = sim, .broken = broken};
    char usual[64];
    const char *file = sim->output;

    if (file == NULL) {
        snprintf(usual, sizeof(usual), "c8d-sim-%" PRIu64 ".c8d", sim->settings.seed);
        file = usual;
    }
    sim->tried = 0;
    leave_faults_out(sim, &sought, steps, count);
    count = c8d__trial_shrink(steps, count, shows, &sought);
    return record(sim, file, steps, count) && tell_violation(sim, broken, file, steps, count);
}

/* ---- all of it
 * ------------------------------------------------------------------------------------------------ */

static bool tell_run(const struct sim *sim, const struct c8d__trial_result *result, size_t count)
{
    if (sim->options.json)
        return c8d__print_json(json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "type", "summary",
                                         "seed", (json_int_t)sim->settings.seed, "steps", (json_int_t)count,
                                         "containers", (json_int_t)sim->settings.containers, "notices",
                                         (json_int_t)result->notices, "starts", (json_int_t)result->starts,
                                         "ends", (json_int_t)result->ends, "violations",
                                         (json_int_t)(result->broken != NULL)));
    printf("seed %" PRIu64 ": %zu steps, %u containers: %" PRIu64 " notices, %" PRIu64 " starts, %" PRIu64
           " ends, %s\n",
           sim->settings.seed, count, sim->settings.containers, result->notices, result->starts, result->ends,
           result->broken != NULL ? "a promise broken" : "all promises kept");
    return true;
}

/* One seed. @return The exit code. */
static int run_seed(struct sim *sim, struct c8d__trial_step *steps)
{
    struct c8d__trial_result result;
    size_t count = (size_t)sim->steps;

    c8d__trial_plan(&sim->settings, steps, count);
    if (sim->only != NULL)
        count = keep_only(steps, count, sim->only);
    if (!c8d__trial_run(&sim->settings, steps, count, &result)) {
        c8d__fail("sim: no memory");
        return C8D__EXIT_FAILED;
    }
    if (!tell_run(sim, &result, count))
        return C8D__EXIT_FAILED;
    if (result.broken != NULL)
        return show_violation(sim, result.broken, steps, count) ? EXIT_FOUND : C8D__EXIT_FAILED;
    if (sim->output != NULL && !record(sim, sim->output, steps, count))
        return C8D__EXIT_FAILED;
    return C8D__EXIT_OK;
}

/* What is to be recorded has a place, which is better known before many worlds were seen than after. */
static bool can_record(const struct sim *sim)
{
    const struct c8d__file_wish wish = wish_for(sim->output);

    return sim->output == NULL || c8d__recording_check(&wish);
}

int c8d_command_sim(int argc, char **argv)
{
    struct sim sim = {.settings = {.seed = 1, .containers = 3}, .steps = 200, .runs = 1};
    struct c8d__trial_step *steps;
    int code = C8D__EXIT_OK;

    for (size_t i = 0; i < N_FAULTS; i++)
        set_fault(&sim.settings.faults, i, faults[i].usual);
    if (!c8d__parse(&argp, argc, argv, &sim) || !can_record(&sim))
        return C8D__EXIT_FAILED;
    steps = calloc((size_t)sim.steps, sizeof(*steps));
    if (steps == NULL) {
        c8d__fail("sim: no memory");
        return C8D__EXIT_FAILED;
    }
    for (uint64_t run = 0; run < sim.runs && code == C8D__EXIT_OK; run++) {
        code = run_seed(&sim, steps);
        sim.settings.seed++;
    }
    free(steps);
    return code;
}
