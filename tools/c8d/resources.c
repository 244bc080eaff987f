/* SPDX-License-Identifier: Apache-2.0 */
/* Limits on the command line. */
#include "resources.h"
#include "c8d.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum kind {
    BYTES, /* k, m or g may follow */
    NUMBER,
    TEXT,
};

static const struct {
    const char *group;
    const char *member;
    enum kind kind;
    bool may_be_none; /* -1 */
} resources[C8D__N_RESOURCES] = {
    {"memory", "limit", BYTES, false}, {"memory", "swap", BYTES, true}, {"cpu", "shares", NUMBER, false},
    {"cpu", "period", NUMBER, false},  {"cpu", "quota", NUMBER, true},  {"cpu", "cpus", TEXT, false},
    {"cpu", "mems", TEXT, false},      {"pids", "limit", NUMBER, true},
};

/* NULL: not a value of this kind. */
static json_t *read_value(unsigned which, const char *text)
{
    uint64_t number = 0;

    if (resources[which].kind == TEXT)
        return *text != '\0' ? json_string(text) : NULL;
    if (resources[which].may_be_none && strcmp(text, "-1") == 0)
        return json_integer(-1);
    if (resources[which].kind == BYTES ? !c8d__read_bytes(text, &number)
                                       : !c8d__read_number(text, INT64_MAX, &number))
        return NULL;
    return json_integer((json_int_t)number);
}

error_t c8d__resource_take(unsigned which, const char *value, struct argp_state *state, json_t *object)
{
    json_t *group = json_object_get(object, resources[which].group);
    json_t *member = read_value(which, value);

    if (member == NULL)
        return c8d__refuse(state,
                           resources[which].kind == BYTES  ? "not a number of bytes: '%s'"
                           : resources[which].kind == TEXT ? "not a list: '%s'"
                                                           : "not a number: '%s'",
                           value);
    if (group == NULL) {
        group = json_object();
        if (json_object_set_new(object, resources[which].group, group) != 0) {
            json_decref(member);
            return c8d__refuse(state, "no memory");
        }
    }
    return json_object_set_new(group, resources[which].member, member) == 0 ? 0
                                                                            : c8d__refuse(state, "no memory");
}

/* NULL after a failure that was told. */
static json_t *parse_file(FILE *in, const char *name)
{
    json_error_t error;
    json_t *object;
    int unread;

    errno = 0;
    object = json_loadf(in, JSON_REJECT_DUPLICATES, &error);
    unread = ferror(in) != 0 ? errno : 0;
    if (unread != 0)
        c8d__fail("update: %s: %s", name, strerror(unread));
    else if (object == NULL)
        c8d__fail("update: %s: line %d: %s", name, error.line, error.text);
    else if (!json_is_object(object))
        c8d__fail("update: %s: not an object of resources", name);
    if (unread == 0 && json_is_object(object))
        return object;
    json_decref(object);
    return NULL;
}

static json_t *load(const char *file)
{
    json_t *object;
    FILE *in;

    if (file == NULL)
        return json_object();
    if (strcmp(file, "-") == 0)
        return parse_file(stdin, "standard input");
    in = fopen(file, "re");
    if (in == NULL) {
        c8d__fail("update: %s: %s", file, strerror(errno));
        return NULL;
    }
    object = parse_file(in, file);
    fclose(in);
    return object;
}

/* Members of the groups one by one: the file may have others. */
static bool merge(json_t *whole, const json_t *changes)
{
    const char *name;
    json_t *group;

    json_object_foreach((json_t *)changes, name, group)
    {
        json_t *there = json_object_get(whole, name);
        int failed =
            json_is_object(there) ? json_object_update(there, group) : json_object_set(whole, name, group);

        if (failed != 0)
            return false;
    }
    return true;
}

char *c8d__resources_text(const char *file, const json_t *changes)
{
    json_t *whole = load(file);
    char *text = NULL;

    if (whole == NULL)
        return NULL;
    if (merge(whole, changes))
        text = json_dumps(whole, JSON_COMPACT);
    if (text == NULL)
        c8d__fail("no memory");
    json_decref(whole);
    return text;
}
