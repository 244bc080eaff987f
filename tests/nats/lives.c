/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host whose containers live, run an exec and end: lives URL HOST N. Some live at the same time. What
 * happens is recorded by the command's own sink; nothing else of a runtime is there.
 */
#include "nats_sink.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AT_ONCE 5
#define PAUSE_US 8000

static struct c8d_recorder *recorder;

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

static void tell(const struct c8d_input *input, const char *container, const char *process)
{
    const struct c8d_actions accepted = {.outcome = C8D_ACCEPTED};

    c8d_recorder_input(recorder, input, str("default"), str(container), str(process), &accepted);
    usleep(PAUSE_US);
}

static void tell_link(enum c8d_symbol symbol, uint64_t request)
{
    tell(&(struct c8d_input){.region = C8D_REGION_CONNECTION, .symbol = (uint8_t)symbol, .request = request},
         "", "");
}

/* An event, and the answer to what it makes the model ask. */
static void happen(enum c8d_symbol event, enum c8d_symbol answer, const char *container, const char *process,
                   uint32_t pid, uint32_t code)
{
    struct c8d_input input = {.region = C8D_REGION_PROCESS, .symbol = (uint8_t)event, .pid = pid};

    input.exit_known = event == C8D_SYM_EXITED || event == C8D_SYM_DELETED;
    input.exit_code = input.exit_known ? code : 0;
    input.exited_at_ns = input.exit_known ? 1767312000000000000 : 0;
    tell(&input, container, process);
    if (answer != C8D_SYM_NONE)
        tell(&(struct c8d_input){.region = C8D_REGION_PROCESS, .symbol = (uint8_t)answer, .pid = pid},
             container, process);
}

static void step(int n, int stage)
{
    uint32_t pid = 1000 + 2 * (uint32_t)n;
    char id[16];

    snprintf(id, sizeof(id), "web-%d", n);
    switch (stage) {
    case 0:
        happen(C8D_SYM_CREATED, C8D_SYM_IS_CREATED, id, "", pid, 0);
        happen(C8D_SYM_STARTED, C8D_SYM_NONE, id, "", pid, 0);
        return;
    case 1:
        happen(C8D_SYM_CREATED, C8D_SYM_IS_CREATED, id, "probe", 0, 0);
        happen(C8D_SYM_STARTED, C8D_SYM_NONE, id, "probe", pid + 1, 0);
        return;
    case 2:
        happen(C8D_SYM_EXITED, C8D_SYM_NONE, id, "probe", pid + 1, 0);
        return;
    default:
        happen(C8D_SYM_EXITED, C8D_SYM_NONE, id, "", pid, (uint32_t)n % 7);
        happen(C8D_SYM_DELETED, C8D_SYM_NONE, id, "", pid, (uint32_t)n % 7);
        return;
    }
}

int main(int argc, char **argv)
{
    char *words[] = {argv[0], "--host", argc > 2 ? argv[2] : NULL, NULL};
    struct c8d__nats_sink *nats;
    struct c8d_recorder_sink sink;
    int count = argc > 3 ? atoi(argv[3]) : 0;
    int done;

    if (argc != 4 || argp_parse(&c8d__nats_sink_argp, 3, words, 0, NULL, NULL) != 0)
        return 2;
    nats = c8d__nats_sink_open(argv[1]);
    if (nats == NULL)
        return 1;
    sink = c8d__nats_recorder_sink(nats);
    if (c8d_recorder_new_on(&sink, true, NULL, &recorder, NULL) != C8D_OK)
        return 1;
    tell_link(C8D_SYM_RESTORE, 0);
    tell_link(C8D_SYM_SUBSCRIBED, 0);
    tell_link(C8D_SYM_LISTING, 0);
    tell_link(C8D_SYM_LISTED, 1);
    for (int begin = 0; begin < count; begin += AT_ONCE) {
        for (int stage = 0; stage < 4; stage++) {
            for (int n = begin; n < begin + AT_ONCE && n < count; n++)
                step(n, stage);
        }
    }
    done = c8d_recorder_free(recorder, NULL) == C8D_OK ? 0 : 1;
    c8d__nats_sink_close(nats);
    return done;
}
