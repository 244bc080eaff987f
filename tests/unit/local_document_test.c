/* SPDX-License-Identifier: Apache-2.0 */
/* Documents: golden ones, byte for byte, and specs that are refused. */
#include <c8d/runtime.h>
#include <hcs_sim.h>
#include <local/document.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ROOT "\"root\":{\"path\":\"\\\\\\\\?\\\\Volume{66d1ef4c-7a00-11e6-8948-00155ddbef9d}\\\\\"}"
#define LAYERS "\"layerFolders\":[\"C:\\\\layers\\\\base\",\"C:\\\\layers\\\\rw\"]"
#define FILE_BYTES 8192

static const struct c8d__guid base_guid = {
    {0xae, 0xa9, 0x2e, 0x8b, 0xaf, 0x2b, 0x06, 0x50, 0x84, 0xaa, 0xa0, 0xe9, 0xf8, 0x49, 0x09, 0x28}};

static int set_up(void **state)
{
    (void)state;
    hcs_sim_reset(1);
    hcs_sim_folder("C:\\layers\\base\\UtilityVM");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hcs_sim_finish();
    return 0;
}

/* Without the line's end. */
static char *read_file(const char *name, const char *ending)
{
    static char text[FILE_BYTES];
    char path[512];
    size_t n;
    FILE *file;

    snprintf(path, sizeof(path), "%s/data/hcs/%s.%s.json", C8D_TESTS_DIR, name, ending);
    file = fopen(path, "rb");
    assert_non_null(file);
    n = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    text[n] = '\0';
    text[strcspn(text, "\n")] = ending[0] == 'd' ? '\0' : '\n';
    return text;
}

static void expect_document(struct c8d__wide_text *wide, const char *name)
{
    struct c8d__text narrow;

    assert_true(c8d__from_wide(c8d_allocator_default(), wide->units, &narrow));
    assert_string_equal(narrow.chars, read_file(name, "document"));
    c8d__text_free(c8d_allocator_default(), &narrow);
    c8d__wide_free(c8d_allocator_default(), wide);
}

static enum c8d_status read_spec(const char *text, struct c8d__spec *spec, struct c8d_error *err)
{
    const struct c8d__host host = hcs_sim_host();

    return c8d__spec_read(&host, c8d_allocator_default(), (struct c8d_str){text, strlen(text)}, spec, err);
}

static void expect_container(const char *name, const char *id)
{
    const struct c8d__host host = hcs_sim_host();
    struct c8d__wide_text document;
    struct c8d__spec spec;
    const struct c8d__container_wish wish = {&host, &spec, {id, strlen(id)}, "docker", &base_guid};
    struct c8d_error err = {0};

    if (read_spec(read_file(name, "spec"), &spec, &err) != C8D_OK)
        fail_msg("%s: %s", name, err.message);
    assert_int_equal(c8d__document_container(c8d_allocator_default(), &wish, &document, &err), C8D_OK);
    expect_document(&document, name);
    c8d__spec_free(c8d_allocator_default(), &spec);
}

static void expect_process(const char *name, uint32_t stdio)
{
    struct c8d__wide_text document;
    const char *text = read_file(name, "spec");
    json_t *process;

    assert_int_equal(c8d__json_read((struct c8d_str){text, strlen(text)}, "it", &process, NULL), C8D_OK);
    assert_int_equal(c8d__document_process(c8d_allocator_default(), process, stdio, &document, NULL), C8D_OK);
    expect_document(&document, name);
    json_decref(process);
}

static void test_document__of_a_container_with_everything__is_as_it_was_seen(void **state)
{
    (void)state;
    expect_container("full", "c34");
}

static void test_document__under_hyperv__names_the_utility_vm(void **state)
{
    (void)state;
    expect_container("hyperv", "c05");
}

static void test_document__of_a_process__is_as_it_was_seen(void **state)
{
    (void)state;
    expect_process("process", C8D_STDIO_IN | C8D_STDIO_OUT | C8D_STDIO_TERMINAL);
    expect_process("bare", 0);
    expect_process("line", C8D_STDIO_ERR);
}

