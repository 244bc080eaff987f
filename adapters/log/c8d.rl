/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of our own recording: a checksum and a JSON object (see frame.c, which writes it).
 *
 *   1c291ca3 {"time":1733896459191647544,"region":"process","symbol":"EXITED","namespace":"moby","container":"c1",...}
 *
 * Keys that are not known are passed over, so that a later version can add some.
 */
#include "frame.h"
#include "lexing.h"

#define CHECKSUM_DIGITS 8

enum field {
    NO_FIELD,
    VERSION,
    TIME,
    REGION,
    SYMBOL,
    STATUS,
    NAMESPACE,
    CONTAINER,
    PROCESS,
    PID,
    EXIT_CODE,
    EXITED_AT,
    REQUEST,
    KILLED,
    RESUMED,
    OUTCOME,
};

#define NO_REGION UINT8_MAX

struct frame {
    struct c8d_log_record *record;
    uint64_t version; /* 0 = no header */
    uint32_t checksum;
};

static const char *outcome_word(unsigned outcome)
{
    return outcome < C8D_OUTCOME__COUNT ? c8d_outcome_name((enum c8d_outcome)outcome) : NULL;
}

static bool take_name(struct c8d_str *name, struct c8d_str value)
{
    *name = value;
    return c8d__is_name_text(value);
}

static bool take_string(struct frame *frame, enum field field, struct c8d_str value)
{
    struct c8d_log_record *record = frame->record;

    switch (field) {
    case NO_FIELD:
        return true;
    case REGION:
        record->input.region = (uint8_t)c8d__word_find(c8d__region_word, value, NO_REGION);
        return record->input.region != NO_REGION;
    case SYMBOL:
        record->input.symbol = (uint8_t)c8d_symbol_named(value);
        return record->input.symbol != C8D_SYM_NONE;
    case STATUS:
        record->input.status = (uint8_t)c8d__word_find(c8d__status_word, value, C8D_STATUS__COUNT);
        return record->input.status != C8D_STATUS__COUNT;
    case OUTCOME:
        record->outcome = (enum c8d_outcome)c8d__word_find(outcome_word, value, C8D_OUTCOME__COUNT);
        return record->outcome != C8D_OUTCOME__COUNT;
    case NAMESPACE:
        return take_name(&record->namespace_, value);
    case CONTAINER:
        return take_name(&record->container, value);
    case PROCESS:
        return take_name(&record->process, value);
    default:
        return false;
    }
}

static bool take_number(struct frame *frame, enum field field, struct c8d_str digits)
{
    struct c8d_input *input = &frame->record->input;

    switch (field) {
    case NO_FIELD:
        return true;
    case VERSION:
        return c8d__read_u64(digits, &frame->version);
    case TIME:
        return c8d__read_i64(digits, &frame->record->time_ns);
    case PID:
        return c8d__read_u32(digits, &input->pid);
    case EXIT_CODE:
        input->exit_known = true;
        return c8d__read_u32(digits, &input->exit_code);
    case EXITED_AT:
        return c8d__read_i64(digits, &input->exited_at_ns);
    case REQUEST:
        return c8d__read_u64(digits, &input->request);
    default:
        return false;
    }
}

%%{
    machine c8d;

    action checksum_digit {
        frame->checksum = frame->checksum << 4 | (uint32_t)(*p <= '9' ? *p - '0' : *p - 'a' + 10);
    }

    action key_begins { field = NO_FIELD; }
    action string_value {
        begin = p + 1;
        p = c8d__string_end(begin, pe);
        if (p == NULL || !take_string(frame, field, c8d__between(begin, p)))
            return false;
    }
    action number_begins { begin = p; }
    action number_value {
        if (!take_number(frame, field, c8d__between(begin, p)))
            return false;
    }
    action other_value {
        if (field == KILLED)
            frame->record->killed = *p == 'e' && p[-1] == 'u';
        else if (field == RESUMED)
            frame->record->resumed = *p == 'e' && p[-1] == 'u';
        else if (field != NO_FIELD)
            return false;
    }
    action nested_value {
        if (field != NO_FIELD)
            return false;
        depth = 1;
        fcall nested;
    }
    action nested_string {
        p = c8d__string_end(p + 1, pe);
        if (p == NULL)
            return false;
    }
    action opened { depth++; }
    action closed {
        if (--depth == 0)
            fret;
    }

    include json_quotes "quotes.rlh";
    include json_object "object.rlh";

    frame_key = 'c8d"'       @{ field = VERSION; }
              | 'time"'      @{ field = TIME; }
              | 'region"'    @{ field = REGION; }
              | 'symbol"'    @{ field = SYMBOL; }
              | 'status"'    @{ field = STATUS; }
              | 'namespace"' @{ field = NAMESPACE; }
              | 'container"' @{ field = CONTAINER; }
              | 'process"'   @{ field = PROCESS; }
              | 'pid"'       @{ field = PID; }
              | 'exit_code"' @{ field = EXIT_CODE; }
              | 'exited_at"' @{ field = EXITED_AT; }
              | 'request"'   @{ field = REQUEST; }
              | 'killed"'    @{ field = KILLED; }
              | 'resumed"'   @{ field = RESUMED; }
              | 'outcome"'   @{ field = OUTCOME; };
    frame_member = '"' @key_begins ( frame_key | ( any_key - frame_key ) ) blank ':' blank value blank;

    main := ( [0-9a-f] @checksum_digit ){8} ' ' '{' blank ( frame_member ( ',' blank frame_member )* )? '}';

    write data noerror;
}%%

static bool read_line(struct c8d_str line, struct frame *frame)
{
    const char *p = line.ptr;
    const char *const pe = c8d__end(line);
    const char *begin = NULL;
    enum field field = NO_FIELD;
    size_t depth = 0;
    int stack[1];
    int top = 0;
    int cs = c8d_start;

    %% write exec;

    return top == 0 && cs >= c8d_first_final;
}

static bool names_are_enough(const struct c8d_log_record *record)
{
    return record->input.region == C8D_REGION_CONNECTION || record->outcome == C8D_FOREIGN ||
           (record->namespace_.len > 0 && record->container.len > 0);
}

enum c8d_line_verdict c8d__read_frame(struct c8d_str line, struct c8d_log_record *out)
{
    struct frame frame = {.record = out};
    struct c8d_str checked;

    out->input.region = NO_REGION;
    if (!read_line(line, &frame))
        return C8D_LINE_MALFORMED;
    checked = (struct c8d_str){line.ptr + CHECKSUM_DIGITS + 1, line.len - CHECKSUM_DIGITS - 1};
    if (frame.checksum != c8d__crc32(checked))
        return C8D_LINE_MALFORMED;
    if (frame.version != 0)
        return frame.version == C8D__FRAME_VERSION ? C8D_LINE_IGNORED : C8D_LINE_MALFORMED;
    if (out->input.region == NO_REGION || out->input.symbol == C8D_SYM_NONE || !names_are_enough(out))
        return C8D_LINE_MALFORMED;
    return C8D_LINE_INPUT;
}
