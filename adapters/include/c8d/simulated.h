/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A runtime in memory, with a seed, a virtual clock and faults: for tests, for trying things out without
 * containerd, and for `c8d` where there is none. It stands for a containerd and its world: containers, tasks
 * and execs with pids, an event stream, replies that can be lost and events that can be late, repeated or
 * missing.
 *
 * It answers as containerd 1.6 with runc does. Its processes understand a small language, so that the same
 * test runs here and on a real containerd. The args in the spec are {"sh" or a path that ends in "/sh", "-c",
 * SCRIPT}, SCRIPT being commands that are joined by ";" or stand on lines of their own; words in quotes are
 * one word, and nothing is expanded.
 *
 *   echo WORDS        writes the words and a newline to standard output, or with >&2 to standard error
 *   sleep SECONDS     sleeps on the world's clock
 *   exit CODE         ends with the code
 *   cat               copies standard input to standard output until its end
 *   hog               takes memory until the OOM killer ends the process (event oom, exit 137)
 *   trap '' SIGNALS   ignores HUP, INT, QUIT, TERM, USR1, USR2
 *   true, false, :    as everywhere
 *
 * Another command is "not found", 127, as in a shell. The end of the script is an exit with the code of its
 * last command. Other args: {"sleep", "SECONDS"}, {"true"}, {"false"}, {"cat"}, {"echo", ...}, {"hog"}, with
 * or without a path. Any other program cannot be found: start (of an exec) or task create (of init) fails as
 * runc fails.
 */
#ifndef C8D_SIMULATED_H
#define C8D_SIMULATED_H

#include <c8d/allocator.h>
#include <c8d/runtime.h>

C8D_BEGIN_DECLS

/** How often, in 1/1000, something goes wrong. All 0: a perfect world. */
struct c8d_simulated_faults {
    uint32_t reply_lost;     /**< a reply comes as INDETERMINATE, whether the call acted or not */
    uint32_t reply_failed;   /**< a call does not act and fails with REMOTE */
    uint32_t event_lost;     /**< an event is dropped for good */
    uint32_t event_repeated; /**< an event comes twice */
    uint32_t event_delayed;  /**< an event comes up to 50 ms late, after its successors */
    uint32_t disconnect;     /**< at a call: the connection breaks; calls in flight and the stream are lost */
    uint32_t
        shim_killed; /**< at a call: the shim of the container dies; exit with pid 0 and 137, then delete */
};

struct c8d_simulated_options {
    uint32_t size; /**< sizeof(struct c8d_simulated_options) */
    uint64_t seed; /**< the same seed and the same calls give the same world */
    struct c8d_simulated_faults faults;
    struct c8d_str namespace_;             /**< of its events; copied */
    const struct c8d_allocator *allocator; /**< NULL = default */
    /** False: the clock is virtual, wait() advances it and returns at once. True: real time passes (for a
     * demo); the rest is the same. */
    bool real_time;
};

/**
 * Makes a simulated runtime.
 *
 * @param out Set on success; owned by the caller until given to a client, or destroyed with ops->destroy.
 * @return OK; INVALID (an option is out of range); EXHAUSTED.
 */
C8D_NODISCARD C8D_API enum c8d_status c8d_simulated_new(const struct c8d_simulated_options *options,
                                                        struct c8d_runtime *out, struct c8d_error *err);

/* What a test can do to the world behind the client's back. Each takes the runtime that c8d_simulated_new
 * made. */

/** Ends a process now. @return False when there is no such running process. */
C8D_API bool c8d_simulated_exit(struct c8d_runtime runtime, struct c8d_str container, struct c8d_str process,
                                uint32_t code);

/** From now on these faults. Rates above 1000 count as 1000. */
C8D_API void c8d_simulated_set_faults(struct c8d_runtime runtime, const struct c8d_simulated_faults *faults);

/** Breaks the connection: calls in flight end INDETERMINATE, the stream ends. The world goes on. */
C8D_API void c8d_simulated_disconnect(struct c8d_runtime runtime);

/** While down, every call ends UNAVAILABLE and events are lost to the client. The world goes on. */
C8D_API void c8d_simulated_set_down(struct c8d_runtime runtime, bool down);

/** The next call of this kind ends with `status` (message "injected"), having acted or not. */
C8D_API void c8d_simulated_fail_next(struct c8d_runtime runtime, enum c8d_call_kind kind,
                                     enum c8d_status status, bool acts);

/** From now on replies are held back until released: events overtake them. */
C8D_API void c8d_simulated_hold_replies(struct c8d_runtime runtime, bool hold);

/** Puts an event of the test's own into the stream. */
C8D_API void c8d_simulated_inject(struct c8d_runtime runtime, const struct c8d_event *event);

/** The next event of this kind is dropped. */
C8D_API void c8d_simulated_drop_next(struct c8d_runtime runtime, enum c8d_event_kind kind);

/** @return How many containers, tasks and execs the world holds (to show that nothing was left behind). */
C8D_API size_t c8d_simulated_objects(struct c8d_runtime runtime);

C8D_END_DECLS

#endif
