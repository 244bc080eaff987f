/* SPDX-License-Identifier: Apache-2.0 */
/* Which record is of which format, and what the lexers make of any part of one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka wants those before itself. */
#include <cmocka.h>

#include <c8d/log.h>
#include <stdlib.h>
#include <string.h>

#define ID "6127867d2623656ebbbf006cf82642c76b518bc9b1b895821b4526926c5ab35e"
#define DOCKER_TIME "2017-06-26T08:56:49.683281660+02:00 "
#define PODMAN_TIME "2019-03-02 10:33:42.312377447 -0600 CST "
#define DAEMON_JSON                                                                                          \
    "{\"level\":\"info\",\"msg\":\"TaskExit event container_id:\\\"c\\\" id:\\\"c\\\"\",\"time\":"           \
    "\"2025-10-23T19:30:59.6Z\"}"
#define DAEMON "time=\"2025-10-23T19:30:59.6Z\" level=info "

#define SAMPLE(format, text, kind, namespace_, container, process, known, code, time_ns)                     \
    {                                                                                                        \
        text, namespace_, container, process, time_ns, format, kind, code, known                             \
    }

/* One record of each form that there is, and what it tells. */
static const struct sample {
    const char *text;
    const char *namespace_, *container, *process;
    int64_t time_ns;
    enum c8d_log_format format;
    enum c8d_event_kind kind;
    uint32_t code;
    bool known;
} samples[] = {
    SAMPLE(C8D_LOG_CTR,
           "2023-11-14 22:13:20 +0000 UTC moby /tasks/exit "
           "{\"container_id\":\"c\",\"id\":\"e\",\"exit_status\":3}",
           C8D_EVENT_TASK_EXIT, "moby", "c", "e", true, 3, INT64_C(1700000000000000000)),
    SAMPLE(C8D_LOG_NERDCTL,
           "{\"Timestamp\":\"2023-11-14T22:13:20Z\",\"Namespace\":\"n\",\"Topic\":\"/tasks/"
           "exit\",\"Event\":\"{\\\"x\\\":\\\"\\\\\\\"}\\\\\\\\\\\","
           "\\\"container_id\\\":\\\"c\\\",\\\"id\\\":\\\"c\\\",\\\"exited_at\\\":{\\\"seconds\\\":1,"
           "\\\"nanos\\\":"
           "2}}\"}",
           C8D_EVENT_TASK_EXIT, "n", "c", "", true, 0, INT64_C(1700000000000000000)),
    SAMPLE(
        C8D_LOG_DOCKER,
        "{\"status\":\"die\",\"id\":\"c\",\"from\":\"x\",\"Type\":\"container\",\"Action\":\"die\",\"Actor\":"
        "{"
        "\"ID\":\"c\",\"Attributes\":"
        "{\"a\":\"exitCode\",\"exitCode\":\"137\",\"name\":\"web\"}},\"scope\":\"local\",\"time\":1700000000,"
        "\"timeNano\":1700000000000000001}",
        C8D_EVENT_TASK_EXIT, "moby", "c", "", true, 137, INT64_C(1700000000000000001)),
    SAMPLE(C8D_LOG_DOCKER, "{\"status\":\"start\",\"id\":\"c\",\"from\":\"x\",\"time\":1700000000}",
           C8D_EVENT_TASK_START, "moby", "c", "", false, 0, INT64_C(1700000000000000000)),
    SAMPLE(C8D_LOG_DOCKER, DOCKER_TIME "container die c (exitCode=137, image=x, name=web)",
           C8D_EVENT_TASK_EXIT, "moby", "c", "", true, 137, INT64_C(1498460209683281660)),
    SAMPLE(C8D_LOG_DOCKER,
           DOCKER_TIME "container exec_create: sh -c echo (a, b)\nexit 3 " ID
                       " (execID=e1, image=x, label=(b), c=d)",
           C8D_EVENT_EXEC_ADDED, "moby", ID, "e1", false, 0, INT64_C(1498460209683281660)),
    SAMPLE(C8D_LOG_DOCKER, DOCKER_TIME "container exec_die " ID " (execID=e1, exitCode=1, image=x)",
           C8D_EVENT_TASK_EXIT, "moby", ID, "e1", true, 1, INT64_C(1498460209683281660)),
    /* A label has the attribute's name. */
    SAMPLE(C8D_LOG_DOCKER, DOCKER_TIME "container die c (exitCode=none (yet), image=x)", C8D_EVENT_TASK_EXIT,
           "moby", "c", "", false, 0, INT64_C(1498460209683281660)),
    SAMPLE(C8D_LOG_PODMAN, PODMAN_TIME "container died c (image=x, name=web)", C8D_EVENT_TASK_EXIT, "podman",
           "c", "", false, 0, INT64_C(1551544422312377447)),
    SAMPLE(
        C8D_LOG_PODMAN,
        "{\"ContainerExitCode\":3,\"ID\":\"c\",\"Image\":\"x\",\"Name\":\"web\",\"Status\":\"died\",\"Time\":"
        "\"2023-11-14T22:13:20Z\","
        "\"Type\":\"container\",\"Attributes\":{}}",
        C8D_EVENT_TASK_EXIT, "podman", "c", "", true, 3, INT64_C(1700000000000000000)),
    SAMPLE(C8D_LOG_PODMAN,
           "__CURSOR=1\n__REALTIME_TIMESTAMP=1700000000000000\nPODMAN_EVENT=died\nPODMAN_TYPE="
           "container\nPODMAN_ID="
           "c\n"
           "PODMAN_EXIT_CODE=4\nMESSAGE=x",
           C8D_EVENT_TASK_EXIT, "podman", "c", "", true, 4, INT64_C(1700000000000000000)),
    SAMPLE(
        C8D_LOG_CRICTL,
        "{\n \"containerId\": \"c\",\n \"containerEventType\": \"CONTAINER_STOPPED_EVENT\",\n \"createdAt\": "
        "\"1700000000\",\n"
        " \"containersStatuses\": [ { \"id\": \"b\", \"state\": \"CONTAINER_EXITED\", \"exitCode\": 1 },\n"
        " { \"id\": \"c\", \"state\": \"CONTAINER_EXITED\", \"exitCode\": 2 } ]\n}",
        C8D_EVENT_TASK_EXIT, "k8s.io", "c", "", true, 2, INT64_C(1700000000000000000)),
    SAMPLE(C8D_LOG_CONTAINERD,
           DAEMON "msg=\"TaskExit event &TaskExit{ContainerID:c,ID:c,Pid:7,ExitStatus:5,ExitedAt:2023-11-14 "
                  "22:13:20 +0000 "
                  "UTC,XXX_unrecognized:[],}\"",
           C8D_EVENT_TASK_EXIT, "k8s.io", "c", "", true, 5, INT64_C(1761247859600000000)),
    SAMPLE(C8D_LOG_CONTAINERD,
           DAEMON "msg=\"TaskExit event in podsandbox handler container_id : \\\"c\\\"   id:\\\"e\\\"  pid:7 "
                  "exit_status:6  "
                  "exited_at:{ seconds:1   nanos:2 }\"",
           C8D_EVENT_TASK_EXIT, "k8s.io", "c", "e", true, 6, INT64_C(1761247859600000000)),
    SAMPLE(C8D_LOG_CONTAINERD,
           "May 12 06:18:36 host dockerd[1]: " DAEMON "msg=event Pid=7 containerID=c namespace=moby "
           "topic=/tasks/start",
           C8D_EVENT_TASK_START, "moby", "c", "", false, 0, INT64_C(1761247859600000000)),
    SAMPLE(C8D_LOG_CONTAINERD,
           "Mon 2025-05-12 06:18:36 CST host dockerd[1]: " DAEMON
           "msg=event Pid=7 containerID=c namespace=moby topic=/tasks/start",
           C8D_EVENT_TASK_START, "moby", "c", "", false, 0, INT64_C(1761247859600000000)),
    SAMPLE(C8D_LOG_CONTAINERD, "May 12 06:18:36 host containerd[1]: " DAEMON_JSON, C8D_EVENT_TASK_EXIT,
           "k8s.io", "c", "", true, 0, INT64_C(1761247859600000000)),
    SAMPLE(C8D_LOG_CONTAINERD, "__CURSOR=1\n__REALTIME_TIMESTAMP=1\nMESSAGE=" DAEMON_JSON,
           C8D_EVENT_TASK_EXIT, "k8s.io", "c", "", true, 0, INT64_C(1761247859600000000)),
    SAMPLE(C8D_LOG_CONTAINERD, DAEMON_JSON, C8D_EVENT_TASK_EXIT, "k8s.io", "c", "", true, 0,
           INT64_C(1761247859600000000)),
    SAMPLE(C8D_LOG_CONTAINERD,
           "{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":\"time=\\\"2025-10-23T19:30:59.6Z\\\" level=info "
           "msg=\\\"TaskOOM event "
           "container_id:\\\\\\\"c\\\\\\\"\\\"\"}",
           C8D_EVENT_TASK_OOM, "k8s.io", "c", "", false, 0, INT64_C(1761247859600000000)),
};

