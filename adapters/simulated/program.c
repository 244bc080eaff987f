/* SPDX-License-Identifier: Apache-2.0 */
/* From args to commands. A shell's script is taken apart here; all other args are one command as they stand.
 */
#include "program.h"

#include "json.h"
#include <string.h>

static const char redirection[] = ">&2";

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static bool ends_command(char byte)
{
    return byte == '\0' || byte == ';' || byte == '\n';
}

static bool redirects(const char *text)
{
    return strncmp(text, redirection, strlen(redirection)) == 0;
}

/* ---- the shell
 * ------------------------------------------------------------------------------------------------ */

/* Copies a word without its quotes, and gives it a NUL. Returns what follows it. */
static const char *copy_word(const char *from, char **to)
{
    char quote = '\0';

    for (; *from != '\0'; from++) {
        if (quote == '\0' && (is_blank(*from) || ends_command(*from) || redirects(from)))
            break;
        if (*from == quote)
            quote = '\0';
        else if (quote == '\0' && (*from == '\'' || *from == '"'))
            quote = *from;
        else
            *(*to)++ = *from;
    }
    *(*to)++ = '\0';
    return from;
}

/* Returns what follows the command. */
static const char *copy_command(const char *from, char **to, struct c8d__command *command)
{
    *command = (struct c8d__command){.words = *to};
    for (;;) {
        while (is_blank(*from))
            from++;
        if (ends_command(*from))
            return *from != '\0' ? from + 1 : from;
        if (redirects(from)) {
            command->to_err = true;
            from += strlen(redirection);
        } else {
            from = copy_word(from, to);
            command->n_words++;
        }
    }
}

static void fill_script(struct c8d__program *program, const char *script)
{
    char *to = (char *)&program->commands[program->n_commands];

    for (size_t i = 0; i < program->n_commands; i++)
        script = copy_command(script, &to, &program->commands[i]);
}

static size_t count_commands(const char *script)
{
    size_t n = 1;

    for (; *script != '\0'; script++)
        n += ends_command(*script);
    return n;
}

/* ---- args
 * ----------------------------------------------------------------------------------------------------- */

static const char *after(const char *word)
{
    return word + strlen(word) + 1;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash != NULL ? slash + 1 : path;
}

static bool is_known(const char *program)
{
    static const char *const programs[] = {"sleep", "true", "false", "cat", "echo", "hog"};

    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        if (strcmp(program, programs[i]) == 0)
            return true;
    }
    return false;
}

static struct c8d__program *make(const struct c8d_allocator *allocator, size_t n_commands, size_t text_bytes)
{
    size_t bytes = sizeof(struct c8d__program) + n_commands * sizeof(struct c8d__command) + text_bytes;
    struct c8d__program *program = allocator->allocate(allocator->ctx, bytes);

    if (program != NULL)
        *program = (struct c8d__program){.bytes = bytes, .n_commands = n_commands};
    return program;
}

static enum c8d__program_verdict read_script(const struct c8d_allocator *allocator, const char *script,
                                             struct c8d__program **out)
{
    /* Each word ends where something stood that is not copied, the last one where the script's NUL is. */
    *out = make(allocator, count_commands(script), strlen(script) + 1);
    if (*out == NULL)
        return C8D__PROGRAM_NO_MEMORY;
    fill_script(*out, script);
    return C8D__PROGRAM_FOUND;
}

static enum c8d__program_verdict read_words(const struct c8d_allocator *allocator, const char *words,
                                            size_t n_words, struct c8d__program **out)
{
    const char *end = words;
    char *to;

    for (size_t i = 0; i < n_words; i++)
        end = after(end);
    *out = make(allocator, 1, (size_t)(end - words));
    if (*out == NULL)
        return C8D__PROGRAM_NO_MEMORY;
    to = (char *)&(*out)->commands[1];
    memcpy(to, words, (size_t)(end - words));
    (*out)->commands[0] = (struct c8d__command){.words = to, .n_words = n_words};
    return C8D__PROGRAM_FOUND;
}

static enum c8d__program_verdict read_args(const struct c8d_allocator *allocator, const char *args, size_t n,
                                           struct c8d__program **out)
{
    const char *program = n != 0 ? base_name(args) : "";

    if (strcmp(program, "sh") == 0 && n == 1)
        return read_script(allocator, "", out); /* nobody gives it commands */
    if (strcmp(program, "sh") == 0 && n >= 3 && strcmp(after(args), "-c") == 0)
        return read_script(allocator, after(after(args)), out);
    return is_known(program) ? read_words(allocator, program, n, out) : C8D__PROGRAM_MISSING;
}

enum c8d__program_verdict c8d__program_read(const struct c8d_allocator *allocator, struct c8d_str document,
                                            bool is_exec, struct c8d__program **out)
{
    static const char *const path[] = {"process", "args", NULL};
    enum c8d__program_verdict verdict = C8D__PROGRAM_MALFORMED;
    char *args;
    size_t n;

    *out = NULL;
    if (document.len == 0)
        return C8D__PROGRAM_MALFORMED;
    args = allocator->allocate(allocator->ctx, document.len);
    if (args == NULL)
        return C8D__PROGRAM_NO_MEMORY;
    if (c8d__json_strings(document, is_exec ? path + 1 : path, args, &n))
        verdict = read_args(allocator, args, n, out);
    allocator->release(allocator->ctx, args, document.len);
    return verdict;
}

void c8d__program_free(const struct c8d_allocator *allocator, struct c8d__program *program)
{
    if (program != NULL)
        allocator->release(allocator->ctx, program, program->bytes);
}
