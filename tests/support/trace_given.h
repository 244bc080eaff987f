/* SPDX-License-Identifier: Apache-2.0 */
/* Beginnings that many traces share: how far container c, its task (pid 100) and its exec e1 (pid 7) have
 * come. */
#ifndef C8D_TEST_TRACE_GIVEN_H
#define C8D_TEST_TRACE_GIVEN_H

#define PRESENT "new.req c; new.ok c"
#define CREATING PRESENT "; create.req c"
#define CREATED CREATING "; create.ok c 100"
#define STARTING CREATED "; start.req c"
#define RUNNING STARTING "; start.ok c 100"
#define CREATE_DOUBT CREATING "; create.lost c"
#define STARTING_SEEN STARTING "; ev:start c/c 100"
#define STARTING_ENDED STARTING "; ev:exit c/c 100 3 5"
#define STARTING_OVER STARTING_SEEN "; ev:exit c/c 100 3 5"
#define START_DOUBT STARTING "; start.lost c"
#define NEVER_RAN STARTING "; start.err c"
#define PAUSED RUNNING "; pause.req c; pause.ok c; ev:paused c"
#define EXITED RUNNING "; ev:exit c/c 100 0 5"
#define CREATED_DELETING CREATED "; del.req c"
#define CREATED_DELETE_DOUBT CREATED_DELETING "; del.lost c"
#define NEVER_RAN_DELETING NEVER_RAN "; del.req c"
#define NEVER_RAN_DELETE_DOUBT NEVER_RAN_DELETING "; del.lost c"
#define DELETING EXITED "; del.req c"
#define DELETE_DOUBT DELETING "; del.lost c"
#define KILLING RUNNING "; fdel.req c"
#define KILL_DOUBT KILLING "; fkill.lost c"
#define REAPING KILLING "; fkill.nf c"
#define REAP_DOUBT REAPING "; del.lost c"
#define NEXT_RUN                                                                                             \
    "; ev:exit c/c 100 0 5; del.req c; del.ok c 100 0; create.req c; create.ok c 200; start.req c; "         \
    "start.ok "                                                                                              \
    "c 200"
#define SECOND_RUN RUNNING NEXT_RUN
#define EXEC_ADDED RUNNING "; exec.req c/e1; exec.ok c/e1; ev:exec-added c/e1"
#define EXEC_STARTING EXEC_ADDED "; start.req c/e1"
#define EXEC_RUNNING EXEC_STARTING "; start.ok c/e1 7"
#define EXEC_EXITED EXEC_RUNNING "; ev:exit c/e1 7 0 4"
#define UP "open; subscribed"
#define GAP "; gap; subscribed; list"

#endif
