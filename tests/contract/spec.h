/* SPDX-License-Identifier: Apache-2.0 */
/* The OCI documents of the suite: small, and good for a simulated runtime and for runc. */
#ifndef C8D_TESTS_SPEC_H
#define C8D_TESTS_SPEC_H

#include "contract.h"

#include <stddef.h>

#define SPEC_BYTES 2048

/* The args of a shell that runs a script without quotes in it. */
void spec_shell(char *args, size_t size, const char *script);
/* `args` are JSON strings, separated by commas. */
void spec_container(char *spec, size_t size, const struct contract_maker *maker, const char *id,
                    const char *args);
void spec_process(char *spec, size_t size, const char *args, bool terminal);

#endif
