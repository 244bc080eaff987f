/* SPDX-License-Identifier: Apache-2.0 */
/* Beginnings of traces with a wish: how far container c has come with it. */
#ifndef C8D_TEST_TRACE_GIVEN_WISH_H
#define C8D_TEST_TRACE_GIVEN_WISH_H

#define LIVE "open; subscribed; new.req c; new.ok c"
#define WISHED LIVE "; wish-running.req c"
#define UP_RUNNING WISHED "; create.ok c 100; start.ok c 100"
#define REAPING_RUN UP_RUNNING "; ev:exit c/c 100 1 5"
#define BACKING_OFF REAPING_RUN "; del.ok c 100 1"
#define DROPPED WISHED "; wish-none.req c"
#define STOPPING UP_RUNNING "; wish-stopped.req c"
#define STOP_FAILED STOPPING "; kill.err c"
#define PAUSING UP_RUNNING "; wish-paused.req c"
#define PAUSE_FAILED PAUSING "; pause.err c; task.is:running c 100"
#define REMOVING LIVE "; wish-removed.req c"
#define REMOVE_FAILED REMOVING "; rm.err c; rec.is:created c"
#define ASKING UP_RUNNING "; verify c"

#endif
