/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_store.h"
#include "remote_wire.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define TYPE "application/vnd.containerd.container.criu.checkpoint.criu.tar"
#define PIECE ((size_t)1000)

enum { NOT_FOUND = 5, ALREADY_EXISTS = 6, UNKNOWN = 2, UNIMPLEMENTED = 12, COMMIT = 2 };

void store_init(struct store *store, enum harm harm)
{
    *store = (struct store){.harm = harm, .in_lease = true};
    store->blob = new_tar();
    store->written = new_tar();
}

void store_done(struct store *store)
{
    free(store->blob.bytes);
    free(store->written.bytes);
}

/* ---- reading a request ---- */

static uint64_t read_number(const unsigned char **at)
{
    uint64_t value = 0;
    unsigned shift = 0;

    do {
        value |= (uint64_t)(**at & 0x7f) << shift;
        shift += 7;
    } while ((*(*at)++ & 0x80) != 0);
    return value;
}

/* The last such field: its text, or its number. */
static struct c8d_str find(const unsigned char *bytes, size_t size, unsigned field, uint64_t *number)
{
    const unsigned char *at = bytes;
    struct c8d_str found = {0};

    *number = 0;
    while (at < bytes + size) {
        uint64_t key = read_number(&at);
        uint64_t value = read_number(&at);
        bool is_text = (key & 7) == 2;

        if (key >> 3 == field && is_text)
            found = (struct c8d_str){(const char *)at, (size_t)value};
        else if (key >> 3 == field)
            *number = value;
        at += is_text ? value : 0;
    }
    return found;
}

static void keep(char *to, size_t size, struct c8d_str text)
{
    (void)snprintf(to, size, "%.*s", (int)text.len, text.len != 0 ? text.ptr : "");
}

/* ---- answers ---- */

static void answer(struct fake *fake, uint32_t stream, const struct wire *message, int code)
{
    if (fake_begin(fake, stream) && code == 0)
        (void)fake_message(fake, stream, message->bytes, message->n);
    (void)fake_end(fake, stream, code);
}

static void lease(struct fake *fake, uint32_t stream, const unsigned char *bytes, size_t size)
{
    struct store *store = fake->user;
    struct wire reply = {0};
    uint64_t unused;
    struct c8d_str label = find(bytes, size, 3, &unused);

    keep(store->lease, sizeof(store->lease), find(bytes, size, 1, &unused));
    keep(store->expiry, sizeof(store->expiry), find((const unsigned char *)label.ptr, label.len, 2, &unused));
    wire_text(&reply, 1, store->lease);
    answer(fake, stream, &reply, store->harm == HARM_LEASE ? UNIMPLEMENTED : 0);
}

static void unlease(struct fake *fake, uint32_t stream, const unsigned char *bytes, size_t size)
{
    struct store *store = fake->user;
    const struct wire reply = {0};
    uint64_t synchronous;

    keep(store->released, sizeof(store->released), find(bytes, size, 1, &synchronous));
    (void)find(bytes, size, 2, &synchronous);
    store->synchronous = synchronous != 0;
    answer(fake, stream, &reply, store->harm == HARM_RELEASE ? UNKNOWN : 0);
}

static void say_written(struct fake *fake, uint32_t stream, uint64_t action)
{
    const struct store *store = fake->user;
    struct wire reply = {0};

    wire_number(&reply, 1, action);
    wire_number(&reply, 4, store->written.size + (store->harm == HARM_OFFSET));
    (void)fake_message(fake, stream, reply.bytes, reply.n);
    if (store->harm == HARM_TWICE)
        (void)fake_message(fake, stream, reply.bytes, reply.n);
}

static void write_content(struct fake *fake, uint32_t stream, const unsigned char *bytes, size_t size)
{
    struct store *store = fake->user;
    uint64_t action;
    uint64_t number;
    struct c8d_str data = find(bytes, size, 6, &number);

    (void)find(bytes, size, 1, &action);
    (void)find(bytes, size, 5, &number);
    if (number == 0)
        (void)fake_begin(fake, stream);
    keep(store->ref, sizeof(store->ref), find(bytes, size, 2, &number));
    if (data.len != 0)
        tar_add(&store->written, data.ptr, data.len);
    if (action == COMMIT) {
        keep(store->expected, sizeof(store->expected), find(bytes, size, 4, &number));
        (void)find(bytes, size, 3, &number);
        store->total = (int64_t)number;
    }
    if (store->harm == HARM_HANG_UP && store->written.size > 100000)
        fake_hang_up(fake);
    else if (store->harm == HARM_WRITE || store->harm == HARM_EARLY)
        (void)fake_end(fake, stream, store->harm == HARM_WRITE ? UNKNOWN : 0);
    else if (action == COMMIT && store->harm == HARM_EXISTS)
        (void)fake_end(fake, stream, ALREADY_EXISTS);
    else
        say_written(fake, stream, action);
    if (action == COMMIT && fake_place_is_connected(fake->place) && store->harm != HARM_EXISTS)
        (void)fake_end(fake, stream, 0);
}

