/* SPDX-License-Identifier: Apache-2.0 */
/* Leaving out of a log whatever an anomaly does not need. */
#ifndef C8D_COMMAND_SHRINKING_H
#define C8D_COMMAND_SHRINKING_H

#include <c8d/log.h>

/** A record: a line, or the lines that make one. */
struct c8d__unit {
    const char *text; /**< within the log, line ends included */
    size_t length;
    bool kept;
};

struct c8d__shrinking {
    char *log;
    size_t length;
    size_t capacity;
    struct c8d__unit *units;
    size_t n_units;
    size_t units_capacity;
};

enum c8d__shrunk {
    C8D__SHRUNK,
    C8D__SHRUNK_NOTHING_ODD, /**< no such anomaly */
    C8D__SHRUNK_NO_LOG,
    C8D__SHRUNK_EXHAUSTED,
};

/** Adds bytes of the log. @return False: no memory. */
bool c8d__shrinking_add(struct c8d__shrinking *work, const char *bytes, size_t length);

/** Leaves out all units that the anomaly of that number (from 1) can do without. */
enum c8d__shrunk c8d__shrinking_run(struct c8d__shrinking *work, enum c8d_log_format format, uint64_t number);

void c8d__shrinking_free(struct c8d__shrinking *work);

#endif
