/* SPDX-License-Identifier: Apache-2.0 */
/* What the files about Windows share. */
#ifndef C8D_LOCAL_WINDOWS_INTERNAL_H
#define C8D_LOCAL_WINDOWS_INTERNAL_H

#include "../local_internal.h"
#include <windows.h>

/* The streams of processes: overlapped pipes. */
void c8d__windows_streams(struct c8d__hcs *hcs);

/* The build of this Windows; 0 when it cannot be had. */
uint32_t c8d__windows_build(void);

#endif
