/* SPDX-License-Identifier: Apache-2.0 */
/* What the second readers share. */
#ifndef C8D_TESTS_SLOW_VALUES_H
#define C8D_TESTS_SLOW_VALUES_H

#include "slow_json.h"
#include <jansson.h>

/* A string; "" when there is none, NULL when it is something else. */
const char *slow_text(const json_t *object, const char *key);
/* An integer; false when it is something else. */
bool slow_number(const json_t *object, const char *key, int64_t *out);
bool slow_is_name(const char *text);
/* Digits that 32 bits hold. */
bool slow_count(const char *text, uint32_t *out);
bool slow_rfc3339(const char *text, int64_t *out);
int64_t slow_seconds(int64_t seconds);

/* What docker and podman say, in their words. */
struct slow_engine {
    const char *type, *action, *id, *exec, *code;
    bool oom;
};

enum c8d_line_verdict slow_engine_judge(const struct slow_engine *engine, struct slow_record *out);

/* The formats that are not an engine's events. */
enum c8d_line_verdict slow_crictl(const json_t *line, struct slow_record *out);
enum c8d_line_verdict slow_daemon(const json_t *line, struct slow_record *out);
enum c8d_line_verdict slow_journal(const json_t *line, struct slow_record *out);

#endif
