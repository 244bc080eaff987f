/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A directory as a tar, piece by piece, and back. Only files and directories are in an image, so nothing else
 * is taken into a tar, or out of one. Neither ever has more than a piece in memory; libarchive's own memory
 * does not come from the embedder's allocator. NOT_IMPLEMENTED of what makes either: libarchive cannot be
 * loaded, and nothing has been done.
 *
 * Nothing here waits for anything but the file system.
 */
#ifndef C8D_REMOTE_TAR_H
#define C8D_REMOTE_TAR_H

#include <c8d/allocator.h>
#include <c8d/error.h>

/* What is packed, and unpacked, at once. */
#define C8D__PIECE_BYTES ((size_t)48 << 10)
/* Of a tar, and how much can be in one. */
#define C8D__TAR_BYTES_MAX (INT64_C(1) << 40)
#define C8D__TAR_ENTRIES_MAX 65536
#define C8D__TAR_PATH_MAX 4096

struct c8d__packer;

/* INVALID: there is no such directory. */
enum c8d_status c8d__packer_new(const struct c8d_allocator *allocator, const char *directory,
                                struct c8d__packer **out, struct c8d_error *err);
/* Gets the next piece, borrowed until the next call; an empty one is the end. INVALID: there is something
 * that no image has, or a file that changes. */
enum c8d_status c8d__packer_next(struct c8d__packer *packer, struct c8d_str *out, struct c8d_error *err);
/* Takes NULL. */
void c8d__packer_free(struct c8d__packer *packer);

struct c8d__unpacker;

/*
 * Gets ready to unpack into a directory, which is made when it is missing. What comes is kept in a file
 * without a name there, and is looked through as a whole before anything of it is unpacked: of what is
 * refused, nothing is.
 */
enum c8d_status c8d__unpacker_new(const struct c8d_allocator *allocator, const char *directory,
                                  struct c8d__unpacker **out, struct c8d_error *err);
/* Before anything comes: the tar that is to come. */
enum c8d_status c8d__unpacker_expect(struct c8d__unpacker *unpacker, struct c8d_str digest, int64_t size,
                                     struct c8d_error *err);
enum c8d_status c8d__unpacker_take(struct c8d__unpacker *unpacker, struct c8d_str bytes,
                                   struct c8d_error *err);
/* All of it has come. */
enum c8d_status c8d__unpacker_end(struct c8d__unpacker *unpacker, struct c8d_error *err);
/* Does a piece of the work; *done tells whether that was the last. */
enum c8d_status c8d__unpacker_step(struct c8d__unpacker *unpacker, bool *done, struct c8d_error *err);
/* Takes NULL. */
void c8d__unpacker_free(struct c8d__unpacker *unpacker);

#endif
