/* SPDX-License-Identifier: Apache-2.0 */
/* The transport that a test is run over: each test of the containerd runtime is registered once for each. */
#ifndef C8D_TESTS_TRANSPORT_H
#define C8D_TESTS_TRANSPORT_H

#include <c8d/remote.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As C8D_TEST_TRANSPORT names it; without it, AUTO. Ends the program when there is no such transport. */
static inline enum c8d_transport test_transport(void)
{
    const char *name = getenv("C8D_TEST_TRANSPORT");

    if (name == NULL)
        return C8D_TRANSPORT_AUTO;
    for (int i = 0; i < C8D_TRANSPORT__COUNT; i++) {
        if (strcmp(name, c8d_transport_name((enum c8d_transport)i)) == 0)
            return (enum c8d_transport)i;
    }
    (void)fprintf(stderr, "C8D_TEST_TRANSPORT: there is no %s\n", name);
    exit(1);
}

#endif
