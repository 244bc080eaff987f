/* SPDX-License-Identifier: Apache-2.0 */
/* What the model knows of its contact with the runtime as facts: the event stream, the queries, the answers.
 */
#include "oracle.h"

struct about {
    uint64_t effects;
    bool defined;
};

static void take(struct about *about, const char *effects)
{
    about->defined = true;
    about->effects |= oracle_effects(effects);
}

static struct c8d_cell cell(const struct about *about, unsigned state, uint8_t next)
{
    if (!about->defined)
        return (struct c8d_cell){.next = (uint8_t)state};
    return (struct c8d_cell){.next = next, .arrow = true, .effects = about->effects};
}

/* ---- the event stream
 * -------------------------------------------------------------------------------------- */

enum { NO, ASKED, HAD, PAUSED };

struct stream {
    uint8_t stream;
    uint8_t list; /* NO: none is wanted; HAD does not occur, since it is over then */
    bool gap;     /* there was one before: something may have been missed */
    bool closed;
};

static const struct stream streams[C8D_CONNECTION_STATE__COUNT] = {
    [C8D_CONNECTION_IDLE] = {0},
    [C8D_CONNECTION_OPENING] = {.stream = ASKED},
    [C8D_CONNECTION_OPENING_RESTORE] = {.stream = ASKED, .list = PAUSED},
    [C8D_CONNECTION_UP] = {.stream = HAD},
    [C8D_CONNECTION_LISTING] = {.stream = HAD, .list = ASKED},
    [C8D_CONNECTION_LIST_PAUSE] = {.stream = HAD, .list = PAUSED},
    [C8D_CONNECTION_PAUSE] = {.stream = PAUSED, .list = PAUSED, .gap = true},
    [C8D_CONNECTION_REOPENING] = {.stream = ASKED, .list = PAUSED, .gap = true},
    [C8D_CONNECTION_CLOSED] = {.closed = true},
};

static void subscribe(struct about *about, struct stream *stream, uint8_t list)
{
    take(about, "subscribe");
    stream->stream = ASKED;
    stream->list = list;
}

static void list(struct about *about, struct stream *stream)
{
    take(about, "list");
    stream->list = ASKED;
}

/* What is published while nobody listens is gone: first a stream, then a list. */
static void begin_anew(struct about *about, struct stream *stream)
{
    if (!stream->gap)
        take(about, "notice-gap");
    stream->gap = true;
    subscribe(about, stream, PAUSED);
}

static void consumer(struct about *about, struct stream *stream, unsigned symbol)
{
    bool idle = stream->stream == NO;

    if (symbol == C8D_SYM_CLOSE) {
        bool waits = !stream->closed && !idle && (stream->stream != HAD || stream->list != NO);

        take(about, waits ? "done-lost" : "");
        *stream = (struct stream){.closed = true};
    } else if (stream->closed || (!idle && stream->list != NO)) {
        return;
    } else if (idle) {
        subscribe(about, stream, symbol == C8D_SYM_RESTORE ? PAUSED : NO);
    } else if (stream->stream == HAD && symbol == C8D_SYM_OPEN) {
        take(about, "done");
    } else if (stream->stream == HAD) {
        list(about, stream);
    } else if (symbol == C8D_SYM_RESTORE) {
        take(about, "");
        stream->list = PAUSED;
    }
}

static void stream_is(struct about *about, struct stream *stream, bool well)
{
    if (stream->stream != ASKED)
        return;
    if (!well && stream->gap) {
        take(about, "retry-later");
        stream->stream = PAUSED;
    } else if (!well) {
        take(about, "done-failed");
        *stream = (struct stream){0};
    } else {
        stream->stream = HAD;
        stream->gap = false;
        if (stream->list != NO)
            list(about, stream);
        else
            take(about, "done");
    }
}

static void list_is(struct about *about, struct stream *stream, bool well)
{
    if (stream->list != ASKED)
        return;
    take(about, well ? "notice-resynced done" : "retry-later");
    stream->list = well ? NO : PAUSED;
}

