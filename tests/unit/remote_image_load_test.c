/* SPDX-License-Identifier: Apache-2.0 */
/* libarchive is loaded for the first image and not before; where it is not whole, nothing else is lost. */
#include "remote_store.h"
#include "remote_wire.h"
#include "transport.h"
#include <c8d/remote.h>
#include <dlfcn.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define MS INT64_C(1000000)
#define PATIENCE (60000 * MS)

/* The linker's names: what the library calls, and what it would have called. */
void *__wrap_dlopen(const char *name, int flags);
void *__real_dlopen(const char *name, int flags);
void *__wrap_dlsym(void *library, const char *name);
void *__real_dlsym(void *library, const char *name);

static bool is_absent;
static int missing; /* which of the functions asked for is not there; 0 = none */
static int asked;
static char missed[64];

void *__wrap_dlopen(const char *name, int flags)
{
    return __real_dlopen(is_absent ? "libc8d-there-is-none.so" : name, flags);
}

void *__wrap_dlsym(void *library, const char *name)
{
    if (++asked != missing)
        return __real_dlsym(library, name);
    (void)snprintf(missed, sizeof(missed), "%s", name);
    return NULL;
}

static bool is_mapped(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];
    bool found = false;

    assert_non_null(maps);
    while (fgets(line, sizeof(line), maps) != NULL)
        found = found || strstr(line, "libarchive") != NULL;
    (void)fclose(maps);
    return found;
}

/* A call is submitted and, once it is, answered by the store. An empty directory: without an image. */
static enum c8d_status ask(struct place *place, enum c8d_call_kind kind, const char *directory,
                           struct c8d_error *err)
{
    struct store store;
    struct fake fake = {.message = store_message, .user = &store};
    struct c8d_remote_options options = {.size = sizeof(options),
                                         .namespace_ = str("images"),
                                         .allocator = &place->memory.allocator,
                                         .transport = test_transport(),
                                         .images_in_store = true};
    struct c8d_call call = {.kind = kind, .token = 7, .container = str("web")};
    struct c8d_arrival arrival = {.status = C8D_STATUS__COUNT};
    struct c8d_runtime runtime;
    enum c8d_status status;

    store_init(&store, HARM_NONE);
    fake_start(&fake);
    options.address = str(fake.address);
    assert_int_equal(c8d_remote_new(&options, &runtime, NULL), C8D_OK);
    call.deadline_ns = runtime.ops->now(runtime.ctx) + PATIENCE;
    call.checkpoint = str(directory);
    status = runtime.ops->submit(runtime.ctx, &call, err);
    while (status == C8D_OK && !runtime.ops->next(runtime.ctx, &arrival) &&
           runtime.ops->now(runtime.ctx) < call.deadline_ns)
        runtime.ops->wait(runtime.ctx, NULL, 0, call.deadline_ns - runtime.ops->now(runtime.ctx));
    runtime.ops->destroy(runtime.ctx);
    fake_stop(&fake);
    store_done(&store);
    return status == C8D_OK ? arrival.status : status;
}

static void expect_refused(struct place *place, const char *named)
{
    static const enum c8d_call_kind kinds[] = {C8D_CALL_TASK_CREATE, C8D_CALL_CHECKPOINT};

    for (size_t i = 0; i < 2; i++) {
        const char *directory = kinds[i] == C8D_CALL_CHECKPOINT ? place->out : place->in;
        struct c8d_error err = {0};

        asked = 0;
        assert_int_equal(ask(place, kinds[i], directory, &err), C8D_NOT_IMPLEMENTED);
        assert_non_null(strstr(err.message, "need libarchive"));
        assert_non_null(strstr(err.message, named));
    }
    assert_int_not_equal(access(place->out, F_OK), 0);
}

static void test_load__without_an_image__is_not_done(void **state)
{
    assert_int_equal(ask(*state, C8D_CALL_TASK_CREATE, "", NULL), C8D_OK);
    assert_false(is_mapped());
}

static void test_load__without_libarchive__fails_what_needs_it(void **state)
{
    is_absent = true;
    expect_refused(*state, "libc8d-there-is-none.so");
    assert_int_equal(ask(*state, C8D_CALL_TASK_CREATE, "", NULL), C8D_OK);
    assert_false(is_mapped());
    is_absent = false;
}

/* Of a library that has been loaded in the end, nothing is asked again. */
static void test_load__without_any_of_its_functions__names_it(void **state)
{
    struct place *place = *state;
    struct c8d_error err = {0};
    struct tar tar = new_tar();

    for (missing = 1;; missing++) {
        asked = 0;
        missed[0] = '\0';
        tar.size = 0;
        if (pack(place, &tar, &err) == C8D_OK)
            break;
        assert_int_equal(err.status, C8D_NOT_IMPLEMENTED);
        assert_string_not_equal(missed, "");
        assert_non_null(strstr(err.message, missed));
        if (missing == 1)
            expect_refused(place, missed);
    }
    assert_int_equal(missing, asked + 1);
    assert_true(missing > 20);
    asked = missing = 0;
    assert_int_equal(ask(place, C8D_CALL_TASK_CREATE, place->in, NULL), C8D_OK);
    assert_int_equal(asked, 0);
    assert_true(is_mapped());
    free(tar.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(test_load__without_an_image__is_not_done),
        IN_PLACE(test_load__without_libarchive__fails_what_needs_it),
        IN_PLACE(test_load__without_any_of_its_functions__names_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
