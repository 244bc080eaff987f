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
#define PAUSED RUNNING "; pause.req c; pause.ok c; ev:paused c"
#define EXITED RUNNING "; ev:exit c/c 100 0 5"
#define SECOND_RUN                                                                                           \
    EXITED "; del.req c; del.ok c 100 0; create.req c; create.ok c 200; start.req c; start.ok c 200"
#define EXEC_ADDED RUNNING "; exec.req c/e1; exec.ok c/e1; ev:exec-added c/e1"
#define EXEC_STARTING EXEC_ADDED "; start.req c/e1"
#define EXEC_RUNNING EXEC_STARTING "; start.ok c/e1 7"
#define UP "open; subscribed"
#define GAP "; gap; subscribed; list"

#endif
