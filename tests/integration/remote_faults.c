/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_faults.h"
#include "self.h"
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define PATIENT (10000 * MS)
#define GIVE_UP (120000 * MS)
#define KILLED 137

int64_t faults_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 * MS + now.tv_nsec;
}

/* The account of what a notice is about; NULL for none of ours. */
static struct account *account_of(struct faults *faults, const struct c8d_notice *notice)
{
    bool init = notice->process.len == notice->container.len;
    unsigned long n;
    char id[16];

    if (notice->container.len < 2 || notice->container.len >= sizeof(id) || notice->container.ptr[0] != 'f')
        return NULL;
    memcpy(id, notice->container.ptr, notice->container.len);
    id[notice->container.len] = '\0';
    n = strtoul(id + 1, NULL, 10);
    assert_true(n < LIVES_MAX);
    return &faults->ledger[n][init ? 0 : 1];
}

static void hear(void *user, const struct c8d_notice *notice)
{
    struct faults *faults = user;
    struct account *account = account_of(faults, notice);

    if (account == NULL)
        return;
    pthread_mutex_lock(&faults->lock);
    switch (notice->kind) {
    case C8D_NOTICE_START:
    case C8D_NOTICE_EXEC_STARTED:
        account->starts++;
        break;
    case C8D_NOTICE_EXIT:
        account->exits++;
        account->exit = notice->exit;
        break;
    case C8D_NOTICE_CONFLICT:
        faults->conflicts++;
        break;
    default:
        break;
    }
    pthread_mutex_unlock(&faults->lock);
}

void faults_open(struct faults *faults, enum c8d_transport transport)
{
    struct c8d_remote_options remote = {.size = sizeof(remote), .transport = transport};
    struct c8d_client_options options = {.size = sizeof(options), .notice = hear, .user = faults};
    struct c8d_error err = {0};
    char marks[512];

    memset(faults, 0, sizeof(*faults));
    assert_int_equal(pthread_mutex_init(&faults->lock, NULL), 0);
    faults->descriptors = self_open();
    counted_init(&faults->memory);
    server_start(&faults->server);
    (void)snprintf(marks, sizeof(marks), "%s/marks", faults->server.rootfs);
    assert_int_equal(mkdir(marks, 0755), 0);
    (void)snprintf(faults->fifos, sizeof(faults->fifos), "/tmp/c8d-faults-XXXXXX");
    assert_non_null(mkdtemp(faults->fifos));
    remote.address = str(faults->server.address);
    remote.namespace_ = options.namespace_ = str(faults->server.namespace_);
    remote.fifo_directory = str(faults->fifos);
    remote.allocator = options.allocator = &faults->memory.allocator;
    if (c8d_remote_new(&remote, &options.runtime, &err) != C8D_OK ||
        c8d_client_new(&options, &faults->client, &err) != C8D_OK)
        fail_msg("%s", err.message);
}

void faults_close(struct faults *faults)
{
    struct c8d_client_counters counters;
    char command[1024];

    c8d_client_counters(faults->client, &counters);
    assert_int_equal(counters.pending, 0);
    c8d_client_unref(faults->client);
    assert_int_equal(atomic_load(&faults->memory.pieces), 0);
    assert_int_equal(rmdir(faults->fifos), 0);
    (void)snprintf(command, sizeof(command),
                   "test -z \"$(ctr -a '%s' -n '%s' containers ls -q)$(ctr -a '%s' -n '%s' tasks ls -q)\"",
                   faults->server.address, faults->server.namespace_, faults->server.address,
                   faults->server.namespace_);
    assert_int_equal(system(command), 0);
    server_stop(&faults->server);
    /* C core closes its own a little later. */
    for (int i = 0; i < 1000 && self_open() > faults->descriptors; i++)
        (void)usleep(10000);
    assert_int_equal(self_open(), faults->descriptors);
    pthread_mutex_destroy(&faults->lock);
}

static const char *spec_of(const struct faults *faults, const char *id, unsigned code, char *to, size_t size)
{
    (void)snprintf(
        to, size,
        "{\"ociVersion\":\"1.0.2\",\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\","
        "\"args\":[\"/bin/sh\",\"-c\",\"sleep 0.4; : >/marks/%s; exit %u\"],\"env\":[\"PATH=/bin\"]},"
        "\"root\":{\"path\":\"%s\"},"
        "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
        "\"linux\":{\"cgroupsPath\":\"/%s/%s\",\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}",
        id, code, faults->server.rootfs, faults->server.namespace_, id);
    return to;
}

static struct c8d_process *exec_in(struct account *account, const char *id, struct c8d_process *task)
{
    char spec[512];
    struct c8d_exec_options options = {.size = sizeof(options), .id = str("e"), .stdio = C8D_STDIO_OUT};
    struct c8d_process *process = NULL;

