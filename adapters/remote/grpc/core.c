/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gRPC C core as a whole: silent, and with the poller that suits us.
 *
 * The poller: the default one keeps a set of sockets for the whole process and asks to be told when they
 * become writable, which costs a wake-up more for each call. With `poll` a call costs one.
 */
#include "grpc_internal.h"
#include <grpc/support/log.h>
#include <pthread.h>
#include <stdlib.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void keep_silent(gpr_log_func_args *args)
{
    (void)args;
}

static void prepare(void)
{
    (void)setenv("GRPC_POLL_STRATEGY", "poll", 0);
    gpr_set_log_function(keep_silent);
}

void c8d__grpc_start(void)
{
    (void)pthread_once(&once, prepare);
    grpc_init();
}
