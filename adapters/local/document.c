/* SPDX-License-Identifier: Apache-2.0 */
/* Writing and reading documents: their text, and the small ones. */
#include "document.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXIT_UNKNOWN UINT32_MAX

/* ---- text
 * -------------------------------------------------------------------------------------------------------------
 */

/* Go's escape of what stands at a place; NULL when the characters stand for themselves. */
static const char *go_escape(const char *at, size_t *length, char escape[7])
{
    *length = 1;
    if (*at == '<' || *at == '>' || *at == '&') {
        snprintf(escape, 7, "\\u%04x", (unsigned)*at);
        return escape;
    }
    if (strncmp(at, "\xe2\x80\xa8", 3) == 0 || strncmp(at, "\xe2\x80\xa9", 3) == 0) {
        *length = 3;
        return at[2] == '\xa8' ? "\\u2028" : "\\u2029";
    }
    if (*at != '\\')
        return NULL;
    *length = at[1] == 'u' ? 6 : 2;
    if (at[1] == 'b' || at[1] == 'f')
        return at[1] == 'b' ? "\\u0008" : "\\u000c";
    snprintf(escape, 7, "%.*s", (int)*length, at);
    for (char *letter = escape + 2; *length == 6 && *letter != '\0'; letter++)
        *letter = (char)tolower((unsigned char)*letter);
    return escape;
}

/* Returns the length; writes nothing when `to` is NULL. */
static size_t rewrite(const char *from, char *to)
{
    size_t n = 0;
    size_t length;
    char escape[7];

    for (; *from != '\0'; from += length) {
        const char *text = go_escape(from, &length, escape);
        size_t out = text != NULL ? strlen(text) : length;

        for (size_t i = 0; to != NULL && i < out; i++)
            to[n + i] = (text != NULL ? text : from)[i];
        n += out;
    }
    return n;
}

static enum c8d_status no_memory(struct c8d_error *err)
{
    return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a document");
}

static enum c8d_status to_wide(const struct c8d_allocator *allocator, const char *text,
                               struct c8d__wide_text *out, struct c8d_error *err)
{
    size_t bytes = rewrite(text, NULL) + 1;
    char *escaped = allocator->allocate(allocator->ctx, bytes);
    enum c8d__text_verdict verdict;

    if (escaped == NULL)
        return no_memory(err);
    (void)rewrite(text, escaped);
    verdict = c8d__to_wide(allocator, (struct c8d_str){escaped, bytes - 1}, out);
    allocator->release(allocator->ctx, escaped, bytes);
    return verdict == C8D__TEXT_OK ? C8D_OK : no_memory(err);
}

enum c8d_status c8d__document_finish(const struct c8d_allocator *allocator, json_t *json,
                                     struct c8d__wide_text *out, struct c8d_error *err)
{
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    enum c8d_status status;

    json_decref(json);
    if (text == NULL)
        return no_memory(err);
    status = to_wide(allocator, text, out, err);
    free(text);
    return status;
}

/* ---- small ones
 * ------------------------------------------------------------------------------------------------------- */

enum c8d_status c8d__document_resize(const struct c8d_allocator *allocator, uint32_t columns, uint32_t rows,
                                     struct c8d__wide_text *out, struct c8d_error *err)
{
    if (columns > UINT16_MAX || rows > UINT16_MAX)
        return c8d_error_set(err, C8D_INVALID, "a console has at most 65535 columns and rows");
    return c8d__document_finish(allocator,
                                json_pack("{s:s, s:{s:i, s:i}}", "Operation", "ConsoleSize", "ConsoleSize",
                                          "Height", (int)rows, "Width", (int)columns),
                                out, err);
}

enum c8d_status c8d__document_close_stdin(const struct c8d_allocator *allocator, struct c8d__wide_text *out,
                                          struct c8d_error *err)
{
    return c8d__document_finish(
        allocator, json_pack("{s:s, s:{s:s}}", "Operation", "CloseHandle", "CloseHandle", "Handle", "StdIn"),
        out, err);
}

