/* SPDX-License-Identifier: Apache-2.0 */
/* Writes a page whose every text tries to be something else than text: a script, an element, the end of one.
 */
#include "page.h"
#include <string.h>

#define HOSTILE                                                                                              \
    "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>\"'&<!--\xe2\x80\xa8\xff"

static struct c8d_str str(const char *text)
{
    return (struct c8d_str){text, strlen(text)};
}

int main(void)
{
    struct c8d__timeline timeline = {0};
    const struct c8d_actions none = {0};
    const struct c8d_replay_step step = {
        .line = 1,
        .time_ns = 1,
        .namespace_ = str(HOSTILE),
        .container = str(HOSTILE "1"),
        .process = str(HOSTILE "2"),
        .symbol = C8D_SYM_STARTED,
        .after = {.incarnation = 1, .public_state = C8D_STATE_RUNNING, .state = C8D_PROCESS_RUNNING},
        .actions = &none,
    };
    const struct c8d_replay_anomaly anomaly = {.kind = HOSTILE,
                                               .line = 1,
                                               .namespace_ = str(HOSTILE),
                                               .container = str(HOSTILE "1"),
                                               .process = str(HOSTILE "2"),
                                               .incarnation = 1,
                                               .detail = HOSTILE};
    const struct c8d_replay_run run = {.namespace_ = str(HOSTILE),
                                       .container = str(HOSTILE "1"),
                                       .process = str(HOSTILE "2"),
                                       .incarnation = 1,
                                       .state = C8D_STATE_RUNNING};
    bool done;

    c8d__timeline_step(&timeline, &step);
    c8d__timeline_anomaly(&timeline, &anomaly);
    c8d__timeline_run(&timeline, &run);
    timeline.summary = (struct c8d_replay_summary){.lines = 1, .events = 1};
    done = !timeline.failed && c8d__page_write(&timeline, HOSTILE, stdout);
    c8d__timeline_free(&timeline);
    return done && fflush(stdout) == 0 ? 0 : 1;
}
