/* SPDX-License-Identifier: Apache-2.0 */
/* A field of the journal's export whose value is no plain text: its name, a line feed, the length in 8 bytes,
 * the bytes. */
#include "journal_entry.h"

uint64_t c8d__journal_length(const char *bytes)
{
    uint64_t length = 0;

    for (size_t i = C8D__JOURNAL_LENGTH_BYTES; i > 0; i--)
        length = length << 8 | (unsigned char)bytes[i - 1];
    return length;
}

bool c8d__journal_is_name(struct c8d_str line)
{
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];

        if (!(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') && c != '_')
            return false;
    }
    return line.len > 0;
}

const char *c8d__journal_binary(struct c8d__journal_entry *entry, struct c8d_str name, const char *p,
                                const char *pe)
{
    uint64_t length;

    if (pe - p < C8D__JOURNAL_LENGTH_BYTES)
        return NULL;
    length = c8d__journal_length(p);
    p += C8D__JOURNAL_LENGTH_BYTES;
    if (length > (uint64_t)(pe - p))
        return NULL;
    /* Whatever else is written like that is none of ours. */
    if (c8d__is_text(name, C8D__JOURNAL_MESSAGE))
        entry->message = c8d__between(p, p + length);
    return p + length;
}
