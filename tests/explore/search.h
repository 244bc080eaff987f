/* SPDX-License-Identifier: Apache-2.0 */
/* Breadth-first search through all scenes of a setting. */
#ifndef C8D_TEST_SEARCH_H
#define C8D_TEST_SEARCH_H

#include "archive.h"
#include "coverage.h"

struct search {
    const struct setting *setting;
    unsigned threads;
    uint64_t memory_max; /* bytes */
    uint32_t states_max;
    uint32_t rest_every; /* of so many scenes one is let come to rest; 0: none */
    bool progress;       /* on stderr */
    /* Out. */
    struct archive archive;
    struct coverage coverage;
    uint32_t roots;
    uint64_t transitions;
    uint64_t loops; /* of these, back to the same scene */
    uint64_t cuts;  /* acts put off because too many events were under way */
    uint64_t quiet; /* scenes with nothing under way, in which model and truth
                       were compared */
    uint64_t rested;
    uint32_t rest_steps; /* the longest way to rest */
    uint32_t rest_queries;
    uint32_t depth;
    double seconds;
    bool complete;
    /* The first violation. */
    const char *broken;
    uint32_t broken_at;  /* the scene that it was reached from */
    unsigned broken_act; /* the act, or act_count(): while it was coming to rest;
                            + 1: in the scene itself */
};

/* False when it could not be begun (memory). What came of it is in the fields
 * marked "out". */
bool search_run(struct search *search);
void search_fini(struct search *search);

/* Prints the shortest way to the violation on stderr: act by act, and as one
 * trace. */
void search_print_trail(struct search *search);

/* The act that lets the next thing arrive that is under way; act_count(): there
 * is none. */
unsigned search_next_to_rest(const struct scene *scene);
/* Lets a scene come to rest without any fault: false, and scene->broken says
 * why, when it does not, or not in truth. */
bool search_rest(struct scene *scene, uint32_t *steps, uint32_t *queries);

#endif
