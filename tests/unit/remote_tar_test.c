/* SPDX-License-Identifier: Apache-2.0 */
/* A directory as a tar and back. */
#include "remote_tar.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

static void test_sha256__known_texts__have_their_digests(void **state)
{
    static const struct {
        const char *text;
        unsigned times;
        const char *digest;
    } known[] = {
        {"", 1, "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", 1, "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
         "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"a", 1000000, "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        struct sha256_ctx sum;
        char name[C8D__DIGEST_BYTES];

        sha256_init(&sum);
        for (unsigned n = 0; n < known[i].times; n++)
            sha256_update(&sum, strlen(known[i].text), (const unsigned char *)known[i].text);
        c8d__sha256_name(&sum, name);
        assert_string_equal(name, known[i].digest);
    }
}

static void test_tar__of_a_directory__unpacks_to_the_same(void **state)
{
    struct place *place = *state;
    struct tar tar = new_tar();
    struct tar again = new_tar();
    struct c8d_error err = {0};

    run("cd %s && echo image >inventory.img && : >empty.img && head -c 300000 /dev/urandom >pages-1.img && "
        "mkdir -p sub/deeper none && echo x >sub/deeper/x && chmod 640 empty.img && "
        "echo long >$(printf 'n%%0200d' 0)",
        place->in);
    assert_int_equal(pack(place, &tar, &err), C8D_OK);
    assert_int_equal(pack(place, &again, &err), C8D_OK);
    assert_int_equal(tar.size, again.size);
    assert_memory_equal(tar.bytes, again.bytes, tar.size);
    assert_int_equal(unpack(place, &tar, &err), C8D_OK);
    run("diff -r %1$s/in %1$s/out", place->path);
    run("test \"$(stat -c %%a %s/empty.img)\" = 640", place->out);
    /* What is there is replaced, and not what it leads to. */
    run("cd %s && echo kept >kept && ln -sf ../kept out/inventory.img", place->path);
    assert_int_equal(unpack(place, &tar, &err), C8D_OK);
    run("cd %s && test ! -L out/inventory.img && diff -r in out && test \"$(cat kept)\" = kept", place->path);
    free(tar.bytes);
    free(again.bytes);
}

/* The same tar by another hand, as containerd's is. */
static void test_tar__of_another_program__unpacks(void **state)
{
    struct place *place = *state;
    struct tar tar = new_tar();
    struct c8d_error err = {0};
    char path[128];
    FILE *file;

    run("cd %s && echo image >in/inventory.img && mkdir in/d && echo y >in/d/y && tar -C in -cf all.tar .",
        place->path);
    (void)snprintf(path, sizeof(path), "%s/all.tar", place->path);
    file = fopen(path, "rb");
    assert_non_null(file);
    tar.size = fread(tar.bytes, 1, TAR_BYTES, file);
    (void)fclose(file);
    assert_int_equal(unpack(place, &tar, &err), C8D_OK);
    run("cd %s && diff -r in out", place->path);
    free(tar.bytes);
}

static void test_pack__what_no_image_has__is_refused(void **state)
{
    static const char *const lines[] = {"ln -s /etc/passwd %s/link", "mkfifo %s/pipe", "mknod %s/null c 1 3"};
    struct place *place = *state;

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct tar tar = new_tar();
        struct c8d_error err = {0};

        run(lines[i], place->in);
        assert_int_equal(pack(place, &tar, &err), C8D_INVALID);
        assert_non_null(strstr(err.message, "neither a file nor a directory"));
        run("rm -r %1$s && mkdir %1$s", place->in);
        free(tar.bytes);
    }
}

static void test_pack__of_no_directory__says_so(void **state)
{
    struct place *place = *state;
    struct tar tar = new_tar();
    struct c8d_error err = {0};

    assert_int_equal(rmdir(place->in), 0);
    assert_int_equal(pack(place, &tar, &err), C8D_INVALID);
    assert_int_equal(err.origin, C8D_ORIGIN_ERRNO);
    run(": >%s", place->in);
    assert_int_equal(pack(place, &tar, &err), C8D_INVALID);
    free(tar.bytes);
}

static void test_tar__each_allocation_that_fails__is_told(void **state)
{
    struct place *place = *state;

    run("echo image >%s/inventory.img", place->in);
    for (long at = 1; at <= 2; at++) {
        struct tar tar = new_tar();
        struct c8d__unpacker *unpacker = NULL;
        struct c8d_error err = {0};

        place->memory.made = 0;
        place->memory.fail_at = at;
        if (pack(place, &tar, &err) == C8D_OK)
            assert_int_equal(c8d__unpacker_new(&place->memory.allocator, place->out, &unpacker, &err),
                             C8D_EXHAUSTED);
        assert_int_equal(err.status, C8D_EXHAUSTED);
        free(tar.bytes);
    }
    place->memory.fail_at = 0;
}

/* Sixty-four times what is kept of it. */
static void test_tar__of_a_large_file__takes_no_more_memory(void **state)
{
    struct place *place = *state;
    struct c8d__packer *packer = NULL;
    struct c8d_error err = {0};
    struct c8d_str piece;
    struct rusage before;
    struct rusage after;
    int64_t size = 0;

    run("truncate -s 64M %s/pages-1.img", place->in);
    assert_int_equal(getrusage(RUSAGE_SELF, &before), 0);
    assert_int_equal(c8d__packer_new(&place->memory.allocator, place->in, &packer, &err), C8D_OK);
    do {
        assert_int_equal(c8d__packer_next(packer, &piece, &err), C8D_OK);
        size += (int64_t)piece.len;
    } while (piece.len != 0);
    c8d__packer_free(packer);
    assert_true(size > INT64_C(64) << 20);
    assert_int_equal(getrusage(RUSAGE_SELF, &after), 0);
    assert_true(after.ru_maxrss - before.ru_maxrss < 16 << 10); /* KiB */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sha256__known_texts__have_their_digests),
        IN_PLACE(test_tar__of_a_directory__unpacks_to_the_same),
        IN_PLACE(test_tar__of_another_program__unpacks),
        IN_PLACE(test_pack__what_no_image_has__is_refused),
        IN_PLACE(test_pack__of_no_directory__says_so),
        IN_PLACE(test_tar__each_allocation_that_fails__is_told),
        IN_PLACE(test_tar__of_a_large_file__takes_no_more_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