/* Something was dropped. A list that is under way may lack it. */
static void overflow(struct about *about, struct stream *stream)
{
    if (stream->stream != HAD)
        return;
    if (stream->list == NO) {
        take(about, "notice-gap");
        list(about, stream);
    } else if (stream->list == ASKED) {
        take(about, "notice-gap retry-later");
        stream->list = PAUSED;
    } else {
        take(about, "");
    }
}

static void stream_pause_over(struct about *about, struct stream *stream)
{
    if (stream->stream == PAUSED)
        subscribe(about, stream, PAUSED);
    else if (stream->stream == HAD && stream->list == PAUSED)
        list(about, stream);
    else if (stream->stream == ASKED && stream->gap)
        take(about, "");
}

static void stream_recover(struct about *about, struct stream *stream)
{
    if (stream->gap || stream->stream == HAD) {
        begin_anew(about, stream);
    } else {
        take(about, "");
        *stream = (struct stream){0};
    }
}

struct c8d_cell oracle_connection(unsigned state, unsigned symbol)
{
    struct stream stream = streams[state];
    struct about about = {0};

    if (symbol == C8D_SYM_OPEN || symbol == C8D_SYM_RESTORE || symbol == C8D_SYM_CLOSE)
        consumer(&about, &stream, symbol);
    else if (symbol == C8D_SYM_SUBSCRIBED || symbol == C8D_SYM_SUBSCRIBE_FAILED)
        stream_is(&about, &stream, symbol == C8D_SYM_SUBSCRIBED);
    else if (symbol == C8D_SYM_LISTED || symbol == C8D_SYM_LIST_FAILED)
        list_is(&about, &stream, symbol == C8D_SYM_LISTED);
    else if (symbol == C8D_SYM_STREAM_ENDED && stream.stream == HAD)
        begin_anew(&about, &stream);
    else if (symbol == C8D_SYM_OVERFLOW)
        overflow(&about, &stream);
    else if (symbol == C8D_SYM_RETRY)
        stream_pause_over(&about, &stream);
    else if (symbol == C8D_SYM_RECOVER)
        stream_recover(&about, &stream);
    return cell(&about, state,
                oracle_state_of(&stream, streams, sizeof(stream), C8D_CONNECTION_STATE__COUNT));
}

/* ---- the queries of a region
 * ------------------------------------------------------------------------------- */

struct query {
    bool asked;
    bool listed;
    bool disturbed; /* something happened since */
    bool owed;
    bool waits;
};

static const struct query queries[C8D_QUERY_STATE__COUNT] = {
    [C8D_QUERY_IDLE] = {0},
    [C8D_QUERY_ASKED] = {.asked = true},
    [C8D_QUERY_DISTURBED] = {.asked = true, .disturbed = true},
    [C8D_QUERY_OWED] = {.owed = true},
    [C8D_QUERY_WAITING] = {.waits = true},
    [C8D_QUERY_LISTED] = {.listed = true},
    [C8D_QUERY_LIST_DISTURBED] = {.listed = true, .disturbed = true},
};

static void ask(struct about *about, struct query *query)
{
    take(about, "query");
    *query = (struct query){.asked = true};
}

static void ask_later(struct about *about, struct query *query)
{
    take(about, "retry-later");
    *query = (struct query){.waits = true};
}

static void answer(struct about *about, struct query *query)
{
    take(about, query->disturbed ? "stale" : "fresh");
    *query = (struct query){0};
}

/* What is owed waits for the call, and nothing else does. */
static void want_to_know(struct about *about, struct query *query, unsigned symbol)
{
    bool under_way = query->asked || query->listed;

    take(about, "");
    if (under_way)
        query->disturbed = query->disturbed || symbol != C8D_SYM_SETTLED;
    else if (query->waits || symbol == C8D_SYM_STIR)
        return;
    else if (query->owed ? symbol != C8D_SYM_DEFER : symbol == C8D_SYM_ASK)
        ask(about, query);
    else
        query->owed = query->owed || symbol == C8D_SYM_DEFER;
}

/* A list was asked for. It looks later than whatever disturbed one before, but no later than our own query.
 */
