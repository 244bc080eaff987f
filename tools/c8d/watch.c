/* SPDX-License-Identifier: Apache-2.0 */
/* Watching a namespace. */
#include "watch.h"
#include "c8d.h"
#include "link.h"
#include "output.h"
#include "signals.h"
#include <string.h>

static void hear(void *user, const struct c8d_notice *notice)
{
    struct c8d__watch *watch = user;

    if (watch->count != 0 && watch->seen == watch->count)
        return;
    watch->seen++;
    if (watch->print)
        (void)c8d__print_notice(notice, watch->options->json);
}

/* How long there still is; 0 when it is over. */
static int64_t left(const struct c8d__watch *watch, int64_t begin)
{
    int64_t until = begin + watch->options->timeout_ns - c8d__monotonic_ns();

    if (!watch->options->timeout_given)
        return C8D_NO_DEADLINE;
    return until > 0 ? until : 0;
}

/* Sends the notices off, as long as somebody reads them. */
static void flush(struct c8d__watch *watch)
{
    int error = c8d__print_flush();

    if (error == 0)
        return;
    watch->unheard = true;
    watch->failed = c8d__print_failed(error);
}

static bool complete(const struct c8d__watch *watch)
{
    return watch->unheard || (watch->count != 0 && watch->seen == watch->count) ||
           !c8d__recording_intact(&watch->recording);
}

static bool stay(struct c8d__watch *watch, struct c8d_client *client)
{
    int64_t begin = c8d__monotonic_ns();
    struct c8d_error err = {0};
    enum c8d_status status = c8d_client_restore(client, watch->options->timeout_ns, &err);

    if (status != C8D_OK) {
        c8d__fail("%s: %s", watch->subcommand, err.message);
        return false;
    }
    for (flush(watch); !complete(watch) && c8d__signal_take() == 0; flush(watch)) {
        int64_t timeout = left(watch, begin);
        int64_t due = c8d__recording_tick(&watch->recording);

        if (timeout == 0)
            break;
        if (due != INT64_MAX && (timeout == C8D_NO_DEADLINE || due < timeout))
            timeout = due;
        c8d_client_dispatch(client, timeout);
    }
    return !watch->failed;
}

bool c8d__watch_run(struct c8d__watch *watch)
{
    const struct c8d__link link = {
        .adopt = true,
        .notice = hear,
        .user = watch,
        .tap = c8d__recording_tap(&watch->recording),
    };
    struct c8d_client *client = c8d__link_open(watch->options, &link);
    bool done;

    if (client == NULL) {
        if (watch->recording.recorder != NULL)
            c8d__recording_discard(&watch->recording);
        return false;
    }
    c8d__signals_end(client);
    done = stay(watch, client);
    c8d__signals_release();
    c8d__link_close(watch->options, client);
    return done;
}
