/* SPDX-License-Identifier: Apache-2.0 */
#include "../remote_fake_place.h"
#include <errno.h>
#include <linux/sockios.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

struct fake_place {
    char directory[64];
    struct sockaddr_un address;
    int listener;
    int stop[2];
    int given;      /* a connection that is there without having come in; -1 = none */
    int connection; /* -1 = none */
};

struct fake_place *fake_place_open(char *address, size_t size)
{
    struct fake_place *place = calloc(1, sizeof(*place));

    assert_non_null(place);
    place->given = place->connection = -1;
    (void)snprintf(place->directory, sizeof(place->directory), "/tmp/c8d-fake-XXXXXX");
    assert_non_null(mkdtemp(place->directory));
    place->address.sun_family = AF_UNIX;
    (void)snprintf(place->address.sun_path, sizeof(place->address.sun_path), "%s/socket", place->directory);
    (void)snprintf(address, size, "%s", place->address.sun_path);
    place->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(place->listener >= 0);
    assert_int_equal(bind(place->listener, (const struct sockaddr *)&place->address, sizeof(place->address)),
                     0);
    assert_int_equal(listen(place->listener, 8), 0);
    assert_int_equal(pipe(place->stop), 0);
    return place;
}

void fake_place_stop(struct fake_place *place)
{
    assert_int_equal(write(place->stop[1], "", 1), 1);
}

void fake_place_close(struct fake_place *place)
{
    fake_place_hang_up(place);
    (void)close(place->stop[0]);
    (void)close(place->stop[1]);
    (void)close(place->listener);
    (void)unlink(place->address.sun_path);
    assert_int_equal(rmdir(place->directory), 0);
    free(place);
}

/* Waits for something to read. False: it was stopped. */
static bool await(const struct fake_place *place, int fd)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = place->stop[0], .events = POLLIN}};

    while (poll(fds, 2, -1) < 0 && errno == EINTR)
        ;
    return fds[1].revents == 0;
}

bool fake_place_accept(struct fake_place *place)
{
    if (place->given >= 0) {
        place->connection = place->given;
        place->given = -1;
        return true;
    }
    while (place->connection < 0 && await(place, place->listener))
        place->connection = accept(place->listener, NULL, NULL);
    return place->connection >= 0;
}

int fake_place_pair(struct fake_place *place, int send_buffer)
{
    int ends[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    if (send_buffer != 0)
        assert_int_equal(setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &send_buffer, sizeof(send_buffer)), 0);
    place->given = ends[1];
    return ends[0];
}

bool fake_place_is_connected(const struct fake_place *place)
{
    return place->connection >= 0;
}

size_t fake_place_read(struct fake_place *place, void *to, size_t size)
{
    ssize_t n = 0;

    if (place->connection >= 0 && await(place, place->connection))
        n = recv(place->connection, to, size, 0);
    return n > 0 ? (size_t)n : 0;
}

size_t fake_place_write(struct fake_place *place, const void *from, size_t size)
{
    ssize_t n;

    do {
        n = send(place->connection, from, size, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n > 0 ? (size_t)n : 0;
}

void fake_place_await_read(struct fake_place *place)
{
    struct pollfd over = {.fd = place->stop[0], .events = POLLIN};
    int unread = 1;

    while (ioctl(place->connection, SIOCOUTQ, &unread) == 0 && unread > 0) {
        struct pollfd gone = {.fd = place->connection, .events = 0};

        if (poll(&over, 1, 0) > 0 || (poll(&gone, 1, 0) > 0 && gone.revents != 0))
            return;
    }
}

void fake_place_hang_up(struct fake_place *place)
{
    if (place->connection >= 0)
        (void)close(place->connection);
    place->connection = -1;
}
