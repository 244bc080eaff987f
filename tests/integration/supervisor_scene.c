/* SPDX-License-Identifier: Apache-2.0 */
#include "supervisor_scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static void hear(void *user, const struct c8d_supervisor_notice *notice)
{
    struct scene *scene = user;

    assert_true(scene->n_heard < HEARD_MAX);
    scene->heard[scene->n_heard++] = *notice;
}

/* A directory of its own; `inside` is a path in it, perhaps with characters that have to be escaped. */
void scene_make(struct scene *scene, const char *inside)
{
    char base[] = "/tmp/c8d-keep.XXXXXX";

    memset(scene, 0, sizeof(*scene));
    assert_non_null(mkdtemp(base));
    (void)snprintf(scene->directory, sizeof(scene->directory), "%s/%s", base, inside);
    scene->options = (struct c8d_supervisor_options){
        .size = sizeof(scene->options),
        .directory = str(scene->directory),
        .failures_max = 2,
        .check_every_ns = 50 * MS,
        .check_timeout_ns = 2 * SECOND,
        .notice = hear,
        .user = scene,
    };
}

void scene_new(struct scene *scene)
{
    struct c8d_error err = {0};

    if (c8d_supervisor_new(&scene->options, &scene->supervisor, &err) != C8D_OK)
        fail_msg("%s", err.message);
}

void scene_open(struct scene *scene)
{
    struct c8d_error err = {0};

    scene_new(scene);
    if (c8d_supervisor_start(scene->supervisor, PATIENCE, &err) != C8D_OK)
        fail_msg("%s", err.message);
}

void scene_remove(const char *directory)
{
    char command[600];

    /* The directory that mkdtemp made, one above. */
    (void)snprintf(command, sizeof(command), "rm -rf --one-file-system \"$(dirname '%s')\"", directory);
    assert_int_equal(system(command), 0);
}

void scene_close(struct scene *scene)
{
    assert_int_equal(c8d_supervisor_stop(scene->supervisor, PATIENCE, NULL), C8D_OK);
    c8d_supervisor_free(scene->supervisor);
    scene_remove(scene->directory);
}

/* Dispatches until so many notices have come. */
void scene_await(struct scene *scene, size_t notices)
{
    for (int rounds = 0; scene->n_heard < notices; rounds++) {
        assert_true(rounds < 5000);
        (void)c8d_supervisor_dispatch(scene->supervisor, SECOND);
    }
}

void scene_check(const struct scene *scene, size_t at, enum c8d_supervision_action_kind kind,
                 uint64_t generation)
{
    assert_int_equal(scene->heard[at].kind, kind);
    assert_int_equal(scene->heard[at].generation, generation);
}

bool scene_answers(const struct scene *scene)
{
    const struct c8d_remote_options options = {
        .size = sizeof(options),
        .address = c8d_supervisor_address(scene->supervisor),
        .namespace_ = str("default"),
    };
    struct c8d_client_options client_options = {.size = sizeof(client_options), .namespace_ = str("default")};
    struct c8d_client *client;
    struct c8d_version version;
    bool good;

    if (c8d_remote_new(&options, &client_options.runtime, NULL) != C8D_OK)
        return false;
    assert_int_equal(c8d_client_new(&client_options, &client, NULL), C8D_OK);
    good = c8d_client_version(client, PATIENCE, &version, NULL) == C8D_OK;
    c8d_client_unref(client);
    return good;
}

bool scene_has(const struct scene *scene, const char *name)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/%s", scene->directory, name);
    return access(path, F_OK) == 0;
}

void scene_write(const struct scene *scene, const char *name, const char *text, mode_t mode)
{
    char path[512];
    FILE *file;

    (void)snprintf(path, sizeof(path), "%s/%s", scene->directory, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, mode), 0);
}
