/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tars that are made to do harm: each is refused with one line, and nothing of it is unpacked, in the
 * directory or elsewhere.
 */
#include "remote_tar.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <cmocka.h>

static void expect_refused(struct place *place, const struct tar *tar, const char *why)
{
    struct c8d_error err = {0};

    assert_int_equal(unpack(place, tar, &err), C8D_REMOTE);
    if (strstr(err.message, why) == NULL)
        fail_msg("%s: not \"%s\"", err.message, why);
    assert_int_equal(count_entries(place->out), 0);
    assert_int_equal(count_entries(place->path), 2); /* in and out */
}

struct maker {
    struct tar tar;
    struct archive *archive;
    struct archive_entry *entry;
};

static la_ssize_t collect(struct archive *archive, void *ctx, const void *bytes, size_t size)
{
    (void)archive;
    tar_add(ctx, bytes, size);
    return (la_ssize_t)size;
}

static void make(struct maker *maker)
{
    maker->tar = new_tar();
    maker->archive = archive_write_new();
    maker->entry = archive_entry_new();
    assert_int_equal(archive_write_set_format_gnutar(maker->archive), ARCHIVE_OK);
    assert_int_equal(archive_write_open(maker->archive, &maker->tar, NULL, collect, NULL), ARCHIVE_OK);
}

static void put(struct maker *maker, const char *path, unsigned type, const char *content)
{
    archive_entry_clear(maker->entry);
    archive_entry_set_pathname(maker->entry, path);
    archive_entry_set_filetype(maker->entry, type);
    archive_entry_set_perm(maker->entry, 0644);
    archive_entry_set_size(maker->entry, (int64_t)strlen(content));
}

static void write_entry(struct maker *maker, const char *content)
{
    assert_int_equal(archive_write_header(maker->archive, maker->entry), ARCHIVE_OK);
    if (*content != '\0')
        assert_int_equal(archive_write_data(maker->archive, content, strlen(content)), strlen(content));
}

static void made(struct maker *maker)
{
    assert_int_equal(archive_write_close(maker->archive), ARCHIVE_OK);
    (void)archive_write_free(maker->archive);
    archive_entry_free(maker->entry);
}

/* A good entry first: nothing of that is unpacked either. */
static void make_file(struct maker *maker, const char *path)
{
    make(maker);
    put(maker, "good", AE_IFREG, "good");
    write_entry(maker, "good");
    put(maker, path, AE_IFREG, "evil");
    write_entry(maker, "evil");
    made(maker);
}

