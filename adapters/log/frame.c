/* SPDX-License-Identifier: Apache-2.0 */
/* Writes one line of a recording into memory. */
#include "frame.h"
#include "lexing.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECKSUM_BYTES 9 /* 8 hex digits and a blank */

_Static_assert(C8D__FRAME_BYTES >= 3 * 6 * C8D_NAME_BYTES_MAX + 512, "the longest frame has room");

static void put(struct c8d__frame *frame, const char *bytes, size_t length)
{
    memcpy(frame->bytes + frame->length, bytes, length);
    frame->length += length;
}

static void put_text(struct c8d__frame *frame, const char *text)
{
    put(frame, text, strlen(text));
}

static void put_key(struct c8d__frame *frame, const char *key)
{
    put_text(frame, frame->bytes[frame->length - 1] == '{' ? "\"" : ",\"");
    put_text(frame, key);
    put_text(frame, "\":");
}

static void put_signed(struct c8d__frame *frame, const char *key, int64_t value)
{
    char digits[24];

    put_key(frame, key);
    put(frame, digits, (size_t)snprintf(digits, sizeof(digits), "%" PRId64, value));
}

static void put_unsigned(struct c8d__frame *frame, const char *key, uint64_t value)
{
    char digits[24];

    put_key(frame, key);
    put(frame, digits, (size_t)snprintf(digits, sizeof(digits), "%" PRIu64, value));
}

/* Names need no escape when they are names; what is none must not break the line. */
static void put_string(struct c8d__frame *frame, const char *key, struct c8d_str value)
{
    put_key(frame, key);
    put(frame, "\"", 1);
    for (size_t i = 0; i < value.len; i++) {
        char escape[8];
        unsigned char c = (unsigned char)value.ptr[i];

        if (c >= ' ' && c < 0x7f && c != '"' && c != '\\')
            put(frame, &value.ptr[i], 1);
        else
            put(frame, escape, (size_t)snprintf(escape, sizeof(escape), "\\u%04x", c));
    }
    put(frame, "\"", 1);
}

static void put_word(struct c8d__frame *frame, const char *key, const char *word)
{
    put_string(frame, key, (struct c8d_str){word, strlen(word)});
}

static void put_name(struct c8d__frame *frame, const char *key, struct c8d_str name)
{
    if (name.len > 0 && name.len <= C8D_NAME_BYTES_MAX)
        put_string(frame, key, name);
}

static void begin(struct c8d__frame *frame)
{
    frame->length = CHECKSUM_BYTES;
    put(frame, "{", 1);
}

static void end(struct c8d__frame *frame)
{
    char checksum[CHECKSUM_BYTES + 1];

    put(frame, "}", 1);
    snprintf(checksum, sizeof(checksum), "%08" PRIx32 " ",
             c8d__crc32((struct c8d_str){frame->bytes + CHECKSUM_BYTES, frame->length - CHECKSUM_BYTES}));
    memcpy(frame->bytes, checksum, CHECKSUM_BYTES);
    put(frame, "\n", 1);
}

void c8d__frame_header(struct c8d__frame *frame)
{
    begin(frame);
    put_unsigned(frame, "c8d", C8D__FRAME_VERSION);
    end(frame);
}

void c8d__frame_input(struct c8d__frame *frame, const struct c8d_log_record *record)
{
    const struct c8d_input *input = &record->input;

    begin(frame);
    put_signed(frame, "time", record->time_ns);
    put_word(frame, "region", c8d__region_word(input->region));
    put_word(frame, "symbol", c8d_symbol_name((enum c8d_symbol)input->symbol));
    if (input->status != C8D_OK)
        put_word(frame, "status", c8d__status_word(input->status));
    put_name(frame, "namespace", record->namespace_);
    put_name(frame, "container", record->container);
    put_name(frame, "process", record->process);
    if (input->pid != 0)
        put_unsigned(frame, "pid", input->pid);
    if (input->exit_known)
        put_unsigned(frame, "exit_code", input->exit_code);
    if (input->exited_at_ns != 0)
        put_signed(frame, "exited_at", input->exited_at_ns);
    if (input->request != 0)
        put_unsigned(frame, "request", input->request);
    if (record->killed) {
        put_key(frame, "killed");
        put_text(frame, "true");
    }
    if (record->resumed) {
        put_key(frame, "resumed");
        put_text(frame, "true");
    }
    put_word(frame, "outcome", c8d_outcome_name(record->outcome));
    end(frame);
}
