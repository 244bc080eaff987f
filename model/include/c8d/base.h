/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every other header of libc8d needs: export marks, borrowed strings and the classes of result.
 *
 * This header has no dependency beyond the freestanding C headers, so the model can use it.
 */
#ifndef C8D_BASE_H
#define C8D_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define C8D_BEGIN_DECLS extern "C" {
#define C8D_END_DECLS }
#else
#define C8D_BEGIN_DECLS
#define C8D_END_DECLS
#endif

#if defined(_WIN32)
#define C8D_API
#elif defined(__GNUC__)
#define C8D_API __attribute__((visibility("default")))
#else
#define C8D_API
#endif

/** Marks a function whose result must be looked at. */
#if defined(__GNUC__)
#define C8D_NODISCARD __attribute__((warn_unused_result))
#else
#define C8D_NODISCARD
#endif

/** Marks a function that takes a format as printf() does, and the arguments from `second` on. */
#if defined(__MINGW32__) && !defined(__clang__)
#define C8D_PRINTF(first, second) __attribute__((format(gnu_printf, first, second)))
#elif defined(__GNUC__)
#define C8D_PRINTF(first, second) __attribute__((format(printf, first, second)))
#else
#define C8D_PRINTF(first, second)
#endif

C8D_BEGIN_DECLS

/** Longest container, process or namespace name in bytes (containerd's identifiers rule: 76). */
#define C8D_NAME_BYTES_MAX 76

/** A borrowed run of bytes, not terminated by NUL. The owner is named where the string is handed over. */
struct c8d_str {
    const char *ptr;
    size_t len;
};

/**
 * The classes of result. Every function that can fail returns one; a class says what the caller may do next.
 * The names follow the error definitions that containerd and moby share.
 *
 * Each row is X(name, number, text).
 */
#define C8D_STATUSES(X)                                                                                      \
    /* It was done. */                                                                                       \
    X(OK, 0, "ok")                                                                                           \
    /* The object does not exist. The only class that proves absence. */                                     \
    X(NOT_FOUND, 1, "not found")                                                                             \
    /* An object with that name is there already. */                                                         \
    X(ALREADY_EXISTS, 2, "already exists")                                                                   \
    /* The object is in a state in which this cannot be done (a running process cannot be                    \
     * deleted). */                                                                                          \
    X(CONFLICT, 3, "conflicting state")                                                                      \
    /* It was so already; nothing was done. */                                                               \
    X(NOT_MODIFIED, 4, "not modified")                                                                       \
    /* This runtime cannot do that. */                                                                       \
    X(NOT_IMPLEMENTED, 5, "not implemented")                                                                 \
    /* An argument is wrong; the same call will fail again. */                                               \
    X(INVALID, 6, "invalid argument")                                                                        \
    /* The runtime could not be reached and has certainly not acted: try again later. */                     \
    X(UNAVAILABLE, 7, "unavailable")                                                                         \
    /* The deadline of the wait has passed; nothing was asked of the runtime, or what was asked              \
     * has not been given up. */                                                                             \
    X(DEADLINE, 8, "deadline exceeded")                                                                      \
    /* The caller has cancelled. */                                                                          \
    X(CANCELED, 9, "canceled")                                                                               \
    /* The runtime may or may not have acted. The model finds out by asking for the state. */                \
    X(INDETERMINATE, 10, "indeterminate")                                                                    \
    /* The runtime tried and failed for a reason of its own; see the message. */                             \
    X(REMOTE, 11, "runtime error")                                                                           \
    /* A fault of libc8d, or a peer that breaks its protocol. */                                             \
    X(INTERNAL, 12, "internal error")                                                                        \
    /* A fixed limit was reached or memory ran out; nothing was changed. */                                  \
    X(EXHAUSTED, 13, "limit reached")

enum c8d_status {
#define C8D_STATUS_MEMBER(name, number, text) C8D_##name = (number),
    C8D_STATUSES(C8D_STATUS_MEMBER)
#undef C8D_STATUS_MEMBER
        C8D_STATUS__COUNT
};

/**
 * Names a class of result.
 *
 * @param status Any value.
 * @return A static string such as "not found"; "unknown status" for a value that is none.
 */
C8D_API const char *c8d_status_text(enum c8d_status status);

/** How a process ended. A missing code is a value of its own and never stands for 0. */
struct c8d_exit {
    /** False: the process has ended, but its code cannot be had; `code` is then 0 and means nothing. */
    bool known;
    /** False: it was not seen to run. Mostly its start failed; but a start whose fate could not be found out
     * any more is told so, too. */
    bool ran;
    /** Exit status as containerd gives it: 0-255, or 128 + signal. */
    uint32_t code;
    /** Wall-clock time of the end in ns since 1970 as the runtime told it; 0 = not told. Never used to order.
     */
    int64_t at_ns;
};

/**
 * How long to pause before something is tried again: doubled with each attempt, up to a limit.
 *
 * @param first_ns   Before the first attempt; above 0.
 * @param longest_ns Never more than this.
 * @param attempt    How often in a row it has failed, from 1.
 * @return Nanoseconds.
 */
C8D_API int64_t c8d_backoff_ns(int64_t first_ns, int64_t longest_ns, uint32_t attempt);

C8D_END_DECLS

#endif
