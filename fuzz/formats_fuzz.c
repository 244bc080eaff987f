/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as one record of any format: what is read lies within the bytes, a name is one, and a code that
 * is not known is 0. Formats do not claim each other's records. Beside it each record is read a second time,
 * slowly, and both must agree.
 */
#include "slow_json.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define MUST(condition) ((condition) ? (void)0 : abort())

static void check_name(struct c8d_str text, struct c8d_str name, bool may_be_static)
{
    bool within = name.ptr >= text.ptr && name.ptr + name.len <= text.ptr + text.len;

    MUST(name.len <= C8D_NAME_BYTES_MAX);
    MUST(name.len == 0 || within || may_be_static);
    for (size_t i = 0; i < name.len; i++)
        MUST(name.ptr[i] != '\0' &&
             strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-", name.ptr[i]) !=
                 NULL);
}

static void check_event(struct c8d_str text, const struct c8d_log_record *record)
{
    const struct c8d_event *event = &record->event;

    MUST((unsigned)event->kind < C8D_EVENT_KIND__COUNT);
    MUST(event->namespace_.len > 0 && event->container.len > 0);
    check_name(text, event->namespace_, true);
    check_name(text, event->container, false);
    check_name(text, event->process, false);
    MUST(event->exit.known || event->exit.code == 0);
    MUST(!record->oom || event->kind == C8D_EVENT_TASK_EXIT);
    MUST(event->time_ns == record->time_ns);
}

static bool same(struct c8d_str a, const char *b)
{
    return a.len == strlen(b) && (a.len == 0 || memcmp(a.ptr, b, a.len) == 0);
}

static void compare(enum c8d_log_format format, struct c8d_str text)
{
    static struct slow_record slow;
    struct c8d_log_record quick;
    enum c8d_line_verdict verdict;

    if (!slow_json_read(format, text, &slow) && !slow_text_read(format, text, &slow))
        return;
    verdict = c8d_log_read_line(format, text, &quick);
    MUST(verdict == slow.verdict);
    if (verdict != C8D_LINE_EVENT)
        return;
    MUST(quick.event.kind == slow.kind && quick.event.pid == slow.pid && quick.oom == slow.oom);
    MUST(same(quick.namespace_, slow.namespace_) && same(quick.container, slow.container));
    MUST(same(quick.process, slow.process) && quick.time_ns == slow.time_ns);
    MUST(quick.event.exit.known == slow.exit.known && quick.event.exit.code == slow.exit.code);
    MUST(quick.event.exit.at_ns == slow.exit.at_ns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says which format. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct c8d_str text;
    struct c8d_log_record record;
    enum c8d_log_format format;

    if (size < 1)
        return 0;
    format = (enum c8d_log_format)(data[0] % C8D_LOG_FORMAT__COUNT);
    text = (struct c8d_str){(const char *)data + 1, size - 1};
    if (c8d_log_read_line(format, text, &record) == C8D_LINE_EVENT)
        check_event(text, &record);
    if (text.len > 0 && text.ptr[text.len - 1] == '\r')
        return 0;
    compare(C8D_LOG_DOCKER, text);
    compare(C8D_LOG_PODMAN, text);
    compare(C8D_LOG_NERDCTL, text);
    compare(C8D_LOG_CRICTL, text);
    compare(C8D_LOG_CONTAINERD, text);
    return 0;
}