static void test_document__with_more_processors_than_there_are__asks_for_those(void **state)
{
    const struct c8d__host host = hcs_sim_host();
    struct c8d__wide_text document;
    struct c8d__text narrow;
    struct c8d__spec spec;
    const struct c8d__container_wish wish = {&host, &spec, {"c", 1}, "o", &base_guid};

    (void)state;
    assert_int_equal(
        read_spec("{" ROOT ",\"windows\":{" LAYERS ",\"resources\":{\"cpu\":{\"count\":64}}}}", &spec, NULL),
        C8D_OK);
    assert_int_equal(c8d__document_container(c8d_allocator_default(), &wish, &document, NULL), C8D_OK);
    assert_true(c8d__from_wide(c8d_allocator_default(), document.units, &narrow));
    assert_non_null(strstr(narrow.chars, "\"ProcessorCount\":4,"));
    c8d__text_free(c8d_allocator_default(), &narrow);
    c8d__wide_free(c8d_allocator_default(), &document);
    c8d__spec_free(c8d_allocator_default(), &spec);
}

/* ---- memory
 * -------------------------------------------------------------------------------------------------------------
 */

static size_t allocations, fail_at;

static void *json_allocate(size_t bytes)
{
    return ++allocations == fail_at ? NULL : malloc(bytes);
}

/* jansson's parser does not survive this in every release; what is written here has to. */
static size_t write_with_failures(const struct c8d__spec *spec, const json_t *process)
{
    const struct c8d__host host = hcs_sim_host();
    const struct c8d__container_wish wish = {&host, spec, {"c", 1}, "o", &base_guid};
    struct c8d__wide_text document = {0};
    struct c8d_error err = {0};
    enum c8d_status status;
    size_t failures = 0;

    for (fail_at = 1;; fail_at++) {
        allocations = 0;
        json_set_alloc_funcs(json_allocate, free);
        if (spec != NULL)
            status = c8d__document_container(c8d_allocator_default(), &wish, &document, &err);
        else
            status = c8d__document_process(c8d_allocator_default(), process, C8D_STDIO_IN, &document, &err);
        json_set_alloc_funcs(malloc, free);
        if (status == C8D_OK)
            break;
        assert_int_equal(status, C8D_EXHAUSTED);
        assert_int_equal(err.status, C8D_EXHAUSTED);
        failures++;
    }
    c8d__wide_free(c8d_allocator_default(), &document);
    return failures;
}

static void test_document__without_memory__is_none(void **state)
{
    const char *text = read_file("process", "spec");
    struct c8d__spec spec;
    json_t *process;

    (void)state;
    assert_int_equal(c8d__json_read((struct c8d_str){text, strlen(text)}, "it", &process, NULL), C8D_OK);
    assert_true(write_with_failures(NULL, process) > 20);
    json_decref(process);
    assert_int_equal(read_spec(read_file("full", "spec"), &spec, NULL), C8D_OK);
    assert_true(write_with_failures(&spec, NULL) > 50);
    c8d__spec_free(c8d_allocator_default(), &spec);
}

