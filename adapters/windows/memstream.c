/* SPDX-License-Identifier: Apache-2.0 */
/* Streams into memory: files without a name, read back when they are flushed. */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

#undef fflush
#undef fclose

struct memstream {
    struct memstream *next;
    FILE *file;
    char **text;
    size_t *size;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct memstream *all;

static struct memstream **find(const FILE *file)
{
    struct memstream **link = &all;

    while (*link != NULL && (*link)->file != file)
        link = &(*link)->next;
    return link;
}

static bool read_back(const struct memstream *stream)
{
    long length;
    char *text;

    if (fflush(stream->file) != 0 || (length = ftell(stream->file)) < 0)
        return false;
    text = realloc(*stream->text, (size_t)length + 1);
    if (text == NULL)
        return false;
    *stream->text = text;
    rewind(stream->file);
    *stream->size = fread(text, 1, (size_t)length, stream->file);
    text[*stream->size] = '\0';
    return fseek(stream->file, 0, SEEK_END) == 0;
}

/* A file that is gone when it is closed (mode D). tmpfile() takes names that another process may be about to
 * take. */
static FILE *make_file(void)
{
    char directory[MAX_PATH];
    char name[MAX_PATH];

    if (GetTempPathA(sizeof(directory), directory) == 0 || GetTempFileNameA(directory, "c8d", 0, name) == 0)
        return NULL;
    return fopen(name, "w+bD");
}

FILE *c8d__posix_open_memstream(char **text, size_t *size)
{
    struct memstream *stream = malloc(sizeof(*stream));
    FILE *file = stream != NULL ? make_file() : NULL;

    if (file == NULL) {
        free(stream);
        return NULL;
    }
    *text = NULL;
    *size = 0;
    *stream = (struct memstream){.file = file, .text = text, .size = size};
    pthread_mutex_lock(&lock);
    stream->next = all;
    all = stream;
    pthread_mutex_unlock(&lock);
    return file;
}

int c8d__posix_fflush(FILE *file)
{
    struct memstream *stream;

    pthread_mutex_lock(&lock);
    stream = file != NULL ? *find(file) : NULL;
    pthread_mutex_unlock(&lock);
    return stream != NULL ? (read_back(stream) ? 0 : EOF) : fflush(file);
}

int c8d__posix_fclose(FILE *file)
{
    struct memstream **link;
    struct memstream *stream;
    bool kept = true;

    pthread_mutex_lock(&lock);
    link = find(file);
    stream = *link;
    if (stream != NULL)
        *link = stream->next;
    pthread_mutex_unlock(&lock);
    if (stream != NULL)
        kept = read_back(stream);
    free(stream);
    return fclose(file) == 0 && kept ? 0 : EOF;
}
