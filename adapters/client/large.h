/* SPDX-License-Identifier: Apache-2.0 */
#ifndef C8D_LARGE_H
#define C8D_LARGE_H

#include <stddef.h>

/*
 * Says that a piece of memory is used all over and at random. Where the system has large pages, it may take
 * them: the first touch of each small one is what growing tables cost most by. Nothing hangs on whether it
 * does.
 */
void c8d__expect_large(void *memory, size_t bytes);

#endif