static void test_spec__that_hcs_cannot_be_told__is_refused_with_what_is_wrong(void **state)
{
    static const struct {
        const char *spec;
        const char *says;
    } refused[] = {
        {"", "the spec: "},
        {"[]", "no JSON object"},
        {"{\"linux\":{}}", "Linux"},
        {"{}", "no section windows"},
        {"{\"windows\":{}}", "two folders"},
        {"{\"windows\":{\"layerFolders\":[\"C:\\\\rw\"]}}", "two folders"},
        {"{\"windows\":{\"layerFolders\":[\"C:\\\\base\",7]}}", "layerFolders[1]"},
        {"{\"windows\":{" LAYERS "}}", "root.path must be a volume"},
        {"{\"root\":{\"path\":\"C:\\\\c\"},\"windows\":{" LAYERS "}}", "C:\\c"},
        {"{\"root\":{\"path\":\"\\\\\\\\?\\\\Volume{66d1ef4c}\\\\\"},\"windows\":{" LAYERS "}}", "volume"},
        {"{\"root\":{\"path\":\"\\\\\\\\?\\\\Volume{66d1ef4c-7a00-11e6-8948-00155ddbef9d}\"},\"windows\":"
         "{" LAYERS "}}",
         "volume"},
        {"{\"root\":{\"readonly\":true},\"windows\":{" LAYERS "}}", "readonly"},
        {"{" ROOT ",\"windows\":{" LAYERS ",\"hyperv\":{}}}", "left out"},
        {"{\"windows\":{" LAYERS ",\"hyperv\":{\"utilityVMPath\":\"C:\\\\uvm\"}}}", "utilityVMPath"},
        {"{\"windows\":{\"layerFolders\":[\"C:\\\\none\",\"C:\\\\layers\\\\rw\"],\"hyperv\":{}}}",
         "UtilityVM"},
        {"{" ROOT ",\"mounts\":[{\"type\":\"bind\"}],\"windows\":{" LAYERS "}}", "mounts[0].type 'bind'"},
        {"{" ROOT ",\"mounts\":[{\"source\":\"C:\\\\a\"}],\"windows\":{" LAYERS "}}", "mounts[0] needs"},
        {"{" ROOT ",\"mounts\":[{\"source\":\"C:\\\\a\",\"destination\":\"\\\\\\\\.\\\\pipe\\\\\"}],"
         "\"windows\":{" LAYERS "}}",
         "without a name"},
        {"{" ROOT ",\"windows\":{" LAYERS ",\"devices\":[{\"id\":\"x\",\"idType\":\"zzz\"}]}}", "'zzz'"},
        {"{\"windows\":{" LAYERS ",\"hyperv\":{},\"devices\":[{\"id\":\"x\",\"idType\":\"class\"}]}}",
         "Hyper-V"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        struct c8d__spec spec = {0};
        struct c8d_error err = {0};

        assert_int_equal(read_spec(refused[i].spec, &spec, &err), C8D_INVALID);
        if (strstr(err.message, refused[i].says) == NULL)
            fail_msg("'%s' does not say '%s'", err.message, refused[i].says);
    }
}

/* A layer further down may have one too: it is not taken for that of the layer that cannot be seen. */
static void test_utility_vm__that_cannot_be_seen__is_not_taken_for_absent(void **state)
{
    struct c8d__spec spec = {0};
    struct c8d_error err = {0};

    (void)state;
    hcs_sim_close_folders();
    assert_int_equal(read_spec("{\"windows\":{" LAYERS ",\"hyperv\":{}}}", &spec, &err), C8D_INVALID);
    assert_string_equal(err.message,
                        "the folder UtilityVM of layer C:\\layers\\base cannot be seen: access denied");
}

static void test_process__without_anything_to_run__is_refused(void **state)
{
    static const char *const refused[] = {"{}", "{\"args\":[]}", "{\"args\":[1]}",
                                          "{\"args\":[\"a\"],\"env\":[1]}"};

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        json_t *process = json_loads(refused[i], 0, NULL);
        struct c8d__wide_text document;

        assert_int_equal(c8d__document_process(c8d_allocator_default(), process, 0, &document, NULL),
                         C8D_INVALID);
        json_decref(process);
    }
}

static void test_small_documents__are_what_hcs_wants(void **state)
{
    const struct c8d_allocator *heap = c8d_allocator_default();
    struct c8d__wide_text wide;
    struct c8d__text text;

    (void)state;
    assert_int_equal(c8d__document_resize(heap, 80, 65535, &wide, NULL), C8D_OK);
    assert_true(c8d__from_wide(heap, wide.units, &text));
    assert_string_equal(text.chars,
                        "{\"Operation\":\"ConsoleSize\",\"ConsoleSize\":{\"Height\":65535,\"Width\":80}}");
    c8d__wide_free(heap, &wide);
    c8d__text_free(heap, &text);
    assert_int_equal(c8d__document_resize(heap, 65536, 1, &wide, NULL), C8D_INVALID);
    assert_int_equal(c8d__document_close_stdin(heap, &wide, NULL), C8D_OK);
    assert_true(c8d__from_wide(heap, wide.units, &text));
    assert_string_equal(text.chars, "{\"Operation\":\"CloseHandle\",\"CloseHandle\":{\"Handle\":\"StdIn\"}}");
    c8d__wide_free(heap, &wide);
    c8d__text_free(heap, &text);
}