#define N_SAMPLES (sizeof(samples) / sizeof(samples[0]))

/* The record lies in memory of exactly its size, so that a sanitizer sees any look beyond it. */
static enum c8d_line_verdict read_exact(enum c8d_log_format format, const char *text, size_t length,
                                        struct c8d_log_record *out)
{
    static char *kept;

    free(kept);
    kept = malloc(length > 0 ? length : 1);
    assert_non_null(kept);
    memcpy(kept, text, length);
    return c8d_log_read_line(format, (struct c8d_str){kept, length}, out);
}

static void assert_str(struct c8d_str string, const char *expected)
{
    assert_int_equal(string.len, strlen(expected));
    assert_memory_equal(string.ptr, expected, string.len);
}

static void check_sample(const struct sample *sample, enum c8d_log_format format)
{
    struct c8d_log_record record;

    if (read_exact(format, sample->text, strlen(sample->text), &record) != C8D_LINE_EVENT)
        fail_msg("not read: %s", sample->text);
    assert_int_equal(record.format, sample->format);
    assert_int_equal(record.event.kind, sample->kind);
    assert_str(record.namespace_, sample->namespace_);
    assert_str(record.container, sample->container);
    assert_str(record.process, sample->process);
    assert_int_equal(record.event.exit.known, sample->known);
    assert_int_equal(record.event.exit.code, sample->code);
    assert_true(record.time_ns == sample->time_ns);
}

