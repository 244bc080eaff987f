/* SPDX-License-Identifier: Apache-2.0 */
/* What the words of the command line change in an OCI runtime spec. */
#include "spec.h"
#include "c8d.h"
#include "options.h"
#include "terminal.h"
#include <stdlib.h>
#include <string.h>

static bool set_args(json_t *process, char *const *args)
{
    json_t *array = json_array();

    for (; *args != NULL; args++) {
        if (json_array_append_new(array, json_string(*args)) != 0) {
            json_decref(array);
            return false;
        }
    }
    return json_object_set_new(process, "args", array) == 0;
}

/* Takes what is set for the same name out: the first one would win. */
static void unset_env(json_t *env, const char *pair)
{
    size_t name = strcspn(pair, "=");

    for (size_t i = json_array_size(env); i > 0; i--) {
        const char *there = json_string_value(json_array_get(env, i - 1));

        if (there != NULL && strncmp(there, pair, name) == 0 && there[name] == '=')
            json_array_remove(env, i - 1);
    }
}

static bool add_env(json_t *process, const char *const *pairs, size_t n)
{
    json_t *env = json_object_get(process, "env");

    if (!json_is_array(env)) {
        env = json_array();
        if (json_object_set_new(process, "env", env) != 0)
            return false;
    }
    for (size_t i = 0; i < n; i++) {
        unset_env(env, pairs[i]);
        if (json_array_append_new(env, json_string(pairs[i])) != 0)
            return false;
    }
    return true;
}

static bool read_user(const char *text, uint64_t *uid, uint64_t *gid)
{
    char first[16];
    size_t length = strcspn(text, ":");

    if (length >= sizeof(first))
        return false;
    memcpy(first, text, length);
    first[length] = '\0';
    *gid = 0;
    return c8d__read_number(first, UINT32_MAX, uid) &&
           (text[length] == '\0' || c8d__read_number(text + length + 1, UINT32_MAX, gid));
}

static bool set_user(json_t *process, const char *text)
{
    uint64_t uid, gid;

    if (!read_user(text, &uid, &gid))
        return false;
    return json_object_set_new(process, "user",
                               json_pack("{s:I, s:I}", "uid", (json_int_t)uid, "gid", (json_int_t)gid)) == 0;
}

static bool has_env(const json_t *process, const char *name)
{
    const json_t *env = json_object_get(process, "env");
    size_t length = strlen(name);

    for (size_t i = 0; i < json_array_size(env); i++) {
        const char *pair = json_string_value(json_array_get(env, i));

        if (pair != NULL && strncmp(pair, name, length) == 0 && pair[length] == '=')
            return true;
    }
    return false;
}

/* A terminal of the kind and the size of ours: so it has them from the first line on. */
static bool set_terminal(json_t *process)
{
    const char *kind = getenv("TERM");
    uint32_t columns, rows;
    char pair[128];
    const char *pairs[] = {pair};

    if (json_object_set_new(process, "terminal", json_true()) != 0)
        return false;
    if (c8d__terminal_size(&columns, &rows) &&
        json_object_set_new(
            process, "consoleSize",
            json_pack("{s:I, s:I}", "height", (json_int_t)rows, "width", (json_int_t)columns)) != 0)
        return false;
    if (has_env(process, "TERM"))
        return true;
    snprintf(pair, sizeof(pair), "TERM=%s", kind != NULL && *kind != '\0' ? kind : "xterm");
    return add_env(process, pairs, 1);
}

bool c8d__spec_wish_process(json_t *process, const struct c8d__wishes *wishes)
{
    const char *wrong = NULL;

    if (wishes->args != NULL && !set_args(process, wishes->args))
        wrong = "command: no text (UTF-8)";
    else if (!add_env(process, wishes->env, wishes->n_env))
        wrong = "--env: no text (UTF-8)";
    else if (wishes->workdir != NULL &&
             json_object_set_new(process, "cwd", json_string(wishes->workdir)) != 0)
        wrong = "--workdir: no text (UTF-8)";
    else if (wishes->user != NULL && !set_user(process, wishes->user))
        wrong = "--user: not a uid or uid:gid";
    else if (wishes->terminal && !set_terminal(process))
        wrong = "--terminal: no memory, or TERM is no text (UTF-8)";
    if (wrong != NULL)
        c8d__fail("%s", wrong);
    return wrong == NULL;
}

/* The object under a key, made when it is missing. Borrowed; NULL without memory. */
static json_t *object_at(json_t *parent, const char *key)
{
    json_t *object = json_object_get(parent, key);

    if (json_is_object(object))
        return object;
    object = json_object();
    return json_object_set_new(parent, key, object) == 0 ? object : NULL;
}

static bool set_memory(json_t *spec, uint64_t bytes)
{
    json_t *resources = object_at(object_at(spec, "linux"), "resources");

    return json_object_set_new(object_at(resources, "memory"), "limit", json_integer((json_int_t)bytes)) == 0;
}

bool c8d__spec_wish(json_t *spec, const struct c8d__wishes *wishes)
{
    if (wishes->memory != 0 && !set_memory(spec, wishes->memory)) {
        c8d__fail("--memory: cannot be put into a spec");
        return false;
    }
    return c8d__spec_wish_process(json_object_get(spec, "process"), wishes);
}

json_t *c8d__spec_of_exec(struct c8d_str container_spec)
{
    json_error_t error;
    json_t *spec = json_loadb(container_spec.ptr, container_spec.len, 0, &error);
    json_t *process = json_incref(json_object_get(spec, "process"));

    json_decref(spec);
    if (!json_is_object(process)) {
        c8d__fail("exec: the container's spec has no process to derive another one from");
        json_decref(process);
        return NULL;
    }
    json_object_set_new(process, "terminal", json_false());
    json_object_del(process, "consoleSize");
    return process;
}

char *c8d__spec_text(const json_t *spec)
{
    char *text = json_dumps(spec, JSON_COMPACT);

    if (text == NULL)
        c8d__fail("no memory for a spec");
    return text;
}
