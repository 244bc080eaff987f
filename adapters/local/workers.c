/* SPDX-License-Identifier: Apache-2.0 */
#include "workers.h"
#include <pthread.h>
#include <stdlib.h>

/* A call that hangs keeps its thread: that many may. */
#define THREADS_MAX 64

struct c8d__workers {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct c8d__work *first, **end; /* work that nobody has taken */
    unsigned threads, idle, queued;
    bool stopping;
};

static struct c8d__work *take(struct c8d__workers *workers)
{
    struct c8d__work *work = workers->first;

    if (work == NULL)
        return NULL;
    workers->first = work->next;
    if (workers->first == NULL)
        workers->end = &workers->first;
    workers->queued--;
    return work;
}

static void *serve(void *arg)
{
    struct c8d__workers *workers = arg;
    struct c8d__work *work;

    pthread_mutex_lock(&workers->lock);
    for (;;) {
        while ((work = take(workers)) == NULL && !workers->stopping) {
            workers->idle++;
            pthread_cond_wait(&workers->changed, &workers->lock);
            workers->idle--;
        }
        if (work == NULL)
            break;
        pthread_mutex_unlock(&workers->lock);
        work->run(work);
        pthread_mutex_lock(&workers->lock);
    }
    workers->threads--;
    pthread_cond_broadcast(&workers->changed);
    pthread_mutex_unlock(&workers->lock);
    return NULL;
}

static bool add_thread(struct c8d__workers *workers)
{
    pthread_t thread;

    if (workers->threads == THREADS_MAX || pthread_create(&thread, NULL, serve, workers) != 0)
        return false;
    (void)pthread_detach(thread);
    workers->threads++;
    return true;
}

struct c8d__workers *c8d__workers_new(void)
{
    struct c8d__workers *workers = calloc(1, sizeof(*workers));

    if (workers == NULL)
        return NULL;
    workers->end = &workers->first;
    (void)pthread_mutex_init(&workers->lock, NULL);
    (void)pthread_cond_init(&workers->changed, NULL);
    return workers;
}

void c8d__workers_run(struct c8d__workers *workers, struct c8d__work *work)
{
    bool served;

    pthread_mutex_lock(&workers->lock);
    served = workers->idle > workers->queued || add_thread(workers) || workers->threads != 0;
    if (served) {
        work->next = NULL;
        *workers->end = work;
        workers->end = &work->next;
        workers->queued++;
        pthread_cond_signal(&workers->changed);
    }
    pthread_mutex_unlock(&workers->lock);
    if (!served)
        work->run(work);
}

void c8d__workers_free(struct c8d__workers *workers)
{
    if (workers == NULL)
        return;
    pthread_mutex_lock(&workers->lock);
    workers->stopping = true;
    pthread_cond_broadcast(&workers->changed);
    while (workers->threads != 0)
        pthread_cond_wait(&workers->changed, &workers->lock);
    pthread_mutex_unlock(&workers->lock);
    pthread_cond_destroy(&workers->changed);
    pthread_mutex_destroy(&workers->lock);
    free(workers);
}