static void test_formats__each_form__is_found_and_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        check_sample(&samples[i], C8D_LOG_AUTO);
        check_sample(&samples[i], samples[i].format);
    }
}

static void test_formats__a_record_of_another_format__is_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        for (int format = C8D_LOG_CTR; format < C8D_LOG_FORMAT__COUNT; format++) {
            struct c8d_log_record record;
            bool is_ctr_text = samples[i].format == C8D_LOG_CTR && format == C8D_LOG_NERDCTL;
            /* An entry of the journal is either's: who wrote it is in it. */
            bool is_entry = strstr(samples[i].text, "REALTIME") != NULL &&
                            (format == C8D_LOG_PODMAN || format == C8D_LOG_CONTAINERD);

            if (format == (int)samples[i].format || is_ctr_text || is_entry)
                continue;
            if (read_exact((enum c8d_log_format)format, samples[i].text, strlen(samples[i].text), &record) !=
                C8D_LINE_MALFORMED)
                fail_msg("read as %s: %s", c8d_log_format_name((enum c8d_log_format)format), samples[i].text);
        }
    }
}

#define ENTRY "__CURSOR=1\n__REALTIME_TIMESTAMP=1\n"
#define LENGTH(low) "\n" low "\0\0\0\0\0\0\0"
#define WHOLE(string) (string), sizeof(string) - 1

