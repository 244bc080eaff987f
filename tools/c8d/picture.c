/* SPDX-License-Identifier: Apache-2.0 */
/* What `c8d replay` draws besides what it prints. */
#include "picture.h"
#include "c8d.h"
#include "page.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPTION_HTML = 0x400 };

static const struct argp_option option_list[] = {
    {"html", OPTION_HTML, "FILE", 0, "Write a page for a browser as well: a timeline to look around in", 2},
    {0},
};

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct c8d__picture *picture = state->input;

    switch (key) {
    case OPTION_HTML:
        picture->html = value;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp c8d__picture_argp = {.options = option_list, .parser = parse};

bool c8d__picture_wanted(const struct c8d__picture *picture)
{
    return picture->html != NULL;
}

typedef bool write_fn(const struct c8d__picture *picture, const char *name, FILE *out);

static bool write_page(const struct c8d__picture *picture, const char *name, FILE *out)
{
    return c8d__page_write(&picture->timeline, name, out);
}

/* Half a picture is none: a file that cannot be written to its end is taken away. A device stays. */
static void discard(FILE *out, const char *file)
{
    struct stat status;

    if (fstat(fileno(out), &status) == 0 && S_ISREG(status.st_mode))
        unlink(file);
}

static bool write_file(const struct c8d__picture *picture, const char *name, const char *file,
                       write_fn *write_picture)
{
    FILE *out = fopen(file, "we");
    bool done;
    int error;

    if (out == NULL) {
        c8d__fail("replay: %s: %s", file, strerror(errno));
        return false;
    }
    errno = 0;
    done = write_picture(picture, name, out) && ferror(out) == 0;
    if (done && fflush(out) != 0)
        done = false;
    error = errno;
    if (!done)
        discard(out, file);
    fclose(out);
    if (!done)
        c8d__fail("replay: %s: %s", file, error != 0 ? strerror(error) : "not all could be written");
    return done;
}

bool c8d__picture_draw(const struct c8d__picture *picture, const char *name)
{
    if (picture->timeline.failed) {
        c8d__fail("replay: no memory for the picture");
        return false;
    }
    return picture->html == NULL || write_file(picture, name, picture->html, write_page);
}
