/* SPDX-License-Identifier: Apache-2.0 */
/* The model alone, without libc8d. */
#include <c8d/model.h>

int main(void)
{
    return c8d_symbol_of_reply(C8D_NOT_FOUND) == C8D_SYM_MISSING ? 0 : 1;
}
