/* SPDX-License-Identifier: Apache-2.0 */
/* Groups of states that the engine asks for, as sets. */
#include "engine.h"

#define P(name) ((uint32_t)1 << C8D_PROCESS_##name)
#define T(name) ((uint32_t)1 << C8D_TASK_##name)
#define C(name) ((uint32_t)1 << C8D_CONTAINER_##name)

static bool in_set(uint32_t set, uint8_t state)
{
    return (set >> state & 1) != 0;
}

bool c8d__process_calls(uint8_t state)
{
    return in_set(P(CREATING) | P(STARTING) | P(STARTING_SEEN) | P(STARTING_ENDED) | P(STARTING_OVER) |
                      P(CREATED_DELETING) | P(NEVER_RAN_DELETING) | P(REAPING) | P(DELETING),
                  state);
}

bool c8d__process_starts(uint8_t state)
{
    return in_set(P(STARTING) | P(STARTING_SEEN) | P(STARTING_ENDED) | P(STARTING_OVER), state);
}

bool c8d__process_runs(uint8_t state)
{
    return in_set(P(STARTING_SEEN) | P(RUNNING) | P(KILLING) | P(KILL_DOUBT) | P(REAPING) | P(REAP_DOUBT),
                  state);
}

bool c8d__process_exists(uint8_t state)
{
    return !in_set(P(ABSENT) | P(UNOBSERVED) | P(LOADING) | P(CREATING) | P(CREATE_DOUBT), state);
}

bool c8d__process_over(uint8_t state)
{
    return in_set(P(EXITED) | P(NEVER_RAN) | P(STARTING_OVER) | P(NEVER_RAN_DELETING) |
                      P(NEVER_RAN_DELETE_DOUBT) | P(DELETING) | P(DELETE_DOUBT),
                  state);
}

bool c8d__task_calls(uint8_t state)
{
    return in_set(T(PAUSING) | T(RESUMING) | T(CHECKPOINTING) | T(DOWN_CALLING) | T(UP_CALLING), state);
}

bool c8d__record_calls(uint8_t state)
{
    return in_set(C(CREATING) | C(DELETING), state);
}

bool c8d__process_doubts(uint8_t state)
{
    return in_set(P(LOADING) | P(CREATE_DOUBT) | P(START_DOUBT) | P(CREATED_DELETE_DOUBT) |
                      P(NEVER_RAN_DELETE_DOUBT) | P(KILL_DOUBT) | P(REAP_DOUBT) | P(DELETE_DOUBT),
                  state);
}

bool c8d__task_doubts(uint8_t state)
{
    return in_set(T(PAUSE_DOUBT) | T(RESUME_DOUBT), state);
}

bool c8d__record_doubts(uint8_t state)
{
    return in_set(C(LOADING) | C(CREATE_DOUBT) | C(DELETE_DOUBT), state);
}
