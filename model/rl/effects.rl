/* SPDX-License-Identifier: Apache-2.0 */
/* The actions of all machines: each sets one bit of the effects. See effects.h for what they mean and their order. */
%%{
    machine effects;

    action created      { fx |= C8D_FX(NOTICE_CREATED); }
    action started      { fx |= C8D_FX(NOTICE_STARTED); }
    action paused       { fx |= C8D_FX(NOTICE_PAUSED); }
    action resumed      { fx |= C8D_FX(NOTICE_RESUMED); }
    action checkpointed { fx |= C8D_FX(NOTICE_CHECKPOINTED); }
    action oom          { fx |= C8D_FX(NOTICE_OOM); }
    action exit         { fx |= C8D_FX(NOTICE_EXIT); }
    action gone         { fx |= C8D_FX(NOTICE_GONE); }
    action gap          { fx |= C8D_FX(NOTICE_GAP); }
    action resynced     { fx |= C8D_FX(NOTICE_RESYNCED); }
    action unresponsive { fx |= C8D_FX(NOTICE_UNRESPONSIVE); }
    action responsive   { fx |= C8D_FX(NOTICE_RESPONSIVE); }

    action done_started { fx |= C8D_FX(DONE_STARTED); }
    action done         { fx |= C8D_FX(DONE_OK); }
    action done_failed  { fx |= C8D_FX(DONE_FAILED); }
    action done_missing { fx |= C8D_FX(DONE_MISSING); }
    action done_undone  { fx |= C8D_FX(DONE_UNDONE); }
    action done_lost    { fx |= C8D_FX(DONE_LOST); }
    action done_late    { fx |= C8D_FX(DONE_LATE); }
    action done_conflict { fx |= C8D_FX(DONE_CONFLICT); }

    action call_create     { fx |= C8D_FX(CALL_CREATE); }
    action call_start      { fx |= C8D_FX(CALL_START); }
    action call_delete     { fx |= C8D_FX(CALL_DELETE); }
    action call_kill       { fx |= C8D_FX(CALL_KILL); }
    action call_force_kill { fx |= C8D_FX(CALL_FORCE_KILL); }
    action call_pause      { fx |= C8D_FX(CALL_PAUSE); }
    action call_resume     { fx |= C8D_FX(CALL_RESUME); }
    action call_checkpoint { fx |= C8D_FX(CALL_CHECKPOINT); }
    action call_query      { fx |= C8D_FX(CALL_QUERY); }
    action call_retry      { fx |= C8D_FX(CALL_RETRY); }
    action call_subscribe  { fx |= C8D_FX(CALL_SUBSCRIBE); }
    action call_list       { fx |= C8D_FX(CALL_LIST); }
    action call_signal     { fx |= C8D_FX(CALL_SIGNAL); }
    action call_escalate   { fx |= C8D_FX(CALL_ESCALATE); }
    action call_timer      { fx |= C8D_FX(CALL_TIMER); }
    action call_load       { fx |= C8D_FX(CALL_LOAD); }
    action call_load_task  { fx |= C8D_FX(CALL_LOAD_TASK); }
    action call_clear      { fx |= C8D_FX(CALL_CLEAR); }
    action call_close_stdin { fx |= C8D_FX(CALL_CLOSE_STDIN); }

    action call_create_task { fx |= C8D_FX(CALL_CREATE_TASK); }
    action call_delete_task { fx |= C8D_FX(CALL_DELETE_TASK); }
    action call_stop        { fx |= C8D_FX(CALL_STOP); }
    action call_backoff     { fx |= C8D_FX(CALL_BACKOFF); }
    action call_steady      { fx |= C8D_FX(CALL_STEADY); }
    action forgive          { fx |= C8D_FX(FORGIVE); }

    action look  { fx |= C8D_FX(LOOK); }
    action await { fx |= C8D_FX(AWAIT); }
    action again { fx |= C8D_FX(AGAIN); }

    action abandon        { fx |= C8D_FX(ABANDON); }
    action close          { fx |= C8D_FX(CLOSE); }
    action await_shutdown { fx |= C8D_FX(AWAIT_SHUTDOWN); }
    action await_leftover { fx |= C8D_FX(AWAIT_LEFTOVER); }

    action exit_unknown { fx |= C8D_FX(EXIT_UNKNOWN); }
    action never_ran    { fx |= C8D_FX(NEVER_RAN); }
    action forget_execs { fx |= C8D_FX(FORGET_EXECS); }

    action ask   { fx |= C8D_FX(ASK); }
    action defer { fx |= C8D_FX(DEFER); }
    action fresh { fx |= C8D_FX(FRESH); }
    action stale { fx |= C8D_FX(STALE); }

    ANSWER  = IS_ABSENT | IS_CREATED | IS_RUNNING | IS_PAUSED | IS_STOPPED | IS_STALE;
    IS_UP   = IS_RUNNING | IS_PAUSED;
    FAILED  = ERROR | TAKEN;
    REFUSED = FAILED | MISSING;

    # Neither done nor not done: the connection broke, or the call's time is over.
    NO_REPLY       = LOST | EXPIRED;
    NO_ANSWER      = IS_UNANSWERED | IS_EXPIRED;
    FORCE_NO_REPLY = FORCE_LOST | FORCE_EXPIRED;
    FORCED         = FORCE_OK | FORCE_ERROR | FORCE_MISSING | FORCE_NO_REPLY;
}%%
