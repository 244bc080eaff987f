/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Wishes: what a container is to be, kept by the model beside what it is.
 *
 * A wish is said by a WISH_... command to the region CONTAINER. It is noted and the command completed at once
 * (EXHAUSTED: there are more wishes than c8d_model_limits.wishes_max); then it stands until another one is
 * said. The consumer's last word counts: START, LAUNCH and RESUME of a container with a wish wish it running,
 * PAUSE paused, STOP (even one that is refused, since nothing runs), DELETE and FORCE_DELETE of the task
 * stopped, DELETE of the record removed; all but a wish for removal, which is changed by another wish alone.
 *
 * Running: the record and the task are created, started and resumed; a task that has ended is deleted, and
 * created again after a pause. Stopped: stopped, and nothing more. Paused: paused whenever it runs; nothing
 * is started for it. Removed: stopped, and the task and the record deleted, upon which the wish is over.
 *
 * The model acts on evidence alone: while the event stream is up, and nothing of the container is in doubt,
 * asked or in flight. One command at a time. What fails, and what does not last, is tried again after a timer
 * of the class BACKOFF, whose time grows until what was wished has lasted for the class STEADY.
 */
#ifndef C8D_WISH_H
#define C8D_WISH_H

#include <c8d/model.h>

C8D_BEGIN_DECLS

/** The request of the commands that a wish asks for. No consumer's request says more of them: who carries one
 * out knows what the container is made of, and which signal and grace its stop has. */
#define C8D_REQUEST_WISH (UINT64_MAX - 2)

/**
 * Follows the wishes that had to wait for the stream: to be called again and again until it returns false,
 * the actions of each call being carried out, when a step has brought the stream up (SUBSCRIBED, LISTED).
 * Everything else moves the wish of its own container in its own step.
 *
 * @param actions Filled as by c8d_model_step().
 * @return True when something is to be done.
 */
C8D_API bool c8d_model_pursue(struct c8d_model *model, struct c8d_actions *actions);

C8D_END_DECLS

#endif
