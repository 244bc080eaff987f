/* SPDX-License-Identifier: Apache-2.0 */
/* Scenes and acts as numbers, and the Promela around them. */
#include "live.h"
#include "archive.h"
#include "settings.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct archive archive;
static struct scene base;
static struct scene work;
static struct kept kept;
static int loaded = -1;

static const struct scene *load(int scene)
{
    if (scene != loaded)
        archive_load(&archive, (uint32_t)scene, &base, &kept);
    loaded = scene;
    return &base;
}

int live_first(const char *name)
{
    const struct setting *setting = setting_named(name);
    bool fresh;

    (void)act_count();
    if (setting == NULL || !scene_init(&base, setting, TRUTH_NONE) ||
        !scene_init(&work, setting, TRUTH_NONE) || !archive_init(&archive, &base)) {
        (void)fprintf(stderr, "live: no setting '%s', or no memory\n", name);
        exit(2);
    }
    return (int)archive_keep(&archive, &base, NULL, NULL, STORE_NONE, &fresh);
}

int live_enabled(int scene, int act)
{
    return act_is_enabled(load(scene), (unsigned)act);
}

int live_do(int scene, int act)
{
    bool fresh;
    uint32_t next;

    archive_copy(&archive, load(scene), &work);
    scene_load_account(&work);
    act_do(&work, (unsigned)act);
    if (work.broken != NULL) {
        (void)fprintf(stderr, "live: %s\n", work.broken);
        return -1;
    }
    if (work.cut)
        return scene;
    scene_save_account(&work);
    scene_canonicalise(&work);
    next = archive_keep(&archive, &work, &base, &kept, (uint32_t)scene, &fresh);
    if (!archive_tend(&archive) || next == STORE_NONE) {
        (void)fprintf(stderr, "live: no memory\n");
        exit(2);
    }
    return (int)next;
}

int live_owes_an_end(int scene)
{
    const struct runtime *runtime = &load(scene)->runtime;

    return (runtime->start_told & ~runtime->alive & ~runtime->end_told) != 0;
}

int live_new_request(int before, int scene)
{
    uint32_t was = load(before)->account.pending;
    uint32_t more = load(scene)->account.pending & ~was;

    for (int request = 1; request <= REQUESTS_MAX; request++) {
        if ((more >> request & 1) != 0)
            return request;
    }
    return 0;
}

int live_waits(int scene, int request)
{
    return request != 0 && (load(scene)->account.pending >> request & 1) != 0 ? request : 0;
}

int live_doubts(int scene)
{
    uint8_t query = c8d__container_at(load(scene)->model, 0)->init.query;

    return query != C8D_QUERY_IDLE;
}

/* ---- Promela */

static void write_act(unsigned act)
{
    bool command = act_channel(act) == 0 && strncmp(act_name(act), "want", 4) == 0;

    (void)printf("    :: d_step { c_expr { (live_enabled(now.at, %u)) } -> /* %s */\n"
                 "           c_code { move(%u, 0); }; assert(!broken) }\n",
                 act, act_name(act), act);
    /* A command may be the one whose completion is waited for. */
    if (command)
        (void)printf("    :: d_step { c_expr { (now.waited == 0 && "
                     "live_enabled(now.at, %u)) } ->\n"
                     "           c_code { move(%u, 1); }; assert(!broken) }\n",
                     act, act);
}

static bool write_channel(const struct setting *setting, unsigned channel)
{
    bool any = false;

    for (unsigned act = 0; act < act_count(); act++) {
        if (act_channel(act) != channel || !act_is_of(setting, act))
            continue;
        if (!any)
            (void)printf("proctype channel_%u() {\n    do\n", channel);
        any = true;
        write_act(act);
    }
    /* Nobody can count on a command, a fault or an end: this one may as well do
     * nothing. */
    if (any && channel == 0)
        (void)printf("    :: d_step { at = at; waited = waited }\n");
    if (any)
        (void)printf("    od\n}\n");
    return any;
}

void live_write_promela(const char *name)
{
    const struct setting *setting = setting_named(name);
    bool used[ACT_CHANNELS];

    if (setting == NULL)
        return;
    (void)act_count();
    (void)printf("/* Made by `explore --promela %s`: each channel is a process, "
                 "fairness is per process. */\n"
                 "c_decl {\n\\#include \"live.h\"\n}\n"
                 "int at;\nint waited;\nbit owed;\nbit broken;\n"
                 "c_code {\n"
                 "static void move(int act, int wait)\n{\n"
                 "    int before = now.at;\n"
                 "    int next = live_do(before, act);\n\n"
                 "    now.broken = next < 0;\n"
                 "    if (next < 0)\n        return;\n"
                 "    now.at = next;\n"
                 "    now.waited = wait ? live_new_request(before, next) : "
                 "live_waits(next, now.waited);\n"
                 "    now.owed = live_owes_an_end(next);\n}\n}\n",
                 name);
    for (unsigned channel = 0; channel < ACT_CHANNELS; channel++)
        used[channel] = write_channel(setting, channel);
    (void)printf("init {\n    c_code { now.at = live_first(\"%s\"); };\n    atomic {\n", name);
    for (unsigned channel = 0; channel < ACT_CHANNELS; channel++) {
        if (used[channel])
            (void)printf("        run channel_%u();\n", channel);
    }
    (void)printf("    }\n}\n"
                 "ltl end_is_told { [] (owed -> <> !owed) }\n"
                 "ltl wait_ends { [] (waited != 0 -> <> (waited == 0)) }\n"
                 /* Both must turn out false, or the ones above say nothing. */
                 "ltl never_owed { [] (owed == 0) }\n"
                 "ltl never_waited { [] (waited == 0) }\n");
}
