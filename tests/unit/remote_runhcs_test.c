/* SPDX-License-Identifier: Apache-2.0 */
/* Options of the shim for Windows, byte for byte. */
#include "fixture.h"
#include <c8d/runhcs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MEMORY 512

static void expect(struct c8d_runhcs_options options, const void *expected, size_t n)
{
    char memory[MEMORY];
    struct c8d_any any = {0};

    options.size = sizeof(options);
    assert_int_equal(c8d_runhcs_options_pack(&options, memory, sizeof(memory), &any, NULL), C8D_OK);
    assert_int_equal(any.type.len, strlen("containerd.runhcs.v1.Options"));
    assert_memory_equal(any.type.ptr, "containerd.runhcs.v1.Options", any.type.len);
    assert_int_equal(any.value.len, n);
    assert_memory_equal(any.value.ptr, expected, n);
}

/* What moby sends. */
static void test_runhcs_options__with_debug_alone__are_one_field(void **state)
{
    (void)state;
    expect((struct c8d_runhcs_options){.debug = true}, "\x08\x01", 2);
    expect((struct c8d_runhcs_options){0}, "", 0);
}

static void test_runhcs_options__with_everything__are_the_shims_message(void **state)
{
    static const unsigned char expected[] = {0x08, 1,   0x10, 2, 0x1a, 2,    'r',  'g',  0x3a,
                                             1,    'b', 0x40, 4, 0x48, 0x80, 0x10, 0x50, 1,
                                             0x58, 1,   0x60, 1, 0x68, 1,    0x70, 1};

    (void)state;
    expect(
        (struct c8d_runhcs_options){
            .debug = true,
            .trace = C8D_RUNHCS_TRACE_ETW,
            .registry_root = str("rg"),
            .boot_files = str("b"),
            .vm_processors = 4,
            .vm_memory_mb = 2048,
            .no_bind_mounts = true,
            .no_physical_disk_mounts = true,
            .no_virtual_disk_mounts = true,
            .no_pipe_mounts = true,
            .no_sandbox_mounts = true,
        },
        expected, sizeof(expected));
}

/* Each kind of mount has a field of its own. */
static void test_runhcs_options__that_refuse_a_mount__name_its_kind(void **state)
{
    (void)state;
    expect((struct c8d_runhcs_options){.no_bind_mounts = true}, "\x50\x01", 2);
    expect((struct c8d_runhcs_options){.no_physical_disk_mounts = true}, "\x58\x01", 2);
    expect((struct c8d_runhcs_options){.no_virtual_disk_mounts = true}, "\x60\x01", 2);
    expect((struct c8d_runhcs_options){.no_pipe_mounts = true}, "\x68\x01", 2);
    expect((struct c8d_runhcs_options){.no_sandbox_mounts = true}, "\x70\x01", 2);
}

static enum c8d_status pack_into(const struct c8d_runhcs_options *options, size_t bytes)
{
    char memory[MEMORY];
    struct c8d_any any;

    return c8d_runhcs_options_pack(options, memory, bytes, &any, NULL);
}

static void test_runhcs_options__that_cannot_be_packed__are_refused(void **state)
{
    struct c8d_runhcs_options options = {.size = sizeof(options), .registry_root = {"a\0b", 3}};

    (void)state;
    assert_int_equal(pack_into(&options, MEMORY), C8D_INVALID);
    options.registry_root = str("a");
    assert_int_equal(pack_into(&options, c8d_runhcs_options_bytes(&options) - 1), C8D_INVALID);
    assert_int_equal(pack_into(&options, c8d_runhcs_options_bytes(&options)), C8D_OK);
    options.vm_processors = (uint32_t)INT32_MAX + 1;
    assert_int_equal(pack_into(&options, MEMORY), C8D_INVALID);
    options.vm_processors = INT32_MAX;
    assert_int_equal(pack_into(&options, MEMORY), C8D_OK);
    options.trace = C8D_RUNHCS_TRACE__COUNT;
    assert_int_equal(pack_into(&options, MEMORY), C8D_INVALID);
    options.trace = C8D_RUNHCS_TRACE_FILE;
    options.size++;
    assert_int_equal(pack_into(&options, MEMORY), C8D_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runhcs_options__with_debug_alone__are_one_field),
        cmocka_unit_test(test_runhcs_options__with_everything__are_the_shims_message),
        cmocka_unit_test(test_runhcs_options__that_refuse_a_mount__name_its_kind),
        cmocka_unit_test(test_runhcs_options__that_cannot_be_packed__are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
