/* SPDX-License-Identifier: Apache-2.0 */
/* Compressed files, opened as they are: gzip by zlib, zstd by its own library. */
#include "log_codec.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef C8D_WITH_ZLIB
#include <zlib.h>
#endif
#ifdef C8D_WITH_ZSTD
#include <zstd.h>
#endif

#define UNPACKED_BYTES ((size_t)256 * 1024)

struct c8d__codec {
    enum c8d__codec_kind kind;
    bool is_whole; /* the last member has come to its end */
#ifdef C8D_WITH_ZLIB
    z_stream gzip;
#endif
#ifdef C8D_WITH_ZSTD
    ZSTD_DStream *zstd;
#endif
    char unpacked[UNPACKED_BYTES];
};

enum c8d__codec_kind c8d__codec_of(const unsigned char *bytes, size_t length)
{
    static const unsigned char gzip[] = {0x1f, 0x8b};
    static const unsigned char zstd[] = {0x28, 0xb5, 0x2f, 0xfd};

    if (length >= sizeof(gzip) && memcmp(bytes, gzip, sizeof(gzip)) == 0)
        return C8D__GZIP;
    return length >= sizeof(zstd) && memcmp(bytes, zstd, sizeof(zstd)) == 0 ? C8D__ZSTD : C8D__PLAIN;
}

static bool begin(struct c8d__codec *codec)
{
    codec->is_whole = false;
#ifdef C8D_WITH_ZLIB
    /* 16 more than the window's 15 bits: with a gzip header. */
    if (codec->kind == C8D__GZIP)
        return inflateInit2(&codec->gzip, 15 + 16) == Z_OK;
#endif
#ifdef C8D_WITH_ZSTD
    if (codec->kind == C8D__ZSTD)
        return (codec->zstd = ZSTD_createDStream()) != NULL;
#endif
    return false;
}

struct c8d__codec *c8d__codec_new(enum c8d__codec_kind kind)
{
    struct c8d__codec *codec = calloc(1, sizeof(*codec));

    if (codec == NULL)
        return NULL;
    codec->kind = kind;
    if (begin(codec))
        return codec;
    free(codec);
    return NULL;
}

void c8d__codec_free(struct c8d__codec *codec)
{
    if (codec == NULL)
        return;
#ifdef C8D_WITH_ZLIB
    if (codec->kind == C8D__GZIP)
        inflateEnd(&codec->gzip);
#endif
#ifdef C8D_WITH_ZSTD
    if (codec->kind == C8D__ZSTD)
        ZSTD_freeDStream(codec->zstd);
#endif
    free(codec);
}

#ifdef C8D_WITH_ZLIB
/* One step. A file may have several members, as those of logrotate that were put together have. */
static bool inflate_some(struct c8d__codec *codec, const char **at, const char *end, size_t *made)
{
    z_stream *gzip = &codec->gzip;
    int status;

    if (codec->is_whole && inflateReset(gzip) != Z_OK)
        return false;
    gzip->next_in = (z_const Bytef *)(uintptr_t)*at;
    gzip->avail_in = (uInt)(end - *at);
    gzip->next_out = (Bytef *)codec->unpacked;
    gzip->avail_out = (uInt)sizeof(codec->unpacked);
    status = inflate(gzip, Z_NO_FLUSH);
    codec->is_whole = status == Z_STREAM_END;
    *at = end - gzip->avail_in;
    *made = sizeof(codec->unpacked) - gzip->avail_out;
    return status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR;
}
#endif

#ifdef C8D_WITH_ZSTD
static bool decompress_some(struct c8d__codec *codec, const char **at, const char *end, size_t *made)
{
    ZSTD_inBuffer in = {*at, (size_t)(end - *at), 0};
    ZSTD_outBuffer out = {codec->unpacked, sizeof(codec->unpacked), 0};
    size_t status = ZSTD_decompressStream(codec->zstd, &out, &in);

    codec->is_whole = status == 0;
    *at += in.pos;
    *made = out.pos;
    return !ZSTD_isError(status);
}
#endif

static bool unpack_some(struct c8d__codec *codec, const char **at, const char *end, size_t *made)
{
#ifdef C8D_WITH_ZLIB
    if (codec->kind == C8D__GZIP)
        return inflate_some(codec, at, end, made);
#endif
#ifdef C8D_WITH_ZSTD
    if (codec->kind == C8D__ZSTD)
        return decompress_some(codec, at, end, made);
#endif
    codec->is_whole = false;
    *at = end;
    *made = 0;
    return false;
}

bool c8d__codec_unpack(struct c8d__codec *codec, const void *bytes, size_t length,
                       bool (*emit)(void *user, const char *bytes, size_t length), void *user, bool *ended)
{
    const char *at = bytes;
    const char *end = at + length;
    size_t made = 0;

    *ended = false;
    while (at < end || made == sizeof(codec->unpacked)) {
        if (!unpack_some(codec, &at, end, &made))
            return false;
        if (made > 0 && !emit(user, codec->unpacked, made)) {
            *ended = true;
            return false;
        }
        if (made == 0 && at == end)
            break;
    }
    return true;
}

bool c8d__codec_is_whole(const struct c8d__codec *codec)
{
    return codec->is_whole;
}
