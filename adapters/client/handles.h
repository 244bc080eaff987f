/* SPDX-License-Identifier: Apache-2.0 */
/* The handles of the consumer, and the streams of processes. See client_internal.h for the lock. */
#ifndef C8D_CLIENT_HANDLES_H
#define C8D_CLIENT_HANDLES_H

#include <c8d/container.h>
#include <c8d/process.h>
#include <c8d/task.h>
#include <sys/types.h>

/* What is known of a container's record, all of it in one piece of memory. */
struct c8d__record {
    void *bytes;
    size_t size;
    struct c8d_str spec;
    struct c8d_str runtime;
    struct c8d_any options;
    struct c8d_str snapshotter;
    struct c8d_str snapshot_key;
    const struct c8d_label *labels;
    size_t n_labels;
    int64_t created_at_ns;
};

struct c8d__op;

/* Where the runtime said that the streams of a container's init are. */
struct c8d__streams_told {
    char *bytes; /* behind the names; owned */
    size_t size;
    bool told; /* of the run that is there now */
    struct c8d_stdio_names names;
};

struct c8d_container {
    struct c8d_client *client;
    struct c8d_container *next;  /* of all */
    struct c8d_container **link; /* what points here */
    c8d_ref ref;
    uint32_t refs; /* the consumer's */
    uint32_t pins; /* ours: operations and processes */
    bool loading;  /* its spec is wanted from the next CONTAINER_GET, and has not come yet */
    struct c8d_str id;
    struct c8d__record record;
    struct c8d__streams_told streams;
    char id_bytes[C8D_NAME_BYTES_MAX];
};

struct c8d_process {
    struct c8d_client *client;
    struct c8d_container *container; /* pinned */
    struct c8d_process *next;        /* in its bucket */
    struct c8d_process *next_stream; /* of those with streams */
    c8d_ref exec;                    /* C8D_REF_NONE = init */
    uint32_t refs;                   /* the consumer's */
    uint32_t pins;                   /* ours: operations and streams */
    uint32_t incarnation;            /* 0 = its creation is under way */
    uint32_t pid;
    bool started;
    bool has_end;   /* exit counts */
    bool ended;     /* and was told */
    bool gone;      /* and was deleted */
    bool launching; /* nobody has the handle yet */
    bool promised;  /* and somebody gets it, who hears its output before */
    bool streaming;
    bool has_stdin;            /* it was given one, which may be closed by now */
    bool left;                 /* its streams are there, for somebody else to read */
    bool out_open, err_open;   /* no end-of-file yet */
    bool out_early, err_early; /* an end-of-file before the start: not believed, not polled */
    bool held;                 /* the consumer wants no output now: not polled */
    struct c8d_exit exit;
    struct c8d__op *waits; /* operations that wait for its end */
    struct c8d_stdio stdio;
    c8d_output_fn *output;
    void *user;
    struct c8d_str id;
    char id_bytes[C8D_NAME_BYTES_MAX];
};

/* record.c */
/* Keeps a copy of what is borrowed in `from`. False: no memory. */
bool c8d__record_keep(struct c8d_client *client, struct c8d__record *record, const struct c8d__record *from);
void c8d__record_free(struct c8d_client *client, struct c8d__record *record);
/* What an entry says, borrowed. */
struct c8d__record c8d__record_of(const struct c8d_entry *entry);

/* attach.c */
/* What an answer about init says of its streams. */
void c8d__streams_tell(struct c8d_client *client, c8d_ref ref, const struct c8d_entry *entry);
/* Another run has begun. */
void c8d__streams_forget(struct c8d_client *client, c8d_ref ref);
void c8d__streams_free(struct c8d_container *container);

/* container.c */
void c8d__container_unpin(struct c8d_container *container);
void c8d__container_take_ref(struct c8d_container *container);
void c8d__container_unref(struct c8d_container *container);
void c8d__containers_free(struct c8d_client *client);
/* What a container's creation is answered with. */
void c8d__containers_made(struct c8d_client *client, c8d_ref ref, const struct c8d_entry *entry);
void c8d__containers_learn(struct c8d_client *client, c8d_ref ref, const struct c8d_entry *entry);

