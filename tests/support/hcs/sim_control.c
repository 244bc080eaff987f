/* SPDX-License-Identifier: Apache-2.0 */
/* What a test does behind everybody's back. */
#include "sim_internal.h"
#include <string.h>

bool hcs_sim_exit_system(const char *id, c8d__hr status)
{
    struct sim_system *system;

    sim_lock();
    system = sim_system_find(id);
    if (system != NULL)
        sim_system_exit(system, status);
    sim_unlock();
    return system != NULL;
}

bool hcs_sim_exit_process(const char *id, uint32_t pid, uint32_t code)
{
    struct sim_system *system;
    bool found = false;

    sim_lock();
    system = sim_system_find(id);
    for (struct sim_process *each = system != NULL ? system->processes : NULL; each != NULL;
         each = each->next) {
        if (each->pid == pid && !each->over) {
            sim_process_end(each, code);
            found = true;
        }
    }
    sim_unlock();
    return found;
}

void hcs_sim_disconnect(void)
{
    sim_lock();
    sim_tell(SIM_SYSTEM_CALLBACK, NULL, C8D__HCS_SERVICE_DISCONNECT, 0);
    sim_tell(SIM_PROCESS_CALLBACK, NULL, C8D__HCS_SERVICE_DISCONNECT, 0);
    sim_unlock();
}

bool hcs_sim_notify(const char *id, uint32_t type, c8d__hr status)
{
    const struct sim_system *system;

    sim_lock();
    system = sim_system_find(id);
    if (system != NULL)
        sim_tell(SIM_SYSTEM_CALLBACK, system, type, status);
    sim_unlock();
    return system != NULL;
}

void hcs_sim_leave(const char *id, const char *owner)
{
    sim_lock();
    sim_system_add(id, owner)->state = SIM_RUNNING;
    sim_unlock();
}

void hcs_sim_lack(enum hcs_sim_function function)
{
    switch (function) {
#define SIM_LACK(name, member, parameters, required)                                                         \
    case HCS_SIM_##name:                                                                                     \
        sim.table.member = NULL;                                                                             \
        break;
        C8D__HCS_EXPORTS(SIM_LACK)
#undef SIM_LACK
    default:
        break;
    }
}
