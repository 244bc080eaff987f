/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page around the data: style and script come from files that the build embeds (tools/c8d/page).
 *
 * What a log says is in the page as JSON alone, in an element that is no script to the browser, and gets to
 * the screen as text. Beyond that, the page's policy lets nothing run but what carries a number that was made
 * up for this page, and lets nothing be fetched.
 */
#include "page.h"
#include "page_sources.h"
#include <c8d/base.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#define NONCE_BYTES 16

struct page {
    const struct c8d__timeline *timeline;
    const char *title;
    char nonce[2 * NONCE_BYTES + 1];
};

static bool is_utf8(const char *text)
{
    json_t *string = json_string(text);

    json_decref(string);
    return string != NULL;
}

static bool is_plain(unsigned char c)
{
    return c >= ' ' && c != 0x7f && strchr("\"\\<>&'", c) == NULL;
}

void c8d__page_string(const char *text, FILE *out)
{
    const bool utf8 = is_utf8(text);

    fputc('"', out);
    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (is_plain(*p) && (*p < 0x80 || utf8))
            fputc(*p, out);
        else
            fprintf(out, "\\u%04x", *p);
    }
    fputc('"', out);
}

static void write_html(const char *text, FILE *out)
{
    const bool utf8 = is_utf8(text);

    for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
        if (is_plain(*p) && (*p < 0x80 || utf8))
            fputc(*p, out);
        else
            fprintf(out, "&#%u;", *p < ' ' ? 0xfffdU : *p);
    }
}

static bool make_nonce(char *out)
{
    unsigned char bytes[NONCE_BYTES];

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        return false;
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

static void write_part(const struct page *page, struct c8d_str name, FILE *out)
{
    static const struct {
        const char *name;
        const char *source;
    } embedded[] = {{"STYLE", c8d__page_css}, {"SCRIPT", c8d__page_js}};

    for (size_t i = 0; i < sizeof(embedded) / sizeof(embedded[0]); i++) {
        if (strlen(embedded[i].name) == name.len && memcmp(embedded[i].name, name.ptr, name.len) == 0)
            fputs(embedded[i].source, out);
    }
    if (name.len == 5 && memcmp(name.ptr, "NONCE", 5) == 0)
        fputs(page->nonce, out);
    else if (name.len == 5 && memcmp(name.ptr, "TITLE", 5) == 0)
        write_html(page->title, out);
    else if (name.len == 4 && memcmp(name.ptr, "DATA", 4) == 0)
        c8d__page_data(page->timeline, page->title, out);
}

bool c8d__page_write(const struct c8d__timeline *timeline, const char *title, FILE *out)
{
    struct page page = {.timeline = timeline, .title = title};
    const char *at = c8d__page_html;

    if (!make_nonce(page.nonce))
        return false;
    /* The parts stand in the template as @NAME@. */
    for (;;) {
        const char *begin = strchr(at, '@');
        const char *end = begin != NULL ? strchr(begin + 1, '@') : NULL;

        if (end == NULL)
            break;
        fwrite(at, 1, (size_t)(begin - at), out);
        write_part(&page, (struct c8d_str){begin + 1, (size_t)(end - begin - 1)}, out);
        at = end + 1;
    }
    fputs(at, out);
    return true;
}
