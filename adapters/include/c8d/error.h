/* SPDX-License-Identifier: Apache-2.0 */
/* The details of a failure, in memory of the caller. */
#ifndef C8D_ERROR_H
#define C8D_ERROR_H

#include <c8d/base.h>

C8D_BEGIN_DECLS

/** Where `origin_code` comes from. */
enum c8d_origin {
    C8D_ORIGIN_NONE,
    C8D_ORIGIN_GRPC,    /**< a gRPC status code */
    C8D_ORIGIN_ERRNO,   /**< an errno value */
    C8D_ORIGIN_HRESULT, /**< a Windows HRESULT */
};

#define C8D_ERROR_MESSAGE_BYTES 256

/** Filled by a function that fails, left alone by one that succeeds. Every such parameter may be NULL. */
struct c8d_error {
    enum c8d_status status;
    enum c8d_origin origin;
    int32_t origin_code;
    /** One line for a person, NUL-terminated, without a final full stop. */
    char message[C8D_ERROR_MESSAGE_BYTES];
};

/**
 * Fills an error.
 *
 * @param err    May be NULL.
 * @param status The class; also returned, so that a function can end with `return c8d_error_set(...)`.
 * @param format As for printf(); cut at the size of the message, line breaks turned into blanks.
 */
C8D_API enum c8d_status c8d_error_set(struct c8d_error *err, enum c8d_status status, const char *format, ...)
    C8D_PRINTF(3, 4);

/** As c8d_error_set(), with the code that the failure had at its origin. */
C8D_API enum c8d_status c8d_error_set_origin(struct c8d_error *err, enum c8d_status status,
                                             enum c8d_origin origin, int32_t origin_code, const char *format,
                                             ...) C8D_PRINTF(5, 6);

C8D_END_DECLS

#endif