static void list_asked(struct about *about, struct query *query)
{
    take(about, "");
    if (query->asked)
        query->disturbed = true;
    else if (!query->owed)
        *query = (struct query){.listed = true};
}

static void query_apply(struct about *about, struct query *query, unsigned symbol)
{
    switch (symbol) {
    case C8D_SYM_ASK:
    case C8D_SYM_DEFER:
    case C8D_SYM_STIR:
    case C8D_SYM_SETTLED:
        want_to_know(about, query, symbol);
        break;
    case C8D_SYM_LISTING:
        list_asked(about, query);
        break;
    case C8D_SYM_ANSWERED:
        if (query->asked)
            answer(about, query);
        break;
    case C8D_SYM_SNAPSHOT:
        if (query->listed)
            answer(about, query);
        break;
    case C8D_SYM_IS_UNANSWERED:
    case C8D_SYM_IS_EXPIRED:
        if (query->asked)
            ask_later(about, query);
        break;
    case C8D_SYM_RETRY:
        if (query->waits)
            ask(about, query);
        else if (query->listed)
            take(about, "");
        break;
    case C8D_SYM_RECOVER:
        if (query->asked || query->listed || query->waits)
            ask_later(about, query);
        else
            take(about, "");
        break;
    default:
        break;
    }
}

struct c8d_cell oracle_query(unsigned state, unsigned symbol)
{
    struct query query = queries[state];
    struct about about = {0};

    query_apply(&about, &query, symbol);
    return cell(&about, state, oracle_state_of(&query, queries, sizeof(query), C8D_QUERY_STATE__COUNT));
}

/* ---- whether it answers
 * ------------------------------------------------------------------------------------ */

struct silence {
    uint8_t late; /* 1: one was late; 2: told to be unresponsive */
    bool calls;   /* all that were late were calls: an answered query says nothing of those */
    bool undead;  /* a process outlives its SIGKILL, which has been told */
};

static const struct silence silences[C8D_RESPONSE_STATE__COUNT] = {
    [C8D_RESPONSE_ANSWERING] = {0},
    [C8D_RESPONSE_QUERY_LATE] = {.late = 1},
    [C8D_RESPONSE_CALL_LATE] = {.late = 1, .calls = true},
    [C8D_RESPONSE_SILENT] = {.late = 2},
    [C8D_RESPONSE_STUCK] = {.late = 2, .calls = true},
    [C8D_RESPONSE_UNDEAD] = {.late = 2, .undead = true},
};

static void late(struct about *about, struct silence *silence, bool call)
{
    take(about, silence->late == 1 ? "notice-unresponsive" : "");
    if (silence->late != 0)
        take(about, "done-lost");
    if (silence->late < 2) {
        silence->calls = call && (silence->late == 0 || silence->calls);
        silence->late++;
    }
}

static void sign_of_life(struct about *about, struct silence *silence, unsigned symbol)
{
    take(about, "");
    if ((silence->undead && symbol != C8D_SYM_EXITED) || (silence->calls && symbol == C8D_SYM_ANSWERED))
        return;
    take(about, silence->late == 2 ? "notice-responsive" : "");
    *silence = (struct silence){0};
}

struct c8d_cell oracle_response(unsigned state, unsigned symbol)
{
    struct silence silence = silences[state];
    struct about about = {0};

    if (symbol == C8D_SYM_EXPIRED || symbol == C8D_SYM_IS_EXPIRED) {
        late(&about, &silence, symbol == C8D_SYM_EXPIRED);
    } else if (symbol == C8D_SYM_OK || symbol == C8D_SYM_ANSWERED || symbol == C8D_SYM_EXITED) {
        sign_of_life(&about, &silence, symbol);
    } else if (symbol == C8D_SYM_OVERDUE) {
        take(&about, silence.late == 2 ? "" : "notice-unresponsive");
        silence = (struct silence){.late = 2, .undead = true};
    }
    return cell(&about, state,
                oracle_state_of(&silence, silences, sizeof(silence), C8D_RESPONSE_STATE__COUNT));
}
