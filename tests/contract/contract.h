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
};

/* The runtime under test, while the suite runs. */
extern const struct contract_maker *contract_maker;

/* Runs the suite; the result is for main(). */
int contract_run(const struct contract_maker *maker);

#endif
