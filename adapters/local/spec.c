/* SPDX-License-Identifier: Apache-2.0 */
#include "spec.h"
#include "hresult.h"
#include <stdio.h>
#include <string.h>

#define VOLUME_PREFIX "\\\\?\\Volume{"
#define GUID_LENGTH 36

enum c8d_status c8d__json_read(struct c8d_str text, const char *what, json_t **out, struct c8d_error *err)
{
    json_error_t error;

    *out = json_loadb(text.ptr != NULL ? text.ptr : "", text.len, JSON_REJECT_DUPLICATES, &error);
    if (*out == NULL && json_error_code(&error) == json_error_out_of_memory)
        return c8d_error_set(err, C8D_EXHAUSTED, "no memory for %s", what);
    if (*out == NULL)
        return c8d_error_set(err, C8D_INVALID, "%s: %s (line %d, column %d)", what, error.text, error.line,
                             error.column);
    if (json_is_object(*out))
        return C8D_OK;
    json_decref(*out);
    *out = NULL;
    return c8d_error_set(err, C8D_INVALID, "%s is no JSON object", what);
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

static enum c8d_status check_layers(const struct c8d__spec *spec, struct c8d_error *err)
{
    size_t i;
    json_t *layer;

    if (json_array_size(spec->layers) < 2)
        return c8d_error_set(err, C8D_INVALID,
                             "windows.layerFolders needs two folders or more, the writable one last");
    json_array_foreach(spec->layers, i, layer)
    {
        if (!json_is_string(layer) || json_string_length(layer) == 0)
            return c8d_error_set(err, C8D_INVALID, "windows.layerFolders[%zu] is no path", i);
    }
    return C8D_OK;
}

static enum c8d_status cannot_see(const char *layer, int32_t condition, struct c8d_error *err)
{
    const char *text = c8d__hr_text(condition);

    return text != NULL
               ? c8d_error_set(err, C8D_INVALID, "the folder UtilityVM of layer %s cannot be seen: %s", layer,
                               text)
               : c8d_error_set(err, C8D_INVALID, "the folder UtilityVM of layer %s cannot be seen: error %d",
                               layer, (int)condition);
}

/* The image of the utility VM is that of the uppermost layer that has one. */
static enum c8d_status find_utility_vm(const struct c8d__host *host, const struct c8d_allocator *allocator,
                                       struct c8d__spec *spec, struct c8d_error *err)
{
    static const char name[] = "\\UtilityVM";

    for (size_t i = 0; i + 1 < json_array_size(spec->layers); i++) {
        const json_t *layer = json_array_get(spec->layers, i);
        size_t length = json_string_length(layer);
        char *path = allocator->allocate(allocator->ctx, length + sizeof(name));
        int32_t found;

        if (path == NULL)
            return c8d_error_set(err, C8D_EXHAUSTED, "no memory for a path");
        memcpy(path, json_string_value(layer), length);
        memcpy(path + length, name, sizeof(name));
        found = host->find_directory(host->ctx, path);
        if (found == C8D__HR_DONE) {
            spec->utility_vm = (struct c8d__text){path, length + sizeof(name)};
            return C8D_OK;
        }
        allocator->release(allocator->ctx, path, length + sizeof(name));
        /* One further down would be another image than the one that is meant. */
        if (found != C8D__HR_FILE_NOT_FOUND && found != C8D__HR_PATH_NOT_FOUND)
            return cannot_see(json_string_value(layer), found, err);
    }
    return c8d_error_set(err, C8D_INVALID, "no layer has the image of a utility VM (a folder UtilityVM)");
}

static bool is_guid(const char *text)
{
    for (size_t i = 0; i < GUID_LENGTH; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;

        if (dash ? text[i] != '-' : text[i] == '\0' || strchr("0123456789abcdefABCDEF", text[i]) == NULL)
            return false;
    }
    return true;
}

/* \\?\Volume{GUID}\ */
static bool is_volume(const char *path)
{
    size_t prefix = strlen(VOLUME_PREFIX);

    return strncmp(path, VOLUME_PREFIX, prefix) == 0 && is_guid(path + prefix) &&
           strcmp(path + prefix + GUID_LENGTH, "}\\") == 0;
}

static enum c8d_status check_root(const struct c8d__spec *spec, struct c8d_error *err)
{
    const json_t *root = json_object_get(spec->root, "root");
    const char *path = text_of(root, "path");

