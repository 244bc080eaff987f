/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every runtime has to do, seen at its table and through the handles: one suite, run on the simulated
 * runtime and on a real containerd. A program of the suite says how a client is made, and calls
 * contract_run().
 */
#ifndef C8D_TESTS_CONTRACT_H
#define C8D_TESTS_CONTRACT_H

#include <c8d/client.h>

/* How the runtime under test is made. */
struct contract_maker {
    const char *name;
    /* Makes a runtime of the namespace; fails the test when it cannot. Called once for each client. */
    struct c8d_runtime (*make)(const char *namespace_);
    const char *namespace_;
    const char *rootfs; /* for the specs; any path where there is none */
    /* Breaks the connection and lets the client find a server again. */
    void (*interrupt)(struct c8d_runtime runtime);

    /* Where it differs from containerd on Linux. All may be left out. */

    /* The spec of a container, from that of its process; NULL: a Linux container. */
    void (*spec)(char *spec, size_t size, const char *process);
    /* What a process ends with that a signal has ended; NULL: 128 and the signal. */
    uint32_t (*killed)(uint32_t signal);
    /* A process has a pid, and a program is looked for, when it is started and not before; an end before that
     * has no code. */
    bool starts_late;
    /* Names of the cases about what it has no operation for, separated by blanks. */
    const char *without;
};

/* The runtime under test, while the suite runs. */
extern const struct contract_maker *contract_maker;

/* What a process has ended with that was killed. */
uint32_t contract_killed(uint32_t signal);

/* Runs those of the tests that the runtime has operations for; as cmocka_run_group_tests(). */
#define contract_run_tests(tests) contract_run_some(tests, sizeof(tests) / sizeof((tests)[0]))
struct CMUnitTest;
int contract_run_some(const struct CMUnitTest *tests, size_t n);

/* Runs the suite; the result is for main(). */
int contract_run(const struct contract_maker *maker);

#endif