static struct c8d_exit exit_of(const char *properties)
{
    struct c8d__wide_text wide;
    struct c8d_exit exit;

    assert_int_equal(
        c8d__to_wide(c8d_allocator_default(), (struct c8d_str){properties, strlen(properties)}, &wide),
        C8D__TEXT_OK);
    exit = c8d__document_exit(c8d_allocator_default(), wide.units);
    c8d__wide_free(c8d_allocator_default(), &wide);
    return exit;
}

static void test_exit__that_hcs_does_not_know__is_not_known_here(void **state)
{
    static const char *const unknown[] = {"",
                                          "[]",
                                          "{}",
                                          "{\"Exited\":false,\"ExitCode\":3,\"LastWaitResult\":0}",
                                          "{\"Exited\":true,\"LastWaitResult\":0}",
                                          "{\"Exited\":true,\"ExitCode\":0,\"LastWaitResult\":258}",
                                          "{\"Exited\":true,\"ExitCode\":4294967295,\"LastWaitResult\":0}",
                                          "{\"Exited\":true,\"ExitCode\":4294967296,\"LastWaitResult\":0}",
                                          "{\"Exited\":true,\"ExitCode\":-1,\"LastWaitResult\":0}",
                                          "{\"Exited\":true,\"ExitCode\":\"0\"}"};
    struct c8d_exit exit;

    (void)state;
    for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
        exit = exit_of(unknown[i]);
        assert_false(exit.known);
        assert_int_equal(exit.code, 0);
    }
    assert_false(c8d__document_exit(c8d_allocator_default(), NULL).known);
    exit = exit_of("{\"ProcessId\":7,\"Exited\":true,\"ExitCode\":4294967294,\"LastWaitResult\":0}");
    assert_true(exit.known);
    assert_int_equal(exit.code, 4294967294u);
    assert_true(exit_of("{\"Exited\":true,\"ExitCode\":0}").known);
}

static void test_guid__is_printed_as_windows_lays_it_out(void **state)
{
    char text[C8D__GUID_TEXT];

    (void)state;
    c8d__guid_text(&base_guid, text);
    assert_string_equal(text, "8b2ea9ae-2baf-5006-84aa-a0e9f8490928");
}

static void test_layer_name__is_the_last_part_of_its_path(void **state)
{
    static const char *const paths[] = {"C:\\layers\\abc", "abc", "C:/layers/abc\\", "\\abc\\\\"};

    (void)state;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        assert_true(c8d__str_is(c8d__layer_name(paths[i]), "abc"));
    assert_int_equal(c8d__layer_name("").len, 0);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_document__of_a_container_with_everything__is_as_it_was_seen),
        TEST(test_document__under_hyperv__names_the_utility_vm),
        TEST(test_document__of_a_process__is_as_it_was_seen),
        TEST(test_document__with_more_processors_than_there_are__asks_for_those),
        TEST(test_document__without_memory__is_none),
        TEST(test_spec__that_hcs_cannot_be_told__is_refused_with_what_is_wrong),
        TEST(test_utility_vm__that_cannot_be_seen__is_not_taken_for_absent),
        TEST(test_process__without_anything_to_run__is_refused),
        TEST(test_small_documents__are_what_hcs_wants),
        TEST(test_exit__that_hcs_does_not_know__is_not_known_here),
        TEST(test_guid__is_printed_as_windows_lays_it_out),
        TEST(test_layer_name__is_the_last_part_of_its_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
