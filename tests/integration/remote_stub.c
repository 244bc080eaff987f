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

static int set_up(void **state, bool storing)
{
    static struct stubbed stubbed;

    stubbed = (struct stubbed){0};
    stub_make(&stubbed.stub);
    if (storing)
        user_open_storing(&stubbed.user);
    else
        user_open(&stubbed.user, false);
    *state = &stubbed;
    return 0;
}

int stubbed_set_up(void **state)
{
    return set_up(state, false);
}

int stubbed_set_up_storing(void **state)
{
    return set_up(state, true);
}

int stubbed_tear_down(void **state)
{
    struct stubbed *stubbed = *state;

    if (stubbed->container != NULL)
        user_remove(stubbed->container, stubbed->task);
    user_close(&stubbed->user);
    stub_remove(&stubbed->stub);
    return 0;
}

void stubbed_create(struct stubbed *stubbed, const char *id, const char *commands)
{
    stubbed->container =
        user_create(&stubbed->user, id, commands,
                    (struct c8d_container_options){.runtime_options = stubbed->stub.options});
}

void stubbed_start(struct stubbed *stubbed, const char *id, const char *commands)
{
    stubbed_create(stubbed, id, commands);
    stubbed->task = user_start(&stubbed->user, stubbed->container, 0);
}

void stubbed_checkpoint(struct stubbed *stubbed, bool exit)
{
    if (c8d_task_checkpoint(stubbed->task, str(stubbed->stub.images), exit, PATIENCE, &stubbed->err) !=
        C8D_OK)
        fail_msg("checkpoint: %s", stubbed->err.message);
}

enum c8d_status stubbed_try_restore(struct stubbed *stubbed)
{
    const struct c8d_start_options start = {.size = sizeof(start),
                                            .stdio = C8D_STDIO_OUT,
                                            .output = user_output,
                                            .user = &stubbed->user,
                                            .checkpoint = str(stubbed->stub.images)};

    return c8d_container_start(stubbed->container, &start, PATIENCE, &stubbed->task, &stubbed->err);
}

void stubbed_restore(struct stubbed *stubbed)
{
    if (stubbed_try_restore(stubbed) != C8D_OK)
        fail_msg("restore: %s", stubbed->err.message);
}