static void test_formats__a_message_of_the_journal_in_binary__is_read_as_text(void **state)
{
    static const char entry[] = ENTRY "A" LENGTH("\2") "\n\n\nMESSAGE" LENGTH("\x63") DAEMON_JSON "\nB=\n";
    struct c8d_log_record record;

    (void)state;
    assert_int_equal(sizeof(DAEMON_JSON) - 1, 0x63);
    assert_int_equal(read_exact(C8D_LOG_CONTAINERD, WHOLE(entry), &record), C8D_LINE_EVENT);
    assert_str(record.container, "c");
    assert_int_equal(record.event.kind, C8D_EVENT_TASK_EXIT);
}

static void test_formats__a_binary_field_without_its_end__is_malformed(void **state)
{
    struct c8d_log_record record;

    (void)state;
    assert_int_equal(read_exact(C8D_LOG_AUTO, WHOLE(ENTRY "A" LENGTH("\2") "xy\n"), &record),
                     C8D_LINE_IGNORED);
    assert_int_equal(read_exact(C8D_LOG_AUTO, WHOLE(ENTRY "A" LENGTH("\4") "xy\n"), &record),
                     C8D_LINE_MALFORMED);
    assert_int_equal(read_exact(C8D_LOG_AUTO, WHOLE(ENTRY "A" LENGTH("\1") "xy\n"), &record),
                     C8D_LINE_MALFORMED);
    assert_int_equal(read_exact(C8D_LOG_AUTO, WHOLE(ENTRY "A\n\2\0\0"), &record), C8D_LINE_MALFORMED);
    assert_int_equal(
        read_exact(C8D_LOG_AUTO, WHOLE(ENTRY "A\n\377\377\377\377\377\377\377\377xy\n"), &record),
        C8D_LINE_MALFORMED);
}

/* No event is made up of a part of one, but where the end of a text may be missing. */
static void test_formats__a_record_cut_anywhere__is_no_object(void **state)
{
    (void)state;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        for (size_t length = 0; length < strlen(samples[i].text); length++) {
            struct c8d_log_record record;
            enum c8d_line_verdict verdict = read_exact(C8D_LOG_AUTO, samples[i].text, length, &record);

            if (samples[i].text[0] == '{' && length > 0)
                assert_int_equal(verdict, C8D_LINE_MALFORMED);
        }
    }
}

static void test_formats__what_is_of_no_concern__is_ignored(void **state)
{
    static const char *const lines[] = {
        DOCKER_TIME "network connect " ID " (container=c, name=none)",
        DOCKER_TIME "container exec_start: sh -c true " ID " (execID=e1, image=x)",
        DOCKER_TIME "container exec_die " ID " (image=x)",
        DOCKER_TIME "container attach c (image=x)",
        DOCKER_TIME "container prune  (reclaimed=0)",
        DOCKER_TIME "container health_status: healthy " ID " (image=x)",
        DOCKER_TIME "image tag sha256:1 (name=x)",
        "{\"Type\":\"network\",\"Action\":\"connect\",\"Actor\":{\"ID\":\"n\",\"Attributes\":{}}}",
        PODMAN_TIME "image pull  localhost/x",
        PODMAN_TIME "container exec_died c (image=x)",
        "{\"Status\":\"refresh\",\"Time\":\"2023-11-14T22:13:20Z\",\"Type\":\"system\",\"Attributes\":null}",
        "{\"Timestamp\":\"2023-11-14T22:13:20Z\",\"Namespace\":\"n\",\"Topic\":\"/images/"
        "update\",\"Event\":\"{}\"}",
        "{\"containerId\":\"c\",\"containerEventType\":\"CONTAINER_MOVED_EVENT\",\"createdAt\":\"0\"}",
        DAEMON "msg=\"event forwarded\" ns=k8s.io topic=/tasks/exit type=containerd.events.TaskExit",
        DAEMON "msg=event module=libcontainerd namespace=moby topic=/tasks/exit",
        DAEMON "msg=\"Docker daemon\" commit=5d6db84 graphdriver(s)=vfs version=",
        "May 12 06:18:36 host kernel: anything = \"at all",
        "May 12 06:18:36 host kubelet: {\"another\":[\"form\"",
        "-- Boot 0123 --",
        "__CURSOR=1\n__REALTIME_TIMESTAMP=1\nMESSAGE=anything",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct c8d_log_record record;

        if (read_exact(C8D_LOG_AUTO, lines[i], strlen(lines[i]), &record) != C8D_LINE_IGNORED)
            fail_msg("not ignored: %s", lines[i]);
    }
}

