/* SPDX-License-Identifier: Apache-2.0 */
/* The root file system that the spec of a bundle names. */
#ifndef C8D_COMMAND_BUNDLE_ROOT_H
#define C8D_COMMAND_BUNDLE_ROOT_H

#include <jansson.h>

/** @return What is wrong with it; NULL when it can be given to a runtime. */
const char *c8d__bundle_root_fault(const json_t *spec);

/** Makes its path one that does not depend on the bundle's: the runtime keeps no bundle of ours.
 * @param path As root.path says it.
 * @return The path, to be freed; NULL after a failure that was told. */
char *c8d__bundle_root_path(const char *bundle, const char *path);

#endif
