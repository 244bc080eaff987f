/* SPDX-License-Identifier: Apache-2.0 */
/* A supervisor in a directory of its own, and what it has told. */
#ifndef C8D_TESTS_SUPERVISOR_SCENE_H
#define C8D_TESTS_SUPERVISOR_SCENE_H

#include "fixture.h"
#include <c8d/supervisor.h>
#include <sys/types.h>

#define MS INT64_C(1000000)
#define PATIENCE (60 * SECOND)
#define HEARD_MAX 32

struct scene {
    char directory[256];
    struct c8d_supervisor_options options;
    struct c8d_supervisor *supervisor;
    struct c8d_supervisor_notice heard[HEARD_MAX];
    size_t n_heard;
};

/* Makes a directory, and options for one in it; `inside` is its path there, perhaps with characters that have
 * to be escaped. */
void scene_make(struct scene *scene, const char *inside);
/* These assert success. */
void scene_new(struct scene *scene);
void scene_open(struct scene *scene); /* and waits until it answers */
void scene_close(struct scene *scene);
void scene_remove(const char *directory);
void scene_write(const struct scene *scene, const char *name, const char *text, mode_t mode);
/* Dispatches until so many notices have come. */
void scene_await(struct scene *scene, size_t notices);
void scene_check(const struct scene *scene, size_t at, enum c8d_supervision_action_kind kind,
                 uint64_t generation);
bool scene_answers(const struct scene *scene);
bool scene_has(const struct scene *scene, const char *name);

#endif
