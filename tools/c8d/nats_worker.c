/* SPDX-License-Identifier: Apache-2.0 */
/* c8d replay nats://...: a worker on some partitions of a stream that many hosts record into. */
#include "nats_worker.h"
#include "c8d.h"
#include "nats_partition.h"
#include "nats_subject.h"
#include "nats_wish.h"
#include "options.h"
#include "signals.h"
#include <stdlib.h>
#include <string.h>

enum { EXIT_FOUND = 1 };
enum { OPTION_DURABLE = 0x600, OPTION_WORKER, OPTION_FOLLOW };

struct worker {
    struct c8d__options options;
    struct c8d__nats_wish wish;
    const char *durable;
    const char *output_path;
    uint64_t number; /* of `count` workers, from 1 */
    uint64_t count;
    bool follow;

    struct c8d__nats_link link;
    struct c8d__nats_output output;
    struct c8d__nats_partition *partitions; /* those of this worker */
    size_t n_partitions;                    /* opened */
};

/* ---- words
 * ---------------------------------------------------------------------------------------------------- */

static const struct argp_option option_list[] = {
    {"durable", OPTION_DURABLE, "NAME", 0, "Name of the consumers, the same for all workers [c8d]", 0},
    {"worker", OPTION_WORKER, "I/N", 0, "This is worker I of N, each with its share of the partitions [1/1]",
     0},
    {"output", 'o', "FILE", 0, "Write to FILE, and go on with it: nothing is told twice", 0},
    {"follow", OPTION_FOLLOW, NULL, 0, "Wait for more when all has been read", 0},
    {0},
};

static error_t take_share(struct worker *worker, const char *text, const struct argp_state *state)
{
    char number[8] = "";
    const char *slash = strchr(text, '/');

    if (slash != NULL && (size_t)(slash - text) < sizeof(number)) {
        memcpy(number, text, (size_t)(slash - text));
        if (c8d__read_number(number, C8D__PARTITIONS_MAX, &worker->number) &&
            c8d__read_number(slash + 1, C8D__PARTITIONS_MAX, &worker->count) && worker->number > 0 &&
            worker->number <= worker->count)
            return 0;
    }
    return c8d__refuse(state, "not I/N with I from 1 to N: '%s'", text);
}

static error_t take_durable(struct worker *worker, const char *name, const struct argp_state *state)
{
    if (*name == '\0' || strlen(name) > 64 || strpbrk(name, " .*>/\\\t\r\n") != NULL)
        return c8d__refuse(state, "not a consumer's name: '%s'", name);
    worker->durable = name;
    return 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct worker *worker = state->input;

    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &worker->wish;
        return 0;
    case OPTION_DURABLE:
        return take_durable(worker, value, state);
    case OPTION_WORKER:
        return take_share(worker, value, state);
    case OPTION_FOLLOW:
        worker->follow = true;
        return 0;
    case 'o':
        worker->output_path = value;
        return 0;
    case ARGP_KEY_ARG:
        if (worker->wish.url != NULL || !c8d__is_nats_url(value))
            return c8d__refuse(state, "one server alone, and no files: '%s'", value);
        worker->wish.url = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{.argp = &c8d__nats_argp}, {0}};

static const struct argp argp = {
    .options = option_list,
    .parser = parse,
    .children = children,
    .args_doc = "nats://HOST[:PORT]",
    .doc = "Plays what many hosts record into a stream through the model: prints a JSON line for each notice "
           "and each anomaly, with the host, and the partition and number of the message that it comes of.\v"
           "Exits with 0 when nothing was odd, 1 when something was, 2 after a failure.",
};

bool c8d__nats_worker_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (c8d__is_nats_url(argv[i]))
            return true;
    }
    return false;
}

/* ---- work
 * ----------------------------------------------------------------------------------------------------- */

static bool open_partitions(struct worker *worker)
{
    worker->partitions = calloc(worker->wish.partitions, sizeof(*worker->partitions));
    if (worker->partitions == NULL) {
        c8d__fail("replay: no memory");
        return false;
    }
    for (unsigned number = 0; number < worker->wish.partitions; number++) {
        struct c8d__nats_partition *partition = &worker->partitions[worker->n_partitions];

        if (number % worker->count != worker->number - 1)
            continue;
        *partition = (struct c8d__nats_partition){
            .wish = &worker->wish,
            .link = &worker->link,
            .hosts = {.partition = number, .output = &worker->output},
            .told = worker->output.told[number],
        };
        worker->n_partitions++;
        if (!c8d__nats_partition_open(partition, worker->durable))
            return false;
    }
    return true;
}

static bool take_round(struct worker *worker, bool *more)
{
    for (size_t i = 0; i < worker->n_partitions; i++) {
        if (!c8d__nats_partition_take(&worker->partitions[i], more))
            return false;
    }
    /* A server that is slow is not one that has nothing. */
    for (size_t i = 0; i < worker->n_partitions && !*more && !worker->follow; i++) {
        if (!c8d__nats_partition_rest(&worker->partitions[i], more))
            return false;
    }
    return true;
}

/* Round and round, until nothing is left or a signal comes. */
static bool work(struct worker *worker)
{
    bool more = true;

    while ((more || worker->follow) && c8d__signal_take() == 0) {
        more = false;
        if (!take_round(worker, &more))
            return false;
    }
    return true;
}

static uint64_t close_partitions(struct worker *worker)
{
    uint64_t found = 0;

    for (size_t i = 0; i < worker->n_partitions; i++) {
        found += worker->partitions[i].hosts.found;
        c8d__nats_partition_close(&worker->partitions[i]);
    }
    free(worker->partitions);
    return found;
}

static int run(struct worker *worker)
{
    uint64_t found;
    bool done;
    bool unread;

    if (!c8d__nats_output_open(&worker->output, worker->output_path, worker->wish.partitions))
        return C8D__EXIT_FAILED;
    done = c8d__nats_connect(&worker->link, &worker->wish, "replay");
    /* Whoever comes first makes it. */
    if (done && c8d__nats_make_stream(&worker->link, &worker->wish, "replay")) {
        c8d__signals_end(NULL);
        done = open_partitions(worker) && work(worker);
        c8d__signals_release();
    } else {
        done = false;
    }
    found = close_partitions(worker);
    c8d__nats_disconnect(&worker->link);
    unread = worker->output.unread;
    c8d__nats_output_close(&worker->output);
    return !done && !unread ? C8D__EXIT_FAILED : found > 0 ? EXIT_FOUND : C8D__EXIT_OK;
}

int c8d__nats_worker(int argc, char **argv)
{
    struct worker worker = {.wish = C8D__NATS_WISH_DEFAULT, .durable = "c8d", .number = 1, .count = 1};

    return c8d__parse(&argp, argc, argv, &worker) ? run(&worker) : C8D__EXIT_FAILED;
}
