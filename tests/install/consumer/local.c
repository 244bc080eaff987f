/* SPDX-License-Identifier: Apache-2.0 */
/* The local runtime is linked whole, with what it needs; without options it refuses. */
#include <c8d/local.h>

int main(void)
{
    const struct c8d_local_options options = {0};
    struct c8d_runtime runtime;

    return c8d_local_new(&options, &runtime, NULL) != C8D_OK ? 0 : 1;
}
