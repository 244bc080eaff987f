/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the output of processes may go, beside a callback of the consumer's own: into files, or into memory
 * that keeps the last of it. Each is a c8d_output_fn with the sink as its `user`:
 *
 *     struct c8d_file_sink sink = {.out = fd, .err = fd};
 *     struct c8d_start_options how = {.size = sizeof(how), .stdio = C8D_STDIO_OUT | C8D_STDIO_ERR,
 *                                     .output = c8d_file_output, .user = &sink};
 *
 * A sink must stay as long as the process's streams may: until c8d_process_drain() or a delete has returned
 * OK, or the client is gone.
 */
#ifndef C8D_SINK_H
#define C8D_SINK_H

#include <c8d/client.h>

C8D_BEGIN_DECLS

/**
 * Files, or whatever else can be written to, of one or more processes. The consumer's: set out and err, the
 * rest zero. What cannot be written is lost, and counted: a process is never held up for it.
 *
 * Threads: written to by the thread that drives the client alone; to be read by others after
 * c8d_process_drain().
 */
struct c8d_file_sink {
    int out;   /**< blocking descriptor for standard output, which stays the consumer's; -1 = thrown away */
    int err;   /**< the same for standard error; may be the same one */
    int error; /**< the first failure to write, an errno value; 0 = none */
    uint64_t lost; /**< bytes that were not written */
};

/** As c8d_output_fn. @param sink A struct c8d_file_sink. */
C8D_API void c8d_file_output(void *sink, struct c8d_process *process, int stream, const void *data,
                             size_t length);

/** The last bytes of each stream of a process, in memory. Any number of readers may follow it, each at its
 * own position; every function may be called from any thread, also from a callback. */
struct c8d_ring;

/**
 * Makes a ring.
 * @param bytes     How much is kept of each of the two streams, 1 to 1 GiB. Taken at once.
 * @param allocator NULL = default.
 * @param out       Set on success; to be freed with c8d_ring_free().
 * @return OK; INVALID (bytes); EXHAUSTED.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_ring_new(size_t bytes, const struct c8d_allocator *allocator,
                                                   struct c8d_ring **out, struct c8d_error *err);
/** Frees a ring that nothing writes to any more (NULL is allowed). */
C8D_API void c8d_ring_free(struct c8d_ring *ring);

/** As c8d_output_fn. @param ring A struct c8d_ring. */
C8D_API void c8d_ring_output(void *ring, struct c8d_process *process, int stream, const void *data,
                             size_t length);

/**
 * Copies what follows a position, as far as it is there.
 * @param stream   C8D_STDIO_OUT or C8D_STDIO_ERR.
 * @param position Bytes of the stream before it; 0 to begin. Moved behind what was copied. What is not kept
 * any more is passed over: it has moved further than was copied then, by as many bytes as are lost to this
 * reader.
 * @param ended    May be NULL. Set: the stream has ended, and nothing follows the new position.
 * @return How many bytes were copied; 0 = there is nothing (yet).
 */
C8D_API size_t c8d_ring_read(struct c8d_ring *ring, int stream, uint64_t *position, void *out, size_t bytes,
                             bool *ended);

C8D_END_DECLS

#endif
