/* SPDX-License-Identifier: Apache-2.0 */
/* What `c8d replay` draws besides what it prints. */
#include "picture.h"
#include "c8d.h"
#include "options.h"
#include "page.h"
#include "timeline_svg.h"
#include "timeline_text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPTION_HTML = 0x400, OPTION_SVG, OPTION_TIMELINE };

static const struct argp_option option_list[] = {
    {"html", OPTION_HTML, "FILE", 0, "Write a page for a browser as well: a timeline to look around in", 2},
    {"svg", OPTION_SVG, "FILE", 0, "Draw the container that --container names as well", 2},
    {"timeline", OPTION_TIMELINE, NULL, 0, "Show a timeline in characters as well", 2},
    {0},
};

/* What the log says is told there. */
static error_t refuse_output(const char *file, const struct argp_state *state)
{
    return strcmp(file, "-") == 0
               ? c8d__refuse(state, "a picture goes into a file, and not to standard output")
               : 0;
}

static error_t parse(int key, char *value, struct argp_state *state)
{
    struct c8d__picture *picture = state->input;

    switch (key) {
    case OPTION_HTML:
        picture->html = value;
        return refuse_output(value, state);
    case OPTION_SVG:
        picture->svg = value;
        return refuse_output(value, state);
    case OPTION_TIMELINE:
        picture->text = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp c8d__picture_argp = {.options = option_list, .parser = parse};

bool c8d__picture_wanted(const struct c8d__picture *picture)
{
    return picture->html != NULL || picture->svg != NULL || picture->text;
}

typedef bool write_fn(const struct c8d__picture *picture, const struct c8d__subject *subject, FILE *out);

static bool write_page(const struct c8d__picture *picture, const struct c8d__subject *subject, FILE *out)
{
    return c8d__page_write(&picture->timeline, subject->name, out);
}

/* Of a container that is in several namespaces all are drawn. */
static bool write_rows(const struct c8d__tracks *tracks, FILE *out)
{
    uint32_t count = (uint32_t)tracks->timeline->rows.count;
    uint32_t *rows = malloc((count + 1) * sizeof(*rows));
    size_t n = 0;
    bool done;

    if (rows == NULL)
        return false;
    for (uint32_t init = 0; init < count; init++) {
        for (size_t i = 0; i < c8d__tracks_count(&tracks->families, init); i++)
            rows[n++] = c8d__tracks_member(tracks, init, i);
    }
    done = c8d__svg_write(tracks, rows, n, out);
    free(rows);
    return done;
}

static bool write_svg(const struct c8d__picture *picture, const struct c8d__subject *subject, FILE *out)
{
    struct c8d__tracks tracks;
    bool done = c8d__tracks_make(&picture->timeline, &tracks) && write_rows(&tracks, out);

    (void)subject;
    c8d__tracks_free(&tracks);
    return done;
}

static bool show_text(const struct c8d__picture *picture, const struct c8d__subject *subject)
{
    struct c8d__text_style style = c8d__text_style_of(stdout);
    struct c8d__tracks tracks;
    bool done = c8d__tracks_make(&picture->timeline, &tracks);

    style.all_execs = subject->container != NULL;
    if (done) {
        putchar('\n');
        c8d__text_write(&tracks, &style, stdout);
    } else {
        c8d__fail("replay: no memory for the picture");
    }
    c8d__tracks_free(&tracks);
    return done;
}

/* Half a picture is none: a file that cannot be written to its end is taken away. A device stays. */
static void discard(FILE *out, const char *file)
{
    struct stat status;

    if (fstat(fileno(out), &status) == 0 && S_ISREG(status.st_mode))
        unlink(file);
}

static bool write_file(const struct c8d__picture *picture, const struct c8d__subject *subject,
                       const char *file, write_fn *write_picture)
{
    FILE *out = fopen(file, "we");
    bool done;
    int error;

    if (out == NULL) {
        c8d__fail("replay: %s: %s", file, strerror(errno));
        return false;
    }
    errno = 0;
    done = write_picture(picture, subject, out) && ferror(out) == 0;
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

bool c8d__picture_draw(const struct c8d__picture *picture, const struct c8d__subject *subject)
{
    if (picture->timeline.failed) {
        c8d__fail("replay: no memory for the picture");
        return false;
    }
    if (picture->svg != NULL && picture->timeline.rows.count == 0) {
        c8d__fail("replay: no container '%s' in the log", subject->container);
        return false;
    }
    return (!picture->text || show_text(picture, subject)) &&
           (picture->html == NULL || write_file(picture, subject, picture->html, write_page)) &&
           (picture->svg == NULL || write_file(picture, subject, picture->svg, write_svg));
}
