/* SPDX-License-Identifier: Apache-2.0 */
#include "remote_stub.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

void stub_make(struct stub *stub)
{
    struct c8d_runc_options options = {.size = sizeof(options)};

    (void)snprintf(stub->directory, sizeof(stub->directory), "/tmp/c8d-stub-XXXXXX");
    assert_non_null(mkdtemp(stub->directory));
    shell("cp support/runc_stub.sh %s/runc", stub->directory);
    (void)snprintf(stub->binary, sizeof(stub->binary), "%s/runc", stub->directory);
    (void)snprintf(stub->images, sizeof(stub->images), "%s/images", stub->directory);
    options.binary_name = str(stub->binary);
    assert_int_equal(c8d_runc_options_pack(&options, stub->memory, STUB_MEMORY, &stub->options, NULL),
                     C8D_OK);
}

void stub_remove(const struct stub *stub)
{
    shell("rm -r %s", stub->directory);
}

void stub_expect_call(const struct stub *stub, const char *words)
{
    shell("grep -q -- '%s' %s/calls || { cat %s/calls; false; }", words, stub->directory, stub->directory);
}

void stub_expect_no_call(const struct stub *stub, const char *words)
{
    shell("! grep -q -- '%s' %s/calls", words, stub->directory);
}

enum c8d_status stub_restore(struct c8d_container *container, const struct stub *stub, struct user *user,
                             struct c8d_process **out, struct c8d_error *err)
{
    const struct c8d_start_options start = {.size = sizeof(start),
                                            .stdio = C8D_STDIO_OUT,
                                            .output = user_output,
                                            .user = user,
                                            .checkpoint = str(stub->images)};

    return c8d_container_start(container, &start, PATIENCE, out, err);
}
