/* SPDX-License-Identifier: Apache-2.0 */
/* The document of a process, from an OCI process. */
#include "document.h"
#include <c8d/runtime.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_DIRECTORY "C:\\"

/* A text that is put together. Its first failure stays. */
struct line {
    char *chars;
    size_t length, room;
    bool failed;
};

static void put(struct line *line, char c, size_t times)
{
    while (!line->failed && line->length + times + 1 > line->room) {
        size_t room = 2 * line->room + 64;
        char *grown = realloc(line->chars, room);

        line->failed = grown == NULL;
        if (grown != NULL) {
            line->chars = grown;
            line->room = room;
        }
    }
    if (line->failed)
        return;
    memset(line->chars + line->length, c, times);
    line->length += times;
    line->chars[line->length] = '\0';
}

/*
 * As CommandLineToArgvW and the C runtimes take it apart again: backslashes count only before a quote, where
 * each is doubled.
 */
static void put_argument(struct line *line, const char *argument)
{
    bool quoted = *argument == '\0' || strpbrk(argument, " \t") != NULL;
    size_t slashes = 0;

    if (line->length != 0)
        put(line, ' ', 1);
    if (quoted)
        put(line, '"', 1);
    for (; *argument != '\0'; argument++) {
        if (*argument == '"')
            put(line, '\\', slashes + 1);
        slashes = *argument == '\\' ? slashes + 1 : 0;
        put(line, *argument, 1);
    }
    if (quoted) {
        put(line, '\\', slashes);
        put(line, '"', 1);
    }
}

/* NULL: no memory. */
static json_t *command_line(const json_t *process)
{
    const json_t *whole = json_object_get(process, "commandLine");
    struct line line = {0};
    size_t i;
    json_t *argument;
    json_t *text;

    if (json_string_length(whole) != 0)
        return json_string(json_string_value(whole));
    json_array_foreach(json_object_get(process, "args"), i, argument)
    {
        put_argument(&line, json_string_value(argument));
    }
    text = line.failed ? NULL : json_string(line.chars != NULL ? line.chars : "");
    free(line.chars);
    return text;
}

static int by_name(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* "k=v" each; a later one wins, and one without "=" is none. */
static bool collect(const json_t *list, json_t *variables)
{
    size_t i;
    json_t *entry;

    json_array_foreach(list, i, entry)
    {
        const char *text = json_string_value(entry);
        const char *equals = strchr(text, '=');
        char *name = equals != NULL ? malloc((size_t)(equals - text) + 1) : NULL;
        bool stored;

        if (equals == NULL)
            continue;
        if (name == NULL)
            return false;
        memcpy(name, text, (size_t)(equals - text));
        name[equals - text] = '\0';
        stored = json_object_set_new(variables, name, json_string(equals + 1)) == 0;
        free(name);
        if (!stored)
            return false;
    }
    return true;
}

/* By name, as Go writes a map. */
static json_t *sorted(json_t *variables)
{
    size_t n = json_object_size(variables);
    const char **names = calloc(n + 1, sizeof(*names));
    json_t *in_order = names != NULL ? json_object() : NULL;
    const char *name;
    json_t *value;
    size_t i = 0;
    bool good = in_order != NULL;

    if (in_order != NULL) {
        json_object_foreach(variables, name, value)
        {
            names[i++] = name;
        }
        qsort(names, n, sizeof(*names), by_name);
    }
    for (i = 0; good && i < n; i++)
        good = json_object_set(in_order, names[i], json_object_get(variables, names[i])) == 0;
    free(names);
    if (good)
        return in_order;
    json_decref(in_order);
    return NULL;
}

static json_t *environment(const json_t *process)
{
    json_t *variables = json_object();
    json_t *in_order = NULL;

    if (variables != NULL && collect(json_object_get(process, "env"), variables))
        in_order = sorted(variables);
    json_decref(variables);
    return in_order;
}

static bool all_strings(const json_t *array)
{
    size_t i;
    json_t *entry;

    json_array_foreach(array, i, entry)
    {
        if (!json_is_string(entry))
            return false;
    }
    return true;
}

static enum c8d_status check(const json_t *process, struct c8d_error *err)
{
    const json_t *args = json_object_get(process, "args");

    if (!all_strings(args) || !all_strings(json_object_get(process, "env")))
        return c8d_error_set(err, C8D_INVALID, "the process's args and env must be arrays of strings");
    if (json_array_size(args) == 0 && json_string_length(json_object_get(process, "commandLine")) == 0)
        return c8d_error_set(err, C8D_INVALID, "the process has neither args nor a commandLine");
    return C8D_OK;
}

static bool add_text(json_t *document, const char *name, json_t *text)
{
    if (text == NULL)
        return false;
    if (json_string_length(text) == 0) {
        json_decref(text);
        return true;
    }
    return json_object_set_new(document, name, text) == 0;
}

static bool add_flag(json_t *document, const char *name, bool flag)
{
    return !flag || json_object_set_new(document, name, json_true()) == 0;
}

static json_t *copy_of(const json_t *text, const char *otherwise)
{
    return json_string(json_string_length(text) != 0 ? json_string_value(text) : otherwise);
}

static bool add_environment(json_t *document, const json_t *process)
{
    json_t *variables = environment(process);

    if (variables != NULL && json_object_size(variables) == 0) {
        json_decref(variables);
        return true;
    }
    return variables != NULL && json_object_set_new(document, "Environment", variables) == 0;
}

static bool add_streams(json_t *document, const json_t *process, uint32_t stdio)
{
    const json_t *size = json_object_get(process, "consoleSize");

    return add_flag(document, "EmulateConsole",
                    (stdio & C8D_STDIO_TERMINAL) != 0 ||
                        json_is_true(json_object_get(process, "terminal"))) &&
           add_flag(document, "CreateStdInPipe", (stdio & C8D_STDIO_IN) != 0) &&
           add_flag(document, "CreateStdOutPipe", (stdio & C8D_STDIO_OUT) != 0) &&
           add_flag(document, "CreateStdErrPipe", (stdio & C8D_STDIO_ERR) != 0) &&
           json_object_set_new(document, "ConsoleSize",
                               json_pack("[I,I]", json_integer_value(json_object_get(size, "height")),
                                         json_integer_value(json_object_get(size, "width")))) == 0;
}

enum c8d_status c8d__document_process(const struct c8d_allocator *allocator, const json_t *process,
                                      uint32_t stdio, struct c8d__wide_text *out, struct c8d_error *err)
{
    enum c8d_status status = check(process, err);
    json_t *document;
    json_t *user = json_object_get(json_object_get(process, "user"), "username");

    if (status != C8D_OK)
        return status;
    document = json_object();
    if (document != NULL && add_text(document, "CommandLine", command_line(process)) &&
        add_text(document, "User", copy_of(user, "")) &&
        add_text(document, "WorkingDirectory", copy_of(json_object_get(process, "cwd"), DEFAULT_DIRECTORY)) &&
        add_environment(document, process) && add_streams(document, process, stdio))
        return c8d__document_finish(allocator, document, out, err);
    json_decref(document);
    return c8d__document_finish(allocator, NULL, out, err);
}
