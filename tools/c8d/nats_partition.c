/* SPDX-License-Identifier: Apache-2.0 */
/* One partition of a stream. */
#include "nats_partition.h"
#include "c8d.h"
#include <stdio.h>
#include <string.h>

#define BATCH 256
#define PENDING_MAX 1024
#define NEXT_MS 2000
#define TRIES 6
#define FETCH_MS 50
/* What a worker that died had in its hands is handed out again after this long, only to be acknowledged. */
#define ACK_WAIT_NS (INT64_C(10) * 1000 * 1000 * 1000)
#define NAME_BYTES C8D__CONSUMER_BYTES

static bool fail(const struct c8d__nats_partition *partition, const char *what, natsStatus status)
{
    c8d__fail("replay: %s: partition %u: %s: %s", partition->wish->url, partition->hosts.partition, what,
              natsStatus_GetText(status));
    return false;
}

/* One message, whichever way it came, unless the models have seen it. */
static bool take(struct c8d__nats_partition *partition, natsMsg *message, uint64_t seq)
{
    char host[C8D__TOKEN_BYTES_MAX + 1];

    if (seq <= partition->taken)
        return true;
    partition->taken = seq;
    partition->hosts.seq = seq;
    partition->hosts.muted = seq <= partition->told;
    /* What somebody else has put there is none of ours. */
    if (!c8d__subject_host(partition->wish->prefix, natsMsg_GetSubject(message), host))
        return true;
    if (!c8d__nats_hosts_feed(&partition->hosts, host, natsMsg_GetData(message),
                              (size_t)natsMsg_GetDataLength(message)))
        return fail(partition, "replay", NATS_NO_MEMORY);
    return c8d__nats_output_write(partition->hosts.output);
}

/* ---- from the stream itself
 * ----------------------------------------------------------------------------------- */

static void write_subject(const struct c8d__nats_partition *partition, char out[NAME_BYTES])
{
    snprintf(out, NAME_BYTES, "%s.%u.>", partition->wish->prefix, partition->hosts.partition);
}

static natsStatus read_from(struct c8d__nats_partition *partition, uint64_t from, natsSubscription **out)
{
    char subject[NAME_BYTES];
    jsSubOptions options;
    jsErrCode error = 0;
    natsStatus status = jsSubOptions_Init(&options);

    if (status != NATS_OK)
        return status;
    write_subject(partition, subject);
    options.Ordered = true;
    options.Stream = partition->wish->stream;
    options.Config.DeliverPolicy = js_DeliverByStartSequence;
    options.Config.OptStartSeq = from;
    return js_SubscribeSync(out, partition->link->jetstream, subject, NULL, &options, &error);
}

/* @param last Set: there is nothing behind it. */
static bool take_next(struct c8d__nats_partition *partition, natsMsg *message, uint64_t to, bool *last)
{
    jsMsgMetaData *meta = NULL;
    natsStatus status = natsMsg_GetMetaData(&meta, message);
    bool done = true;

    if (status != NATS_OK)
        return fail(partition, "message", status);
    *last = meta->NumPending == 0 || meta->Sequence.Stream >= to;
    if (meta->Sequence.Stream <= to)
        done = take(partition, message, meta->Sequence.Stream);
    jsMsgMetaData_Destroy(meta);
    return done;
}

/* Nothing came for a while: is there nothing, or is the server slow? What the stream does not keep any longer
 * does not come. */
static bool is_exhausted(const struct c8d__nats_partition *partition)
{
    char subject[NAME_BYTES];
    natsMsg *newest = NULL;
    jsErrCode error = 0;
    natsStatus status;
    bool exhausted;

    write_subject(partition, subject);
    status =
        js_GetLastMsg(&newest, partition->link->jetstream, partition->wish->stream, subject, NULL, &error);
    exhausted =
        status == NATS_NOT_FOUND || (status == NATS_OK && natsMsg_GetSequence(newest) <= partition->taken);
    natsMsg_Destroy(newest);
    return exhausted;
}

/* Takes messages until `to`, or until the server does not answer. */
static natsStatus read_up_to(struct c8d__nats_partition *partition, uint64_t to, bool *last, bool *done)
{
    natsSubscription *subscription = NULL;
    natsStatus status = read_from(partition, partition->taken + 1, &subscription);

    while (status == NATS_OK && *done && !*last) {
        natsMsg *message = NULL;

        status = natsSubscription_NextMsg(&message, subscription, NEXT_MS);
        if (status == NATS_OK)
            *done = take_next(partition, message, to, last);
        else if (status == NATS_TIMEOUT)
            *last = is_exhausted(partition);
        natsMsg_Destroy(message);
    }
    natsSubscription_Destroy(subscription);
    return status;
}

/* Takes all up to message number `to` that has not been seen. Whatever happens on the way, nothing is left
 * out: it goes on behind what has been taken. */
