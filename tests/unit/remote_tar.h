/* SPDX-License-Identifier: Apache-2.0 */
/* Tars in memory, and a place to pack and unpack them in. */
#ifndef C8D_TESTS_REMOTE_TAR_H
#define C8D_TESTS_REMOTE_TAR_H

#include "fixture.h"
#include "remote/archive/sha256.h"
#include "remote/archive/tar.h"
#include <archive.h>
#include <archive_entry.h>

#define TAR_BYTES ((size_t)8 << 20)

/* A place with a directory "in" to pack, and "out" to unpack into. */
struct place {
    char path[64];
    char in[96];
    char out[96];
    struct failing memory;
};

/* A tar in memory. */
struct tar {
    unsigned char *bytes;
    size_t size;
};

/* Set-up and tear-down; asserts that no memory is left. */
int open_place(void **state);
int close_place(void **state);
#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, open_place, close_place)

/* Runs a line of the shell with one argument; asserts that it succeeds. */
void run(const char *format, const char *argument);
struct tar new_tar(void);
void tar_add(struct tar *tar, const void *bytes, size_t size);
/* Packs "in". */
enum c8d_status pack(struct place *place, struct tar *tar, struct c8d_error *err);
void name_of(const struct tar *tar, char out[C8D__DIGEST_BYTES]);
/* Unpacks into "out" what was told to be something. */
enum c8d_status unpack_as(struct place *place, const struct tar *tar, const char *digest, int64_t size,
                          struct c8d_error *err);
/* ... or to be what it is. */
enum c8d_status unpack(struct place *place, const struct tar *tar, struct c8d_error *err);
unsigned count_entries(const char *path);

#endif