    if (json_is_true(json_object_get(root, "readonly")))
        return c8d_error_set(err, C8D_INVALID, "root.readonly cannot be had on Windows");
    if (spec->hyperv && *path != '\0')
        return c8d_error_set(err, C8D_INVALID, "root.path must be left out under Hyper-V isolation");
    if (!spec->hyperv && !is_volume(path))
        return c8d_error_set(err, C8D_INVALID,
                             "root.path must be a volume, \\\\?\\Volume{GUID}\\, and not '%s'", path);
    return C8D_OK;
}

static enum c8d_status check_mounts(const struct c8d__spec *spec, struct c8d_error *err)
{
    const json_t *mounts = json_object_get(spec->root, "mounts");
    size_t i;
    json_t *mount;

    json_array_foreach(mounts, i, mount)
    {
        const char *type = text_of(mount, "type");

        if (*type != '\0')
            return c8d_error_set(err, C8D_INVALID, "mounts[%zu].type '%s': there are no types on Windows", i,
                                 type);
        if (*text_of(mount, "destination") == '\0' || *text_of(mount, "source") == '\0')
            return c8d_error_set(err, C8D_INVALID, "mounts[%zu] needs a source and a destination", i);
        if (strcmp(text_of(mount, "destination"), C8D__PIPE_PREFIX) == 0)
            return c8d_error_set(err, C8D_INVALID, "mounts[%zu].destination is a pipe without a name", i);
    }
    return C8D_OK;
}

static enum c8d_status check_devices(const struct c8d__spec *spec, struct c8d_error *err)
{
    const json_t *devices = json_object_get(spec->windows, "devices");
    size_t i;
    json_t *device;

    if (json_array_size(devices) != 0 && spec->hyperv)
        return c8d_error_set(err, C8D_INVALID, "devices cannot be assigned under Hyper-V isolation");
    json_array_foreach(devices, i, device)
    {
        const char *type = text_of(device, "idType");

        if (strcmp(type, "class") != 0 && strcmp(type, "vpci-class-guid") != 0)
            return c8d_error_set(err, C8D_INVALID,
                                 "windows.devices[%zu].idType '%s' is neither class nor vpci-class-guid", i,
                                 type);
    }
    return C8D_OK;
}

static enum c8d_status check(const struct c8d__host *host, const struct c8d_allocator *allocator,
                             struct c8d__spec *spec, struct c8d_error *err)
{
    const json_t *hyperv = json_object_get(spec->windows, "hyperv");
    enum c8d_status status;

    if (json_object_get(spec->root, "linux") != NULL)
        return c8d_error_set(err, C8D_INVALID, "the spec is of a Linux container, which HCS does not run");
    if (!json_is_object(spec->windows))
        return c8d_error_set(err, C8D_INVALID, "the spec has no section windows");
    spec->hyperv = json_is_object(hyperv);
    status = check_layers(spec, err);
    if (status == C8D_OK && *text_of(hyperv, "utilityVMPath") != '\0')
        status =
            c8d_error_set(err, C8D_INVALID, "windows.hyperv.utilityVMPath: the image is that of a layer");
    if (status == C8D_OK && spec->hyperv)
        status = find_utility_vm(host, allocator, spec, err);
    if (status == C8D_OK)
        status = check_root(spec, err);
    if (status == C8D_OK)
        status = check_mounts(spec, err);
    return status == C8D_OK ? check_devices(spec, err) : status;
}

enum c8d_status c8d__spec_read(const struct c8d__host *host, const struct c8d_allocator *allocator,
                               struct c8d_str text, struct c8d__spec *out, struct c8d_error *err)
{
    struct c8d__spec spec = {0};
    enum c8d_status status = c8d__json_read(text, "the spec", &spec.root, err);

    if (status != C8D_OK)
        return status;
    spec.windows = json_object_get(spec.root, "windows");
    spec.layers = json_object_get(spec.windows, "layerFolders");
    status = check(host, allocator, &spec, err);
    if (status == C8D_OK)
        *out = spec;
    else
        c8d__spec_free(allocator, &spec);
    return status;
}

void c8d__spec_free(const struct c8d_allocator *allocator, struct c8d__spec *spec)
{
    json_decref(spec->root);
    c8d__text_free(allocator, &spec->utility_vm);
    *spec = (struct c8d__spec){0};
}
