/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive is loaded when the first image is packed or unpacked: with the libraries that it stands on it
 * takes more memory than all else of a client that has no image.
 */
#ifndef C8D_REMOTE_LIBARCHIVE_H
#define C8D_REMOTE_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include <c8d/error.h>

/* All that is called of it. */
#define C8D__LIBARCHIVE_FUNCTIONS(X)                                                                         \
    X(archive_entry_clear)                                                                                   \
    X(archive_entry_copy_pathname)                                                                           \
    X(archive_entry_copy_stat)                                                                               \
    X(archive_entry_filetype)                                                                                \
    X(archive_entry_free)                                                                                    \
    X(archive_entry_hardlink)                                                                                \
    X(archive_entry_new)                                                                                     \
    X(archive_entry_pathname)                                                                                \
    X(archive_entry_perm)                                                                                    \
    X(archive_entry_size)                                                                                    \
    X(archive_error_string)                                                                                  \
    X(archive_read_data_block)                                                                               \
    X(archive_read_free)                                                                                     \
    X(archive_read_new)                                                                                      \
    X(archive_read_next_header)                                                                              \
    X(archive_read_open)                                                                                     \
    X(archive_read_support_format_tar)                                                                       \
    X(archive_set_error)                                                                                     \
    X(archive_write_close)                                                                                   \
    X(archive_write_data)                                                                                    \
    X(archive_write_free)                                                                                    \
    X(archive_write_header)                                                                                  \
    X(archive_write_new)                                                                                     \
    X(archive_write_open)                                                                                    \
    X(archive_write_set_bytes_per_block)                                                                     \
    X(archive_write_set_format_pax_restricted)

struct c8d__libarchive {
#define C8D__FUNCTION(name) __typeof__(name) *name;
    C8D__LIBARCHIVE_FUNCTIONS(C8D__FUNCTION)
#undef C8D__FUNCTION
};

/*
 * Loads it, unless it is loaded; it is never unloaded. NULL: it is not there, or not whole, which err names.
 * The next call tries again. Any thread may call.
 */
const struct c8d__libarchive *c8d__libarchive_load(struct c8d_error *err);

#endif
