/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The demo: what a daemon does all day, told as it happens, with the runtime killed in the middle of it.
 *
 *   c8d-demo RECORDING                                                   on a simulated runtime
 *   c8d-demo RECORDING ADDRESS NAMESPACE METRICS ROOTFS SCRIPT DIR       on the containerd at ADDRESS;
 * `SCRIPT kill DIR` and `SCRIPT restart DIR` do as they say
 */
#include "show.h"
#include "story.h"

#include <c8d/log.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE (10 * INT64_C(1000000000))

struct c8d_str text(const char *string)
{
    return (struct c8d_str){string, strlen(string)};
}

static bool open_client(struct story *story, struct c8d_recorder *recorder)
{
    struct c8d_client_options options = {
        .size = sizeof(options),
        .runtime = story->world->runtime,
        .namespace_ = text(story->world->namespace_),
        .notice = story_notice,
        .user = story,
        .tap = {.input = c8d_recorder_input, .user = recorder},
    };
    struct c8d_version version;
    struct c8d_error err = {0};

    if (c8d_client_new(&options, &story->client, &err) != C8D_OK ||
        c8d_client_version(story->client, PATIENCE, &version, &err) != C8D_OK ||
        c8d_client_connect(story->client, PATIENCE, &err) != C8D_OK) {
        fprintf(stderr, "demo: %s\n", err.message);
        return false;
    }
    printf("libc8d on %s, version %s\n", story->world->title, version.version);
    return true;
}

static bool play(struct world *world, int recording)
{
    struct story story = {.world = world};
    struct c8d_recorder *recorder;
    struct c8d_error err = {0};
    bool told;

    if (c8d_recorder_new(recording, NULL, &recorder, &err) != C8D_OK) {
        fprintf(stderr, "demo: %s\n", err.message);
        return false;
    }
    told = open_client(&story, recorder) && story_tell(&story);
    c8d_client_unref(story.client);
    if (c8d_recorder_free(recorder, &err) == C8D_OK)
        return told;
    fprintf(stderr, "demo: %s\n", err.message);
    return false;
}

static bool choose_world(struct world *world, const struct place *place)
{
    return place->address == NULL ? world_simulated(world) : world_of_containerd(world, place);
}

int main(int argc, char **argv)
{
    struct place place = {0};
    struct world world;
    int recording;
    bool played;

    if (argc == 8)
        place = (struct place){argv[2], argv[3], argv[4], argv[5], argv[6], argv[7]};
    else if (argc != 2) {
        fprintf(stderr, "usage: c8d-demo RECORDING [ADDRESS NAMESPACE METRICS ROOTFS SCRIPT DIR]\n");
        return 2;
    }
    recording = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (recording < 0) {
        perror("demo: the recording");
        return 2;
    }
    show_begin();
    played = choose_world(&world, &place) && play(&world, recording);
    close(recording);
    return played ? 0 : 1;
}
