/* SPDX-License-Identifier: Apache-2.0 */
/* How the measurements measure: processor time of this thread, the best of several rounds. */
#ifndef C8D_BENCH_MEASURE_H
#define C8D_BENCH_MEASURE_H

#include <stdint.h>

#define MEASURE_ROUNDS 5

/* The time of the thread that runs, which the load of the machine does not lengthen, in ns. */
double measure_cpu_ns(void);

/* Runs `work` and returns the least time that it took in MEASURE_ROUNDS rounds, divided by `count`. */
double measure_best(void (*work)(void *context), void *context, double count);

/* The next of a sequence that is the same in every run, below n. */
uint32_t measure_random(uint32_t n);

/* One line: what, ns, and how many times the time beside it that is; 0 = nothing beside it. */
void measure_report(const char *what, double ns, const char *peer, double peer_ns);

#endif