/* handles.c */
/* Room for one more handle; the first time it makes the table. */
bool c8d__processes_reserve(struct c8d_client *client);
struct c8d_process *c8d__process_new(struct c8d_container *container, c8d_ref exec, struct c8d_str id);
struct c8d_process *c8d__process_of(struct c8d_container *container, c8d_ref exec, uint32_t incarnation);
void c8d__process_ref(struct c8d_process *process);
void c8d__process_unref(struct c8d_process *process);
void c8d__process_unpin(struct c8d_process *process);
bool c8d__process_view(const struct c8d_process *process, struct c8d_process_view *out); /* of its own run */
void c8d__process_refresh(struct c8d_process *process);
void c8d__processes_hear(struct c8d_client *client, const struct c8d_action *notice);
void c8d__processes_told(struct c8d_client *client, const struct c8d_action *notice);
void c8d__processes_free(struct c8d_client *client);

/* process.c */
/* NOT_FOUND: another run has taken its place. */
enum c8d_status c8d__process_check(const struct c8d_process *process, struct c8d_error *err);
/* Begins a command on the handle's own run. */
enum c8d_status c8d__process_begin(struct c8d_process *process, int64_t deadline, struct c8d_error *err);
/* Delete or force-delete, with what the process has still written before. */
enum c8d_status c8d__process_end(struct c8d_process *process, enum c8d_symbol symbol, int64_t deadline,
                                 struct c8d_exit *out, struct c8d_error *err);

/* An operation on the handle's own run whose completion is told to `done`. NULL: *status says why not. */
struct c8d__op *c8d__process_submit(struct c8d_process *process, c8d_done_fn *done, void *user,
                                    enum c8d_status *status, struct c8d_error *err);

/* submit.c */
/* The end has been told: tells it to all that wait for it. The caller pins the process. */
void c8d__waits_complete(struct c8d_process *process);

/* launch.c */
struct c8d__launch {
    struct c8d_container *container;
    c8d_ref exec; /* C8D_REF_NONE = init */
    struct c8d_str id;
    struct c8d_str spec;
    struct c8d_any options;
    struct c8d_str checkpoint;
    uint32_t stdio;
    c8d_output_fn *output;
    void *user;
};
enum c8d_status c8d__launch(const struct c8d__launch *what, int64_t deadline, struct c8d_process **out,
                            struct c8d_error *err);
/* Without waiting; `done` is told when OK is returned. */
enum c8d_status c8d__launch_submit(const struct c8d__launch *what, c8d_process_done_fn *done, void *user,
                                   struct c8d_error *err);

/* stdio.c; what closes a stream that is attached is the driver's alone, since it may be polling it */
enum c8d_status c8d__stdio_open(struct c8d_process *process, uint32_t flags, struct c8d_error *err);
enum c8d_status c8d__stdio_attach_to(struct c8d_process *process, const struct c8d_stdio_names *names,
                                     uint32_t flags, struct c8d_error *err);
void c8d__stdio_attach(struct c8d_process *process);
void c8d__stdio_read(struct c8d_process *process); /* from now on its output is read */
void c8d__stdio_hold(struct c8d_process *process, bool hold);
/* Whether the driver and an event loop are to look at a stream. */
bool c8d__stdio_is_read(const struct c8d_process *process, int stream);
void c8d__stdio_started(struct c8d_process *process);
void c8d__stdio_exited(struct c8d_process *process); /* closes when there is nothing more to read */
void c8d__stdio_finish(struct c8d_process *process); /* reads what is left, tells the end, closes */
void c8d__stdio_close(struct c8d_process *process);
uint32_t c8d__stdio_prepare(struct c8d_client *client);
void c8d__stdio_pump(struct c8d_client *client, uint32_t n);
void c8d__stdio_buffer_free(struct c8d_client *client);
void c8d__stdio_pollfds_free(struct c8d_client *client);

/* descriptor.c */
void c8d__watch(struct c8d_client *client, int fd, bool on);
/* As write(), without a SIGPIPE: a library does not kill its program because a container went away. */
ssize_t c8d__write_quietly(int fd, const void *data, size_t length);

#endif