static void read_content(struct fake *fake, uint32_t stream)
{
    struct store *store = fake->user;
    const struct tar *blob = &store->blob;
    size_t size = store->harm == HARM_SHORT ? blob->size - 1 : blob->size;
    bool goes_on = fake_begin(fake, stream);
    uint64_t told = 0;

    for (size_t at = 0; goes_on && at < size; at += PIECE) {
        struct wire reply = {0};
        struct wire data = {0};

        data.n = size - at < PIECE ? size - at : PIECE;
        memcpy(data.bytes, blob->bytes + at, data.n);
        data.bytes[0] ^= (unsigned char)(store->harm == HARM_DIGEST && at == 0);
        wire_number(&reply, 1, told + (store->harm == HARM_OFFSET));
        wire_message(&reply, 2, &data);
        told += data.n;
        goes_on = fake_message(fake, stream, reply.bytes, reply.n);
        if (store->harm == HARM_LONG)
            at -= at + PIECE >= size ? PIECE : 0; /* its end, for ever */
        if (store->harm == HARM_HANG_UP && at > size / 2) {
            fake_hang_up(fake);
            return;
        }
    }
    if (goes_on)
        (void)fake_end(fake, stream, store->harm == HARM_READ ? NOT_FOUND : 0);
}

static void describe(struct store *store, struct wire *reply)
{
    struct wire spec = {0};
    struct wire image = {0};

    wire_text(&spec, 1, "application/vnd.containerd.container.checkpoint.config.v1+proto");
    wire_text(&spec, 2, "sha256:0");
    wire_number(&spec, 3, 1);
    if (store->harm != HARM_NO_IMAGE)
        wire_message(reply, 1, &spec);
    if (store->harm == HARM_NO_IMAGE || store->harm == HARM_OTHER_IMAGE)
        return;
    wire_text(&image, 1, TYPE);
    wire_text(&image, 2, store->digest);
    wire_number(&image, 3, store->harm == HARM_SIZE ? UINT64_MAX : store->blob.size);
    wire_message(reply, 1, &image);
}

static void call(struct fake *fake, uint32_t stream, const char *path, const unsigned char *bytes,
                 size_t size)
{
    struct store *store = fake->user;
    struct wire reply = {0};

    assert_true(size <= sizeof(store->request));
    memcpy(store->request, bytes, size);
    store->request_size = size;
    if (strstr(path, "Checkpoint") != NULL)
        describe(store, &reply);
    else
        wire_number(&reply, 2, 4321);
    answer(fake, stream, &reply, store->harm == HARM_CALL ? UNKNOWN : 0);
}

void store_message(struct fake *fake, uint32_t stream, const char *path, const unsigned char *bytes,
                   size_t size)
{
    struct store *store = fake->user;
    const char *name = strrchr(path, '.') + 1;
    size_t used = strlen(store->calls);
    bool again = strstr(name, "Write") != NULL && strstr(store->calls, "Write") != NULL;

    if (!again)
        (void)snprintf(store->calls + used, sizeof(store->calls) - used, "%s%s", used != 0 ? " " : "", name);
    if (atomic_fetch_add(&store->seen, 1) + 1 == store->stalls_at)
        return;
    if (strstr(name, "Leases") == NULL)
        store->in_lease = store->in_lease && strcmp(fake->lease, store->lease) == 0;
    if (strcmp(name, "Leases/Create") == 0)
        lease(fake, stream, bytes, size);
    else if (strcmp(name, "Leases/Delete") == 0)
        unlease(fake, stream, bytes, size);
    else if (strcmp(name, "Content/Write") == 0)
        write_content(fake, stream, bytes, size);
    else if (strcmp(name, "Content/Read") == 0)
        read_content(fake, stream);
    else
        call(fake, stream, path, bytes, size);
}
