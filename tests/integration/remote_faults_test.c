/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Losing nothing: twenty containers at a time start, exec and exit, from as many threads, while their
 * containerd is killed again and again, and shims with it. Of each process that was seen to start exactly
 * one end is told, with the code that it had or honestly without one; and nothing is left behind.
 *
 * C8D_FAULT_ROUNDS, C8D_FAULT_OUTAGE_MS and C8D_FAULT_LIVES make it longer: tests/faults does.
 */
#include "remote_faults.h"
#include "self.h"
#include "transport.h"
#include <dirent.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define WORKERS 20
#define SETTLE_NS (60000 * MS)

static struct faults faults;

static unsigned setting(const char *name, unsigned otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

static void pause_ms(unsigned ms)
{
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * MS};

    (void)nanosleep(&time, NULL);
}

static void *work(void *arg)
{
    (void)arg;
    while (!atomic_load(&faults.stop))
        faults_live(&faults, atomic_fetch_add(&faults.next, 1));
    return NULL;
}

/* A slow machine has no life at its end so soon after an outage; what is killed then, has little to lose. */
static void await_some_ends(void)
{
    enum { SOME = 5 };
    unsigned before = faults_ends(&faults);
    int64_t until = faults_now() + SETTLE_NS;

    while (faults_ends(&faults) < before + SOME && faults_now() < until)
        pause_ms(50);
}

static void outage(unsigned longest_ms)
{
    unsigned ms = 100 + (unsigned)random() % longest_ms;

    server_script("kill", faults.server.directory, "");
    pause_ms(ms / 2);
    if (random() % 2 == 0)
        faults_kill_a_shim(&faults);
    pause_ms(ms / 2);
    server_script("restart", faults.server.directory, "");
}

/* The last ends may still be on their way. */
static void await_ends(void)
{
    int64_t until = faults_now() + SETTLE_NS;

    while (faults_open_ends(&faults) != 0 && faults_now() < until)
        (void)c8d_client_dispatch(faults.client, 100 * MS);
}

static void test_faults__containerd_killed_under_twenty_containers__each_end_is_told_once(void **state)
{
    unsigned rounds = setting("C8D_FAULT_ROUNDS", 3);
    unsigned longest_ms = setting("C8D_FAULT_OUTAGE_MS", 1500);
    pthread_t workers[WORKERS];

    (void)state;
    faults_open(&faults, test_transport());
    srandom(1);
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_create(&workers[i], NULL, work, NULL), 0);
    for (unsigned round = 0; round < rounds; round++) {
        await_some_ends();
        pause_ms((unsigned)random() % 2000);
        outage(longest_ms);
        print_message("round %u of %u: %u lives begun, %u ends told\n", round + 1, rounds,
                      atomic_load(&faults.next), faults_ends(&faults));
    }
    atomic_store(&faults.stop, true);
    for (size_t i = 0; i < WORKERS; i++)
        assert_int_equal(pthread_join(workers[i], NULL), 0);
    await_ends();
    faults_judge(&faults);
    faults_close(&faults);
}

/* What the client holds after many lives is what it held after a few. */
static void test_faults__many_lives__no_memory_and_no_descriptor_grows(void **state)
{
    enum { FEW = 20 };
    unsigned lives = setting("C8D_FAULT_LIVES", 60);
    unsigned descriptors;
    long pieces;
    long bytes;

    (void)state;
    faults_open(&faults, test_transport());
    for (unsigned i = 0; i < FEW; i++)
        faults_live(&faults, atomic_fetch_add(&faults.next, 1));
    await_ends();
    descriptors = self_open();
    pieces = atomic_load(&faults.memory.pieces);
    bytes = atomic_load(&faults.memory.bytes);
    for (unsigned i = 0; i < lives; i++)
        faults_live(&faults, atomic_fetch_add(&faults.next, 1));
    await_ends();
    print_message("%u lives: %ld pieces and %ld bytes before, %ld and %ld after\n", lives, pieces, bytes,
                  atomic_load(&faults.memory.pieces), atomic_load(&faults.memory.bytes));
    assert_int_equal(self_open(), descriptors);
    assert_true(atomic_load(&faults.memory.pieces) <= pieces);
    assert_true(atomic_load(&faults.memory.bytes) <= bytes);
    faults_judge(&faults);
    faults_close(&faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_faults__containerd_killed_under_twenty_containers__each_end_is_told_once),
        cmocka_unit_test(test_faults__many_lives__no_memory_and_no_descriptor_grows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
