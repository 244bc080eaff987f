/* SPDX-License-Identifier: Apache-2.0 */
/* What the lexers of the formats share: runs of bytes, JSON strings that are stepped over, numbers and times.
 */
#ifndef C8D_LEXING_H
#define C8D_LEXING_H

#include <c8d/log.h>

/* A calendar time as it is written, before anybody has asked whether there is such a day. */
struct c8d__written_time {
    const char *date_and_clock; /* 19 bytes: YYYY-MM-DD?hh:mm:ss, all digits checked by the lexer */
    struct c8d_str fraction;    /* 0 to 9 digits of a second */
    const char *offset;         /* "+hh:mm" or "+hhmm", digits checked; NULL = UTC */
};

/*
 * Ns since 1970. A time that 64 bits of ns cannot hold is not told (0): year 1 is how Go writes one that is
 * unset. False when there is no such time (a 13th month).
 */
bool c8d__read_time(const struct c8d__written_time *written, int64_t *out);
/* The same for a time in seconds and ns. */
int64_t c8d__time_of(int64_t seconds, uint32_t ns);

/* The second that was read last: many lines are of the same one. All zero = none. */
struct c8d__second {
    char text[19]; /* as in c8d__written_time */
    int64_t since_1970;
};

/*
 * The forms in which nearly all times come, without going through them byte by byte. What they do not take
 * may still be a time: the lexers decide.
 *
 * The first: 2022-06-09 00:20:23.452637293 +0000 UTC at the beginning of a text that goes on after it; gives
 * what follows it, or NULL. The second: the whole of the text is 2023-11-14T22:13:20Z, with a fraction or
 * without.
 */
const char *c8d__common_go_time(struct c8d_str text, struct c8d__second *last, int64_t *out);
bool c8d__common_rfc3339(struct c8d_str text, struct c8d__second *last, int64_t *out);

bool c8d__read_rfc3339(struct c8d_str text, int64_t *out);
bool c8d__read_go_time(struct c8d_str text, int64_t *out);

/* The bytes from `begin` to before `end`. */
struct c8d_str c8d__between(const char *begin, const char *end);
/* The first byte behind it. */
const char *c8d__end(struct c8d_str text);
bool c8d__same_str(struct c8d_str a, struct c8d_str b);
bool c8d__is_text(struct c8d_str string, const char *text);
bool c8d__begins_with(struct c8d_str string, const char *text);

/*
 * Finds the end of a JSON string by looking for quotes alone; that is what makes a log readable at the speed
 * of memory. `p` is the first byte after the opening quote. NULL when the string does not end before `pe`.
 */
const char *c8d__string_end(const char *p, const char *pe);
/*
 * The same for a string within a string, whose quotes stand behind `backslashes` of them (1 in JSON within
 * JSON, 3 one level deeper). Gives the first byte of the closing quote, backslashes included; NULL also when
 * a quote of an outer level comes first.
 */
const char *c8d__quoted_end(const char *p, const char *pe, size_t backslashes);

/* True for a name as containerd admits it; such a name never needs a JSON escape. */
bool c8d__is_name_text(struct c8d_str string);

/* The first byte from `p` on that no name has; `pe` when there is none. */
const char *c8d__name_end(const char *p, const char *pe);

/* Decimal digits, perhaps with a sign. False when it is no integer or does not fit. */
bool c8d__read_i64(struct c8d_str digits, int64_t *out);
bool c8d__read_u64(struct c8d_str digits, uint64_t *out);
bool c8d__read_u32(struct c8d_str digits, uint32_t *out);

/* CRC-32 as in zip and Ethernet. */
uint32_t c8d__crc32(struct c8d_str bytes);

/* The formats: one record each, without its line end. MALFORMED also for a record of another format. */
enum c8d_line_verdict c8d__read_ctr(struct c8d_str text, struct c8d_log_record *out);
/*
 * The form in which nearly all its lines come, in a third of the lexer's instructions. False: the lexer
 * decides. `recent`: what was read before, all zero at first.
 */
struct c8d__recent_name {
    size_t length;
    char bytes[C8D_NAME_BYTES_MAX];
};
struct c8d__recent {
    struct c8d__second time;
    struct c8d__second exited_at;
    struct c8d__recent_name namespace_;
    struct c8d__recent_name container;
    struct c8d__recent_name exec;
    bool container_again; /* the last record is of the container that the one before it was of */
};
bool c8d__read_common_ctr(struct c8d_str text, struct c8d__recent *recent, struct c8d_log_record *out);
enum c8d_line_verdict c8d__read_nerdctl(struct c8d_str text, struct c8d_log_record *out);
enum c8d_line_verdict c8d__read_docker(struct c8d_str text, struct c8d_log_record *out);
enum c8d_line_verdict c8d__read_docker_text(struct c8d_str text, struct c8d_log_record *out);
enum c8d_line_verdict c8d__read_podman(struct c8d_str text, struct c8d_log_record *out);
enum c8d_line_verdict c8d__read_podman_text(struct c8d_str text, struct c8d_log_record *out);
enum c8d_line_verdict c8d__read_crictl(struct c8d_str text, struct c8d_log_record *out);
/* Lines of the logs of containerd and dockerd, bare or as journalctl prints them. */
enum c8d_line_verdict c8d__read_daemon_log(struct c8d_str text, struct c8d_log_record *out);
enum c8d_line_verdict c8d__read_daemon_json(struct c8d_str text, struct c8d_log_record *out);
/* Entries of `journalctl -o export` and `-o json`: a podman event, or a line of a daemon's log. */
enum c8d_line_verdict c8d__read_journal(struct c8d_str text, struct c8d_log_record *out);
enum c8d_line_verdict c8d__read_journal_json(struct c8d_str text, struct c8d_log_record *out);
enum c8d_line_verdict c8d__read_frame(struct c8d_str text, struct c8d_log_record *out);

#endif
