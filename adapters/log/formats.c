/* SPDX-License-Identifier: Apache-2.0 */
/* One record of any format: which lexers there are for it, and which are tried. */
#include "lexing.h"

const char *c8d_log_format_name(enum c8d_log_format format)
{
    static const char *const names[] = {
        [C8D_LOG_AUTO] = "auto",
        [C8D_LOG_CTR] = "ctr",
        [C8D_LOG_NERDCTL] = "nerdctl",
        [C8D_LOG_DOCKER] = "docker",
        [C8D_LOG_PODMAN] = "podman",
        [C8D_LOG_CRICTL] = "crictl",
        [C8D_LOG_CONTAINERD] = "containerd",
        [C8D_LOG_C8D] = "c8d",
    };

    return (unsigned)format < C8D_LOG_FORMAT__COUNT ? names[format] : "?";
}

typedef enum c8d_line_verdict read_fn(struct c8d_str text, struct c8d_log_record *out);

/* Which byte a record of this form can begin with. */
enum beginning { OBJECT, DIGIT, HEX_DIGIT, FIELD, LETTER, DASH };

struct lexer {
    enum c8d_log_format format;
    enum beginning beginning;
    read_fn *read;
};

/* No record can be read by two of them, so that the order is only about speed. */
static const struct lexer lexers[] = {
    {C8D_LOG_CTR, DIGIT, c8d__read_ctr},
    {C8D_LOG_NERDCTL, DIGIT, c8d__read_ctr},
    {C8D_LOG_C8D, HEX_DIGIT, c8d__read_frame},
    {C8D_LOG_DOCKER, OBJECT, c8d__read_docker},
    {C8D_LOG_PODMAN, OBJECT, c8d__read_podman},
    {C8D_LOG_NERDCTL, OBJECT, c8d__read_nerdctl},
    {C8D_LOG_CRICTL, OBJECT, c8d__read_crictl},
    {C8D_LOG_CONTAINERD, OBJECT, c8d__read_daemon_json},
    {C8D_LOG_CONTAINERD, OBJECT, c8d__read_journal_json},
    {C8D_LOG_PODMAN, OBJECT, c8d__read_journal_json},
    {C8D_LOG_DOCKER, DIGIT, c8d__read_docker_text},
    {C8D_LOG_PODMAN, DIGIT, c8d__read_podman_text},
    {C8D_LOG_CONTAINERD, LETTER, c8d__read_daemon_log},
    {C8D_LOG_CONTAINERD, DIGIT, c8d__read_daemon_log},
    {C8D_LOG_CONTAINERD, DASH, c8d__read_daemon_log},
    {C8D_LOG_CONTAINERD, FIELD, c8d__read_journal},
    {C8D_LOG_PODMAN, FIELD, c8d__read_journal},
};

static bool can_begin(enum beginning beginning, char first)
{
    bool is_digit = first >= '0' && first <= '9';

    switch (beginning) {
    case OBJECT:
        return first == '{' || first == ' ' || first == '\t';
    case DIGIT:
        return is_digit;
    case HEX_DIGIT:
        return is_digit || (first >= 'a' && first <= 'f');
    case FIELD:
        return first == '_';
    case LETTER:
        return first == 't' || (first >= 'A' && first <= 'Z');
    default:
        return first == '-';
    }
}

static enum c8d_line_verdict try_each(enum c8d_log_format format, struct c8d_str text,
                                      struct c8d_log_record *out)
{
    for (size_t i = 0; i < sizeof(lexers) / sizeof(lexers[0]); i++) {
        const struct lexer *lexer = &lexers[i];
        enum c8d_line_verdict verdict;

        if ((format != C8D_LOG_AUTO && lexer->format != format) || !can_begin(lexer->beginning, text.ptr[0]))
            continue;
        *out = (struct c8d_log_record){.format = lexer->format};
        verdict = lexer->read(text, out);
        if (verdict != C8D_LINE_MALFORMED)
            return verdict;
    }
    *out = (struct c8d_log_record){.format = format};
    return C8D_LINE_MALFORMED;
}

enum c8d_line_verdict c8d_log_read_line(enum c8d_log_format format, struct c8d_str line,
                                        struct c8d_log_record *out)
{
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    if (line.len == 0) {
        *out = (struct c8d_log_record){.format = format};
        return C8D_LINE_IGNORED;
    }
    return try_each(format, line, out);
}
