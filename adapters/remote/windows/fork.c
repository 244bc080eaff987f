/* SPDX-License-Identifier: Apache-2.0 */
/* There is no fork. */
#include "../remote_internal.h"

unsigned c8d__forks(void)
{
    return 0;
}

bool c8d__remote_forked(const struct c8d__remote *remote)
{
    (void)remote;
    return false;
}
