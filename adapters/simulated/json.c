/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Just so much JSON as it takes to find an array of strings, or a number, in a document. The document is read
 * to its end and has to be well-formed; what it nests too deep counts as malformed, so that the stack is
 * bounded.
 */
#include "json.h"
#include <string.h>

#define DEPTH_MAX 64

struct scan {
    const char *at;
    const char *end;
    char *to;  /* where the next decoded string goes */
    char *out; /* where the words begin */
    size_t *n;
    uint64_t *number; /* this is looked for, instead of strings; NULL = strings */
    bool found;
};

static bool value(struct scan *scan, const char *const *path, unsigned depth);

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end &&
           (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\n' || *scan->at == '\r'))
        scan->at++;
}

static bool take(struct scan *scan, char what)
{
    skip_blanks(scan);
    if (scan->at == scan->end || *scan->at != what)
        return false;
    scan->at++;
    return true;
}

/* ---- strings
 * -------------------------------------------------------------------------------------------------- */

static bool hex4(struct scan *scan, uint32_t *out)
{
    uint32_t unit = 0;

    for (int i = 0; i < 4; i++) {
        char digit = '\0';

        if (scan->at < scan->end)
            digit = *scan->at++;
        if (digit >= '0' && digit <= '9')
            unit = unit << 4 | (uint32_t)(digit - '0');
        else if ((digit | 32) >= 'a' && (digit | 32) <= 'f')
            unit = unit << 4 | (uint32_t)((digit | 32) - 'a' + 10);
        else
            return false;
    }
    *out = unit;
    return true;
}

static void put(struct scan *scan, uint32_t byte)
{
    *scan->to++ = (char)(unsigned char)byte;
}

static void put_utf8(struct scan *scan, uint32_t rune)
{
    if (rune < 0x80) {
        put(scan, rune);
        return;
    }
    if (rune < 0x800) {
        put(scan, 0xc0 | rune >> 6);
    } else if (rune < 0x10000) {
        put(scan, 0xe0 | rune >> 12);
        put(scan, 0x80 | (rune >> 6 & 0x3f));
    } else {
        put(scan, 0xf0 | rune >> 18);
        put(scan, 0x80 | (rune >> 12 & 0x3f));
        put(scan, 0x80 | (rune >> 6 & 0x3f));
    }
    put(scan, 0x80 | (rune & 0x3f));
}

/* The rest of \uXXXX, of which two can stand for one character. No string of a process has a NUL in it. */
static bool unicode(struct scan *scan)
{
    uint32_t rune;
    uint32_t low;

    if (!hex4(scan, &rune) || rune == 0)
        return false;
    if (rune >= 0xd800 && rune < 0xdc00 && scan->end - scan->at >= 6 && memcmp(scan->at, "\\u", 2) == 0) {
        const char *before = scan->at;

        scan->at += 2;
        if (!hex4(scan, &low))
            return false;
        if (low >= 0xdc00 && low < 0xe000)
            rune = 0x10000 + ((rune - 0xd800) << 10) + (low - 0xdc00);
        else
            scan->at = before;
    }
    /* Half a pair means nothing. */
    put_utf8(scan, rune >= 0xd800 && rune < 0xe000 ? 0xfffd : rune);
    return true;
}

static bool escape(struct scan *scan)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    const char *letter;
    char which;

    if (scan->at == scan->end)
        return false;
    which = *scan->at++;
    if (which == 'u')
        return unicode(scan);
    letter = which != '\0' ? strchr(letters, which) : NULL;
    if (letter == NULL)
        return false;
    *scan->to++ = meant[letter - letters];
    return true;
}

/* Decodes a string to where the next one goes, with a NUL. It never takes more bytes than it was written
 * with. */
