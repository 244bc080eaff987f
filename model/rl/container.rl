/* SPDX-License-Identifier: Apache-2.0 */
/* The container's record: the step function around container_machine.rl. */
#include "machines.h"

%%{
    machine container;
    alphtype unsigned char;
    import "symbols.rlh";
    include effects "effects.rl";

    # Never taken: makes Ragel name every state, so that a stored state survives a regeneration of the machine.
    action keep {
        (void)fentry(start);
        (void)fentry(Unobserved);
        (void)fentry(Loading);
        (void)fentry(Creating);
        (void)fentry(CreateDoubt);
        (void)fentry(Present);
        (void)fentry(Deleting);
        (void)fentry(DeleteDoubt);
    }

    action to_absent       { to = C8D_CONTAINER_ABSENT; }
    action to_unobserved   { to = C8D_CONTAINER_UNOBSERVED; }
    action to_loading      { to = C8D_CONTAINER_LOADING; }
    action to_creating     { to = C8D_CONTAINER_CREATING; }
    action to_create_doubt { to = C8D_CONTAINER_CREATE_DOUBT; }
    action to_present      { to = C8D_CONTAINER_PRESENT; }
    action to_deleting     { to = C8D_CONTAINER_DELETING; }
    action to_delete_doubt { to = C8D_CONTAINER_DELETE_DOUBT; }

    include container_machine "container_machine.rl";
    write data nofinal noerror;
}%%

static int entry_of(uint8_t state)
{
    switch (state) {
    case C8D_CONTAINER_UNOBSERVED:
        return container_en_main_Unobserved;
    case C8D_CONTAINER_LOADING:
        return container_en_main_Loading;
    case C8D_CONTAINER_CREATING:
        return container_en_main_Creating;
    case C8D_CONTAINER_CREATE_DOUBT:
        return container_en_main_CreateDoubt;
    case C8D_CONTAINER_PRESENT:
        return container_en_main_Present;
    case C8D_CONTAINER_DELETING:
        return container_en_main_Deleting;
    case C8D_CONTAINER_DELETE_DOUBT:
        return container_en_main_DeleteDoubt;
    default:
        return container_en_main_start;
    }
}

bool c8d__container_step(uint8_t *state, uint8_t symbol, uint64_t *effects)
{
    const unsigned char *p = &symbol;
    const unsigned char *const pe = p + 1;
    int cs = entry_of(*state);
    uint8_t to = 0; /* set on the way into each state */
    uint64_t fx = 0;

    %% write exec;

    /* Without an arrow Ragel is in its error state, 0, and nothing may have changed. */
    if (cs == 0)
        return false;
    *state = to;
    *effects = fx;
    return true;
}
