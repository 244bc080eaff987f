/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_TEST_SETTINGS_H
#define C8D_TEST_SETTINGS_H

#include "runtime.h"

extern const unsigned setting_count;
const struct setting *setting_at(unsigned number);
const struct setting *setting_named(const char *name);

#endif
