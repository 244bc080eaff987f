/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A runtime is not used over a fork: parent and child would write into one connection, and C core's locks and
 * threads are not there in the child. So forks are counted, and a runtime knows the count it was made at.
 */
#include "../remote_internal.h"
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
/* How often the process was forked on the way from the one that made the first runtime to this one. */
static unsigned forks;

static void count_fork(void)
{
    forks++;
}

static void prepare(void)
{
    (void)pthread_atfork(NULL, NULL, count_fork);
}

unsigned c8d__forks(void)
{
    (void)pthread_once(&once, prepare);
    return forks;
}

bool c8d__remote_forked(const struct c8d__remote *remote)
{
    return remote->forks != forks;
}
