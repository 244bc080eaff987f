/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many lookups at once. With a million containers one lookup waits for memory three times (index, name,
 * state); here the waits of a group overlap: its places in the index are asked for first, then its
 * containers, and only then is anything compared.
 */
#include "engine.h"

#define GROUP 16

/* Asks for what the lookups and the steps after them will read. */
static void fetch(const struct c8d_model *model, const uint32_t *hashes, size_t count)
{
    const uint32_t *index = c8d__index_of(model);

    for (size_t i = 0; i < count; i++)
        __builtin_prefetch(&index[hashes[i] & model->index_mask]);
    for (size_t i = 0; i < count; i++) {
        uint32_t found = c8d__index_guess(model, hashes[i]);

        if (found != C8D__NONE)
            c8d__container_fetch(c8d__container_at(model, found));
    }
}

static void find_group(const struct c8d_model *model, uint32_t namespace_, const struct c8d_str *ids,
                       size_t count, c8d_ref *out)
{
    uint32_t hashes[GROUP];

    for (size_t i = 0; i < count; i++)
        hashes[i] = c8d__hash_of(namespace_, ids[i]);
    fetch(model, hashes, count);
    for (size_t i = 0; i < count; i++) {
        uint32_t found = c8d__index_find(model, namespace_, hashes[i], ids[i]);

        out[i] =
            found != C8D__NONE ? c8d__container_ref(model, c8d__container_at(model, found)) : C8D_REF_NONE;
    }
}

void c8d_model_find_many(const struct c8d_model *model, struct c8d_str namespace_, const struct c8d_str *ids,
                         size_t count, c8d_ref *out)
{
    uint32_t number = c8d__namespace_find(model, namespace_);

    for (size_t at = 0; at < count; at += GROUP) {
        size_t group = count - at < GROUP ? count - at : GROUP;

        if (number != C8D__NONE)
            find_group(model, number, ids + at, group, out + at);
        for (size_t i = 0; number == C8D__NONE && i < group; i++)
            out[at + i] = C8D_REF_NONE;
    }
}
