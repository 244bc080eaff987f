/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Carries the streams of processes between the runtime's ends and the client's, as a shim does: the input is
 * opened when the process is made, an output when the process first has something to say or to end.
 */
#include "double.h"
#include "place.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NAME_BYTES 512
#define ID_BYTES (C8D_NAME_BYTES_MAX + 1)
#define NOWHERE "/dev/null"

/* One way, from one descriptor to another; -1 = none (any more). */
struct way {
    int from;
    int to;
    char name[NAME_BYTES]; /* of the client's end */
    char bytes[4096];
    size_t at, n;
};

struct streams {
    struct streams *next;
    char container[ID_BYTES];
    char process[ID_BYTES];
    uint64_t token; /* of the call that makes the process */
    struct c8d_stdio near;
    struct way in, out, err;
    int held; /* keeps the input from its end */
    bool terminal;
    bool started;
    bool ends_input; /* once all of it is there */
    bool deleted;
};

/* A call whose reply is about streams. */
struct note {
    struct note *next;
    enum c8d_call_kind kind;
    uint64_t token;
    char container[ID_BYTES];
    char process[ID_BYTES];
};

static struct note *notes;

static void copy(char *to, size_t size, struct c8d_str from)
{
    (void)snprintf(to, size, "%.*s", (int)from.len, from.len != 0 ? from.ptr : "");
}

static bool is(const char *text, struct c8d_str other)
{
    return strlen(text) == other.len && memcmp(text, other.ptr, other.len) == 0;
}

/* The youngest: one before may still have something to say. */
static struct streams *find(const struct double_ *self, struct c8d_str container, struct c8d_str process)
{
    for (struct streams *at = self->streams; at != NULL; at = at->next) {
        if (!at->deleted && is(at->container, container) && is(at->process, process))
            return at;
    }
    return NULL;
}

