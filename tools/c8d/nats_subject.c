/* SPDX-License-Identifier: Apache-2.0 */
/* Where a frame stands in a stream. */
#include "nats_subject.h"
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static uint64_t hash(uint64_t sum, struct c8d_str name)
{
    for (size_t i = 0; i < name.len; i++)
        sum = (sum ^ (unsigned char)name.ptr[i]) * UINT64_C(1099511628211);
    /* "ab", "c" is not "a", "bc". */
    return (sum ^ 0xff) * UINT64_C(1099511628211);
}

unsigned c8d__partition_of(const struct c8d__subject_names *names, unsigned partitions)
{
    uint64_t sum = UINT64_C(14695981039346656037);

    sum = hash(sum, names->host);
    sum = hash(sum, names->namespace_);
    sum = hash(sum, names->container);
    /* Names that differ in their last letter alone must not be neighbours. */
    sum = (sum ^ sum >> 33) * UINT64_C(0xff51afd7ed558ccd);
    return (unsigned)((sum ^ sum >> 33) % partitions);
}

static bool is_plain(unsigned char c)
{
    return c > ' ' && c < 0x7f && strchr("=.*>$", c) == NULL;
}

static bool put_token(char *out, size_t *at, struct c8d_str name)
{
    if (name.len > C8D__TOKEN_BYTES_MAX)
        return false;
    out[(*at)++] = '.';
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];

        if (is_plain(c))
            out[(*at)++] = (char)c;
        else
            *at += (size_t)snprintf(out + *at, 4, "=%02X", c);
    }
    /* No token is empty, and no name is a "=" alone. */
    if (name.len == 0)
        out[(*at)++] = '=';
    return true;
}

bool c8d__subject_write(const char *prefix, unsigned partition, const struct c8d__subject_names *names,
                        char out[C8D__SUBJECT_BYTES])
{
    size_t at = strlen(prefix);

    if (at > C8D__TOKEN_BYTES_MAX)
        return false;
    at = (size_t)snprintf(out, C8D__SUBJECT_BYTES, "%s.%u", prefix, partition);
    if (!put_token(out, &at, names->host) || !put_token(out, &at, names->namespace_) ||
        !put_token(out, &at, names->container))
        return false;
    out[at] = '\0';
    return true;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* @return Bytes of the byte's text; 0 when it is none. */
static size_t read_byte(const char *text, char *out)
{
    int high;
    int low;

    if (*text != '=') {
        *out = *text;
        return is_plain((unsigned char)*text) ? 1 : 0;
    }
    high = digit(text[1]);
    low = high >= 0 ? digit(text[2]) : -1;
    if (low < 0)
        return 0;
    *out = (char)(high << 4 | low);
    return *out != '\0' ? 3 : 0;
}

bool c8d__subject_host(const char *prefix, const char *subject, char out[C8D__TOKEN_BYTES_MAX + 1])
{
    size_t length = strlen(prefix);
    size_t n = 0;

    if (strncmp(subject, prefix, length) != 0 || subject[length] != '.')
        return false;
    subject += length + 1;
    length = strspn(subject, "0123456789");
    if (length == 0 || subject[length] != '.')
        return false;
    for (subject += length + 1; *subject != '.';) {
        size_t bytes = n < C8D__TOKEN_BYTES_MAX ? read_byte(subject, &out[n]) : 0;

        if (bytes == 0)
            return false;
        subject += bytes;
        n++;
    }
    out[n] = '\0';
    return n > 0;
}
