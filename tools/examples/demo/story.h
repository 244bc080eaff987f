/* SPDX-License-Identifier: Apache-2.0 */
/* What happens in the demo. */
#ifndef C8D_DEMO_STORY_H
#define C8D_DEMO_STORY_H

#include "world.h"

#include <c8d/task.h>

struct story {
    struct world *world;
    struct c8d_client *client;
    struct c8d_container *web;
    struct c8d_process *task;
    unsigned notices;
    unsigned exits;
};

void story_notice(void *user, const struct c8d_notice *notice);

/* Tells it all. @return False when something came out otherwise than it must; it was said on stderr. */
bool story_tell(struct story *story);

#endif
