/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All scenes that have been reached, exactly: a scene is cut into chunks, each
 * distinct chunk is kept once, a group is four numbers of chunks, a scene is
 * four numbers of groups. A hundred million scenes of a kilobyte fit into a few
 * gigabytes, since most differ from some other in one chunk alone.
 */
#ifndef C8D_TEST_ARCHIVE_H
#define C8D_TEST_ARCHIVE_H

#include "runtime.h"
#include "store.h"

#define GROUP 4
#define GROUPS_MAX 4

struct archive {
    struct chunk chunks[CHUNKS_MAX];
    unsigned chunk_count;
    unsigned group_count;
    struct store chunk_stores[CHUNKS_MAX];
    struct store group_stores[GROUPS_MAX];
    struct store scenes;
    uint32_t *parents; /* of each scene, the one that it was first reached from */
};

/* A scene as it is kept. */
struct kept {
    uint32_t chunks[CHUNKS_MAX];
    uint32_t groups[GROUPS_MAX];
};

/* False when there is no memory. Any scene of the setting shows where the
 * chunks are. */
bool archive_init(struct archive *archive, const struct scene *scene);
void archive_fini(struct archive *archive);

/* Makes `scene` the scene of that number, and *kept what is stored of it. */
void archive_load(const struct archive *archive, uint32_t number, struct scene *scene, struct kept *kept);
/* Makes `to` what `from` is. */
void archive_copy(const struct archive *archive, const struct scene *from, struct scene *to);
/* Keeps a scene that is like `base`, kept as `base_kept`, in most. `parent` is
 * noted when it is new. STORE_NONE: full. */
uint32_t archive_keep(struct archive *archive, const struct scene *scene, const struct scene *base,
                      const struct kept *base_kept, uint32_t parent, bool *fresh);
bool archive_tend(struct archive *archive);
uint32_t archive_count(const struct archive *archive);
size_t archive_bytes(const struct archive *archive);

#endif
