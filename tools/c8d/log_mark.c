/* SPDX-License-Identifier: Apache-2.0 */
/* The byte order mark that Windows's programs put before a text. */
#include "log_mark.h"
#include <string.h>

static const struct {
    enum c8d__log_mark_kind kind;
    size_t length;
    char bytes[C8D__MARK_BYTES_MAX + 1];
} marks[] = {
    {C8D__MARK_UTF8, 3, "\xef\xbb\xbf"},
    {C8D__MARK_UTF16, 2, "\xff\xfe"},
    {C8D__MARK_UTF16, 2, "\xfe\xff"},
};

/* What the bytes that are held are, with one more behind them. */
static enum c8d__log_mark_kind with(const struct c8d__log_mark *mark, char next)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        if (mark->n_held < marks[i].length && memcmp(marks[i].bytes, mark->held, mark->n_held) == 0 &&
            marks[i].bytes[mark->n_held] == next)
            return mark->n_held + 1 == marks[i].length ? marks[i].kind : C8D__MARK_OPEN;
    }
    return C8D__MARK_NONE;
}

enum c8d__log_mark_kind c8d__log_mark_take(struct c8d__log_mark *mark, const char **bytes, size_t *length)
{
    enum c8d__log_mark_kind kind = C8D__MARK_OPEN;

    while (kind == C8D__MARK_OPEN && *length > 0) {
        kind = with(mark, **bytes);
        /* What ends it is the text's own. */
        if (kind == C8D__MARK_NONE)
            break;
        mark->held[mark->n_held++] = **bytes;
        ++*bytes;
        --*length;
    }
    mark->decided = kind != C8D__MARK_OPEN;
    return kind;
}
