/* SPDX-License-Identifier: Apache-2.0 */
/* A recording in a file, or in several: made lasting as wished, turned over when it is large, gone on with.
 */
#ifndef C8D_COMMAND_RECORDING_FILE_H
#define C8D_COMMAND_RECORDING_FILE_H

#include <c8d/log.h>
#include <stdbool.h>
#include <stdint.h>

/* When what was written is also made to survive the machine's end. */
enum c8d__sync {
    C8D__SYNC_INTERVAL, /* once a second at most, and at the end */
    C8D__SYNC_NEVER,    /* the kernel sees to it in its own time */
    C8D__SYNC_FRAME,    /* before a frame has any consequence */
};

enum c8d__if_there { C8D__REFUSE, C8D__REPLACE, C8D__GO_ON };

struct c8d__file_wish {
    const char *path;  /* "-" = standard output. Borrowed */
    const char *there; /* what can be wished for a file that is there, for the message; NULL = nothing */
    enum c8d__if_there if_there;
    enum c8d__sync sync;
    uint64_t rotate_bytes; /* a file that would be larger is turned over; 0 = none is */
    unsigned keep;         /* how many old files stay: PATH.1 is the newest of them */
};

struct c8d__file_sink {
    struct c8d__file_wish wish;
    int fd;
    bool made;    /* the file was not there before */
    bool resumed; /* it holds frames of another recorder */
    uint64_t bytes;
    int64_t synced_ns;
    bool dirty;  /* not all is lasting */
    bool unread; /* it is standard output, and whoever read it has gone */
};

/**
 * Opens the file. Another recorder's that still writes is refused, and so is a file that is no recording,
 * whatever is wished.
 * @return False after a failure that was told.
 */
bool c8d__file_open(struct c8d__file_sink *sink, const struct c8d__file_wish *wish);

/** @return The sink for a recorder. */
struct c8d_recorder_sink c8d__file_recorder_sink(struct c8d__file_sink *sink);

/** Makes lasting what is due to be. @return 0, or an errno value. */
int c8d__file_tick(struct c8d__file_sink *sink);

/** @return Ns until the next tick is due; INT64_MAX: none is. */
int64_t c8d__file_due_ns(const struct c8d__file_sink *sink);

/** Closes the file. @return 0, or an errno value. */
int c8d__file_close(struct c8d__file_sink *sink);

#endif
