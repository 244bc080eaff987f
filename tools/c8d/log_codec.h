/* SPDX-License-Identifier: Apache-2.0 */
/* Compressed files, opened as they are. */
#ifndef C8D_COMMAND_LOG_CODEC_H
#define C8D_COMMAND_LOG_CODEC_H

#include <stdbool.h>
#include <stddef.h>

/** A file being unpacked. */
struct c8d__codec;

enum c8d__codec_kind { C8D__PLAIN, C8D__GZIP, C8D__ZSTD };

/** @return What a file is by its first bytes. */
enum c8d__codec_kind c8d__codec_of(const unsigned char *bytes, size_t length);

/** @return NULL: no memory, or this build cannot read such files. */
struct c8d__codec *c8d__codec_new(enum c8d__codec_kind kind);
void c8d__codec_free(struct c8d__codec *codec);

/**
 * Unpacks a piece.
 *
 * @param emit Is given what came of it, piece by piece; returns false to end.
 * @return False: damaged, or `emit` has ended it (*ended tells which).
 */
bool c8d__codec_unpack(struct c8d__codec *codec, const void *bytes, size_t length,
                       bool (*emit)(void *user, const char *bytes, size_t length), void *user, bool *ended);

/** @return True when the file may end here. */
bool c8d__codec_is_whole(const struct c8d__codec *codec);

#endif
