/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the model promises, and the invariants by which each promise is checked: the one list of them.
 * model/README.md has it in prose; the checks are in tests/support/invariants.c, and those that a consumer
 * can ask by itself, as c8d sim does, in told.h.
 */
#ifndef C8D_PROMISES_H
#define C8D_PROMISES_H

/* X(id, sentence). S: what never happens; L: what happens in the end. */
#define C8D__PROMISES(X)                                                                                     \
    X(S1, "What has started has exactly one end in each incarnation.")                                       \
    X(S2, "Nothing leads from an end back to running.")                                                      \
    X(S3, "A process is its container, its name and its incarnation; a pid selects none.")                   \
    X(S4, "Silence, a refusal and a lost reply prove nothing; of what is there, only \"not found\" proves "  \
          "the absence.")                                                                                    \
    X(S5, "A code is written once; unknown is a value of its own, and what it was is learnt at most once, "  \
          "without a second end.")                                                                           \
    X(S6, "Times order nothing.")                                                                            \
    X(S7, "A step does no I/O, waits for nobody and allocates nothing: what it wants is in the actions "     \
          "that it returns.")                                                                                \
    X(S8, "What is over leaves nothing behind.")                                                             \
    X(S9, "The end of a task is the end of its execs, within a time; what comes of them later is theirs.")   \
    X(S10, "What the event stream has lost is made good by asking.")                                         \
    X(S11, "All is bounded: calls, queries, signals and tries.")                                             \
    X(S12, "No state is a trap: what waits has something under way that it waits for, after a restart of "   \
           "the program too.")                                                                               \
    X(S13, "What is wished is kept apart from what is, and followed on evidence alone.")                     \
    X(S14, "Each input has one outcome, whatever the state, and is counted.")                                \
    X(L1, "Each start is followed by an end, once that has come.")                                           \
    X(L2, "Each request is completed.")

/* X(id of its promise, CONSTANT, "name", "sentence"). Those from NOTHING_IS_LEFT on are asked when nothing is
 * under way any more. */
