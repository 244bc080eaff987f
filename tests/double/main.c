/* SPDX-License-Identifier: Apache-2.0 */
/*
 * double ADDRESS NAMESPACE: stands for a containerd at this address until its standard input ends. The line
 * "drop" there breaks all connections. It ends with 0 when nothing is left: no container, no task, no exec.
 */
#include "double.h"
#include "place.h"

#include <c8d/simulated.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What was read from standard input, and not yet done. */
static atomic_uint drops;
static atomic_bool stopped;

void *take(size_t bytes)
{
    void *memory = calloc(1, bytes != 0 ? bytes : 1);

    if (memory == NULL)
        abort();
    return memory;
}

void append(struct bytes *to, const void *bytes, size_t n)
{
    if (n > to->room - to->n) {
        to->room = 2 * (to->n + n);
        to->at = realloc(to->at, to->room);
        if (to->at == NULL)
            abort();
    }
    if (n != 0)
        memcpy(to->at + to->n, bytes, n);
    to->n += n;
}

void release(struct bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct bytes){0};
}

struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

void poll_for(struct double_ *self, int fd, short events)
{
    if (self->n_polled == POLLED_MAX)
        abort();
    self->polled[self->n_polled++] = (struct pollfd){.fd = fd, .events = events};
}

short shown(const struct double_ *self, int fd)
{
    for (size_t i = 0; i < self->n_polled; i++) {
        if (self->polled[i].fd == fd)
            return self->polled[i].revents;
    }
    return 0;
}

static void *listen_to_stdin(void *arg)
{
    const struct double_ *self = arg;
    char line[64];

    while (fgets(line, sizeof(line), stdin) != NULL) {
        atomic_fetch_add(&drops, strcmp(line, "drop\n") == 0);
        self->runtime.ops->wake(self->runtime.ctx);
    }
    atomic_store(&stopped, true);
    self->runtime.ops->wake(self->runtime.ctx);
    return NULL;
}

static void wait(struct double_ *self)
{
    short events;
    int fd = place_waits(&events);

    self->n_polled = 0;
    poll_for(self, fd, events);
    server_poll(self);
    shuttle_poll(self);
    self->runtime.ops->wait(self->runtime.ctx, self->polled, self->n_polled, C8D_NO_DEADLINE);
}

static void go_on(struct double_ *self)
{
    struct c8d_arrival arrival;
    int fd;

    while ((fd = place_accept()) >= 0)
        server_take(self, fd);
    while (atomic_load(&drops) != 0) {
        atomic_fetch_sub(&drops, 1);
        server_drop(self);
    }
    server_go_on(self);
    shuttle_go_on(self);
    while (self->runtime.ops->next(self->runtime.ctx, &arrival))
        answer_arrival(self, &arrival);
}

/* One stream of events is enough for all subscribers. */
static void subscribe(struct double_ *self)
{
    const struct c8d_call call = {
        .kind = C8D_CALL_SUBSCRIBE, .token = ++self->tokens, .deadline_ns = C8D_NO_DEADLINE};

    if (self->runtime.ops->submit(self->runtime.ctx, &call, NULL) != C8D_OK)
        abort();
}

int main(int argc, char **argv)
{
    static struct double_ self;
    struct c8d_simulated_options options = {.size = sizeof(options), .seed = 1, .real_time = true};
    pthread_t thread;
    size_t left;

    if (argc != 3) {
        (void)fprintf(stderr, "usage: double ADDRESS NAMESPACE\n");
        return 2;
    }
    options.namespace_ = str(argv[2]);
    (void)snprintf(self.namespace_, sizeof(self.namespace_), "%s", argv[2]);
    if (c8d_simulated_new(&options, &self.runtime, NULL) != C8D_OK)
        abort();
    subscribe(&self);
    place_listen(argv[1]);
    if (pthread_create(&thread, NULL, listen_to_stdin, &self) != 0)
        abort();
    while (!atomic_load(&stopped)) {
        wait(&self);
        go_on(&self);
    }
    (void)pthread_join(thread, NULL);
    place_close();
    left = c8d_simulated_objects(self.runtime);
    if (left != 0)
        (void)fprintf(stderr, "double: %zu containers, tasks and execs are left\n", left);
    return left != 0;
}
