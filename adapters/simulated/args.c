/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a process does, out of its OCI spec: a scanner for just so much JSON as it takes to find an array of
 * strings. It never reads past the end, whatever the bytes are, and does not recurse.
 */
#include "simulated_internal.h"
#include <string.h>

struct scan {
    const char *at;
    const char *end;
};

static void skip_space(struct scan *scan)
{
    while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) != NULL && *scan->at != '\0')
        scan->at++;
}

static bool take(struct scan *scan, char what)
{
    skip_space(scan);
    if (scan->at == scan->end || *scan->at != what)
        return false;
    scan->at++;
    return true;
}

/* Takes a string; *out is what stands between its quotes, escapes and all. */
static bool take_string(struct scan *scan, struct c8d_str *out)
{
    if (!take(scan, '"'))
        return false;
    out->ptr = scan->at;
    while (scan->at < scan->end && *scan->at != '"')
        scan->at += *scan->at == '\\' && scan->end - scan->at > 1 ? 2 : 1;
    if (scan->at >= scan->end)
        return false;
    out->len = (size_t)(scan->at++ - out->ptr);
    return true;
}

/* Passes over one value of any kind, however deep. */
static bool skip_value(struct scan *scan)
{
    size_t depth = 0;
    struct c8d_str text;

    do {
        skip_space(scan);
        if (scan->at == scan->end)
            return false;
        if (*scan->at == '"') {
            if (!take_string(scan, &text))
                return false;
        } else if (*scan->at == '{' || *scan->at == '[') {
            depth++;
            scan->at++;
        } else if (*scan->at == '}' || *scan->at == ']') {
            if (depth == 0)
                return false;
            depth--;
            scan->at++;
        } else if (depth > 0 && (*scan->at == ',' || *scan->at == ':')) {
            scan->at++;
        } else {
            const char *before = scan->at;

            while (scan->at < scan->end && strchr(",:{}[]\" \t\r\n", *scan->at) == NULL)
                scan->at++;
            if (scan->at == before)
                return false;
        }
    } while (depth > 0);
    return true;
}

/* Stands before an object: goes to the value of one of its members. */
static bool find_member(struct scan *scan, const char *name)
{
    struct c8d_str key;

    if (!take(scan, '{'))
        return false;
    while (take_string(scan, &key) && take(scan, ':')) {
        if (key.len == strlen(name) && memcmp(key.ptr, name, key.len) == 0)
            return true;
        if (!skip_value(scan) || !take(scan, ','))
            return false;
    }
    return false;
}

static unsigned hex4(const char *digits)
{
    unsigned value = 0;

    for (int i = 0; i < 4; i++) {
        const char *all = "0123456789abcdef0123456789ABCDEF";
        const char *digit = digits[i] != '\0' ? strchr(all, digits[i]) : NULL;

        value = value << 4 | (digit != NULL ? (unsigned)(digit - all) & 15 : 0);
    }
    return value;
}

static char *put_utf8(char *to, unsigned rune)
{
    if (rune < 0x80) {
        *to++ = (char)rune;
    } else if (rune < 0x800) {
        *to++ = (char)(0xc0 | rune >> 6);
        *to++ = (char)(0x80 | (rune & 0x3f));
    } else {
        *to++ = (char)(0xe0 | rune >> 12);
        *to++ = (char)(0x80 | (rune >> 6 & 0x3f));
        *to++ = (char)(0x80 | (rune & 0x3f));
    }
    return to;
}

/* Undoes the escapes; the result is never longer. */
static char *put_string(char *to, struct c8d_str text)
{
    static const char plain[] = "bfnrt";
    static const char meant[] = "\b\f\n\r\t";

    for (size_t i = 0; i < text.len; i++) {
        const char *escape;

        if (text.ptr[i] != '\\' || i + 1 == text.len) {
            *to++ = text.ptr[i];
        } else if (text.ptr[++i] == 'u' && text.len - i > 4) {
            to = put_utf8(to, hex4(text.ptr + i + 1));
            i += 4;
        } else {
            escape = text.ptr[i] != '\0' ? strchr(plain, text.ptr[i]) : NULL;
            *to++ = (char)(escape != NULL ? meant[escape - plain] : text.ptr[i]);
        }
    }
    return to;
}

static bool is_program(struct c8d_str path, const char *name)
{
    size_t length = strlen(name);

    return path.len >= length && memcmp(path.ptr + path.len - length, name, length) == 0 &&
           (path.len == length || path.ptr[path.len - length - 1] == '/');
}

static bool is_known(struct c8d_str path)
{
    static const char *const programs[] = {"sh", "sleep", "true", "false", "cat", "echo", "hog"};

    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        if (is_program(path, programs[i]))
            return true;
    }
    return false;
}

static struct c8d_str base_name(struct c8d_str path)
{
    for (size_t i = path.len; i > 0; i--) {
        if (path.ptr[i - 1] == '/')
            return (struct c8d_str){path.ptr + i, path.len - i};
    }
    return path;
}

char *c8d__sim_script_of(struct c8d__world *world, struct c8d_str spec, bool is_exec, bool *found)
{
    struct scan scan = {spec.ptr, spec.ptr + spec.len};
    char *script = c8d__sim_alloc(world, spec.len + 2);
    char *to = script;
    struct c8d_str word;
    bool is_shell = false;
    size_t n = 0;
    char *exact;

    *found = false;
    if (script == NULL)
        return NULL;
    if ((is_exec || find_member(&scan, "process")) && find_member(&scan, "args") && take(&scan, '[')) {
        while (take_string(&scan, &word)) {
            if (n == 0) {
                *found = is_known(word);
                is_shell = is_program(word, "sh");
                word = base_name(word);
            }
            /* Of {"sh", "-c", SCRIPT} the script alone is left, of all else the words. */
            if (!is_shell || n == 2) {
                if (to != script)
                    *to++ = ' ';
                to = put_string(to, word);
            }
            n++;
            if (!take(&scan, ','))
                break;
        }
    }
    *to = '\0';
    exact = c8d__sim_string(world, c8d__sim_str(script));
    c8d__sim_free(world, script, spec.len + 2);
    return exact;
}
