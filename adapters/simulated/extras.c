/* SPDX-License-Identifier: Apache-2.0 */
/* What a container's record carries and the world has no use for: kept, and told again. */
#include "simulated_internal.h"
#include <string.h>

bool c8d__sim_extras_copy(struct c8d__world *world, struct c8d__sim_extras *to,
                          const struct c8d__sim_extras *from)
{
    const struct c8d_str *texts[] = {&from->options.type, &from->options.value, &from->snapshotter,
                                     &from->snapshot_key};
    struct c8d_str copies[4];
    char *at;

    to->size = 0;
    for (size_t i = 0; i < 4; i++)
        to->size += texts[i]->len;
    to->bytes = to->size != 0 ? c8d__sim_alloc(world, to->size) : NULL;
    if (to->size != 0 && to->bytes == NULL)
        return false;
    at = to->bytes;
    for (size_t i = 0; i < 4; i++) {
        copies[i] = (struct c8d_str){at, texts[i]->len};
        if (texts[i]->len == 0)
            continue;
        memcpy(at, texts[i]->ptr, texts[i]->len);
        at += texts[i]->len;
    }
    to->options = (struct c8d_any){copies[0], copies[1]};
    to->snapshotter = copies[2];
    to->snapshot_key = copies[3];
    return true;
}

void c8d__sim_extras_free(struct c8d__world *world, struct c8d__sim_extras *extras)
{
    if (extras->bytes != NULL)
        c8d__sim_free(world, extras->bytes, extras->size);
    *extras = (struct c8d__sim_extras){0};
}
