/* SPDX-License-Identifier: Apache-2.0 */
/* Traces of a machine that stands by itself and gives actions: what it is told, and what is to be done next.
 */
#ifndef C8D_TEST_LIFE_H
#define C8D_TEST_LIFE_H

#include <c8d/states.h>
#include <c8d/symbols.h>
#include <stddef.h>
#include <stdint.h>

/* A symbol, and the actions that it brings about, separated by blanks; "!" = it is not taken. */
struct life_row {
    enum c8d_symbol symbol;
    const char *wanted;
};

/* Steps, and writes the actions as a row has them. */
typedef void life_step(uint8_t *state, enum c8d_symbol symbol, char *out, size_t bytes);

/* Adds an action to what is written. */
void life_write(char *out, size_t bytes, const char *action);

/* From state 0 through the rows to the last state. */
void life_check(enum c8d_machine machine, life_step *step, const struct life_row *rows, size_t n,
                unsigned last);

/* An action, by its effect, and the answers that it may have, ended by C8D_SYM_NONE. */
struct life_answers {
    const char *effect;
    uint8_t symbols[8];
};

/* Wherever an arrow with such an effect leads to a state that passes, each answer has an arrow. */
void life_check_answers(enum c8d_machine machine, const struct life_answers *answers, size_t n,
                        bool (*passes)(uint8_t state));

/* A small generator: the same numbers everywhere. */
uint32_t life_pick(uint64_t *seed, uint32_t below);

#endif