static void test_unpack__paths_that_lead_out__are_refused(void **state)
{
    static const struct {
        const char *path;
        const char *why;
    } cases[] = {
        {"/tmp/c8d-evil", "an absolute path"},
        {"../evil", "leads out"},
        {"a/../../evil", "leads out"},
        {"a/b/..", "leads out"},
        {"./../evil", "leads out"},
        {"a//..//..//evil", "leads out"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct maker maker;

        make_file(&maker, cases[i].path);
        expect_refused(*state, &maker.tar, cases[i].why);
        free(maker.tar.bytes);
    }
}

static void test_unpack__links_and_devices__are_refused(void **state)
{
    static const struct {
        unsigned type;
        const char *why;
    } cases[] = {
        {AE_IFLNK, "a symbolic link"}, {AE_IFREG, "a hard link"}, {AE_IFCHR, "neither"},
        {AE_IFBLK, "neither"},         {AE_IFIFO, "neither"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct maker maker;

        make(&maker);
        put(&maker, "good", AE_IFREG, "good");
        write_entry(&maker, "good");
        put(&maker, "evil", cases[i].type, "");
        if (cases[i].type == AE_IFLNK)
            archive_entry_set_symlink(maker.entry, "..");
        else if (cases[i].type == AE_IFREG)
            archive_entry_set_hardlink(maker.entry, "/etc/passwd");
        archive_entry_set_rdev(maker.entry, makedev(1, 3));
        write_entry(&maker, "");
        put(&maker, "evil/through", AE_IFREG, "evil");
        write_entry(&maker, "evil");
        made(&maker);
        expect_refused(*state, &maker.tar, cases[i].why);
        free(maker.tar.bytes);
    }
}

/* A link that stands in the directory already: what is unpacked does not go through it. */
static void test_unpack__a_link_in_the_way__is_not_followed(void **state)
{
    struct place *place = *state;
    struct c8d_error err = {0};
    struct maker maker;

    make_file(&maker, "sub/evil");
    run("mkdir %1$s/elsewhere %1$s/out && ln -s ../elsewhere %1$s/out/sub", place->path);
    assert_int_equal(unpack(place, &maker.tar, &err), C8D_REMOTE);
    assert_non_null(strstr(err.message, "sub/evil"));
    run("test -z \"$(ls %s/elsewhere)\"", place->path);
    free(maker.tar.bytes);
}

/* The size in the header of the last entry, as octal digits at their place, and its checksum. */
static void set_size(unsigned char *header, const char *digits)
{
    unsigned sum = 0;

    memcpy(header + 124, digits, 11);
    memset(header + 148, ' ', 8);
    for (unsigned i = 0; i < 512; i++)
        sum += header[i];
    (void)snprintf((char *)header + 148, 8, "%06o", sum);
}

static void test_unpack__sizes_that_are_not_there__are_refused(void **state)
{
    static const char *const sizes[] = {"77777777777", "00000100000"};

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct maker maker;

        make_file(&maker, "evil");
        set_size(maker.tar.bytes + 1024, sizes[i]); /* behind the good one's header and content */
        expect_refused(*state, &maker.tar, "more bytes than the tar has");
        free(maker.tar.bytes);
    }
}

static void test_unpack__cut_short__is_refused(void **state)
{
    struct maker maker;

    make_file(&maker, "evil");
    maker.tar.size = 1024 + 100; /* in the second header */
    expect_refused(*state, &maker.tar, "");
    maker.tar.size = 1024 + 512 + 2; /* in the content */
    expect_refused(*state, &maker.tar, "");
    free(maker.tar.bytes);
}

static void test_unpack__no_tar__is_refused(void **state)
{
    struct tar tar = new_tar();

    memset(tar.bytes, 'x', 4096);
    tar.size = 4096;
    expect_refused(*state, &tar, "");
    free(tar.bytes);
}

/* One header over and over. */
static void test_unpack__too_many_entries__are_refused(void **state)
{
    enum { HEADER = 512 };
    const size_t n = C8D__TAR_ENTRIES_MAX + 1;
    struct tar many = {.bytes = malloc(n * HEADER), .size = n * HEADER};
    struct maker maker;

    assert_non_null(many.bytes);
    make(&maker);
    put(&maker, "same", AE_IFREG, "");
    write_entry(&maker, "");
    made(&maker);
    for (size_t i = 0; i < n; i++)
        memcpy(many.bytes + i * HEADER, maker.tar.bytes, HEADER);
    expect_refused(*state, &many, "too many entries");
    free(many.bytes);
    free(maker.tar.bytes);
}

static void test_unpack__what_is_not_what_was_told__is_refused(void **state)
{
    struct place *place = *state;
    struct c8d_error err = {0};
    struct maker maker;
    char digest[C8D__DIGEST_BYTES];
    int64_t size;

    make_file(&maker, "fine");
    name_of(&maker.tar, digest);
    size = (int64_t)maker.tar.size;
    assert_int_equal(unpack_as(place, &maker.tar, digest, size - 1, &err), C8D_REMOTE);
    assert_non_null(strstr(err.message, "longer"));
    assert_int_equal(unpack_as(place, &maker.tar, digest, size + 1, &err), C8D_REMOTE);
    assert_non_null(strstr(err.message, "cut short"));
    assert_int_equal(unpack_as(place, &maker.tar, digest, 0, &err), C8D_REMOTE);
    assert_int_equal(unpack_as(place, &maker.tar, digest, -1, &err), C8D_REMOTE);
    assert_int_equal(unpack_as(place, &maker.tar, digest, INT64_MAX, &err), C8D_REMOTE);
    assert_int_equal(unpack_as(place, &maker.tar, "sha512:1", size, &err), C8D_REMOTE);
    digest[20] = digest[20] == '0' ? '1' : '0';
    assert_int_equal(unpack_as(place, &maker.tar, digest, size, &err), C8D_REMOTE);
    assert_non_null(strstr(err.message, "digest"));
    assert_int_equal(count_entries(place->out), 0);
    free(maker.tar.bytes);
}

/* Each byte of a header changed: refused, or unpacked inside; never a crash, and nothing beside. */
static void test_unpack__any_byte_changed__stays_inside(void **state)
{
    struct place *place = *state;
    struct maker maker;

    make_file(&maker, "sub/evil");
    for (size_t at = 1024; at < 1536; at++) {
        struct c8d_error err = {0};
        unsigned char kept = maker.tar.bytes[at];

        maker.tar.bytes[at] ^= 0x55;
        if (unpack(place, &maker.tar, &err) != C8D_OK)
            assert_true(err.message[0] != '\0');
        maker.tar.bytes[at] = kept;
        assert_int_equal(count_entries(place->path), 2);
    }
    free(maker.tar.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(test_unpack__paths_that_lead_out__are_refused),
        IN_PLACE(test_unpack__links_and_devices__are_refused),
        IN_PLACE(test_unpack__a_link_in_the_way__is_not_followed),
        IN_PLACE(test_unpack__sizes_that_are_not_there__are_refused),
        IN_PLACE(test_unpack__cut_short__is_refused),
        IN_PLACE(test_unpack__no_tar__is_refused),
        IN_PLACE(test_unpack__too_many_entries__are_refused),
        IN_PLACE(test_unpack__what_is_not_what_was_told__is_refused),
        IN_PLACE(test_unpack__any_byte_changed__stays_inside),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
