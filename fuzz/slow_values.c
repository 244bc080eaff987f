/* SPDX-License-Identifier: Apache-2.0 */
/* Values out of a document, for the second readers. */
#include "slow_values.h"
#include "slow_ctr.h"
#include <stdio.h>
#include <string.h>

/* A string; "" when there is none, NULL when it is something else. */
const char *slow_text(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);

    if (value == NULL || json_is_null(value))
        return "";
    return json_string_value(value);
}

/* An integer; false when it is something else. */
bool slow_number(const json_t *object, const char *key, int64_t *out)
{
    const json_t *value = json_object_get(object, key);

    *out = 0;
    if (value == NULL || json_is_null(value))
        return true;
    *out = json_integer_value(value);
    return json_is_integer(value);
}

bool slow_is_name(const char *text)
{
    size_t length = strlen(text);

    return length >= 1 && length <= C8D_NAME_BYTES_MAX &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

bool slow_count(const char *text, uint32_t *out)
{
    uint64_t value = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (uint64_t)(*text - '0');
        if (value > UINT32_MAX)
            return false;
    }
    *out = (uint32_t)value;
    return true;
}

/* By the slow reader of ctr: a line whose own time is of no concern. */
bool slow_rfc3339(const char *text, int64_t *out)
{
    char line[512];
    struct c8d_event event;
    int length = snprintf(
        line, sizeof(line),
        "2000-01-01 00:00:00 +0000 UTC n /tasks/exit {\"container_id\":\"c\",\"exited_at\":\"%s\"}", text);

    if (length < 0 || (size_t)length >= sizeof(line) || strpbrk(text, "\"\\") != NULL)
        return false;
    if (slow_ctr_read((struct c8d_str){line, (size_t)length}, &event) != C8D_LINE_EVENT)
        return false;
    *out = event.exit.at_ns;
    return true;
}

int64_t slow_seconds(int64_t seconds)
{
    const int64_t limit = INT64_MAX / 1000000000;

    return seconds > -limit && seconds < limit ? seconds * 1000000000 : 0;
}
