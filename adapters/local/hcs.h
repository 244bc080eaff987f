/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Host Compute Service as vmcompute.dll exports it: the raw table, UTF-16 and HRESULT kept.
 *
 * There is no SDK header for that library, so its types are declared here. The same table is filled on
 * Windows from the library, and anywhere from a simulation; all that is easy to get wrong above it
 * (ownership, text, pending operations, errors) is then one code that runs everywhere.
 *
 * Every string that comes back is the caller's, on success and on failure, and is freed with mem_free. A
 * callback runs on a foreign thread; its unregistration returns after the last one has.
 */
#ifndef C8D_LOCAL_HCS_H
#define C8D_LOCAL_HCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef _WIN32
#define C8D__HCSAPI __stdcall
#else
#define C8D__HCSAPI
#endif

typedef int32_t c8d__hr;    /* HRESULT */
typedef uint16_t c8d__wide; /* a UTF-16 unit */
typedef void *c8d__handle;  /* of a system, a process, a registration or a stream */

struct c8d__process_info {
    uint32_t pid;
    uint32_t reserved;
    c8d__handle in; /* NULL = not asked for; the caller's */
    c8d__handle out;
    c8d__handle err;
};

struct c8d__guid {
    uint8_t bytes[16]; /* as Windows lays it out */
};

typedef void(C8D__HCSAPI *c8d__notify_fn)(uint32_t type, void *ctx, c8d__hr status, const c8d__wide *data);

_Static_assert(sizeof(void *) != 8 || sizeof(struct c8d__process_info) == 32, "as HCS lays it out");
_Static_assert(sizeof(void *) != 8 || offsetof(struct c8d__process_info, in) == 8, "as HCS lays it out");

/* X(exported name, member, parameters, required). What is optional is missing on some builds of Windows. */
#define C8D__HCS_EXPORTS(X)                                                                                  \
    X(HcsEnumerateComputeSystems, enumerate,                                                                 \
      (const c8d__wide *query, c8d__wide **systems, c8d__wide **result), 0)                                  \
    X(HcsCreateComputeSystem, create,                                                                        \
      (const c8d__wide *id, const c8d__wide *config, c8d__handle identity, c8d__handle *out,                 \
       c8d__wide **result),                                                                                  \
      1)                                                                                                     \
    X(HcsOpenComputeSystem, open, (const c8d__wide *id, c8d__handle *out, c8d__wide **result), 1)            \
    X(HcsCloseComputeSystem, close, (c8d__handle system), 1)                                                 \
    X(HcsStartComputeSystem, start, (c8d__handle system, const c8d__wide *options, c8d__wide **result), 1)   \
    X(HcsShutdownComputeSystem, shutdown,                                                                    \
      (c8d__handle system, const c8d__wide *options, c8d__wide **result), 1)                                 \
    X(HcsTerminateComputeSystem, terminate,                                                                  \
      (c8d__handle system, const c8d__wide *options, c8d__wide **result), 1)                                 \
    X(HcsPauseComputeSystem, pause, (c8d__handle system, const c8d__wide *options, c8d__wide **result), 0)   \
    X(HcsResumeComputeSystem, resume, (c8d__handle system, const c8d__wide *options, c8d__wide **result), 0) \
    X(HcsGetComputeSystemProperties, get_properties,                                                         \
      (c8d__handle system, const c8d__wide *query, c8d__wide **properties, c8d__wide **result), 1)           \
    X(HcsModifyComputeSystem, modify, (c8d__handle system, const c8d__wide *config, c8d__wide **result), 0)  \
    X(HcsRegisterComputeSystemCallback, register_system,                                                     \
      (c8d__handle system, c8d__notify_fn callback, void *ctx, c8d__handle *out), 1)                         \
    X(HcsUnregisterComputeSystemCallback, unregister_system, (c8d__handle registration), 1)                  \
    X(HcsCreateProcess, create_process,                                                                      \
      (c8d__handle system, const c8d__wide *parameters, struct c8d__process_info *info, c8d__handle *out,    \
       c8d__wide **result),                                                                                  \
      1)                                                                                                     \
    X(HcsOpenProcess, open_process,                                                                          \
      (c8d__handle system, uint32_t pid, c8d__handle * out, c8d__wide * *result), 0)                         \
    X(HcsCloseProcess, close_process, (c8d__handle process), 1)                                              \
    X(HcsTerminateProcess, terminate_process, (c8d__handle process, c8d__wide * *result), 1)                 \
    X(HcsSignalProcess, signal_process, (c8d__handle process, const c8d__wide *options, c8d__wide **result), \
      0)                                                                                                     \
    X(HcsGetProcessInfo, get_process_info,                                                                   \
      (c8d__handle process, struct c8d__process_info * info, c8d__wide * *result), 1)                        \
    X(HcsGetProcessProperties, get_process_properties,                                                       \
      (c8d__handle process, c8d__wide * *properties, c8d__wide * *result), 1)                                \
    X(HcsModifyProcess, modify_process,                                                                      \
      (c8d__handle process, const c8d__wide *settings, c8d__wide **result), 1)                               \
    X(HcsGetServiceProperties, get_service_properties,                                                       \
      (const c8d__wide *query, c8d__wide **properties, c8d__wide **result), 0)                               \
    X(HcsRegisterProcessCallback, register_process,                                                          \
      (c8d__handle process, c8d__notify_fn callback, void *ctx, c8d__handle *out), 1)                        \
    X(HcsUnregisterProcessCallback, unregister_process, (c8d__handle registration), 1)                       \
    X(NameToGuid, name_to_guid, (const c8d__wide *name, struct c8d__guid *out), 1)

/* What comes of reading and writing when no byte does. */
enum { C8D__STREAM_END = 0, C8D__STREAM_AGAIN = -1, C8D__STREAM_BROKEN = -2 };

struct c8d__stream;

struct c8d__hcs {
#define C8D__HCS_MEMBER(name, member, parameters, required) c8d__hr(C8D__HCSAPI *member) parameters;
    C8D__HCS_EXPORTS(C8D__HCS_MEMBER)
#undef C8D__HCS_MEMBER
    void(C8D__HCSAPI *mem_free)(void *memory);

    /*
     * A stream of a process, from its handle, which the stream owns from then on, also on failure. `ready` is
     * called, from any thread, when reading or writing may have become possible. Returns NULL without memory.
     */
    struct c8d__stream *(*stream_open)(c8d__handle handle, void (*ready)(void *ctx), void *ctx);
    /* They never block. Return how many bytes, or one of the above. */
    ptrdiff_t (*stream_read)(struct c8d__stream *stream, void *bytes, size_t n);
    ptrdiff_t (*stream_write)(struct c8d__stream *stream, const void *bytes, size_t n);
    /* All that was written has arrived. */
    bool (*stream_is_idle)(struct c8d__stream *stream);
    /* What was written before still arrives. */
    void (*stream_close)(struct c8d__stream *stream);
};

/* Notifications. */
enum {
    C8D__HCS_SYSTEM_EXITED = 1,
    C8D__HCS_CREATE_COMPLETED = 2,
    C8D__HCS_START_COMPLETED = 3,
    C8D__HCS_PAUSE_COMPLETED = 4,
    C8D__HCS_RESUME_COMPLETED = 5,
    C8D__HCS_SHUTDOWN_FAILED = 0xa,
    C8D__HCS_PROCESS_EXITED = 0x10000,
    C8D__HCS_SERVICE_DISCONNECT = 0x1000000,
};

#endif
