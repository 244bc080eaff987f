/* SPDX-License-Identifier: Apache-2.0 */
/* One connection of the fake server: its windows, and the calls on it. */
#ifndef C8D_TESTS_REMOTE_FAKE_INTERNAL_H
#define C8D_TESTS_REMOTE_FAKE_INTERNAL_H

#include "remote_fake.h"
#include <nghttp2/nghttp2.h>

#define FRAME_BYTES_MAX ((size_t)1 << 16)
#define STREAMS_MAX 64

struct fake_stream {
    uint32_t id; /* 0 = free */
    char path[128];
    unsigned char body[256]; /* the first bytes of the request */
    size_t length;           /* of all of it */
    int64_t window;
    bool whole;
};

struct fake_link {
    nghttp2_hd_inflater *inflater;
    int64_t window;
    int64_t initial_window;
    uint32_t table;        /* bytes of headers that the client keeps */
    bool table_shrunk;     /* which the next headers have to begin with */
    uint32_t subscription; /* the stream that is one; 0 = none */
    bool over;
    struct fake_stream streams[STREAMS_MAX];
};

/* Reads one frame and takes note of it. False: the connection is over. */
bool fake_read_frame(struct fake *fake);
struct fake_stream *fake_find(struct fake_link *link, uint32_t id);

#endif