enum c8d_status c8d__document_query(const struct c8d_allocator *allocator, const char *type,
                                    struct c8d__wide_text *out, struct c8d_error *err)
{
    json_t *query = type != NULL ? json_pack("{s:[s]}", "PropertyTypes", type) : json_object();

    return c8d__document_finish(allocator, query, out, err);
}

enum c8d_status c8d__document_owner(const struct c8d_allocator *allocator, const char *owner,
                                    struct c8d__wide_text *out, struct c8d_error *err)
{
    return c8d__document_finish(allocator, json_pack("{s:[s]}", "Owners", owner), out, err);
}

/* ---- what comes back
 * -------------------------------------------------------------------------------------------------- */

enum c8d_status c8d__document_read(const struct c8d_allocator *allocator, const c8d__wide *document,
                                   json_t **out, struct c8d_error *err)
{
    struct c8d__text text;
    enum c8d_status status;

    if (document == NULL)
        return c8d_error_set(err, C8D_REMOTE, "HCS has given no document");
    if (!c8d__from_wide(allocator, document, &text))
        return no_memory(err);
    status = c8d__json_read(c8d__text_str(&text), "HCS's document", out, err);
    c8d__text_free(allocator, &text);
    if (status == C8D_INVALID && err != NULL)
        err->status = C8D_REMOTE;
    return status == C8D_INVALID ? C8D_REMOTE : status;
}

enum c8d_status c8d__document_read_list(const struct c8d_allocator *allocator, const c8d__wide *document,
                                        json_t **out, struct c8d_error *err)
{
    struct c8d__text text;
    json_t *list;

    if (document == NULL)
        return c8d_error_set(err, C8D_REMOTE, "HCS has given no list");
    if (!c8d__from_wide(allocator, document, &text))
        return no_memory(err);
    list = json_loads(text.chars, JSON_REJECT_DUPLICATES, NULL);
    c8d__text_free(allocator, &text);
    if (!json_is_array(list)) {
        json_decref(list);
        return c8d_error_set(err, C8D_REMOTE, "HCS's list is none");
    }
    *out = list;
    return C8D_OK;
}

/* NULL: none, no JSON object, or no memory. */
static json_t *parse(const struct c8d_allocator *allocator, const c8d__wide *document)
{
    json_t *json = NULL;

    (void)c8d__document_read(allocator, document, &json, NULL);
    return json;
}

struct c8d_exit c8d__document_exit(const struct c8d_allocator *allocator, const c8d__wide *properties)
{
    struct c8d_exit exit = {.ran = true};
    json_t *json = parse(allocator, properties);
    const json_t *code = json_object_get(json, "ExitCode");
    json_int_t value = json_integer_value(code);
    bool waited = json_integer_value(json_object_get(json, "LastWaitResult")) == 0;

    if (waited && json_is_true(json_object_get(json, "Exited")) && json_is_integer(code) && value >= 0 &&
        value < EXIT_UNKNOWN) {
        exit.known = true;
        exit.code = (uint32_t)value;
    }
    json_decref(json);
    return exit;
}

static const char *word(const json_t *event, const char *name)
{
    const char *text = json_string_value(json_object_get(event, name));

    return text != NULL ? text : "";
}

void c8d__document_events(const struct c8d_allocator *allocator, const c8d__wide *result, char *words,
                          size_t size)
{
    json_t *json = parse(allocator, result);
    size_t n = 0;
    size_t i;
    json_t *event;

    words[0] = '\0';
    json_array_foreach(json_object_get(json, "ErrorEvents"), i, event)
    {
        int more;

        if (n >= size)
            break;
        more =
            snprintf(words + n, size - n, " [%s, %s %lld]", word(event, "Message"), word(event, "Provider"),
                     (long long)json_integer_value(json_object_get(event, "EventId")));
        n += more > 0 ? (size_t)more : 0;
    }
    json_decref(json);
}
