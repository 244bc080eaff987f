/* SPDX-License-Identifier: Apache-2.0 */
#include "packing.h"
#include <string.h>

char *c8d__terminate(struct c8d_str text, char **at)
{
    char *copy = *at;

    if (text.len != 0) {
        if (memchr(text.ptr, '\0', text.len) != NULL)
            return NULL;
        memcpy(copy, text.ptr, text.len);
    }
    copy[text.len] = '\0';
    *at += text.len + 1;
    return copy;
}

enum c8d_status c8d__pack_options(const ProtobufCMessage *message, bool filled, struct c8d_str url, char *at,
                                  struct c8d_any *out, struct c8d_error *err)
{
    if (!filled)
        return c8d_error_set(err, C8D_INVALID, "an option has a NUL inside");
    *out = (struct c8d_any){.type = url, .value = {at, protobuf_c_message_pack(message, (uint8_t *)at)}};
    return C8D_OK;
}
