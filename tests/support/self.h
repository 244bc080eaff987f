/* SPDX-License-Identifier: Apache-2.0 */
/* What the test itself uses of the system; posix/self.c, windows/self.c. */
#ifndef C8D_TESTS_SELF_H
#define C8D_TESTS_SELF_H

#include <stdint.h>

/* Descriptors that are open, or handles of pipes. */
unsigned self_open(void);
/* Memory that is there. */
long self_resident_kb(void);

struct self_thread {
    int64_t cpu_ns;
    long switches; /* how often it has waited; 0 where nobody counts them */
};
struct self_thread self_thread(void);

#endif
