/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_measured.h"
#include "fixture.h"
#include "remote_fake.h"
#include "remote_fake_call.h"
#include <c8d/remote.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void take(struct measured *answer, const struct c8d_arrival *arrival)
{
    *answer = (struct measured){.status = arrival->status, .has_stats = arrival->stats != NULL};
    if (arrival->stats != NULL)
        answer->stats = *arrival->stats;
    answer->n = arrival->n_processes;
    assert_true(arrival->n_processes <= 4);
    for (size_t i = 0; i < arrival->n_processes; i++)
        answer->processes[i] = arrival->processes[i];
}

const struct measured *ask(enum c8d_call_kind kind, const struct wire *reply)
{
    static struct measured answer;
    struct fake fake = {.reply = reply->bytes, .reply_size = reply->n};
    struct c8d_remote_options options = {.size = sizeof(options), .namespace_ = str("measured")};
    struct c8d_call call = {.kind = kind, .container = str("c")};
    struct c8d_runtime runtime;
    struct c8d_arrival arrival;

    fake_start(&fake);
    options.address = str(fake.address);
    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_OK);
    arrival = fake_call(runtime, call, FAKE_PATIENCE);
    take(&answer, &arrival);
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    return &answer;
}

const struct measured *measure(const char *type_url, const struct wire *metrics)
{
    struct wire time = {0};
    struct wire metric = {0};
    struct wire reply = {0};

    wire_number(&time, 1, 1700000000);
    wire_number(&time, 2, 5);
    wire_message(&metric, 1, &time);
    wire_text(&metric, 2, "c");
    wire_any(&metric, 3, type_url, metrics);
    wire_message(&reply, 1, &metric);
    return ask(C8D_CALL_STATS, &reply);
}

void numbers(struct wire *wire, unsigned first, const uint64_t *values, size_t n)
{
    for (size_t i = 0; i < n; i++)
        wire_number(wire, first + (unsigned)i, values[i]);
}

/* The numbers lie in a row, from the first group to the end of the last one. */
bool all_silent(const struct c8d_stats *stats)
{
    const struct c8d_number *number = (const struct c8d_number *)(const void *)&stats->pids;
    const struct c8d_number *end = (const struct c8d_number *)(const void *)(stats + 1);

    for (; number < end; number++) {
        if (number->told || number->value != 0)
            return false;
    }
    return true;
}
