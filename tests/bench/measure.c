/* SPDX-License-Identifier: Apache-2.0 */
#include "measure.h"
#include <stdio.h>
#include <time.h>

double measure_cpu_ns(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

double measure_best(void (*work)(void *context), void *context, double count)
{
    double best = 0;

    for (unsigned round = 0; round < MEASURE_ROUNDS; round++) {
        double begin = measure_cpu_ns();
        double took;

        work(context);
        took = measure_cpu_ns() - begin;
        if (round == 0 || took < best)
            best = took;
    }
    return best / count;
}

uint32_t measure_random(uint32_t n)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % n;
}

void measure_report(const char *what, double ns, const char *peer, double peer_ns)
{
    printf("%-52s %8.1f ns", what, ns);
    if (peer_ns > 0)
        printf("  %6.2f x %s", ns / peer_ns, peer);
    printf("\n");
}
