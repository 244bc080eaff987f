/* SPDX-License-Identifier: Apache-2.0 */
/* The default OCI runtime spec: the isolation that ctr and docker give a container that asks for nothing. */
#include "c8d.h"
#include "spec.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const capabilities[] = {
    "CAP_CHOWN",   "CAP_DAC_OVERRIDE", "CAP_FSETID",           "CAP_FOWNER",
    "CAP_MKNOD",   "CAP_NET_RAW",      "CAP_SETGID",           "CAP_SETUID",
    "CAP_SETFCAP", "CAP_SETPCAP",      "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT",
    "CAP_KILL",    "CAP_AUDIT_WRITE",
};

static const char *const namespaces[] = {"pid", "ipc", "uts", "mount", "network"};

/* What of the host's kernel a container has no business to read, or to write. */
static const char *const masked_paths[] = {
    "/proc/acpi",       "/proc/asound",      "/proc/kcore",       "/proc/keys",    "/proc/latency_stats",
    "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/sys/firmware", "/proc/scsi",
};
static const char *const readonly_paths[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

static const struct {
    const char *destination;
    const char *type;
    const char *options[8];
} mounts[] = {
    {"/proc", "proc", {"nosuid", "noexec", "nodev"}},
    {"/dev", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
    {"/dev/pts", "devpts", {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}},
    {"/dev/shm", "tmpfs", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}},
    {"/dev/mqueue", "mqueue", {"nosuid", "noexec", "nodev"}},
    {"/sys", "sysfs", {"nosuid", "noexec", "nodev", "ro"}},
    {"/run", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
};

/* An array takes the place of one that could not be made too: json_pack() then fails as a whole. */
static json_t *strings(const char *const *list, size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n && list[i] != NULL; i++) {
        if (json_array_append_new(array, json_string(list[i])) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *collect(json_t *(*make)(size_t i), size_t n)
{
    json_t *array = json_array();

    for (size_t i = 0; i < n; i++) {
        if (json_array_append_new(array, make(i)) != 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static json_t *make_mount(size_t i)
{
    return json_pack("{s:s, s:s, s:s, s:o}", "destination", mounts[i].destination, "type", mounts[i].type,
                     "source", mounts[i].type, "options",
                     strings(mounts[i].options, COUNT(mounts[i].options)));
}

static json_t *make_namespace(size_t i)
{
    return json_pack("{s:s}", "type", namespaces[i]);
}

static json_t *make_capabilities(void)
{
    return json_pack("{s:o, s:o, s:o}", "bounding", strings(capabilities, COUNT(capabilities)), "effective",
                     strings(capabilities, COUNT(capabilities)), "permitted",
                     strings(capabilities, COUNT(capabilities)));
}

static json_t *make_process(void)
{
    return json_pack("{s:b, s:{s:i, s:i}, s:[s], s:[s], s:s, s:o, s:[{s:s, s:i, s:i}], s:b}", "terminal", 0,
                     "user", "uid", 0, "gid", 0, "args", "/bin/sh", "env",
                     "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "cwd", "/",
                     "capabilities", make_capabilities(), "rlimits", "type", "RLIMIT_NOFILE", "hard", 1024,
                     "soft", 1024, "noNewPrivileges", 1);
}

static json_t *make_linux(const char *namespace_, const char *id)
{
    return json_pack("{s:{s:[{s:b, s:s}]}, s:o, s:o, s:o, s:o}", "resources", "devices", "allow", 0, "access",
                     "rwm", "cgroupsPath", json_sprintf("/%s/%s", namespace_, id), "namespaces",
                     collect(make_namespace, COUNT(namespaces)), "maskedPaths",
                     strings(masked_paths, COUNT(masked_paths)), "readonlyPaths",
                     strings(readonly_paths, COUNT(readonly_paths)));
}

static bool is_text(const char *what, const char *text)
{
    json_t *string = json_string(text);
    const bool is = string != NULL;

    json_decref(string);
    if (!is)
        c8d__fail("%s: no text (UTF-8): '%s'", what, text);
    return is;
}

json_t *c8d__spec_default(const char *rootfs, const char *namespace_, const char *id)
{
    json_t *spec;

    if (!is_text("root file system", rootfs) || !is_text("namespace", namespace_) || !is_text("ID", id))
        return NULL;
    spec = json_pack("{s:s, s:o, s:{s:s, s:b}, s:o, s:o}", "ociVersion", "1.0.2", "process", make_process(),
                     "root", "path", rootfs, "readonly", 0, "mounts", collect(make_mount, COUNT(mounts)),
                     "linux", make_linux(namespace_, id));

    if (spec == NULL)
        c8d__fail("no memory for a spec");
    return spec;
}
