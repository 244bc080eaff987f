/* SPDX-License-Identifier: Apache-2.0 */
/* One rig on a fresh HCS for each test of a program, and faults in short. Needs cmocka.h. */
#ifndef C8D_TESTS_RIG_FIXTURE_H
#define C8D_TESTS_RIG_FIXTURE_H

#include "rig.h"

/* That of the test that runs, for those who need no more than one. */
extern struct rig rig;

/* As cmocka's fixtures: a fresh HCS, where isolation by Hyper-V is possible, and the rig on it. */
int rig_set_up(void **state);
int rig_tear_down(void **state);
#define RIG_TEST(function) cmocka_unit_test_setup_teardown(function, rig_set_up, rig_tear_down)
/* The rig on a fresh HCS once more, in the midst of a test. */
void rig_renew(void);
/* The same with real clocks and threads. */
void rig_renew_threads(void);

/* A fault without a delay. */
void rig_fault(enum hcs_sim_function function, unsigned nth, enum hcs_sim_action action, uint32_t hr);

#endif
