/* SPDX-License-Identifier: Apache-2.0 */
#include "scripted_sleep.h"
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SOON_MS 20000

void scripted_sleep_init(struct scripted_sleep *sleep)
{
    sleep->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(sleep->wake_fd >= 0);
    atomic_init(&sleep->is_long, false);
}

void scripted_sleep_done(struct scripted_sleep *sleep)
{
    close(sleep->wake_fd);
}

void scripted_sleep_wake(const struct scripted_sleep *sleep)
{
    const uint64_t one = 1;
    ssize_t n = write(sleep->wake_fd, &one, sizeof(one));

    (void)n;
}

static bool look(const struct scripted_sleep *sleep, struct pollfd *extra, size_t n_extra, int real_ms)
{
    struct pollfd all[64];
    int ready;
    uint64_t count;

    assert(n_extra < 63);
    for (size_t i = 0; i < n_extra; i++)
        all[i] = extra[i];
    all[n_extra] = (struct pollfd){.fd = sleep->wake_fd, .events = POLLIN};
    do
        ready = poll(all, n_extra + 1, real_ms);
    while (ready < 0 && errno == EINTR);
    for (size_t i = 0; i < n_extra; i++)
        extra[i].revents = all[i].revents;
    while (read(sleep->wake_fd, &count, sizeof(count)) > 0)
        ;
    return ready > 0;
}

bool scripted_sleep_look(const struct scripted_sleep *sleep, struct pollfd *extra, size_t n_extra)
{
    return look(sleep, extra, n_extra, 0);
}

void scripted_sleep_long(struct scripted_sleep *sleep, struct pollfd *extra, size_t n_extra)
{
    bool woken;

    atomic_store(&sleep->is_long, true);
    woken = look(sleep, extra, n_extra, SOON_MS);
    atomic_store(&sleep->is_long, false);
    if (woken)
        return;
    fputs("scripted runtime: a wait without end\n", stderr);
    abort();
}
