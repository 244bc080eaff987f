/* SPDX-License-Identifier: Apache-2.0 */
/* Images: a header, and the bytes of the model as they lie. */
#include "engine.h"
#include <c8d/image.h>
#include <string.h>

#define BYTE_ORDER_MARK 0x01020304u

static const char magic[8] = {'c', '8', 'd', 'm', 'o', 'd', 'e', 'l'};

struct header {
    char magic[8];
    uint32_t version;
    uint32_t byte_order;
    uint64_t layout;
    uint64_t bytes; /* behind the header */
    uint64_t checksum;
    uint64_t reserved[3];
};

_Static_assert(sizeof(struct header) == 64, "the header is as documented");

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

/* Sizes that differ in builds whose images differ. What the numbers of states mean never changes. */
static uint64_t layout(void)
{
    static const uint64_t sizes[] = {sizeof(struct c8d_model),
                                     sizeof(struct c8d__container),
                                     sizeof(struct c8d__container_rest),
                                     sizeof(struct c8d__exec),
                                     sizeof(struct c8d__process),
                                     sizeof(struct c8d__rest),
                                     sizeof(struct c8d__links),
                                     sizeof(struct c8d__namespace),
                                     sizeof(struct c8d__wish),
                                     C8D__NAMESPACES_MAX,
                                     C8D_MACHINE__COUNT,
                                     C8D_SYM__COUNT};
    uint64_t hash = 0;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        hash = mix(hash, sizes[i]);
    return hash;
}

/* A model is a whole number of words. */
static uint64_t checksum(const uint8_t *bytes, size_t length)
{
    uint64_t hash = length;
    uint64_t word;

    for (; length >= sizeof(word); length -= sizeof(word), bytes += sizeof(word)) {
        memcpy(&word, bytes, sizeof(word));
        hash = mix(hash, word);
    }
    return mix(hash, 0);
}

size_t c8d_model_image_bytes(const struct c8d_model *model)
{
    return sizeof(struct header) + c8d_model_bytes(&model->limits);
}

enum c8d_status c8d_model_save(const struct c8d_model *model, void *image, size_t bytes)
{
    size_t length = c8d_model_bytes(&model->limits);
    struct header header = {.version = C8D_IMAGE_VERSION,
                            .byte_order = BYTE_ORDER_MARK,
                            .layout = layout(),
                            .bytes = length,
                            .checksum = checksum((const uint8_t *)model, length)};

    if (bytes < sizeof(header) + length)
        return C8D_EXHAUSTED;
    memcpy(header.magic, magic, sizeof(magic));
    memcpy(image, &header, sizeof(header));
    memcpy((uint8_t *)image + sizeof(header), model, length);
    return C8D_OK;
}

enum c8d_status c8d_model_image_limits(const void *image, size_t bytes, struct c8d_model_limits *limits)
{
    const uint8_t *behind = (const uint8_t *)image + sizeof(struct header);
    struct header header;
    struct c8d_model model;

    if (bytes < sizeof(header))
        return C8D_INVALID;
    memcpy(&header, image, sizeof(header));
    if (memcmp(header.magic, magic, sizeof(magic)) != 0)
        return C8D_INVALID;
    if (header.version != C8D_IMAGE_VERSION || header.byte_order != BYTE_ORDER_MARK ||
        header.layout != layout())
        return C8D_CONFLICT;
    if (header.bytes < sizeof(model) || header.bytes != bytes - sizeof(header) ||
        header.checksum != checksum(behind, (size_t)header.bytes))
        return C8D_INVALID;
    memcpy(&model, behind, sizeof(model));
    if (c8d_model_bytes(&model.limits) != header.bytes)
        return C8D_INVALID;
    *limits = model.limits;
    return C8D_OK;
}

enum c8d_status c8d_model_load(const void *image, size_t bytes, void *memory, size_t memory_bytes,
                               struct c8d_model **out)
{
    struct c8d_model_limits limits;
    enum c8d_status status = c8d_model_image_limits(image, bytes, &limits);
    size_t length = bytes - sizeof(struct header);

    if (status != C8D_OK)
        return status;
    if (memory == NULL || (uintptr_t)memory % 8 != 0 || memory_bytes < length)
        return C8D_EXHAUSTED;
    memcpy(memory, (const uint8_t *)image + sizeof(struct header), length);
    *out = memory;
    return C8D_OK;
}
