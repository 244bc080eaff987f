/* SPDX-License-Identifier: Apache-2.0 */
/* The last bytes of each stream, in memory. */
#include <c8d/sink.h>
#include <pthread.h>
#include <string.h>

#define RING_BYTES_MAX ((size_t)1 << 30)

/* The byte at position p of the stream is kept at p modulo the size. */
struct kept {
    uint64_t end; /* how many bytes there were */
    bool ended;
    unsigned char *bytes;
};

struct c8d_ring {
    const struct c8d_allocator *allocator;
    pthread_mutex_t lock;
    size_t size;
    struct kept out;
    struct kept err;
    unsigned char bytes[];
};

enum c8d_status c8d_ring_new(size_t bytes, const struct c8d_allocator *allocator, struct c8d_ring **out,
                             struct c8d_error *err)
{
    struct c8d_ring *ring;

    if (bytes == 0 || bytes > RING_BYTES_MAX)
        return c8d_error_set(err, C8D_INVALID, "a ring keeps 1 byte to 1 GiB of each stream");
    allocator = allocator != NULL ? allocator : c8d_allocator_default();
    ring = allocator->allocate(allocator->ctx, sizeof(*ring) + 2 * bytes);
    if (ring == NULL)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory");
    *ring = (struct c8d_ring){.allocator = allocator, .size = bytes};
    ring->out.bytes = ring->bytes;
    ring->err.bytes = ring->bytes + bytes;
    if (pthread_mutex_init(&ring->lock, NULL) != 0) {
        allocator->release(allocator->ctx, ring, sizeof(*ring) + 2 * bytes);
        return c8d_error_set(err, C8D_EXHAUSTED, "no lock");
    }
    *out = ring;
    return C8D_OK;
}

void c8d_ring_free(struct c8d_ring *ring)
{
    if (ring == NULL)
        return;
    pthread_mutex_destroy(&ring->lock);
    ring->allocator->release(ring->allocator->ctx, ring, sizeof(*ring) + 2 * ring->size);
}

static struct kept *kept_of(struct c8d_ring *ring, int stream)
{
    return stream == C8D_STDIO_OUT ? &ring->out : &ring->err;
}

/* How far it is from a position to where the ring begins anew, at most `length`. */
static size_t straight(const struct c8d_ring *ring, uint64_t position, size_t length)
{
    size_t left = ring->size - (size_t)(position % ring->size);

    return length < left ? length : left;
}

/* Of what is longer than the ring the end alone matters. */
static void keep(struct c8d_ring *ring, struct kept *kept, const unsigned char *data, size_t length)
{
    size_t skipped = length > ring->size ? length - ring->size : 0;

    kept->end += skipped;
    data += skipped;
    for (length -= skipped; length > 0;) {
        size_t n = straight(ring, kept->end, length);

        memcpy(kept->bytes + kept->end % ring->size, data, n);
        kept->end += n;
        data += n;
        length -= n;
    }
}

void c8d_ring_output(void *ring, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct c8d_ring *to = ring;
    struct kept *kept = kept_of(to, stream);

    (void)process;
    pthread_mutex_lock(&to->lock);
    if (data == NULL)
        kept->ended = true;
    else
        keep(to, kept, data, length);
    pthread_mutex_unlock(&to->lock);
}

/* The position is among what is kept, or just behind it. */
static size_t copy(const struct c8d_ring *ring, const struct kept *kept, uint64_t *position,
                   unsigned char *out, size_t bytes)
{
    uint64_t left = kept->end - *position;
    size_t length = left < bytes ? (size_t)left : bytes;
    size_t copied = 0;

    while (copied < length) {
        size_t n = straight(ring, *position, length - copied);

        memcpy(out + copied, kept->bytes + *position % ring->size, n);
        *position += n;
        copied += n;
    }
    return copied;
}

size_t c8d_ring_read(struct c8d_ring *ring, int stream, uint64_t *position, void *out, size_t bytes,
                     bool *ended)
{
    struct kept *kept = kept_of(ring, stream);
    uint64_t oldest;
    size_t copied;

    pthread_mutex_lock(&ring->lock);
    oldest = kept->end > ring->size ? kept->end - ring->size : 0;
    if (*position < oldest)
        *position = oldest;
    if (*position > kept->end)
        *position = kept->end;
    copied = copy(ring, kept, position, out, bytes);
    if (ended != NULL)
        *ended = kept->ended && *position == kept->end;
    pthread_mutex_unlock(&ring->lock);
    return copied;
}
