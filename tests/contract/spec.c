/* SPDX-License-Identifier: Apache-2.0 */
#include "spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void fits(int n, size_t size)
{
    assert_true(n > 0 && (size_t)n < size);
}

void spec_shell(char *args, size_t size, const char *script)
{
    fits(snprintf(args, size, "\"/bin/sh\",\"-c\",\"%s\"", script), size);
}

void spec_process(char *spec, size_t size, const char *args, bool terminal)
{
    fits(snprintf(spec, size,
                  "{\"terminal\":%s,\"user\":{\"uid\":0,\"gid\":0},\"cwd\":\"/\",\"args\":[%s],"
                  "\"env\":[\"PATH=/bin\"]}",
                  terminal ? "true" : "false", args),
         size);
}

void spec_container(char *spec, size_t size, const struct contract_maker *maker, const char *id,
                    const char *args)
{
    char process[SPEC_BYTES];

    spec_process(process, sizeof(process), args, false);
    if (maker->spec != NULL) {
        maker->spec(spec, size, process);
        return;
    }
    /* A cgroup of its own for each, with so little memory that it is soon used up. */
    fits(snprintf(spec, size,
                  "{\"ociVersion\":\"1.0.2\",\"process\":%s,\"root\":{\"path\":\"%s\"},"
                  "\"mounts\":[{\"destination\":\"/proc\",\"type\":\"proc\",\"source\":\"proc\"}],"
                  "\"linux\":{\"cgroupsPath\":\"/%s/%s\",\"resources\":{\"memory\":{\"limit\":33554432}},"
                  "\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"mount\"}]}}",
                  process, maker->rootfs, maker->namespace_, id),
         size);
}
