/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes as numbers of groups of numbers of chunks. */
#include "archive.h"
#include <string.h>
#include <sys/mman.h>

#define CHUNKS_CAPACITY ((uint32_t)1 << 27)
#define SCENES_CAPACITY ((uint32_t)3 << 28)

bool archive_init(struct archive *archive, const struct scene *scene)
{
    bool made = store_init(&archive->scenes, GROUPS_MAX * sizeof(uint32_t), SCENES_CAPACITY);

    archive->chunk_count = scene_chunks(scene, archive->chunks);
    archive->group_count = (archive->chunk_count + GROUP - 1) / GROUP;
    for (unsigned i = 0; i < archive->chunk_count; i++)
        made &= store_init(&archive->chunk_stores[i], archive->chunks[i].bytes, CHUNKS_CAPACITY);
    for (unsigned i = 0; i < archive->group_count; i++)
        made &= store_init(&archive->group_stores[i], GROUP * sizeof(uint32_t), SCENES_CAPACITY);
    archive->parents = mmap(NULL, SCENES_CAPACITY * sizeof(uint32_t), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return made && archive->parents != MAP_FAILED;
}

void archive_fini(struct archive *archive)
{
    for (unsigned i = 0; i < archive->chunk_count; i++)
        store_fini(&archive->chunk_stores[i]);
    for (unsigned i = 0; i < archive->group_count; i++)
        store_fini(&archive->group_stores[i]);
    store_fini(&archive->scenes);
    (void)munmap(archive->parents, SCENES_CAPACITY * sizeof(uint32_t));
}

static uint8_t *bytes_at(struct scene *scene, const struct chunk *chunk)
{
    return (uint8_t *)scene + chunk->offset;
}

static const uint8_t *const_bytes_at(const struct scene *scene, const struct chunk *chunk)
{
    return (const uint8_t *)scene + chunk->offset;
}

void archive_load(const struct archive *archive, uint32_t number, struct scene *scene, struct kept *kept)
{
    memcpy(kept->groups, store_get(&archive->scenes, number), sizeof(kept->groups));
    for (unsigned i = 0; i < archive->group_count; i++)
        memcpy(&kept->chunks[(size_t)GROUP * i], store_get(&archive->group_stores[i], kept->groups[i]),
               GROUP * sizeof(uint32_t));
    for (unsigned i = 0; i < archive->chunk_count; i++)
        memcpy(bytes_at(scene, &archive->chunks[i]), store_get(&archive->chunk_stores[i], kept->chunks[i]),
               archive->chunks[i].bytes);
}

void archive_copy(const struct archive *archive, const struct scene *from, struct scene *to)
{
    for (unsigned i = 0; i < archive->chunk_count; i++)
        memcpy(bytes_at(to, &archive->chunks[i]), const_bytes_at(from, &archive->chunks[i]),
               archive->chunks[i].bytes);
}

/* The numbers of a scene's chunks: those that are as in the base need no
 * search. */
static bool keep_chunks(struct archive *archive, const struct scene *scene, const struct scene *base,
                        const struct kept *base_kept, uint32_t chunks[CHUNKS_MAX])
{
    bool fresh;

    for (unsigned i = 0; i < archive->chunk_count; i++) {
        const struct chunk *chunk = &archive->chunks[i];
        const uint8_t *bytes = const_bytes_at(scene, chunk);

        if (base != NULL && memcmp(bytes, const_bytes_at(base, chunk), chunk->bytes) == 0)
            chunks[i] = base_kept->chunks[i];
        else
            chunks[i] = store_put(&archive->chunk_stores[i], bytes, &fresh);
        if (chunks[i] == STORE_NONE)
            return false;
    }
    return true;
}

uint32_t archive_keep(struct archive *archive, const struct scene *scene, const struct scene *base,
                      const struct kept *base_kept, uint32_t parent, bool *fresh)
{
    uint32_t chunks[CHUNKS_MAX] = {0};
    uint32_t groups[GROUPS_MAX] = {0};
    uint32_t number;

    if (!keep_chunks(archive, scene, base, base_kept, chunks))
        return STORE_NONE;
    for (unsigned i = 0; i < archive->group_count; i++) {
        const uint32_t *group = &chunks[(size_t)GROUP * i];

        if (base != NULL &&
            memcmp(group, &base_kept->chunks[(size_t)GROUP * i], GROUP * sizeof(uint32_t)) == 0)
            groups[i] = base_kept->groups[i];
        else
            groups[i] = store_put(&archive->group_stores[i], group, fresh);
        if (groups[i] == STORE_NONE)
            return STORE_NONE;
    }
    number = store_put(&archive->scenes, groups, fresh);
    if (*fresh)
        archive->parents[number] = parent;
    return number;
}

bool archive_tend(struct archive *archive)
{
    bool tended = store_tend(&archive->scenes);

    for (unsigned i = 0; i < archive->chunk_count; i++)
        tended &= store_tend(&archive->chunk_stores[i]);
    for (unsigned i = 0; i < archive->group_count; i++)
        tended &= store_tend(&archive->group_stores[i]);
    return tended;
}

uint32_t archive_count(const struct archive *archive)
{
    return atomic_load(&archive->scenes.used);
}

size_t archive_bytes(const struct archive *archive)
{
    size_t bytes = store_bytes(&archive->scenes) + archive_count(archive) * sizeof(uint32_t);

    for (unsigned i = 0; i < archive->chunk_count; i++)
        bytes += store_bytes(&archive->chunk_stores[i]);
    for (unsigned i = 0; i < archive->group_count; i++)
        bytes += store_bytes(&archive->group_stores[i]);
    return bytes;
}
