/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Digits, eight at a time. A log's line is 40 bytes of time and has a pid: one by one they took a fifth of
 * all that reading it takes.
 */
#ifndef C8D_DIGITS_H
#define C8D_DIGITS_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Eight bytes as a number whose lowest byte is the first one. */
static inline uint64_t c8d__load(const char *text)
{
    uint64_t word;

    memcpy(&word, text, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Of a text that has digits where the form has zeros, and is the form elsewhere, the digits' values; a byte
 * above 9 elsewhere. */
static inline uint64_t c8d__digits_of(const char *text, const char *form)
{
    return c8d__load(text) ^ c8d__load(form);
}

/* In each byte the value of it and the next one as two digits. */
static inline uint64_t c8d__pairs(uint64_t digits)
{
    return digits * 10 + (digits >> 8);
}

static inline int c8d__byte_of(uint64_t word, int n)
{
    return (int)(word >> (8 * n) & 0xff);
}

/* `least`: what is added to a byte so that one that is too high gets its highest bit. @return Those bits. */
static inline uint64_t c8d__strangers(uint64_t digits, uint64_t least)
{
    return ((digits + least) | digits) & 0x8080808080808080;
}

static inline bool c8d__is_form(uint64_t digits, uint64_t least)
{
    return c8d__strangers(digits, least) == 0;
}

#define C8D__ZEROS 0x3030303030303030 /* as text */

/* `least` of a form that is nothing but digits. */
#define C8D__ALL_DIGITS 0x7676767676767676

/* The number that eight digits are: pairs into fours, and those into eight, in the upper half of a product.
 */
static inline uint32_t c8d__eight_digits(uint64_t digits)
{
    uint64_t two = c8d__pairs(digits);
    uint64_t upper = (two & 0x000000ff000000ff) * (100 + (UINT64_C(1000000) << 32));
    uint64_t lower = (two >> 16 & 0x000000ff000000ff) * (1 + (UINT64_C(10000) << 32));

    return (uint32_t)((upper + lower) >> 32);
}

#endif
