/* SPDX-License-Identifier: Apache-2.0 */
#include "oracle.h"
#include <string.h>

uint64_t oracle_effect(const char *name)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        const char *of_bit = c8d_effect_name(bit);

        if (of_bit != NULL && strcmp(of_bit, name) == 0)
            return (uint64_t)1 << bit;
    }
    return 0;
}

uint64_t oracle_effects(const char *names)
{
    uint64_t effects = 0;

    while (*names != '\0') {
        size_t length = strcspn(names, " ");
        char name[32] = "";

        memcpy(name, names, length < sizeof(name) ? length : sizeof(name) - 1);
        effects |= oracle_effect(name);
        names += length;
        names += strspn(names, " ");
    }
    return effects;
}

uint8_t oracle_state_of(const void *facts, const void *facts_of, size_t bytes, unsigned states)
{
    for (unsigned state = 0; state < states; state++) {
        if (memcmp(facts, (const char *)facts_of + state * bytes, bytes) == 0)
            return (uint8_t)state;
    }
    return UINT8_MAX;
}

bool oracle_cell(enum c8d_machine machine, unsigned state, unsigned symbol, struct c8d_cell *out)
{
    typedef struct c8d_cell rules(unsigned state, unsigned symbol);
    static rules *const rules_of[] = {
        [C8D_MACHINE_PROCESS] = oracle_process,
        [C8D_MACHINE_TASK] = oracle_task,
        [C8D_MACHINE_CONTAINER] = oracle_record,
        [C8D_MACHINE_CONNECTION] = oracle_connection,
        [C8D_MACHINE_QUERY] = oracle_query,
        [C8D_MACHINE_LAUNCH] = oracle_launch,
        [C8D_MACHINE_RESPONSE] = oracle_response,
        [C8D_MACHINE_STOP] = oracle_stop,
        [C8D_MACHINE_REPLACE] = oracle_replace,
        [C8D_MACHINE_STDIN] = oracle_stdin,
        [C8D_MACHINE_WISH] = oracle_wish,
        [C8D_MACHINE_COMPUTE_SYSTEM] = oracle_compute_system,
        [C8D_MACHINE_HCS_PROCESS] = oracle_hcs_process,
    };

    if ((size_t)machine >= sizeof(rules_of) / sizeof(rules_of[0]) || rules_of[machine] == NULL)
        return false;
    *out = rules_of[machine](state, symbol);
    return true;
}
