/* SPDX-License-Identifier: Apache-2.0 */
/* Where the demo takes place: a private containerd, or a simulated one. */
#ifndef C8D_DEMO_WORLD_H
#define C8D_DEMO_WORLD_H

#include <c8d/runtime.h>

struct world {
    const char *title;
    const char *rootfs; /* a root file system with busybox; of no meaning to the simulation */
    const char *namespace_;
    struct c8d_runtime runtime;
    /* Takes the server away as kill -9 does; containers go on. */
    bool (*kill_server)(struct world *world);
    bool (*start_server)(struct world *world);
    /* How many calls there have been. */
    uint64_t (*calls)(struct world *world);
    const char *counted;       /* by whom, and which */
    const struct place *place; /* containerd's */
    uint64_t calls_before;     /* handled by servers that were killed */
    bool up;
};

/* A containerd that somebody else has started. */
struct place {
    const char *address;
    const char *namespace_;
    const char *metrics;
    const char *rootfs;
    const char *control; /* the script that kills and restarts it */
    const char *directory;
};

bool world_of_containerd(struct world *world, const struct place *place);
bool world_simulated(struct world *world);

struct c8d_str text(const char *string);

#endif
