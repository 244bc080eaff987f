/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents that HCS takes and gives, in schema 1, the one that every build of Windows since Server 2016
 * knows. Members stand in the order of HCS's structures, and texts are escaped as Go does it, so that they
 * are byte for byte what the other clients of HCS send.
 */
#ifndef C8D_LOCAL_DOCUMENT_H
#define C8D_LOCAL_DOCUMENT_H

#include "spec.h"

#define C8D__GUID_TEXT 37

/* A layer's id as HCS prints it, lower case. */
void c8d__guid_text(const struct c8d__guid *guid, char text[C8D__GUID_TEXT]);

/* What NameToGuid makes the layer's id of: the last part of its path. */
struct c8d_str c8d__layer_name(const char *path);

/* What the document of a container is made of. */
struct c8d__container_wish {
    const struct c8d__host *host;
    const struct c8d__spec *spec;
    struct c8d_str id;
    const char *owner;
    const struct c8d__guid *guids; /* of all layers but the last */
};

/* The document of a container. Returns OK, INVALID or EXHAUSTED. */
enum c8d_status c8d__document_container(const struct c8d_allocator *allocator,
                                        const struct c8d__container_wish *wish, struct c8d__wide_text *out,
                                        struct c8d_error *err);

/* The document of a process. `process`: an OCI process. `stdio`: C8D_STDIO_* of the streams that it is to
 * have. */
enum c8d_status c8d__document_process(const struct c8d_allocator *allocator, const json_t *process,
                                      uint32_t stdio, struct c8d__wide_text *out, struct c8d_error *err);

enum c8d_status c8d__document_resize(const struct c8d_allocator *allocator, uint32_t columns, uint32_t rows,
                                     struct c8d__wide_text *out, struct c8d_error *err);
enum c8d_status c8d__document_close_stdin(const struct c8d_allocator *allocator, struct c8d__wide_text *out,
                                          struct c8d_error *err);
/* A query for one of "Statistics", "ProcessList"; NULL: for what is always told. */
enum c8d_status c8d__document_query(const struct c8d_allocator *allocator, const char *type,
                                    struct c8d__wide_text *out, struct c8d_error *err);

/* A query for the compute systems of an owner. */
enum c8d_status c8d__document_owner(const struct c8d_allocator *allocator, const char *owner,
                                    struct c8d__wide_text *out, struct c8d_error *err);

/*
 * Compact JSON as Go writes it, in UTF-16. Takes over `json`; NULL stands for no memory.
 */
enum c8d_status c8d__document_finish(const struct c8d_allocator *allocator, json_t *json,
                                     struct c8d__wide_text *out, struct c8d_error *err);

/*
 * What the properties of a process that has ended say of its code. Not known when they cannot be read, when
 * HCS says that its wait failed, and when the code is 4294967295, which stands for none.
 */
struct c8d_exit c8d__document_exit(const struct c8d_allocator *allocator, const c8d__wide *properties);

/* A document that has come; REMOTE when there is none, or it is no JSON object. */
enum c8d_status c8d__document_read(const struct c8d_allocator *allocator, const c8d__wide *document,
                                   json_t **out, struct c8d_error *err);

/* The same for a list. */
enum c8d_status c8d__document_read_list(const struct c8d_allocator *allocator, const c8d__wide *document,
                                        json_t **out, struct c8d_error *err);

/* The details that a failed call has given, as further words of a message. Empty when there are none. */
void c8d__document_events(const struct c8d_allocator *allocator, const c8d__wide *result, char *words,
                          size_t size);

#endif