    (void)snprintf(spec, sizeof(spec),
                   "{\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"env\":[\"PATH=/bin\"],"
                   "\"args\":[\"/bin/sh\",\"-c\",\"echo x; : >/marks/%s.e; exit %u\"]}",
                   id, account->expected);
    options.spec = str(spec);
    if (c8d_task_exec(task, &options, PATIENT, &process, NULL) != C8D_OK)
        return NULL;
    account->returned = true;
    return process;
}

struct removal {
    struct c8d_error load;
    struct c8d_error task;
    struct c8d_error container;
};

static void remove_task(struct faults *faults, struct c8d_container *container, struct account accounts[2],
                        struct c8d_error *err)
{
    struct c8d_process *task = c8d_container_task(container);

    if (task == NULL)
        return;
    pthread_mutex_lock(&faults->lock);
    accounts[0].killed = accounts[1].killed = true;
    pthread_mutex_unlock(&faults->lock);
    (void)!c8d_task_force_delete(task, PATIENT, NULL, err);
    c8d_process_unref(task);
}

static enum c8d_status try_to_remove(struct faults *faults, const char *id, struct account accounts[2],
                                     struct removal *why)
{
    struct c8d_container *container = NULL;
    enum c8d_status status =
        c8d_client_load_container(faults->client, str(id), PATIENT, &container, &why->load);

    if (status != C8D_OK)
        return status;
    remove_task(faults, container, accounts, &why->task);
    status = c8d_container_delete(container, PATIENT, &why->container);
    c8d_container_unref(container);
    return status;
}

/* Until it is certain that the container is gone. */
static void clear(struct faults *faults, const char *id, struct account accounts[2])
{
    int64_t until = faults_now() + GIVE_UP;

    for (;;) {
        struct removal why = {0};
        enum c8d_status status = try_to_remove(faults, id, accounts, &why);

        if (status == C8D_OK || status == C8D_NOT_FOUND)
            return;
        if (faults_now() > until) {
            (void)fprintf(stderr, "%s cannot be removed: %s; load: %s; task: %s; container: %s\n", id,
                          c8d_status_text(status), why.load.message, why.task.message, why.container.message);
            abort();
        }
        (void)usleep(50000);
    }
}

/* What goes as it should, unless it is left in the middle. Returns false when something is left: it was
 * refused, or is not certain, or was to be. */
static bool live_well(struct faults *faults, const char *id, struct account accounts[2], bool leave)
{
    char spec[1024];
    const struct c8d_container_options options = {
        .size = sizeof(options),
        .id = str(id),
        .spec = str(spec_of(faults, id, accounts[0].expected, spec, sizeof(spec))),
    };
    const struct c8d_start_options how = {.size = sizeof(how), .stdio = C8D_STDIO_OUT};
    struct c8d_container *container = NULL;
    struct c8d_process *task = NULL;
    struct c8d_process *process = NULL;
    bool well = false;

    if (c8d_client_new_container(faults->client, &options, PATIENT, &container, NULL) != C8D_OK)
        return false;
    if (c8d_container_start(container, &how, PATIENT, &task, NULL) == C8D_OK) {
        accounts[0].returned = true;
        process = exec_in(&accounts[1], id, task);
        if (process != NULL && c8d_process_wait(process, 3 * PATIENT, NULL, NULL) == C8D_OK)
            (void)!c8d_process_delete(process, PATIENT, NULL, NULL);
        well = !leave && c8d_process_wait(task, 3 * PATIENT, NULL, NULL) == C8D_OK &&
               c8d_process_delete(task, PATIENT, NULL, NULL) == C8D_OK &&
               c8d_container_delete(container, PATIENT, NULL) == C8D_OK;
    }
    c8d_process_unref(process);
    c8d_process_unref(task);
    c8d_container_unref(container);
    return well;
}

void faults_live(struct faults *faults, unsigned n)
{
    enum { TEN = 10 };
    struct account *accounts;
    char id[16];

    if (n >= LIVES_MAX)
        return;
    accounts = faults->ledger[n];
    accounts[0].expected = n % 100 + 1;
    accounts[1].expected = n % 50 + 101;
    (void)snprintf(id, sizeof(id), "f%u", n);
    /* One in ten is found again and killed, as after a failure. */
    if (!live_well(faults, id, accounts, n % TEN == TEN - 1))
        clear(faults, id, accounts);
}

/* Whether it is a shim of this server, and of which container. */
static bool is_shim(const char *pid, const char *address, char id[32])
{
    char path[300];
    char line[4096];
    size_t length;
    const char *at;
    FILE *file;

    (void)snprintf(path, sizeof(path), "/proc/%s/cmdline", pid);
    file = fopen(path, "r");
    if (file == NULL)
        return false;
    length = fread(line, 1, sizeof(line) - 1, file);
    (void)fclose(file);
    line[length] = '\0';
    if (strstr(line, "containerd-shim") == NULL || memmem(line, length, address, strlen(address)) == NULL)
        return false;
    at = memmem(line, length, "-id", 4);
    if (at == NULL)
        return false;
    (void)snprintf(id, 32, "%s", at + 4);
    return true;
}