static bool string(struct scan *scan)
{
    if (!take(scan, '"'))
        return false;
    while (scan->at < scan->end && *scan->at != '"') {
        char byte = *scan->at++;

        if (byte == '\\') {
            if (!escape(scan))
                return false;
        } else if ((unsigned char)byte < ' ') {
            return false;
        } else {
            *scan->to++ = byte;
        }
    }
    if (scan->at == scan->end)
        return false;
    scan->at++;
    *scan->to++ = '\0';
    return true;
}

/* ---- values
 * --------------------------------------------------------------------------------------------------- */

static bool word_or_number(struct scan *scan)
{
    static const char *const words[] = {"true", "false", "null"};
    const char *begin = scan->at;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        size_t length = strlen(words[i]);

        if ((size_t)(scan->end - begin) >= length && memcmp(begin, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    while (scan->at < scan->end && *scan->at != '\0' && strchr("+-.0123456789Ee", *scan->at) != NULL)
        scan->at++;
    return scan->at > begin;
}

static bool object(struct scan *scan, const char *const *path, unsigned depth)
{
    if (take(scan, '}'))
        return true;
    do {
        char *key = scan->to;
        bool named;

        if (!string(scan) || !take(scan, ':'))
            return false;
        named = path != NULL && *path != NULL && strcmp(key, *path) == 0;
        scan->to = key;
        if (!value(scan, named ? path + 1 : NULL, depth + 1))
            return false;
    } while (take(scan, ','));
    return take(scan, '}');
}

static bool array(struct scan *scan, unsigned depth)
{
    if (take(scan, ']'))
        return true;
    do {
        if (!value(scan, NULL, depth + 1))
            return false;
    } while (take(scan, ','));
    return take(scan, ']');
}

/* The array that is looked for. Of two of them the last one counts. */
static bool strings(struct scan *scan)
{
    scan->to = scan->out;
    *scan->n = 0;
    if (!take(scan, '['))
        return false;
    if (take(scan, ']'))
        return true;
    do {
        if (!string(scan))
            return false;
        ++*scan->n;
    } while (take(scan, ','));
    return take(scan, ']');
}

/* The number that is looked for. */
static bool number(struct scan *scan)
{
    uint64_t sum = 0;
    const char *begin;

    skip_blanks(scan);
    begin = scan->at;
    for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; scan->at++) {
        uint64_t digit = (uint64_t)(*scan->at - '0');

        if (sum > (INT64_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    scan->found = true;
    *scan->number = sum;
    return scan->at > begin;
}

/* `path` is what is left of the way to the array; NULL: it does not lead through here. */
static bool value(struct scan *scan, const char *const *path, unsigned depth)
{
    char *kept = scan->to;
    bool fine;

    if (depth > DEPTH_MAX)
        return false;
    if (path != NULL && *path == NULL)
        return scan->number != NULL ? number(scan) : strings(scan);
    if (take(scan, '{'))
        return object(scan, path, depth);
    if (take(scan, '['))
        return array(scan, depth);
    fine = scan->at < scan->end && *scan->at == '"' ? string(scan) : word_or_number(scan);
    scan->to = kept;
    return fine;
}

bool c8d__json_strings(struct c8d_str json, const char *const *path, char *out, size_t *n)
{
    struct scan scan = {.at = json.ptr, .end = json.ptr + json.len, .to = out, .out = out, .n = n};

    *n = 0;
    if (json.len == 0 || !value(&scan, path, 0))
        return false;
    skip_blanks(&scan);
    return scan.at == scan.end;
}

enum c8d__json_verdict c8d__json_number(struct c8d_str json, const char *const *path, char *scratch,
                                        uint64_t *out)
{
    uint64_t found = 0;
    struct scan scan = {.at = json.ptr, .end = json.ptr + json.len, .to = scratch, .number = &found};

    if (json.len == 0 || !take(&scan, '{') || !object(&scan, path, 0))
        return C8D__JSON_MALFORMED;
    skip_blanks(&scan);
    if (scan.at != scan.end)
        return C8D__JSON_MALFORMED;
    if (scan.found)
        *out = found;
    return scan.found ? C8D__JSON_FOUND : C8D__JSON_NOTHING;
}
