/* SPDX-License-Identifier: Apache-2.0 */
/* The document of a container, from its checked spec. */
#include "document.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_PER_MB 1048576

void c8d__guid_text(const struct c8d__guid *guid, char text[C8D__GUID_TEXT])
{
    static const uint8_t order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    size_t n = 0;

    for (size_t i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            text[n++] = '-';
        snprintf(text + n, 3, "%02x", guid->bytes[order[i]]);
        n += 2;
    }
}

struct c8d_str c8d__layer_name(const char *path)
{
    size_t end = strlen(path);
    size_t begin;

    while (end > 0 && (path[end - 1] == '\\' || path[end - 1] == '/'))
        end--;
    begin = end;
    while (begin > 0 && path[begin - 1] != '\\' && path[begin - 1] != '/')
        begin--;
    return (struct c8d_str){path + begin, end - begin};
}

/* ---- members
 * ------------------------------------------------------------------------------------------------------------
 */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text != NULL ? text : "";
}

static bool add(json_t *document, const char *name, json_t *value)
{
    return json_object_set_new(document, name, value) == 0;
}

static bool add_text(json_t *document, const char *name, const char *text)
{
    return *text == '\0' || add(document, name, json_string(text));
}

static bool add_number(json_t *document, const char *name, json_int_t number)
{
    return number == 0 || add(document, name, json_integer(number));
}

static bool add_flag(json_t *document, const char *name, const json_t *flag)
{
    return !json_is_true(flag) || add(document, name, json_true());
}

/* Lists that are empty are left out. */
static bool add_list(json_t *document, const char *name, json_t *list)
{
    if (json_array_size(list) != 0)
        return add(document, name, list);
    json_decref(list);
    return list != NULL;
}

/* ---- parts
 * --------------------------------------------------------------------------------------------------------------
 */

