/* SPDX-License-Identifier: Apache-2.0 */
/* What the options of shims have in common: they are packed into memory of the caller's, behind their texts.
 */
#ifndef C8D_REMOTE_PACKING_H
#define C8D_REMOTE_PACKING_H

#include <c8d/base.h>
#include <c8d/runtime.h>
#include <protobuf-c/protobuf-c.h>

/* Of a field: its key, and the longest number. */
#define C8D__FIELD_BYTES 11

/* Terminates a text in what is left of the memory, and moves on. NULL: it has a NUL. */
char *c8d__terminate(struct c8d_str text, char **at);

/* Packs a message there. `filled`: all its texts could be terminated. */
enum c8d_status c8d__pack_options(const ProtobufCMessage *message, bool filled, struct c8d_str url, char *at,
                                  struct c8d_any *out, struct c8d_error *err);

#endif
