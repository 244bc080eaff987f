/* SPDX-License-Identifier: Apache-2.0 */
/* Protobuf messages written field by field, so that what is decoded does not come from the same description.
 */
#ifndef C8D_TESTS_REMOTE_WIRE_H
#define C8D_TESTS_REMOTE_WIRE_H

#include <stddef.h>
#include <stdint.h>

struct wire {
    unsigned char bytes[32768];
    size_t n;
};

void wire_number(struct wire *wire, unsigned field, uint64_t value);
void wire_text(struct wire *wire, unsigned field, const char *text);
void wire_message(struct wire *wire, unsigned field, const struct wire *message);
/* An Any around a message. */
void wire_any(struct wire *wire, unsigned field, const char *type_url, const struct wire *message);

#endif
