/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding a container by (namespace, id). Namespaces are few and interned; containers are found by open
 * addressing with linear probing. An entry of the index is a container's number plus one, below seven bits of
 * its hash, so that of the containers a probe passes by hardly one is read; 0 is a hole.
 */
#include "engine.h"
#include <string.h>

bool c8d__is_name(struct c8d_str name)
{
    return name.len >= 1 && name.len <= C8D_NAME_BYTES_MAX;
}

bool c8d__same_name(struct c8d_str name, const char *bytes, uint32_t length)
{
    return name.len == length && memcmp(name.ptr, bytes, length) == 0;
}

uint32_t c8d__namespace_find(const struct c8d_model *model, struct c8d_str name)
{
    const struct c8d__namespace *entries = c8d__namespaces_of(model);

    for (uint32_t i = 0; i < model->namespaces; i++) {
        /* One without users keeps its name until its place is needed. */
        if (c8d__same_name(name, entries[i].name, entries[i].length))
            return i;
    }
    return C8D__NONE;
}

uint32_t c8d__namespace_enter(struct c8d_model *model, struct c8d_str name)
{
    struct c8d__namespace *entries = c8d__namespaces_of(model);
    uint32_t number = c8d__namespace_find(model, name);

    for (uint32_t i = 0; number == C8D__NONE && i < C8D__NAMESPACES_MAX; i++) {
        if (entries[i].users == 0) {
            number = i;
            entries[i].length = (uint32_t)name.len;
            memcpy(entries[i].name, name.ptr, name.len);
            if (model->namespaces <= i)
                model->namespaces = i + 1;
        }
    }
    if (number != C8D__NONE)
        entries[number].users++;
    return number;
}

static uint64_t mix(uint64_t hash, uint64_t word, uint64_t second)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u ^ second * 0xc2b2ae3d27d4eb4fu;
    return hash ^ hash >> 32;
}

/* Sixteen bytes at a time, of which the last eight wait for nothing. Not keyed: ids are chosen by the host's
 * own engine, not by an enemy. */
uint32_t c8d__hash_of(uint32_t namespace_, struct c8d_str id)
{
    uint64_t hash = mix(id.len, namespace_, 0);
    uint64_t words[2];
    size_t at = 0;

    for (; id.len - at >= sizeof(words); at += sizeof(words)) {
        memcpy(words, id.ptr + at, sizeof(words));
        hash = mix(hash, words[0], words[1]);
    }
    memset(words, 0, sizeof(words));
    memcpy(words, id.ptr + at, id.len - at);
    return (uint32_t)mix(mix(hash, words[0], words[1]), 0, 0);
}

uint32_t c8d__container_hash(const struct c8d__container *container)
{
    return c8d__hash_of(container->namespace_, (struct c8d_str){container->name, container->name_length});
}

/* The number of a container plus one takes a bit more than the number. */
#define NUMBER_MASK (2 * C8D__NUMBER_MASK + 1)

/* The low bits of the hash say where the entry stands, the high ones whose it is. */
uint32_t c8d__index_entry(uint32_t hash, uint32_t container)
{
    return (hash & ~NUMBER_MASK) | (container + 1);
}

static bool may_be_of(uint32_t entry, uint32_t hash)
{
    return ((entry ^ hash) & ~NUMBER_MASK) == 0;
}

uint32_t c8d__index_container(uint32_t entry)
{
    return (entry & NUMBER_MASK) - 1;
}

void c8d__index_put(struct c8d_model *model, uint32_t hash, uint32_t container)
{
    uint32_t *index = c8d__index_of(model);
    uint32_t slot = hash & model->index_mask;

    while (index[slot] != 0)
        slot = (slot + 1) & model->index_mask;
    index[slot] = c8d__index_entry(hash, container);
}

/* Removes an entry and moves back those that had been pushed past it, so that no probe meets a hole too
 * early. */
void c8d__index_remove(struct c8d_model *model, uint32_t hash, uint32_t container)
{
    uint32_t *index = c8d__index_of(model);
    uint32_t hole = hash & model->index_mask;

    while (c8d__index_container(index[hole]) != container)
        hole = (hole + 1) & model->index_mask;
    index[hole] = 0;
    for (uint32_t slot = (hole + 1) & model->index_mask; index[slot] != 0;
         slot = (slot + 1) & model->index_mask) {
        uint32_t home = c8d__container_hash(c8d__container_at(model, c8d__index_container(index[slot])));

        if (((slot - home) & model->index_mask) >= ((slot - hole) & model->index_mask)) {
            index[hole] = index[slot];
            index[slot] = 0;
            hole = slot;
        }
    }
}

/* The first place from `slot` on that is empty or whose container may be of that hash. */
static uint32_t probe(const struct c8d_model *model, uint32_t slot, uint32_t hash)
{
    const uint32_t *index = c8d__index_of(model);

    slot &= model->index_mask;
    while (index[slot] != 0 && !may_be_of(index[slot], hash))
        slot = (slot + 1) & model->index_mask;
    return slot;
}

uint32_t c8d__index_guess(const struct c8d_model *model, uint32_t hash)
{
    uint32_t entry = c8d__index_of(model)[probe(model, hash, hash)];

    return entry != 0 ? c8d__index_container(entry) : C8D__NONE;
}

static bool is_named(const struct c8d__container *container, uint32_t namespace_, struct c8d_str id)
{
    c8d__container_fetch(container);
    return container->namespace_ == namespace_ && c8d__same_name(id, container->name, container->name_length);
}

uint32_t c8d__index_find(const struct c8d_model *model, uint32_t namespace_, uint32_t hash, struct c8d_str id)
{
    const uint32_t *index = c8d__index_of(model);

    for (uint32_t slot = probe(model, hash, hash); index[slot] != 0; slot = probe(model, slot + 1, hash)) {
        uint32_t number = c8d__index_container(index[slot]);

        if (is_named(c8d__container_at(model, number), namespace_, id))
            return number;
    }
    return C8D__NONE;
}
