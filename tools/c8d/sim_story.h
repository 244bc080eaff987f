/* SPDX-License-Identifier: Apache-2.0 */
/* What a consumer was told in a simulated world, and the promises that it has to keep. */
#ifndef C8D_COMMAND_SIM_STORY_H
#define C8D_COMMAND_SIM_STORY_H

#include "told.h"
#include <c8d/client.h>

#define C8D__TRIAL_CONTAINERS_MAX 64

struct c8d__trial_story {
    struct c8d__told lives[C8D__TRIAL_CONTAINERS_MAX][2]; /* init, and the one exec */
    uint64_t notices, starts, ends;
    const char *broken; /* the name of the first invariant that was not kept; NULL = none */
};

/* The name of a container: "c" and its number. */
#define C8D__TRIAL_NAME_BYTES 8
void c8d__trial_name(unsigned number, char out[C8D__TRIAL_NAME_BYTES]);

/* Takes a notice, as a c8d_notice_fn whose user is the story. */
void c8d__trial_hear(void *story, const struct c8d_notice *notice);

/* When the world is well again and all was removed: what started has ended, what began is gone. */
void c8d__trial_end(struct c8d__trial_story *story, unsigned containers);

/* The first of those that are not kept counts: the rest may follow from it. */
void c8d__trial_expect(struct c8d__trial_story *story, bool kept, enum c8d__invariant invariant);

/* Of an invariant, such as "one-end": the promise that it stands under, such as "S1", and what it says; NULL
 * when there is none of that name. */
const char *c8d__trial_promise(const char *name);
const char *c8d__trial_sentence(const char *name);

#endif
