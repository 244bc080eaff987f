/* SPDX-License-Identifier: Apache-2.0 */
/* What the scripted runtime sleeps on, and is woken by. */
#ifndef C8D_TESTS_SCRIPTED_SLEEP_H
#define C8D_TESTS_SCRIPTED_SLEEP_H

#include <poll.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct scripted_sleep {
    int wake_fd;
    atomic_bool is_long; /* a thread is in a sleep that nothing ends by itself */
};

void scripted_sleep_init(struct scripted_sleep *sleep);
void scripted_sleep_done(struct scripted_sleep *sleep);
void scripted_sleep_wake(const struct scripted_sleep *sleep);
/* Only looks at the descriptors, the wake-up among them; it is used up by that. */
bool scripted_sleep_look(const struct scripted_sleep *sleep, struct pollfd *extra, size_t n_extra);
/* Nothing will come by itself: another thread has to do something, and soon; else it ends the program. */
void scripted_sleep_long(struct scripted_sleep *sleep, struct pollfd *extra, size_t n_extra);

#endif