static bool catch_up(struct c8d__nats_partition *partition, uint64_t to)
{
    natsStatus status = NATS_OK;
    bool last = to <= partition->taken;
    bool done = true;

    for (int tries = 0; tries < TRIES && done && !last; tries++)
        status = read_up_to(partition, to, &last, &done);
    if (done && !last)
        return fail(partition, "stream", status);
    if (done && to > partition->taken)
        partition->taken = to;
    return done;
}

/* ---- from the consumer
 * ---------------------------------------------------------------------------------------- */

/* One try. A server that is busy, or has just come up, may not answer in time. */
static natsStatus bind(struct c8d__nats_partition *partition, const char *name, jsConsumerInfo **info)
{
    char subject[NAME_BYTES];
    jsSubOptions options;
    jsErrCode error = 0;
    natsStatus status = jsSubOptions_Init(&options);

    write_subject(partition, subject);
    options.Stream = partition->wish->stream;
    options.Config.AckPolicy = js_AckExplicit;
    options.Config.MaxAckPending = PENDING_MAX;
    options.Config.AckWait = ACK_WAIT_NS;
    if (status == NATS_OK)
        status = js_PullSubscribe(&partition->subscription, partition->link->jetstream, subject, name, NULL,
                                  &options, &error);
    if (status == NATS_OK)
        status =
            js_GetConsumerInfo(info, partition->link->jetstream, partition->wish->stream, name, NULL, &error);
    if (status != NATS_OK) {
        natsSubscription_Destroy(partition->subscription);
        partition->subscription = NULL;
    }
    return status;
}

bool c8d__nats_partition_open(struct c8d__nats_partition *partition, const char *durable)
{
    const char *name = partition->consumer;
    jsConsumerInfo *info = NULL;
    natsStatus status = NATS_TIMEOUT;
    uint64_t handed_out;

    snprintf(partition->consumer, sizeof(partition->consumer), "%s-%u", durable, partition->hosts.partition);
    for (int tries = 0; tries < TRIES && status == NATS_TIMEOUT; tries++)
        status = bind(partition, name, &info);
    if (status != NATS_OK)
        return fail(partition, name, status);
    if (info->AckFloor.Stream > partition->told)
        partition->told = info->AckFloor.Stream;
    partition->delivered = info->Delivered.Consumer;
    handed_out = info->Delivered.Stream;
    jsConsumerInfo_Destroy(info);
    return catch_up(partition, handed_out);
}

/* Deliveries are counted: one that is missing was lost on the way, and what it was is read from the stream.
 */
static bool take_delivery(struct c8d__nats_partition *partition, natsMsg *message)
{
    jsMsgMetaData *meta = NULL;
    natsStatus status = natsMsg_GetMetaData(&meta, message);
    jsErrCode error = 0;
    bool done = true;

    if (status != NATS_OK)
        return fail(partition, "message", status);
    if (meta->Sequence.Consumer != partition->delivered + 1)
        done = catch_up(partition, meta->Sequence.Stream - 1);
    partition->delivered = meta->Sequence.Consumer;
    done = done && take(partition, message, meta->Sequence.Stream);
    jsMsgMetaData_Destroy(meta);
    /* An acknowledgement that is lost means that it is handed out again, and no more. */
    if (done)
        (void)natsMsg_AckSync(message, NULL, &error);
    return done;
}

bool c8d__nats_partition_take(struct c8d__nats_partition *partition, bool *more)
{
    natsMsgList list = {0};
    jsErrCode error = 0;
    natsStatus status = natsSubscription_Fetch(&list, partition->subscription, BATCH, FETCH_MS, &error);
    bool done = true;

    /* While there is no server, there is nothing; the connection is made again by itself. */
    if (status == NATS_NO_MEMORY || status == NATS_INVALID_SUBSCRIPTION || status == NATS_CONNECTION_CLOSED)
        return fail(partition, "consumer", status);
    for (int i = 0; status == NATS_OK && i < list.Count && done; i++) {
        *more = true;
        done = take_delivery(partition, list.Msgs[i]);
    }
    natsMsgList_Destroy(&list);
    return done;
}

bool c8d__nats_partition_rest(struct c8d__nats_partition *partition, bool *more)
{
    jsConsumerInfo *info = NULL;
    jsErrCode error = 0;
    natsStatus status = js_GetConsumerInfo(&info, partition->link->jetstream, partition->wish->stream,
                                           partition->consumer, NULL, &error);

    if (status != NATS_OK)
        return fail(partition, "consumer", status);
    *more = *more || info->NumPending > 0;
    jsConsumerInfo_Destroy(info);
    return true;
}

void c8d__nats_partition_close(struct c8d__nats_partition *partition)
{
    natsSubscription_Destroy(partition->subscription);
    c8d__nats_hosts_free(&partition->hosts);
}
