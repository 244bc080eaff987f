/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle_root.h"
#include "c8d.h"
#include "spec.h"
#include <stdio.h>
#include <stdlib.h>

const char *c8d__bundle_root_fault(const json_t *spec)
{
    return json_is_string(json_object_get(json_object_get(spec, "root"), "path")) ? NULL
                                                                                  : "root.path is missing";
}

char *c8d__bundle_root_path(const char *bundle, const char *path)
{
    char *joined = NULL;
    char *absolute;

    if (asprintf(&joined, "%s/%s", path[0] == '/' ? "" : bundle, path) < 0) {
        c8d__fail("run: no memory");
        return NULL;
    }
    absolute = c8d__directory("root of the bundle", joined);
    free(joined);
    return absolute;
}
