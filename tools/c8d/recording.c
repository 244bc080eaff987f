/* SPDX-License-Identifier: Apache-2.0 */
/* Where all inputs of a client's model are recorded. */
#include "recording.h"
#include "c8d.h"
#include "nats_wish.h"
#include <c8d/log.h>
#include <string.h>
#include <unistd.h>
#ifdef C8D_WITH_NATS
#include "nats_sink.h"
#endif

/* Frames that a server holds already are another recorder's, whoever that was. */
static bool open_server(struct c8d__recording *recording, const char *url, struct c8d_recorder_sink *sink)
{
#ifdef C8D_WITH_NATS
    recording->nats = c8d__nats_sink_open(url);
    if (recording->nats == NULL)
        return false;
    *sink = c8d__nats_recorder_sink(recording->nats);
    return true;
#else
    (void)recording;
    (void)sink;
    c8d__fail("%s: this c8d was built without NATS", url);
    return false;
#endif
}

static int close_sink(struct c8d__recording *recording)
{
#ifdef C8D_WITH_NATS
    if (recording->nats != NULL) {
        c8d__nats_sink_close(recording->nats);
        recording->nats = NULL;
        return 0;
    }
#endif
    return c8d__file_close(&recording->sink);
}

static bool open_sink(struct c8d__recording *recording, const struct c8d__file_wish *wish,
                      struct c8d_recorder_sink *sink)
{
    if (c8d__is_nats_url(wish->path))
        return open_server(recording, wish->path, sink);
    if (!c8d__file_open(&recording->sink, wish))
        return false;
    *sink = c8d__file_recorder_sink(&recording->sink);
    return true;
}

bool c8d__recording_open(struct c8d__recording *recording, const struct c8d__file_wish *wish)
{
    struct c8d_recorder_sink sink;
    struct c8d_error err = {0};
    bool resumed;

    *recording = (struct c8d__recording){.sink.wish = *wish};
    if (!open_sink(recording, wish, &sink))
        return false;
    resumed = recording->nats != NULL || recording->sink.resumed;
    if (c8d_recorder_new_on(&sink, resumed, NULL, &recording->recorder, &err) == C8D_OK)
        return true;
    c8d__fail("%s: %s", wish->path, err.message);
    c8d__recording_discard(recording);
    return false;
}

bool c8d__recording_check(const struct c8d__file_wish *wish)
{
    struct c8d__file_wish looking = *wish;
    struct c8d__file_sink sink;

    if (c8d__is_nats_url(wish->path))
        return true;
    if (looking.if_there == C8D__REPLACE)
        looking.if_there = C8D__GO_ON; /* what is there stays until then */
    if (!c8d__file_open(&sink, &looking))
        return false;
    if (sink.made)
        unlink(wish->path);
    (void)c8d__file_close(&sink);
    return true;
}

struct c8d_tap c8d__recording_tap(const struct c8d__recording *recording)
{
    if (recording->recorder == NULL)
        return (struct c8d_tap){0};
    return (struct c8d_tap){.input = c8d_recorder_input, .user = recording->recorder};
}

bool c8d__recording_intact(const struct c8d__recording *recording)
{
    return recording->recorder == NULL || (recording->failure == 0 && !recording->sink.unread &&
                                           c8d_recorder_status(recording->recorder, NULL) == C8D_OK);
}

int64_t c8d__recording_tick(struct c8d__recording *recording)
{
    if (recording->recorder == NULL || recording->nats != NULL || recording->failure != 0)
        return INT64_MAX;
    recording->failure = c8d__file_tick(&recording->sink);
    return c8d__file_due_ns(&recording->sink);
}

void c8d__recording_discard(struct c8d__recording *recording)
{
    (void)c8d_recorder_free(recording->recorder, NULL);
    if (recording->sink.made)
        unlink(recording->sink.wish.path);
    (void)close_sink(recording);
    *recording = (struct c8d__recording){.sink.fd = -1};
}

bool c8d__recording_close(struct c8d__recording *recording)
{
    const char *path = recording->sink.wish.path;
    struct c8d_error err = {0};
    int failure = recording->failure;
    bool written;
    int closing;

    if (recording->recorder == NULL)
        return true;
    written = c8d_recorder_free(recording->recorder, &err) == C8D_OK;
    closing = close_sink(recording);
    recording->recorder = NULL;
    if (!written) {
        c8d__fail("%s: %s", path, err.message);
        return false;
    }
    failure = failure != 0 ? failure : closing;
    if (failure != 0)
        c8d__fail("%s: %s", path, strerror(failure));
    return failure == 0;
}
