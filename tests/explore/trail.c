/* SPDX-License-Identifier: Apache-2.0 */
/* The way to a scene, found again from the numbers of the scenes it leads
 * through. */
#include "search.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define TRAIL_MAX 400

/* The act that leads from one scene to another. */
static unsigned act_between(struct search *search, struct scene *base, struct scene *work, uint32_t from,
                            uint32_t to)
{
    struct kept kept;
    bool fresh;

    archive_load(&search->archive, from, base, &kept);
    for (unsigned act = 0; act < act_count(); act++) {
        if (!act_is_enabled(base, act))
            continue;
        archive_copy(&search->archive, base, work);
        scene_load_account(work);
        act_do(work, act);
        if (work->broken != NULL || work->cut)
            continue;
        scene_save_account(work);
        scene_canonicalise(work);
        if (archive_keep(&search->archive, work, base, &kept, from, &fresh) == to)
            return act;
    }
    return act_count();
}

static void print_step(struct scene *scene, unsigned number, unsigned act)
{
    (void)fprintf(stderr, "%3u  %-34s", number, act_name(act));
    scene->log = true;
    act_do(scene, act);
    scene->log = false;
    (void)fprintf(stderr, "\n");
    scene_save_account(scene);
    if (scene->broken == NULL)
        scene_canonicalise(scene);
}

static void print_rest(struct scene *scene, unsigned number)
{
    (void)fprintf(stderr, "     and from here everything arrives:\n");
    while (!scene_is_quiet(scene) && scene->broken == NULL && number < TRAIL_MAX / 4) {
        unsigned act = search_next_to_rest(scene);

        if (act == act_count())
            return;
        print_step(scene, ++number, act);
        scene_load_account(scene);
    }
}

static void print_acts(struct search *search, const unsigned *acts, unsigned count, enum truth_state prior)
{
    struct scene *scene = calloc(1, sizeof(*scene));

    if (scene == NULL || !scene_init(scene, search->setting, prior)) {
        free(scene);
        return;
    }
    for (unsigned i = 0; i < count; i++) {
        scene_load_account(scene);
        print_step(scene, i + 1, acts[i]);
    }
    scene_load_account(scene);
    if (search->broken_act < act_count())
        print_step(scene, count + 1, search->broken_act);
    else if (search->broken_act == act_count())
        print_rest(scene, count);
    scene_fini(scene);
    free(scene);
}

void search_print_trail(struct search *search)
{
    static const enum truth_state priors[] = {TRUTH_NONE, TRUTH_CREATED, TRUTH_RUNNING, TRUTH_STOPPED};
    static struct scene base;
    static struct scene work;
    unsigned acts[TRAIL_MAX];
    unsigned count = 0;
    uint32_t at = search->broken_at;

    if (!scene_init(&base, search->setting, TRUTH_NONE) || !scene_init(&work, search->setting, TRUTH_NONE))
        return;
    for (; search->archive.parents[at] != STORE_NONE && count < TRAIL_MAX; at = search->archive.parents[at])
        acts[count++] = act_between(search, &base, &work, search->archive.parents[at], at);
    for (unsigned i = 0; i < count / 2; i++) {
        unsigned act = acts[i];

        acts[i] = acts[count - 1 - i];
        acts[count - 1 - i] = act;
    }
    scene_fini(&base);
    scene_fini(&work);
    (void)fprintf(stderr, "explore: %s: %s\n", search->setting->name, search->broken);
    print_acts(search, acts, count, priors[at]);
}
