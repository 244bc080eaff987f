/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state graph for Spin, in numbers: a scene is the number under which it is
 * kept (exactly, see archive.h), so Spin's own state holds no more than that.
 * The verifier that Spin makes includes this header alone.
 */
#ifndef C8D_TEST_LIVE_H
#define C8D_TEST_LIVE_H

/* The number of the first scene of a setting. Ends the program when there is
 * none of that name. */
int live_first(const char *setting);
int live_enabled(int scene, int act);
/* The scene that an act leads to; -1: something was violated on the way. */
int live_do(int scene, int act);
/* A process has ended whose start was told, and its end is not. */
int live_owes_an_end(int scene);
/* The lowest request that is new in `scene`, as against `before`; 0: none. */
int live_new_request(int before, int scene);
/* `request` while it is waited for, then 0. */
int live_waits(int scene, int request);
/* What is known of the process is in doubt. */
int live_doubts(int scene);
/* Writes the Promela of a setting to stdout. */
void live_write_promela(const char *setting);

#endif
