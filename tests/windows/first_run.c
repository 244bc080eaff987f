/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only a real Windows can show, as one program: first_run.exe [BASE-LAYER... WRITABLE-LAYER VOLUME]
 *
 * Without arguments it looks at vmcompute.dll alone. With the folders of a container's layers and the volume
 * that its writable layer is mounted as (\\?\Volume{GUID}\), it runs a container there. It prints a line a
 * check, and ends with 0 when all are good.
 */
#include <c8d/client.h>
#include <c8d/local.h>
#include <c8d/task.h>
#include <local/document.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define PATIENCE (INT64_C(600) * 1000 * 1000 * 1000)
#define SPEC_BYTES 8192
/* A name of a layer and its id, as they were seen on Windows. */
#define LAYER L"65bf96e5760a09edf1790cb229e2dfb2dbd0fcdc0bf7451bae099106bfbfea0c"
#define LAYER_ID "18955d65-d45a-557b-bf1c-49d6dfefc526"

static unsigned failed;

static void check(bool good, const char *what, const char *why)
{
    printf("%s %s%s%s\n", good ? "ok" : "not ok", what, good || *why == '\0' ? "" : ": ", good ? "" : why);
    failed += !good;
}

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

/* ---- the library
 * -------------------------------------------------------------------------------------------------------- */

static void look_at_exports(HMODULE library)
{
#define LOOK(name, member, parameters, required)                                                             \
    check(GetProcAddress(library, #name) != NULL || !(required), "export " #name, "is missing");
    C8D__HCS_EXPORTS(LOOK)
#undef LOOK
}

static void look_at_guid(HMODULE library)
{
    c8d__hr(C8D__HCSAPI * name_to_guid)(const wchar_t *name, struct c8d__guid *out);
    FARPROC found = GetProcAddress(library, "NameToGuid");
    struct c8d__guid guid = {{0}};
    char text[C8D__GUID_TEXT] = "";

    memcpy(&name_to_guid, &found, sizeof(found));
    if (found != NULL && name_to_guid(LAYER, &guid) == 0)
        c8d__guid_text(&guid, text);
    check(strcmp(text, LAYER_ID) == 0, "NameToGuid gives the id of a layer that is known", text);
}

static bool look_at_library(void)
{
    HMODULE library = LoadLibraryExW(L"vmcompute.dll", NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);

    check(library != NULL, "vmcompute.dll", "cannot be loaded from System32");
    if (library == NULL)
        return false;
    look_at_exports(library);
    look_at_guid(library);
    return true;
}

/* ---- a container
 * -------------------------------------------------------------------------------------------------------- */

/* A path as a JSON string. */
static void put_path(char *spec, const char *path)
{
    size_t n = strlen(spec);

    spec[n++] = '"';
    for (; *path != '\0' && n < SPEC_BYTES - 8; path++) {
        if (*path == '\\')
            spec[n++] = '\\';
        spec[n++] = *path;
    }
    spec[n++] = '"';
    spec[n] = '\0';
}

static void write_spec(char *spec, char **layers, int n_layers, const char *volume)
{
    strcpy(spec, "{\"process\":{\"args\":[\"cmd\",\"/c\",\"echo hello&exit "
                 "7\"],\"cwd\":\"C:\\\\\"},\"root\":{\"path\":");
    put_path(spec, volume);
    strcat(spec, "},\"windows\":{\"layerFolders\":[");
    for (int i = 0; i < n_layers; i++) {
        if (i != 0)
            strcat(spec, ",");
        put_path(spec, layers[i]);
    }
    strcat(spec, "]}}");
}

struct heard {
    char output[256];
    size_t n;
};

static void hear(void *user, struct c8d_process *process, int stream, const void *data, size_t length)
{
    struct heard *heard = user;

    (void)process;
    (void)stream;
    if (length == 0 || heard->n + length >= sizeof(heard->output))
        return;
    memcpy(heard->output + heard->n, data, length);
    heard->n += length;
}

static void run(struct c8d_container *container)
{
    struct heard heard = {.n = 0};
    const struct c8d_start_options options = {
        .size = sizeof(options), .stdio = C8D_STDIO_OUT | C8D_STDIO_ERR, .output = hear, .user = &heard};
    struct c8d_process *task = NULL;
    struct c8d_exit end = {0};
    struct c8d_error err = {0};

    check(c8d_container_start(container, &options, PATIENCE, &task, &err) == C8D_OK, "start", err.message);
    if (task == NULL)
        return;
    check(c8d_process_wait(task, PATIENCE, &end, &err) == C8D_OK, "its end is seen", err.message);
    check(end.known && end.code == 7, "its code is 7", "it is not");
    check(c8d_process_drain(task, PATIENCE, &err) == C8D_OK, "its output ends", err.message);
    check(strstr(heard.output, "hello") != NULL, "its output is heard", heard.output);
    check(c8d_process_delete(task, PATIENCE, NULL, &err) == C8D_OK, "delete the task", err.message);
    c8d_process_unref(task);
}

static void live(struct c8d_client *client, const char *spec)
{
    const struct c8d_container_options options = {
        .size = sizeof(options), .id = str("c8d-first-run"), .spec = str(spec)};
    struct c8d_container *container = NULL;
    struct c8d_error err = {0};

    check(c8d_client_new_container(client, &options, PATIENCE, &container, &err) == C8D_OK, "create",
          err.message);
    if (container == NULL)
        return;
    run(container);
    run(container); /* once more in the same compute system */
    check(c8d_container_delete(container, PATIENCE, &err) == C8D_OK, "delete the container", err.message);
    c8d_container_unref(container);
}

static void look_at_container(char **layers, int n_layers, const char *volume)
{
    const struct c8d_local_options local = {.size = sizeof(local), .namespace_ = str("first-run")};
    struct c8d_client_options options = {.size = sizeof(options), .namespace_ = str("first-run")};
    struct c8d_client *client = NULL;
    char spec[SPEC_BYTES];
    struct c8d_error err = {0};

    check(c8d_local_new(&local, &options.runtime, &err) == C8D_OK, "the runtime", err.message);
    if (options.runtime.ops == NULL)
        return;
    check(c8d_client_new(&options, &client, &err) == C8D_OK, "a client", err.message);
    if (client == NULL)
        return;
    write_spec(spec, layers, n_layers, volume);
    live(client, spec);
    c8d_client_unref(client);
}

int main(int argc, char **argv)
{
    if (look_at_library() && argc >= 4)
        look_at_container(argv + 1, argc - 2, argv[argc - 1]);
    printf("%u failed\n", failed);
    return failed != 0;
}