void faults_kill_a_shim(struct faults *faults)
{
    DIR *directory = opendir("/proc");
    const struct dirent *entry;
    char id[32] = "";
    unsigned n;

    assert_non_null(directory);
    while ((entry = readdir(directory)) != NULL) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9' ||
            !is_shim(entry->d_name, faults->server.address, id) || id[0] != 'f')
            continue;
        n = (unsigned)strtoul(id + 1, NULL, 10);
        assert_true(n < LIVES_MAX);
        pthread_mutex_lock(&faults->lock);
        faults->ledger[n][0].killed = faults->ledger[n][1].killed = true;
        pthread_mutex_unlock(&faults->lock);
        (void)kill((pid_t)strtol(entry->d_name, NULL, 10), SIGKILL);
        break;
    }
    (void)closedir(directory);
}

static bool has_started(const struct account *account)
{
    return account->starts != 0 || account->returned;
}

/* How many processes `is` holds for. */
static unsigned count(struct faults *faults, bool (*is)(const struct account *))
{
    unsigned n = atomic_load(&faults->next) < LIVES_MAX ? atomic_load(&faults->next) : LIVES_MAX;
    unsigned counted = 0;

    pthread_mutex_lock(&faults->lock);
    for (unsigned i = 0; i < n; i++) {
        for (int which = 0; which < 2; which++)
            counted += is(&faults->ledger[i][which]);
    }
    pthread_mutex_unlock(&faults->lock);
    return counted;
}

static bool is_open(const struct account *account)
{
    return has_started(account) && account->exits == 0;
}

static bool has_ended(const struct account *account)
{
    return account->exits != 0;
}

unsigned faults_open_ends(struct faults *faults)
{
    return count(faults, is_open);
}

unsigned faults_ends(struct faults *faults)
{
    return count(faults, has_ended);
}

/* A process leaves a mark just before it exits. Without it the program did not come to its end: it may even
 * have been runc's own beginning of it that failed when its caller was killed. */
static bool came_to_its_end(const struct faults *faults, unsigned n, int which)
{
    char path[512];

    (void)snprintf(path, sizeof(path), "%s/marks/f%u%s", faults->server.rootfs, n, which == 0 ? "" : ".e");
    return access(path, F_OK) == 0;
}

/* The end of an init is that of all in its PID namespace: the kernel kills them, an exec perhaps between its
 * mark and its exit. Both are then told to have ended at the same time. */
static bool ended_with_init(const struct faults *faults, unsigned n, int which)
{
    enum { SAME_MS = 1000 };
    const struct account *init = &faults->ledger[n][0];
    const struct account *exec = &faults->ledger[n][1];

    return which == 1 && init->exits == 1 && exec->exit.at_ns - init->exit.at_ns > -SAME_MS * MS &&
           exec->exit.at_ns - init->exit.at_ns < SAME_MS * MS;
}

static bool is_right(const struct faults *faults, unsigned n, int which)
{
    const struct account *account = &faults->ledger[n][which];
    bool killed = account->killed || ended_with_init(faults, n, which);

    if (account->exits > 1 || (has_started(account) && account->exits == 0))
        return false;
    if (account->exits == 0 || !account->exit.known || account->exit.code == account->expected)
        return true;
    if (came_to_its_end(faults, n, which))
        return killed && account->exit.code == KILLED;
    return account->exit.code != 0;
}

void faults_judge(struct faults *faults)
{
    unsigned n = atomic_load(&faults->next) < LIVES_MAX ? atomic_load(&faults->next) : LIVES_MAX;
    unsigned wrong = 0;
    unsigned ends = 0;
    unsigned unknown = 0;
    unsigned refused = 0;

    for (unsigned i = 0; i < n; i++) {
        for (int which = 0; which < 2; which++) {
            const struct account *account = &faults->ledger[i][which];

            ends += account->exits;
            unknown += account->exits != 0 && account->exit.ran && !account->exit.known;
            refused += account->exits != 0 && !account->exit.ran;
            if (is_right(faults, i, which))
                continue;
            wrong++;
            print_error("f%u %s: %u starts, %s, %u ends, known %d, code %u at %lld, expected %u%s\n", i,
                        which == 0 ? "init" : "exec", account->starts,
                        account->returned ? "returned" : "not returned", account->exits, account->exit.known,
                        account->exit.code, (long long)account->exit.at_ns, account->expected,
                        account->killed ? ", killed" : "");
        }
    }
    /* An exec is not started when its task has ended meanwhile. */
    print_message("%u lives, %u ends told, %u of them without a code, %u of what never ran, %u conflicts\n",
                  n, ends, unknown, refused, faults->conflicts);
    assert_int_equal(wrong, 0);
    assert_true(ends > 0);
}
