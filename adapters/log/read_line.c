/* SPDX-License-Identifier: Apache-2.0 */
/* One line of any format. */
#include "lexing.h"

const char *c8d_log_format_name(enum c8d_log_format format)
{
    static const char *const names[] = {
        [C8D_LOG_AUTO] = "auto",
        [C8D_LOG_CTR] = "ctr",
        [C8D_LOG_C8D] = "c8d",
    };

    return (unsigned)format < C8D_LOG_FORMAT__COUNT ? names[format] : "?";
}

/* A checksum is followed by a brace; a time has a dash where the checksum has its fifth digit. */
static enum c8d_log_format format_of(struct c8d_str line)
{
    return line.len > 9 && line.ptr[8] == ' ' && line.ptr[9] == '{' ? C8D_LOG_C8D : C8D_LOG_CTR;
}

enum c8d_line_verdict c8d_log_read_line(enum c8d_log_format format, struct c8d_str line,
                                        struct c8d_log_record *out)
{
    if (line.len > 0 && line.ptr[line.len - 1] == '\r')
        line.len--;
    *out = (struct c8d_log_record){.format = format == C8D_LOG_AUTO ? format_of(line) : format};
    if (line.len == 0)
        return C8D_LINE_IGNORED;
    return out->format == C8D_LOG_C8D ? c8d__read_frame(line, out) : c8d__read_ctr(line, out);
}
