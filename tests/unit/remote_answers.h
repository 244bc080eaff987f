/* SPDX-License-Identifier: Apache-2.0 */
/* What a server may answer that breaks HTTP/2 or gRPC, and what may be said of the call then. */
#ifndef C8D_TESTS_REMOTE_ANSWERS_H
#define C8D_TESTS_REMOTE_ANSWERS_H

#include "remote_fake.h"
#include <c8d/base.h>

#define ANY_OF(status) (1U << (status))
/* What may be said of a call whose reply did not come: it may have acted. */
#define LOST ANY_OF(C8D_INDETERMINATE)
/* ... and when the server says something that is no reply. */
#define BROKEN (LOST | ANY_OF(C8D_INTERNAL) | ANY_OF(C8D_REMOTE))

struct answer {
    const char *name; /* NULL ends the list */
    fake_answer_fn *answer;
    unsigned allowed; /* classes of the call */
    bool slow;        /* it ends by its deadline */
    bool flood;       /* there is too much of it to go byte by byte */
};

extern const struct answer answers[];

/* Closes in the middle of a frame. */
void answer_hang_up(struct fake *fake, uint32_t stream);
/* Begins, and says no more. */
void answer_nothing(struct fake *fake, uint32_t stream);

#endif
