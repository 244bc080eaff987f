/* SPDX-License-Identifier: Apache-2.0 */
/* The spec of a bundle: a directory with a config.json and, usually, the root file system. */
#include "bundle_root.h"
#include "c8d.h"
#include "spec.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

char *c8d__directory(const char *what, const char *path)
{
    struct stat status;
    char *absolute = realpath(path, NULL);

    if (absolute == NULL) {
        c8d__fail("run: %s %s: %s", what, path, strerror(errno));
    } else if (stat(absolute, &status) != 0 || !S_ISDIR(status.st_mode)) {
        c8d__fail("run: %s %s: %s", what, path, strerror(ENOTDIR));
        free(absolute);
        absolute = NULL;
    }
    return absolute;
}

static json_t *load(const char *file)
{
    json_error_t error;
    json_t *spec = json_load_file(file, JSON_REJECT_DUPLICATES, &error);

    if (spec == NULL && error.line > 0)
        c8d__fail("run: %s: line %d: %s", file, error.line, error.text);
    else if (spec == NULL)
        c8d__fail("run: %s", error.text);
    return spec;
}

/* What is wrong with it; NULL when it can be given to a runtime. */
static const char *fault(json_t *spec)
{
    const json_t *process = json_object_get(spec, "process");
    const json_t *args = json_object_get(process, "args");
    const json_t *arg;
    size_t i;

    if (!json_is_string(json_object_get(spec, "ociVersion")))
        return "ociVersion is missing";
    if (!json_is_object(process))
        return "process is missing";
    if (!json_is_string(json_object_get(process, "cwd")))
        return "process.cwd is missing";
    if (!json_is_array(args) || json_array_size(args) == 0)
        return "process.args is missing or empty";
    json_array_foreach(args, i, arg)
    {
        if (!json_is_string(arg))
            return "process.args holds something else than strings";
    }
    return c8d__bundle_root_fault(spec);
}

static bool settle_root(json_t *spec, const char *bundle)
{
    json_t *root = json_object_get(spec, "root");
    char *path;
    bool done;

    if (root == NULL)
        return true;
    path = c8d__bundle_root_path(bundle, json_string_value(json_object_get(root, "path")));
    if (path == NULL)
        return false;
    done = json_object_set_new(root, "path", json_string(path)) == 0;
    if (!done)
        c8d__fail("run: root of the bundle: no text (UTF-8)");
    free(path);
    return done;
}

static json_t *read_config(const char *bundle)
{
    char *file = NULL;
    const char *wrong;
    json_t *spec;

    if (asprintf(&file, "%s/config.json", bundle) < 0) {
        c8d__fail("run: no memory");
        return NULL;
    }
    spec = load(file);
    wrong = spec != NULL ? fault(spec) : NULL;
    if (wrong != NULL)
        c8d__fail("run: %s: %s", file, wrong);
    free(file);
    if (wrong == NULL && spec != NULL && settle_root(spec, bundle))
        return spec;
    json_decref(spec);
    return NULL;
}

json_t *c8d__spec_of_bundle(const char *directory)
{
    char *bundle = c8d__directory("bundle", directory);
    json_t *spec = bundle != NULL ? read_config(bundle) : NULL;

    free(bundle);
    return spec;
}
