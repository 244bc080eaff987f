/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is behind a descriptor: something of a kind, in the table of descriptor.c. The kinds:
 *   memory_pipe.c   pipes in the memory of the process, and counters
 *   link.c          named pipes of Windows
 *
 * One lock and one condition for all: there are few, and whoever waits looks at his own.
 */
#ifndef C8D_WINDOWS_DESCRIPTOR_INTERNAL_H
#define C8D_WINDOWS_DESCRIPTOR_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct c8d__object;

/* Called under the lock. -1 with errno, EAGAIN being "not at present". */
struct c8d__object_kind {
    bool duplex; /* there is one end, which reads and writes */
    ssize_t (*read)(struct c8d__object *object, void *bytes, size_t n);
    ssize_t (*write)(struct c8d__object *object, const void *bytes, size_t n);
    /* What poll() tells of it, or of its writing end. */
    int (*look)(const struct c8d__object *object, bool writes);
    /* Nobody has it any more. */
    void (*drop)(struct c8d__object *object);
};

/* Begins everything that is behind descriptors. */
struct c8d__object {
    const struct c8d__object_kind *kind;
    unsigned readers, writers; /* descriptors */
};

void c8d__descriptors_lock(void);
void c8d__descriptors_unlock(void);
/* Under the lock: something about an object is different. */
void c8d__descriptors_changed(void);
/* Under the lock: a descriptor for the object; -1: there is none left. */
int c8d__descriptors_add(struct c8d__object *object, bool writes, bool blocks);
void c8d__descriptors_remove(int fd);

#endif
