/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_counters.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

const char *counters_setting(const char *name)
{
    const char *value = getenv(name);

    if (value == NULL)
        fail_msg("%s is not set: run this through tests/support/with-containerd.sh", name);
    return value;
}

static int dial(const char *address)
{
    char host[64];
    const char *colon = strrchr(address, ':');
    struct sockaddr_in to = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_non_null(colon);
    snprintf(host, sizeof(host), "%.*s", (int)(colon - address), address);
    to.sin_port = htons((uint16_t)atoi(colon + 1));
    assert_int_equal(inet_pton(AF_INET, host, &to.sin_addr), 1);
    assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
    return fd;
}

static char *fetch_metrics(void)
{
    static const char request[] = "GET /v1/metrics HTTP/1.0\r\n\r\n";
    size_t capacity = 1 << 20;
    size_t length = 0;
    char *text = test_malloc(capacity);
    int fd = dial(counters_setting("C8D_TEST_METRICS"));
    ssize_t n;

    assert_int_equal(write(fd, request, sizeof(request) - 1), sizeof(request) - 1);
    while ((n = read(fd, text + length, capacity - length - 1)) > 0)
        length += (size_t)n;
    text[length] = '\0';
    close(fd);
    return text;
}

unsigned counters_calls(void)
{
    static const char name[] = "grpc_server_handled_total{";
    char *text = fetch_metrics();
    double sum = 0;

    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (strncmp(line, name, sizeof(name) - 1) == 0 && strstr(line, "v1.Events\"") == NULL)
            sum += strtod(strrchr(line, ' '), NULL);
    }
    test_free(text);
    return (unsigned)sum;
}
