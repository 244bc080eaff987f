/* SPDX-License-Identifier: Apache-2.0 */
#include "text.h"
#include <string.h>

#define REPLACEMENT 0xfffdu
#define MALFORMED 0xffffffffu

/* How many bytes a character has whose first one is this; 0 = none begins so. */
static size_t length_of(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead < 0xe0)
        return 2;
    if (lead >= 0xe0 && lead < 0xf0)
        return 3;
    return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

/* The next character of a text; the place moves behind it. */
static uint32_t decode(struct c8d_str text, size_t *at)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = length_of((unsigned char)text.ptr[*at]);
    uint32_t value;

    if (n == 0 || n > text.len - *at)
        return MALFORMED;
    value = n == 1 ? (unsigned char)text.ptr[*at] : (unsigned char)text.ptr[*at] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        unsigned char next = (unsigned char)text.ptr[*at + i];

        if ((next & 0xc0) != 0x80)
            return MALFORMED;
        value = value << 6 | (next & 0x3fu);
    }
    if (value == 0 || value < least[n] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return MALFORMED;
    *at += n;
    return value;
}

static size_t put_wide(c8d__wide *to, uint32_t value)
{
    if (value < 0x10000) {
        to[0] = (c8d__wide)value;
        return 1;
    }
    to[0] = (c8d__wide)(0xd800 + ((value - 0x10000) >> 10));
    to[1] = (c8d__wide)(0xdc00 + ((value - 0x10000) & 0x3ff));
    return 2;
}

enum c8d__text_verdict c8d__to_wide(const struct c8d_allocator *allocator, struct c8d_str text,
                                    struct c8d__wide_text *out)
{
    /* No character has more units than bytes. */
    size_t bytes = (text.len + 1) * sizeof(c8d__wide);
    c8d__wide *units = allocator->allocate(allocator->ctx, bytes);
    size_t n = 0;

    if (units == NULL)
        return C8D__TEXT_NO_MEMORY;
    for (size_t at = 0; at < text.len;) {
        uint32_t value = decode(text, &at);

        if (value == MALFORMED) {
            allocator->release(allocator->ctx, units, bytes);
            return C8D__TEXT_MALFORMED;
        }
        n += put_wide(units + n, value);
    }
    units[n] = 0;
    *out = (struct c8d__wide_text){units, bytes};
    return C8D__TEXT_OK;
}

static uint32_t from_units(const c8d__wide **at)
{
    uint32_t first = *(*at)++;

    if (first < 0xd800 || first >= 0xe000)
        return first;
    if (first >= 0xdc00 || **at < 0xdc00 || **at >= 0xe000)
        return REPLACEMENT;
    return 0x10000 + ((first - 0xd800) << 10) + (uint32_t)(*(*at)++ - 0xdc00);
}

static size_t put_narrow(char *to, uint32_t value)
{
    size_t n = value < 0x80 ? 1 : value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;

    if (n == 1) {
        to[0] = (char)value;
        return 1;
    }
    for (size_t i = n - 1; i > 0; i--) {
        to[i] = (char)(0x80 | (value & 0x3f));
        value >>= 6;
    }
    to[0] = (char)((0xf00u >> n & 0xf0u) | value);
    return n;
}

bool c8d__from_wide(const struct c8d_allocator *allocator, const c8d__wide *text, struct c8d__text *out)
{
    size_t units = 0;
    size_t n = 0;
    size_t bytes;
    char *chars;

    while (text[units] != 0)
        units++;
    bytes = 3 * units + 1; /* no unit has more */
    chars = allocator->allocate(allocator->ctx, bytes);
    if (chars == NULL)
        return false;
    for (const c8d__wide *at = text; *at != 0;)
        n += put_narrow(chars + n, from_units(&at));
    chars[n] = '\0';
    *out = (struct c8d__text){chars, bytes};
    return true;
}

bool c8d__text_copy(const struct c8d_allocator *allocator, struct c8d_str text, struct c8d__text *out)
{
    char *chars = allocator->allocate(allocator->ctx, text.len + 1);

    if (chars == NULL)
        return false;
    if (text.len != 0)
        memcpy(chars, text.ptr, text.len);
    chars[text.len] = '\0';
    *out = (struct c8d__text){chars, text.len + 1};
    return true;
}

struct c8d_str c8d__text_str(const struct c8d__text *text)
{
    return (struct c8d_str){text->chars, text->chars != NULL ? strlen(text->chars) : 0};
}

bool c8d__str_is(struct c8d_str text, const char *other)
{
    return text.len == strlen(other) && (text.len == 0 || memcmp(text.ptr, other, text.len) == 0);
}

void c8d__wide_free(const struct c8d_allocator *allocator, struct c8d__wide_text *text)
{
    allocator->release(allocator->ctx, text->units, text->bytes);
    *text = (struct c8d__wide_text){0};
}

void c8d__text_free(const struct c8d_allocator *allocator, struct c8d__text *text)
{
    allocator->release(allocator->ctx, text->chars, text->bytes);
    *text = (struct c8d__text){0};
}