#define C8D__INVARIANTS(X)                                                                                   \
    X(S1, ONE_END, "one-end", "An incarnation is told to end at most once.")                                 \
    X(S3, WITHIN_LIFE, "within-life", "What is told of an incarnation lies between creation and deletion.")  \
    X(S2, NO_START_AFTER_END, "no-start-after-end", "A start is told once, and never after the end.")        \
    X(S1, END_BEFORE_GONE, "end-before-gone",                                                                \
      "What has started is told to have ended before it is told to be deleted.")                             \
    X(S3, INCARNATIONS_COUNT, "incarnations-count",                                                          \
      "A new incarnation begins after the one before was deleted, one number higher.")                       \
    X(S5, CODE_IS_TOLD, "code-is-told",                                                                      \
      "An exit code was told by somebody; a code that nobody told is unknown, not 0.")                       \
    X(S1, RAN_IS_TRUE, "ran-is-true", "An end says whether the process ran, as it was told.")                \
    X(S1, OOM_ONCE, "oom-once", "An incarnation is told once to have run out of memory.")                    \
    X(S2, PAUSES_PAIR, "pauses-pair", "Paused and resumed alternate, between start and end.")                \
    X(S3, OTHER_PID_ENDS_NOTHING, "other-pid-ends-nothing",                                                  \
      "An event that names another process ends and deletes nothing.")                                       \
    X(S4, ABSENCE_IS_PROVED, "absence-is-proved",                                                            \
      "A deletion is told on proof alone: a lost reply or a failed query is none.")                          \
    X(S11, ONE_CALL, "one-call",                                                                             \
      "A region has at most one lifecycle call in flight, a process one kill of a force-delete.")            \
    X(S11, ONE_QUERY, "one-query", "A region has at most one query in flight.")                              \
    X(S2, CALLS_ARE_LEGAL, "calls-are-legal",                                                                \
      "A call is made only in a state in which the runtime can carry it out.")                               \
    X(L2, DONE_ONCE, "done-once",                                                                            \
      "A request that was accepted is completed at most once, and nothing else is.")                         \
    X(S4, NO_END_BY_TIME_ALONE, "no-end-by-time-alone",                                                      \
      "An end is told by a timer alone only of an exec whose task has ended, and without a code.")           \
    X(S9, EXECS_END_IN_TIME, "execs-end-in-time",                                                            \
      "An exec that runs when its task has ended has a timer under way, or a query.")                        \
    X(S4, SILENCE_IS_TOLD_ONCE, "silence-is-told-once", "Unresponsive and responsive alternate.")            \
    X(S11, KILLS_ARE_BOUNDED, "kills-are-bounded", "A process has a bounded number of signals in flight.")   \
    X(S4, STOP_IS_AN_END, "stop-is-an-end", "A stop succeeds when the process has ended, and not before.")   \
    X(S13, WISH_ACTS_ON_EVIDENCE, "wish-acts-on-evidence",                                                   \
      "A call for a wish is made while the stream is up and nothing else of its container is under way.")    \
    X(S13, WISH_IS_FOLLOWED, "wish-is-followed", "A wish asks for nothing that leads away from it.")         \
    X(S11, WISH_IS_PACED, "wish-is-paced",                                                                   \
      "Between two pauses a wish makes at most five calls, the last to clear away what has ended.")          \
    X(S11, REFUSAL_PAUSES, "refusal-pauses", "A call for a wish that is refused is followed by a pause.")    \
    X(S10, SEQUENCE_IS_WHOLE, "sequence-is-whole", "Notices are numbered from 1 without a hole.")            \
    X(S10, GAP_IS_MADE_GOOD, "gap-is-made-good",                                                             \
      "After a gap the stream is up again only when a list that was asked for behind it has come.")          \
    X(S12, CALLS_AGREE, "calls-agree", "A state waits for a reply exactly while a call is in flight.")       \
    X(S12, QUERIES_AGREE, "queries-agree",                                                                   \
      "The bookkeeping waits for an answer exactly while a query is in flight.")                             \
    X(S12, DOUBT_ASKS, "doubt-asks",                                                                         \
      "A state in doubt has a query under way; one that is owed waits for a call.")                          \
    X(S14, REPLIES_ARE_AWAITED, "replies-are-awaited",                                                       \
      "A reply is accepted exactly when a call is in flight.")                                               \
    X(S1, ENDS_AGREE, "ends-agree", "What can be looked up of a life is what was told of it.")               \
    X(S6, EXIT_IS_PROMPT, "exit-is-prompt", "An exit of the process that is known to run is told at once.")  \
    X(S5, CODE_STANDS, "code-stands", "An exit code that is known never changes.")                           \
    X(S4, UNKNOWN_IS_NOT_STOPPED, "unknown-is-not-stopped",                                                  \
      "Stopped is shown after an end alone, running between start and end.")                                 \
    X(S14, IMPOSSIBLE_LEAVES_NO_TRACE, "impossible-leaves-no-trace",                                         \
      "An impossible input leaves every byte but the counters as it was.")                                   \
    X(S14, ONLY_ACCEPTED_MOVES, "only-accepted-moves", "An input that is not accepted moves no machine.")    \
    X(S14, REFUSAL_IS_ANSWERED, "refusal-is-answered",                                                       \
      "A refused command is completed at once, and not with success.")                                       \
    X(S14, COUNTERS_ADD_UP, "counters-add-up", "Each input has one outcome, and each is counted.")           \
    X(S7, ACTIONS_FIT, "actions-fit",                                                                        \
      "A step gives fewer actions than the room that is promised to suffice.")                               \
    X(S8, NOTHING_IS_LEFT, "nothing-is-left",                                                                \
      "At rest: no query and no stop is under way, and what is over can be removed.")                        \
    X(S12, TRUTH_IS_KNOWN, "truth-is-known",                                                                 \
      "At rest: what is believed of each container, task and process is what is.")                           \
    X(S13, WISH_IS_FULFILLED, "wish-is-fulfilled", "At rest: what is wished is so, or its pause runs.")      \
    X(L1, EACH_START_ENDS, "each-start-ends",                                                                \
      "At rest: what has started and has ended was told to have ended.")                                     \
    X(L2, EACH_REQUEST_ENDS, "each-request-ends", "At rest: each request that was accepted is completed.")

enum c8d__invariant {
#define C8D__INVARIANT_MEMBER(promise, constant, name, sentence) C8D__##constant,
    C8D__INVARIANTS(C8D__INVARIANT_MEMBER)
#undef C8D__INVARIANT_MEMBER
        C8D__INVARIANT__COUNT
};

#endif
