/* SPDX-License-Identifier: Apache-2.0 */
/* What a handle keeps of a container's record: it does not change, so no call asks for it again. */
#include "client_internal.h"
#include <string.h>

static size_t bytes_of(const struct c8d__record *record)
{
    size_t bytes = record->n_labels * sizeof(struct c8d_label) + record->spec.len + record->runtime.len +
                   record->options.type.len + record->options.value.len + record->snapshotter.len +
                   record->snapshot_key.len;

    for (size_t i = 0; i < record->n_labels; i++)
        bytes += record->labels[i].key.len + record->labels[i].value.len;
    return bytes;
}

/* Moves one string behind the others. */
static void take(char **to, struct c8d_str *text)
{
    if (text->len == 0)
        return;
    memcpy(*to, text->ptr, text->len);
    text->ptr = *to;
    *to += text->len;
}

bool c8d__record_keep(struct c8d_client *client, struct c8d__record *record, const struct c8d__record *from)
{
    struct c8d__record kept = *from;
    struct c8d_label *labels;
    char *to;

    /* One byte more, so that there is always something to point into. */
    kept.size = bytes_of(from) + 1;
    kept.bytes = c8d__alloc(client, kept.size);
    if (kept.bytes == NULL)
        return false;
    /* What needs alignment comes first. */
    labels = kept.bytes;
    to = (char *)(labels + kept.n_labels);
    for (size_t i = 0; i < kept.n_labels; i++) {
        labels[i] = from->labels[i];
        take(&to, &labels[i].key);
        take(&to, &labels[i].value);
    }
    kept.labels = labels;
    take(&to, &kept.spec);
    take(&to, &kept.runtime);
    take(&to, &kept.options.type);
    take(&to, &kept.options.value);
    take(&to, &kept.snapshotter);
    take(&to, &kept.snapshot_key);
    *record = kept;
    return true;
}

void c8d__record_free(struct c8d_client *client, struct c8d__record *record)
{
    c8d__release(client, record->bytes, record->size);
}

struct c8d__record c8d__record_of(const struct c8d_entry *entry)
{
    return (struct c8d__record){
        .spec = entry->spec,
        .runtime = entry->runtime,
        .options = entry->options,
        .snapshotter = entry->snapshotter,
        .snapshot_key = entry->snapshot_key,
        .labels = entry->labels,
        .n_labels = entry->n_labels,
        .created_at_ns = entry->created_at_ns,
    };
}