static json_t *layers(const struct c8d__spec *spec, const struct c8d__guid *guids)
{
    json_t *list = json_array();
    size_t i;
    json_t *layer;

    json_array_foreach(spec->layers, i, layer)
    {
        char id[C8D__GUID_TEXT];

        if (i + 1 == json_array_size(spec->layers))
            break;
        c8d__guid_text(&guids[i], id);
        if (json_array_append_new(list, json_pack("{s:s, s:O}", "ID", id, "Path", layer)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static bool add_folders(json_t *document, const struct c8d__spec *spec, const struct c8d__guid *guids)
{
    const json_t *last = json_array_get(spec->layers, json_array_size(spec->layers) - 1);

    return add_text(document, "LayerFolderPath", json_string_value(last)) &&
           add(document, "Layers", layers(spec, guids));
}

/* HCS wants the volume without its last backslash. */
static bool add_volume(json_t *document, const struct c8d__spec *spec)
{
    const char *path = text_of(json_object_get(spec->root, "root"), "path");
    size_t length = strlen(path);

    return length == 0 || add(document, "VolumePath", json_stringn(path, length - 1));
}

/* There are no more processors than the machine has. */
static json_int_t processors(const struct c8d__host *host, const json_t *cpu)
{
    json_int_t wanted = json_integer_value(json_object_get(cpu, "count"));
    json_int_t there = host->processors(host->ctx);

    return there != 0 && wanted > there ? there : wanted;
}

static bool add_resources(json_t *document, const struct c8d__host *host, const struct c8d__spec *spec)
{
    const json_t *resources = json_object_get(spec->windows, "resources");
    const json_t *cpu = json_object_get(resources, "cpu");
    const json_t *storage = json_object_get(resources, "storage");
    const json_t *limit = json_object_get(json_object_get(resources, "memory"), "limit");

    return add_number(document, "ProcessorCount", processors(host, cpu)) &&
           add_number(document, "ProcessorWeight", json_integer_value(json_object_get(cpu, "shares"))) &&
           add_number(document, "ProcessorMaximum", json_integer_value(json_object_get(cpu, "maximum"))) &&
           add_number(document, "StorageIOPSMaximum", json_integer_value(json_object_get(storage, "iops"))) &&
           add_number(document, "StorageBandwidthMaximum",
                      json_integer_value(json_object_get(storage, "bps"))) &&
           add_number(document, "StorageSandboxSize",
                      json_integer_value(json_object_get(storage, "sandboxSize"))) &&
           add_number(document, "MemoryMaximumInMB", json_integer_value(limit) / BYTES_PER_MB);
}

static bool is_read_only(const json_t *mount)
{
    size_t i;
    json_t *option;

    json_array_foreach(json_object_get(mount, "options"), i, option)
    {
        const char *text = json_string_value(option);

        if (text != NULL && (text[0] | 0x20) == 'r' && (text[1] | 0x20) == 'o' && text[2] == '\0')
            return true;
    }
    return false;
}

static bool is_pipe(const json_t *mount)
{
    const char *destination = text_of(mount, "destination");
    size_t length = strlen(C8D__PIPE_PREFIX);

    return strlen(destination) >= length && memcmp(destination, C8D__PIPE_PREFIX, length) == 0;
}

static json_t *mapped_pipe(const json_t *mount)
{
    return json_pack("{s:s, s:s}", "HostPath", text_of(mount, "source"), "ContainerPipeName",
                     text_of(mount, "destination") + strlen(C8D__PIPE_PREFIX));
}

static json_t *mapped_directory(const json_t *mount)
{
    return json_pack("{s:s, s:s, s:b, s:i, s:i, s:b}", "HostPath", text_of(mount, "source"), "ContainerPath",
                     text_of(mount, "destination"), "ReadOnly", is_read_only(mount), "BandwidthMaximum", 0,
                     "IOPSMaximum", 0, "CreateInUtilityVM", 0);
}

/* The mounts that are pipes, or those that are not. NULL: no memory. */
static json_t *mapped(const json_t *mounts, bool pipes)
{
    json_t *list = json_array();
    size_t i;
    json_t *mount;

    json_array_foreach(mounts, i, mount)
    {
        if (is_pipe(mount) == pipes &&
            json_array_append_new(list, pipes ? mapped_pipe(mount) : mapped_directory(mount)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static bool add_mounts(json_t *document, const struct c8d__spec *spec)
{
    const json_t *mounts = json_object_get(spec->root, "mounts");

    return add_list(document, "MappedDirectories", mapped(mounts, false)) &&
           add_list(document, "MappedPipes", mapped(mounts, true));
}

static bool add_isolation(json_t *document, const struct c8d__spec *spec)
{
    return add(document, "HvPartition", json_boolean(spec->hyperv));
}

/* Texts of a list, with commas between them. NULL: no memory. */
static json_t *joined(const json_t *list)
{
    json_t *text = json_string("");
    size_t i;
    json_t *entry;

    json_array_foreach(list, i, entry)
    {
        json_t *longer = json_sprintf("%s%s%s", json_string_value(text), i != 0 ? "," : "",
                                      json_is_string(entry) ? json_string_value(entry) : "");

        json_decref(text);
        text = longer;
        if (text == NULL)
            return NULL;
    }
    return text;
}

static bool add_search_list(json_t *document, const json_t *network)
{
    json_t *text = joined(json_object_get(network, "DNSSearchList"));
    bool added = text != NULL && add_text(document, "DNSSearchList", json_string_value(text));

    json_decref(text);
    return added;
}

static bool add_network(json_t *document, const struct c8d__spec *spec)
{
    const json_t *network = json_object_get(spec->windows, "network");
    json_t *endpoints = json_object_get(network, "endpointList");

    return add_text(document, "NetworkSharedContainerName", text_of(network, "networkSharedContainerName")) &&
           (json_array_size(endpoints) == 0 || json_object_set(document, "EndpointList", endpoints) == 0);
}

static bool add_utility_vm(json_t *document, const struct c8d__spec *spec)
{
    return !spec->hyperv ||
           add(document, "HvRuntime", json_pack("{s:s}", "ImagePath", spec->utility_vm.chars));
}

static bool add_names(json_t *document, const struct c8d__spec *spec)
{
    const json_t *network = json_object_get(spec->windows, "network");

    return add_flag(document, "AllowUnqualifiedDNSQuery",
                    json_object_get(network, "allowUnqualifiedDNSQuery")) &&
           add_search_list(document, network);
}

static bool add_devices(json_t *document, const struct c8d__spec *spec)
{
    json_t *list = json_array();
    size_t i;
    json_t *device;

    json_array_foreach(json_object_get(spec->windows, "devices"), i, device)
    {
        if (json_array_append_new(list, json_pack("{s:s}", "InterfaceClassGuid", text_of(device, "id"))) !=
            0) {
            json_decref(list);
            return false;
        }
    }
    return add_list(document, "AssignedDevices", list);
}

/* A text as it is; an object as the text that it is written as. */
static bool add_credentials(json_t *document, const struct c8d__spec *spec)
{
    const json_t *credentials = json_object_get(spec->windows, "credentialSpec");
    char *text;
    bool added;

    if (json_is_string(credentials))
        return add_text(document, "Credentials", json_string_value(credentials));
    if (!json_is_object(credentials))
        return true;
    text = json_dumps(credentials, JSON_COMPACT);
    added = text != NULL && add_text(document, "Credentials", text);
    free(text);
    return added;
}

/* What stands before the mounts, in HCS's order. */
static bool add_first_half(json_t *document, const struct c8d__host *host, const struct c8d__spec *spec,
                           const char *owner, const struct c8d__guid *guids)
{
    return add_text(document, "Owner", owner) && add_volume(document, spec) &&
           add_flag(document, "IgnoreFlushesDuringBoot",
                    json_object_get(spec->windows, "ignoreFlushesDuringBoot")) &&
           add_folders(document, spec, guids) && add_credentials(document, spec) &&
           add_resources(document, host, spec) &&
           add_text(document, "HostName", text_of(spec->root, "hostname"));
}

static bool add_second_half(json_t *document, const struct c8d__spec *spec)
{
    return add_mounts(document, spec) && add_isolation(document, spec) && add_network(document, spec) &&
           add_utility_vm(document, spec) && add_names(document, spec) && add_devices(document, spec);
}

enum c8d_status c8d__document_container(const struct c8d_allocator *allocator,
                                        const struct c8d__container_wish *wish, struct c8d__wide_text *out,
                                        struct c8d_error *err)
{
    json_t *document =
        json_pack("{s:s, s:s%}", "SystemType", "Container", "Name", wish->id.ptr, wish->id.len);

    if (document != NULL && add_first_half(document, wish->host, wish->spec, wish->owner, wish->guids) &&
        add_second_half(document, wish->spec))
        return c8d__document_finish(allocator, document, out, err);
    json_decref(document);
    return c8d__document_finish(allocator, NULL, out, err);
}
