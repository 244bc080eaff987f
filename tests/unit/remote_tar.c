/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_tar.h"
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

void run(const char *format, const char *argument)
{
    char line[512];

    (void)snprintf(line, sizeof(line), format, argument);
    assert_int_equal(system(line), 0); /* NOLINT(cert-env33-c): a test's own line */
}

int open_place(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    assert_non_null(place);
    (void)snprintf(place->path, sizeof(place->path), "/tmp/c8d-tar-XXXXXX");
    assert_non_null(mkdtemp(place->path));
    (void)snprintf(place->in, sizeof(place->in), "%s/in", place->path);
    (void)snprintf(place->out, sizeof(place->out), "%s/out", place->path);
    assert_int_equal(mkdir(place->in, 0700), 0);
    failing_init(&place->memory);
    *state = place;
    return 0;
}

int close_place(void **state)
{
    struct place *place = *state;

    assert_int_equal(place->memory.live, 0);
    run("rm -rf %s", place->path);
    free(place);
    return 0;
}

void tar_add(struct tar *tar, const void *bytes, size_t size)
{
    assert_true(size <= TAR_BYTES - tar->size);
    memcpy(tar->bytes + tar->size, bytes, size);
    tar->size += size;
}

struct tar new_tar(void)
{
    struct tar tar = {.bytes = malloc(TAR_BYTES)};

    assert_non_null(tar.bytes);
    return tar;
}

enum c8d_status pack(struct place *place, struct tar *tar, struct c8d_error *err)
{
    struct c8d__packer *packer = NULL;
    struct c8d_str piece = {0};
    enum c8d_status status = c8d__packer_new(&place->memory.allocator, place->in, &packer, err);

    if (status != C8D_OK)
        return status;
    do {
        status = c8d__packer_next(packer, &piece, err);
        if (status == C8D_OK)
            tar_add(tar, piece.ptr, piece.len);
    } while (status == C8D_OK && piece.len != 0);
    c8d__packer_free(packer);
    return status;
}

void name_of(const struct tar *tar, char out[C8D__DIGEST_BYTES])
{
    struct sha256_ctx sum;

    sha256_init(&sum);
    sha256_update(&sum, tar->size, tar->bytes);
    c8d__sha256_name(&sum, out);
}

/* Gives it out in pieces of this size. */
static enum c8d_status feed(struct c8d__unpacker *unpacker, const struct tar *tar, size_t piece,
                            struct c8d_error *err)
{
    enum c8d_status status = C8D_OK;

    for (size_t at = 0; status == C8D_OK && at < tar->size; at += piece) {
        struct c8d_str bytes = {(const char *)tar->bytes + at,
                                tar->size - at < piece ? tar->size - at : piece};

        status = c8d__unpacker_take(unpacker, bytes, err);
    }
    return status == C8D_OK ? c8d__unpacker_end(unpacker, err) : status;
}

enum c8d_status unpack_as(struct place *place, const struct tar *tar, const char *digest, int64_t size,
                          struct c8d_error *err)
{
    struct c8d__unpacker *unpacker = NULL;
    bool done = false;
    enum c8d_status status = c8d__unpacker_new(&place->memory.allocator, place->out, &unpacker, err);

    assert_int_equal(status, C8D_OK);
    status = c8d__unpacker_expect(unpacker, str(digest), size, err);
    if (status == C8D_OK)
        status = feed(unpacker, tar, tar->size < 100000 ? 1000 : 1 << 20, err);
    while (status == C8D_OK && !done)
        status = c8d__unpacker_step(unpacker, &done, err);
    c8d__unpacker_free(unpacker);
    return status;
}

enum c8d_status unpack(struct place *place, const struct tar *tar, struct c8d_error *err)
{
    char digest[C8D__DIGEST_BYTES];

    name_of(tar, digest);
    return unpack_as(place, tar, digest, (int64_t)tar->size, err);
}

unsigned count_entries(const char *path)
{
    DIR *directory = opendir(path);
    unsigned n = 0;

    assert_non_null(directory);
    while (readdir(directory) != NULL)
        n++;
    (void)closedir(directory);
    return n - 2;
}
