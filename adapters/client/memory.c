/* SPDX-License-Identifier: Apache-2.0 */
/* Memory, strings and options: the small things that the client's files share. */
#include "client_internal.h"
#include <string.h>

void *c8d__alloc(struct c8d_client *client, size_t bytes)
{
    void *memory = client->allocator->allocate(client->allocator->ctx, bytes);

    if (memory != NULL)
        memset(memory, 0, bytes);
    return memory;
}

void c8d__release(struct c8d_client *client, void *memory, size_t bytes)
{
    if (memory != NULL)
        client->allocator->release(client->allocator->ctx, memory, bytes);
}

bool c8d__grow(struct c8d_client *client, void **array, uint32_t *capacity, uint32_t wanted, size_t item)
{
    uint32_t enough = *capacity * 2 > wanted ? *capacity * 2 : wanted;
    void *grown;

    if (wanted <= *capacity)
        return true;
    grown = c8d__alloc(client, enough * item);
    if (grown == NULL)
        return false;
    if (*capacity != 0)
        memcpy(grown, *array, *capacity * item);
    c8d__release(client, *array, *capacity * item);
    *array = grown;
    *capacity = enough;
    return true;
}

struct c8d_str c8d__store(char *bytes, struct c8d_str name)
{
    memcpy(bytes, name.ptr, name.len);
    return (struct c8d_str){bytes, name.len};
}

bool c8d__same(struct c8d_str a, struct c8d_str b)
{
    return a.len == b.len && memcmp(a.ptr, b.ptr, a.len) == 0;
}

bool c8d__options(void *to, size_t known, const void *from, uint32_t size)
{
    if (size <= sizeof(size))
        return false;
    memset(to, 0, known);
    memcpy(to, from, size < known ? size : known);
    return true;
}

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool is_identifier(struct c8d_str name)
{
    if (name.len == 0 || name.len > C8D_NAME_BYTES_MAX || !is_alphanumeric(name.ptr[0]) ||
        !is_alphanumeric(name.ptr[name.len - 1]))
        return false;
    for (size_t i = 0; i < name.len; i++) {
        if (!is_alphanumeric(name.ptr[i]) && name.ptr[i] != '_' && name.ptr[i] != '.' && name.ptr[i] != '-')
            return false;
    }
    return true;
}

enum c8d_status c8d__check_identifier(struct c8d_str name, const char *what, struct c8d_error *err)
{
    if (is_identifier(name))
        return C8D_OK;
    return c8d_error_set(err, C8D_INVALID,
                         "not %s: '%.*s' (at most %d letters, digits, and . _ - between them)", what,
                         (int)name.len, name.len != 0 ? name.ptr : "", C8D_NAME_BYTES_MAX);
}
