/* SPDX-License-Identifier: Apache-2.0 */
/* Client handles on the shared containerd (see remote_world.h): made, used and asserted on in few words. */
#ifndef C8D_TESTS_REMOTE_CLIENT_H
#define C8D_TESTS_REMOTE_CLIENT_H

#include "remote_world.h"
#include <c8d/task.h>

#define OUTPUT_MAX 4096

struct user {
    struct c8d_client *client;
    char fifos[64];
    char output[OUTPUT_MAX]; /* of both streams, as it came; terminated */
    size_t n_output;
    unsigned exits; /* EXIT notices heard */
};

/* A client with a directory of its own for pipes; `adopt` as in c8d_client_options. */
void user_open(struct user *user, bool adopt);
/* One whose images of tasks go through containerd's content store; it does not adopt. */
void user_open_storing(struct user *user);
/* One with options of its own; size, addresses, namespaces and pipes are set here, and `notice` when it is
 * NULL. */
void user_open_with(struct user *user, struct c8d_client_options options, struct c8d_remote_options remote);
/* Gives the client up; asserts that no pipe was left behind. */
void user_close(struct user *user);
/* The same, leaving pipes as a program that ends does. */
void user_leave(struct user *user);

/* A spec of a shell that runs commands; `root` is root.path. */
const char *user_spec(const char *id, const char *commands, const char *root, bool terminal);
/* These assert success. options->id, spec and size are set here. */
struct c8d_container *user_create(struct user *user, const char *id, const char *commands,
                                  struct c8d_container_options options);
struct c8d_process *user_start(struct user *user, struct c8d_container *container, uint32_t stdio);
void user_remove(struct c8d_container *container, struct c8d_process *task);
void user_expect_end(struct c8d_process *process, uint32_t code);
/* A c8d_output_fn whose user is the struct user. */
void user_output(void *arg, struct c8d_process *process, int stream, const void *data, size_t length);
/* Drives the client until something is so. False: it has taken too long. */
bool user_await(struct user *user, bool (*ready)(void *arg), void *arg);
/* Drives the client until the output holds a text; asserts that it comes. */
void user_await_output(struct user *user, const char *text);
/* Runs a shell command; asserts that it succeeds. */
void shell(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
