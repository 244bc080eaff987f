/* SPDX-License-Identifier: Apache-2.0 */
/* The contract suite on Windows: through vmcompute.dll, on real clocks, threads and pipes. */
#include "local_specs.h"

#include <c8d/local.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static struct c8d_runtime make(const char *namespace_)
{
    const struct c8d_local_options options = {.size = sizeof(options),
                                              .namespace_ = {namespace_, strlen(namespace_)}};
    struct c8d_runtime runtime = {0};
    struct c8d_error err = {0};

    if (c8d_local_new(&options, &runtime, &err) != C8D_OK) {
        fprintf(stderr, "%s (0x%x)\n", err.message, (unsigned)err.origin_code);
        exit(1);
    }
    return runtime;
}

static void begin(void)
{
    static const wchar_t *const folders[] = {L"C:\\layers", L"C:\\layers\\base",
                                             L"C:\\layers\\base\\UtilityVM"};

    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        (void)CreateDirectoryW(folders[i], NULL);
}

static int end(void)
{
    return 0;
}

int main(void)
{
    return local_contract_run(make, begin, end);
}