static void close_one(int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

static void forget(struct double_ *self, struct streams *streams)
{
    struct streams **link = &self->streams;

    while (*link != streams)
        link = &(*link)->next;
    *link = streams->next;
    close_one(&streams->in.from);
    close_one(&streams->out.to);
    close_one(&streams->err.to);
    close_one(&streams->held);
    self->runtime.ops->close_stdio(self->runtime.ctx, &streams->near);
    free(streams);
}

/* ---- from the making of a process to its deletion
 * ----------------------------------------------------------- */

static uint32_t flags_of(const struct c8d_stdio_names *names)
{
    return (names->in.len != 0 ? (uint32_t)C8D_STDIO_IN : 0) |
           (names->out.len != 0 ? (uint32_t)C8D_STDIO_OUT : 0) |
           (names->err.len != 0 ? (uint32_t)C8D_STDIO_ERR : 0) |
           (names->terminal ? (uint32_t)C8D_STDIO_TERMINAL : 0);
}

const struct c8d_stdio *shuttle_open(struct double_ *self, struct c8d_str container, struct c8d_str process,
                                     const struct c8d_stdio_names *names)
{
    struct streams *streams;

    if (flags_of(names) == 0)
        return NULL;
    streams = take(sizeof(*streams));
    if (self->runtime.ops->open_stdio(self->runtime.ctx, container, process, flags_of(names), &streams->near,
                                      NULL) != C8D_OK) {
        free(streams);
        return NULL;
    }
    copy(streams->container, sizeof(streams->container), container);
    copy(streams->process, sizeof(streams->process), process);
    copy(streams->in.name, sizeof(streams->in.name), names->in);
    copy(streams->out.name, sizeof(streams->out.name), names->out);
    copy(streams->err.name, sizeof(streams->err.name), names->err);
    streams->terminal = names->terminal;
    streams->held = -1;
    streams->in.from = names->in.len != 0 ? place_open_input(streams->in.name, &streams->held) : -1;
    streams->in.to = streams->near.in;
    streams->out.from = streams->near.out;
    streams->err.from = streams->near.err;
    streams->out.to = streams->err.to = -1;
    streams->token = self->tokens + 1; /* of the call that is being made */
    streams->next = self->streams;
    self->streams = streams;
    return &streams->near;
}

void shuttle_note(const struct c8d_call *call)
{
    struct note *note;

    if (call->kind != C8D_CALL_TASK_CREATE && call->kind != C8D_CALL_EXEC_CREATE &&
        call->kind != C8D_CALL_START && call->kind != C8D_CALL_DELETE)
        return;
    note = take(sizeof(*note));
    note->kind = call->kind;
    note->token = call->token;
    copy(note->container, sizeof(note->container), call->container);
    copy(note->process, sizeof(note->process), call->process);
    note->next = notes;
    notes = note;
}

/* A call for a process that has no streams, or has them since an earlier call, changes nothing. */
static void act_upon(struct double_ *self, const struct note *note, bool done)
{
    struct streams *streams = find(self, str(note->container), str(note->process));

    if (streams == NULL)
        return;
    if (note->kind == C8D_CALL_START)
        streams->started = streams->started || done;
    else if (note->kind == C8D_CALL_DELETE)
        streams->deleted = done;
    else if (!done && streams->token == note->token)
        forget(self, streams);
    /* Of what never ran nothing comes. */
    if (note->kind == C8D_CALL_DELETE && done && !streams->started)
        forget(self, streams);
}

void shuttle_hear(struct double_ *self, const struct c8d_arrival *arrival)
{
    struct note **link = &notes;
    struct note *note;

    while (*link != NULL && (*link)->token != arrival->token)
        link = &(*link)->next;
    note = *link;
    if (note == NULL)
        return;
    *link = note->next;
    act_upon(self, note, arrival->status == C8D_OK);
    free(note);
}

bool shuttle_ends_input(struct double_ *self, struct c8d_str container, struct c8d_str process)
{
    struct streams *streams = find(self, container, process);

    if (streams == NULL || !streams->started || streams->in.to < 0)
        return false;
    streams->ends_input = true;
    close_one(&streams->held);
    return true;
}

struct c8d_stdio_names shuttle_names(const struct double_ *self, struct c8d_str container,
                                     struct c8d_str process)
{
    const struct streams *streams = find(self, container, process);

    if (streams == NULL)
        return (struct c8d_stdio_names){str(""), str(""), str(""), false};
    return (struct c8d_stdio_names){str(streams->in.name), str(streams->out.name), str(streams->err.name),
                                    streams->terminal};
}

/* ---- carrying
 * ----------------------------------------------------------------------------------------------- */

/* Gives what was read to whom it is for. False: there is no room at present. */
static bool hand_over(struct way *way)
{
    while (way->at < way->n) {
        ssize_t n = way->to >= 0 ? write(way->to, way->bytes + way->at, way->n - way->at)
                                 : (ssize_t)(way->n - way->at);

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return false;
        way->at = n < 0 ? way->n : way->at + (size_t)n; /* nobody is there: it is said in vain */
    }
    return true;
}

/* Reads more. False: there is nothing at present, or ever; that is told by *ended. */
static bool fetch(struct way *way, bool *ended)
{
    ssize_t n = read(way->from, way->bytes, sizeof(way->bytes));

    way->at = 0;
    way->n = n > 0 ? (size_t)n : 0;
    *ended = n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
    return n > 0;
}

static void end_input(struct double_ *self, struct streams *streams)
{
    const struct c8d_call call = {.kind = C8D_CALL_CLOSE_STDIN,
                                  .token = ++self->tokens,
                                  .deadline_ns = C8D_NO_DEADLINE,
                                  .container = str(streams->container),
                                  .process = str(streams->process)};

    close_one(&streams->near.in);
    streams->in.to = -1;
    if (self->runtime.ops->submit(self->runtime.ctx, &call, NULL) != C8D_OK)
        abort();
}

static void carry_input(struct double_ *self, struct streams *streams)
{
    struct way *in = &streams->in;
    bool ended = false;

    while (hand_over(in) && in->from >= 0 && fetch(in, &ended))
        ;
    if (ended)
        close_one(&in->from);
    if (streams->ends_input && in->to >= 0 && in->from < 0 && in->at == in->n)
        end_input(self, streams);
}

static short look(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    (void)poll(&one, 1, 0);
    return one.revents;
}

/* The runtime's end is silent before the process has it: until then a read would give what looks like the
 * end. */
static void carry_output(struct way *out)
{
    bool ended = false;
    short seen;

    while (hand_over(out) && out->from >= 0 && (seen = look(out->from)) != 0) {
        if (out->to < 0 && strcmp(out->name, NOWHERE) != 0)
            out->to = place_open_output(out->name);
        if ((seen & POLLIN) == 0 || !fetch(out, &ended)) {
            out->from = -1; /* the runtime closes it */
            close_one(&out->to);
        }
    }
}

void shuttle_go_on(struct double_ *self)
{
    struct streams *after;

    for (struct streams *at = self->streams; at != NULL; at = after) {
        after = at->next;
        carry_input(self, at);
        carry_output(&at->out);
        carry_output(&at->err);
        if (at->deleted && at->out.from < 0 && at->err.from < 0)
            forget(self, at);
    }
}

static void poll_way(struct double_ *self, const struct way *way)
{
    if (way->at < way->n && way->to >= 0)
        poll_for(self, way->to, POLLOUT);
    else if (way->from >= 0)
        poll_for(self, way->from, POLLIN);
}

void shuttle_poll(struct double_ *self)
{
    for (const struct streams *at = self->streams; at != NULL; at = at->next) {
        poll_way(self, &at->in);
        poll_way(self, &at->out);
        poll_way(self, &at->err);
    }
}
