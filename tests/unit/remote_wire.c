/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { VARINT = 0, LENGTH = 2 };

static void put(struct wire *wire, const void *bytes, size_t n)
{
    assert_true(n <= sizeof(wire->bytes) - wire->n);
    if (n != 0)
        memcpy(wire->bytes + wire->n, bytes, n);
    wire->n += n;
}

static void put_varint(struct wire *wire, uint64_t value)
{
    do {
        unsigned char byte = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));

        put(wire, &byte, 1);
        value >>= 7;
    } while (value != 0);
}

static void put_run(struct wire *wire, unsigned field, const void *bytes, size_t n)
{
    put_varint(wire, field << 3 | LENGTH);
    put_varint(wire, n);
    put(wire, bytes, n);
}

void wire_number(struct wire *wire, unsigned field, uint64_t value)
{
    put_varint(wire, field << 3 | VARINT);
    put_varint(wire, value);
}

void wire_text(struct wire *wire, unsigned field, const char *text)
{
    put_run(wire, field, text, strlen(text));
}

void wire_message(struct wire *wire, unsigned field, const struct wire *message)
{
    put_run(wire, field, message->bytes, message->n);
}

void wire_any(struct wire *wire, unsigned field, const char *type_url, const struct wire *message)
{
    struct wire any = {0};

    wire_text(&any, 1, type_url);
    wire_message(&any, 2, message);
    wire_message(wire, field, &any);
}
