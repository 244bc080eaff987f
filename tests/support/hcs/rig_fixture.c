/* SPDX-License-Identifier: Apache-2.0 */
#include "rig_fixture.h"
#include <stdlib.h>

#define SEED 7

struct rig rig;

int rig_set_up(void **state)
{
    (void)state;
    hcs_sim_reset(SEED);
    hcs_sim_folder("C:\\layers\\base\\UtilityVM");
    return rig_open(&rig, NULL, NULL) ? 0 : -1;
}

int rig_tear_down(void **state)
{
    (void)state;
    rig_close(&rig);
    hcs_sim_finish();
    return 0;
}

void rig_renew(void)
{
    (void)rig_tear_down(NULL);
    if (rig_set_up(NULL) != 0)
        abort();
}

void rig_renew_threads(void)
{
    (void)rig_tear_down(NULL);
    hcs_sim_reset_threads(SEED);
    if (!rig_open(&rig, NULL, NULL))
        abort();
}

void rig_fault(enum hcs_sim_function function, unsigned nth, enum hcs_sim_action action, uint32_t hr)
{
    hcs_sim_fault(
        &(struct hcs_sim_fault){.function = function, .nth = nth, .action = action, .hr = (c8d__hr)hr});
}
