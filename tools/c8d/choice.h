/* SPDX-License-Identifier: Apache-2.0 */
/* Which runtime the shared options and the environment stand for. */
#ifndef C8D_COMMAND_CHOICE_H
#define C8D_COMMAND_CHOICE_H

#include "options.h"
#include <c8d/select.h>

/** @return As c8d_runtime_select(). What the choice points to lives as long as the options. */
enum c8d_status c8d__choose(const struct c8d__options *options, struct c8d_selection *out,
                            struct c8d_error *err);

#endif
