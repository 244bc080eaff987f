/* SPDX-License-Identifier: Apache-2.0 */
#include <c8d/select.h>
#include <string.h>

#define LITERAL(text)                                                                                        \
    (struct c8d_str)                                                                                         \
    {                                                                                                        \
        text, sizeof(text) - 1                                                                               \
    }

static bool is(struct c8d_str text, const char *other)
{
    return text.len == strlen(other) && (text.len == 0 || memcmp(text.ptr, other, text.len) == 0);
}

static enum c8d_status choose_local(const struct c8d_select_options *options, struct c8d_selection *out,
                                    struct c8d_error *err)
{
    if (!options->windows)
        return c8d_error_set(err, C8D_NOT_IMPLEMENTED,
                             "the runtime local is the Host Compute Service of Windows");
    *out = (struct c8d_selection){.kind = C8D_RUNTIME_LOCAL};
    return C8D_OK;
}

static enum c8d_status choose_remote(const struct c8d_select_options *options, struct c8d_selection *out)
{
    *out = (struct c8d_selection){.kind = C8D_RUNTIME_REMOTE, .address = options->address};
    out->shim = options->windows ? LITERAL(C8D_RUNTIME_RUNHCS) : LITERAL(C8D_RUNTIME_RUNC);
    if (options->windows && options->address.len == 0)
        out->address = LITERAL(C8D_CONTAINERD_PIPE);
    return C8D_OK;
}

static enum c8d_status by_variable(const struct c8d_select_options *options, struct c8d_selection *out,
                                   struct c8d_error *err)
{
    bool wished = options->containerd.len != 0 || options->containerd_runtime.len != 0;
    enum c8d_status status;

    if (!options->experimental || options->address.len == 0 || !wished)
        return choose_local(options, out, err);
    status = choose_remote(options, out);
    out->experimental = true;
    return status;
}

static enum c8d_status by_runtime(const struct c8d_select_options *options, struct c8d_selection *out,
                                  struct c8d_error *err)
{
    struct c8d_str runtime = options->default_runtime;

    if (is(runtime, C8D_RUNTIME_HCSSHIM) || (runtime.len == 0 && options->address.len == 0))
        return choose_local(options, out, err);
    if (runtime.len != 0 && !is(runtime, C8D_RUNTIME_RUNHCS))
        return c8d_error_set(err, C8D_INVALID, "there is no runtime '%.*s' on Windows", (int)runtime.len,
                             runtime.ptr);
    if (options->address.len == 0)
        return c8d_error_set(err, C8D_INVALID,
                             "the runtime " C8D_RUNTIME_RUNHCS " needs the address of a containerd");
    return choose_remote(options, out);
}

static enum c8d_status check_build(const struct c8d_select_options *options, struct c8d_error *err)
{
    uint32_t least = options->by_variable ? C8D_BUILD_MIN_BY_VARIABLE : C8D_BUILD_MIN;

    if (!options->windows || options->build == 0 || options->build >= least)
        return C8D_OK;
    return c8d_error_set(err, C8D_NOT_IMPLEMENTED, "this is build %u of Windows; containers need %u or later",
                         (unsigned)options->build, (unsigned)least);
}

enum c8d_status c8d_runtime_select(const struct c8d_select_options *options, struct c8d_selection *out,
                                   struct c8d_error *err)
{
    struct c8d_str wanted = options->wanted;
    enum c8d_status status;

    if (options->size != sizeof(*options))
        return c8d_error_set(err, C8D_INVALID, "options of another size");
    status = check_build(options, err);
    if (status != C8D_OK)
        return status;
    if (is(wanted, "local"))
        return choose_local(options, out, err);
    if (is(wanted, "remote"))
        return choose_remote(options, out);
    if (wanted.len != 0 && !is(wanted, "auto"))
        return c8d_error_set(err, C8D_INVALID, "there is no runtime '%.*s': local, remote or auto",
                             (int)wanted.len, wanted.ptr);
    if (!options->windows)
        return choose_remote(options, out);
    return options->by_variable ? by_variable(options, out, err) : by_runtime(options, out, err);
}
