/* SPDX-License-Identifier: Apache-2.0 */
/* What is given to the model, in the language of tests/support/trace.h: so that
 * a finding can be fed to a test. */
#ifndef C8D_TEST_STEPS_H
#define C8D_TEST_STEPS_H

#include "runtime.h"

/* Each does nothing unless scene->log is set. */
void steps_write(const struct scene *scene, const char *word);
void steps_write_message(const struct scene *scene, const struct message *message, uint64_t request);
void steps_write_killed(const struct scene *scene, unsigned process, enum c8d_status status);

#endif
