/* SPDX-License-Identifier: Apache-2.0 */
/* Filling struct c8d_error: always one line, always terminated. */
#include <c8d/error.h>
#include <stdarg.h>
#include <stdio.h>

static void one_line(char *text)
{
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < ' ')
            *text = ' ';
    }
}

static void fill(struct c8d_error *err, const char *format, va_list arguments)
{
    if (vsnprintf(err->message, sizeof(err->message), format, arguments) < 0)
        err->message[0] = '\0';
    one_line(err->message);
}

enum c8d_status c8d_error_set(struct c8d_error *err, enum c8d_status status, const char *format, ...)
{
    va_list arguments;

    if (err == NULL)
        return status;
    err->status = status;
    err->origin = C8D_ORIGIN_NONE;
    err->origin_code = 0;
    va_start(arguments, format);
    fill(err, format, arguments);
    va_end(arguments);
    return status;
}

enum c8d_status c8d_error_set_origin(struct c8d_error *err, enum c8d_status status, enum c8d_origin origin,
                                     int32_t origin_code, const char *format, ...)
{
    va_list arguments;

    if (err == NULL)
        return status;
    err->status = status;
    err->origin = origin;
    err->origin_code = origin_code;
    va_start(arguments, format);
    fill(err, format, arguments);
    va_end(arguments);
    return status;
}
