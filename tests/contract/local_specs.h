/* SPDX-License-Identifier: Apache-2.0 */
/* What the suite has to know of the Host Compute Service, whoever plays it. */
#ifndef C8D_TESTS_LOCAL_SPECS_H
#define C8D_TESTS_LOCAL_SPECS_H

#include "contract.h"

/* Runs the suite with process isolation and with Hyper-V isolation, on runtimes that `make` makes. */
int local_contract_run(struct c8d_runtime (*make)(const char *namespace_), void (*begin)(void),
                       int (*end)(void));

#endif