static void test_formats__what_cannot_be_read__is_malformed(void **state)
{
    static const char *const lines[] = {
        "json",
        "{}",
        "{\"a\":{\"b\":[}",
        DOCKER_TIME "container",
        DOCKER_TIME "container die c",
        "2017-13-26T08:56:49.683281660+02:00 container die c (exitCode=137)",
        DOCKER_TIME "container die c! (exitCode=137)",
        DOCKER_TIME "container die  (exitCode=137)",
        DOCKER_TIME "unicorn die c (exitCode=137)",
        DOCKER_TIME "container exec_create: sh -c no id (execID=e1)",
        "{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":{\"ID\":\"\"}}",
        "{\"Type\":\"container\",\"Action\":7,\"Actor\":{\"ID\":\"c\"}}",
        "{\"Type\":\"container\",\"Action\":\"die\",\"Actor\":\"c\"}",
        "{\"Type\":\"container\",\"Action\":\"exec_die\",\"Actor\":{\"ID\":\"c\",\"Attributes\":{\"execID\":"
        "\"c\"}}}",
        "{\"ID\":\"c\",\"Status\":\"died\",\"Time\":\"yesterday\",\"Type\":\"container\"}",
        "{\"Timestamp\":\"2023-11-14T22:13:20Z\",\"Namespace\":\"n\",\"Topic\":\"/tasks/"
        "oom\",\"Event\":\"{\\\"container_id\\\":1}\"}",
        "{\"Timestamp\":\"2023-11-14T22:13:20Z\",\"Namespace\":\"n\",\"Topic\":\"/tasks/"
        "oom\",\"Event\":\"\"}",
        "{\"Timestamp\":\"\",\"Namespace\":\"n\",\"Topic\":\"/tasks/oom\",\"Event\":\"{}\"}",
        "{\"containerId\":\"\",\"containerEventType\":\"CONTAINER_STARTED_EVENT\",\"createdAt\":\"0\"}",
        "{\"containerId\":\"c\",\"containerEventType\":\"CONTAINER_STARTED_EVENT\",\"createdAt\":\"then\"}",
        "time=\"then\" level=info msg=x",
        DAEMON "msg=\"no end",
        DAEMON "msg=event Pid=x containerID=c namespace=moby topic=/tasks/start",
        DAEMON "msg=event containerID=c namespace=moby topic=/tasks/exit ExitedAt=then",
        "__CURSOR=1\nnot a field",
        "TIME                           TYPE                ID                  PID                 STATUS",
        "2016-04-26T21:11:46.123456789Z exit                redis               init                0",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct c8d_log_record record;

        if (read_exact(C8D_LOG_AUTO, lines[i], strlen(lines[i]), &record) != C8D_LINE_MALFORMED)
            fail_msg("not malformed: %s", lines[i]);
    }
}

static void test_formats__names__are_told(void **state)
{
    static const char *const names[] = {"auto",   "ctr",    "c8d",        "nerdctl", "docker",
                                        "podman", "crictl", "containerd", "?"};

    (void)state;
    for (int format = 0; format <= C8D_LOG_FORMAT__COUNT; format++)
        assert_string_equal(c8d_log_format_name((enum c8d_log_format)format), names[format]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formats__each_form__is_found_and_read),
        cmocka_unit_test(test_formats__a_record_of_another_format__is_malformed),
        cmocka_unit_test(test_formats__a_record_cut_anywhere__is_no_object),
        cmocka_unit_test(test_formats__a_message_of_the_journal_in_binary__is_read_as_text),
        cmocka_unit_test(test_formats__a_binary_field_without_its_end__is_malformed),
        cmocka_unit_test(test_formats__what_is_of_no_concern__is_ignored),
        cmocka_unit_test(test_formats__what_cannot_be_read__is_malformed),
        cmocka_unit_test(test_formats__names__are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
