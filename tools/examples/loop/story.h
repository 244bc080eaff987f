/* SPDX-License-Identifier: Apache-2.0 */
/* What the examples of event loops have in common: a container that runs while somebody else's loop waits. */
#ifndef C8D_EXAMPLE_STORY_H
#define C8D_EXAMPLE_STORY_H

#include <c8d/client.h>
#include <stdbool.h>

/* Connects as the arguments say (ADDRESS NAMESPACE ROOTFS [TRANSPORT]) and starts a container. NULL: it has
 * said why not. */
struct c8d_client *story_begin(int argc, char **argv);
/* Handles all that is there. To be called when the descriptor is readable, and when the time is up. */
void story_dispatch(void);
/* How long the loop may sleep if the descriptor stays silent: ms, -1 = for ever. */
int story_timeout_ms(void);
/* The container has ended, and its output too. */
bool story_is_over(void);
/* Deletes the container and ends the client; the result is for main(). */
int story_end(void);

#endif
