/* Template and line breaking for visible signatures. */
#include "ades/layout.h"

#include "base/str.h"

#include <stdio.h>

#define LEADING 1.2 /* of the size */
#define LINE_CHARS_MAX 512

struct place {
    const char *key;
    size_t offset;
};
static const struct place places[] = {
    {"{name}", offsetof(struct ky_layout_fields, name)},
    {"{time}", offsetof(struct ky_layout_fields, time)},
    {"{org}", offsetof(struct ky_layout_fields, org)},
    {"{reason}", offsetof(struct ky_layout_fields, reason)},
};

static const struct place *place_at(const char *s)
{
    for (size_t i = 0; i < KY_COUNT(places); i++)
        if (ky_str_starts(s, places[i].key))
            return &places[i];
    return NULL;
}

/* One line of the template, from s up to end. */
static ky_rc fill_line(struct ky_buf *out, const char *s, const char *end,
                       const struct ky_layout_fields *fields)
{
    struct ky_buf line = ky_buf_init(KY_LAYOUT_TEXT_MAX);
    bool has_places = false, any = false;
    while (s < end) {
        if (*s != '{') {
            ky_buf_add_u8(&line, (uint8_t)*s++);
            continue;
        }
        const struct place *p = place_at(s);
        if (p == NULL) {
            ky_buf_clear(&line);
            return ky_fail(KY_EINVAL,
                           "--text: unknown place at \"%.12s\"; known: {name} {time} {org} {reason}", s);
        }
        const char *value = *(const char *const *)((const char *)fields + p->offset);
        has_places = true;
        any = any || (value != NULL && value[0] != '\0');
        ky_buf_add_str(&line, value == NULL ? "" : value);
        s += strlen(p->key);
    }
    ky_rc rc = ky_buf_finish(&line);
    if (rc == KY_OK)
        rc = ky_text_check("appearance", ky_buf_bytes(&line), LINE_CHARS_MAX);
    if (rc == KY_OK && (any || !has_places)) {
        ky_buf_add(out, ky_buf_bytes(&line));
        ky_buf_add_u8(out, '\n');
    }
    ky_buf_clear(&line);
    return rc;
}

ky_rc ky_layout_fill(struct ky_buf *out, const char *template, const struct ky_layout_fields *fields)
{
    for (const char *s = template; *s != '\0';) {
        const char *end = s + strcspn(s, "\n");
        KY_TRY(fill_line(out, s, end, fields));
        s = *end == '\0' ? end : end + 1;
    }
    return ky_buf_finish(out);
}

void ky_layout_clear(struct ky_layout *l)
{
    for (size_t i = 0; i < l->n; i++)
        ky_run_clear(&l->lines[i]);
    *l = (struct ky_layout){0};
}

static struct ky_bytes cut_line(struct ky_bytes *text)
{
    size_t n = 0;
    while (n < text->n && text->p[n] != '\n')
        n++;
    const struct ky_bytes line = KY_BYTES(text->p, n);
    const size_t used = n < text->n ? n + 1 : n;
    *text = KY_BYTES(text->p + used, text->n - used);
    return line;
}

/* The end of the word that follows at; spaces before it belong to it. */
static size_t word_end(struct ky_bytes line, size_t at)
{
    while (at < line.n && line.p[at] == ' ')
        at++;
    while (at < line.n && line.p[at] != ' ')
        at++;
    return at;
}

/* As many words from the start of *line as fit width; one word at least. */
static ky_rc take_words(struct ky_run *out, struct ky_font *f, struct ky_bytes *line, double width)
{
    ky_auto_run best = {0};
    size_t end = word_end(*line, 0);
    KY_TRY(ky_font_shape(&best, f, KY_BYTES(line->p, end)));
    while (end < line->n) {
        const size_t longer = word_end(*line, end);
        struct ky_run run = {0};
        KY_TRY(ky_font_shape(&run, f, KY_BYTES(line->p, longer)));
        if (run.width > width) {
            ky_run_clear(&run);
            break;
        }
        ky_run_clear(&best);
        best = run;
        end = longer;
    }
    while (end < line->n && line->p[end] == ' ')
        end++;
    *line = KY_BYTES(line->p + end, line->n - end);
    *out = best;
    best = (struct ky_run){0};
    return KY_OK;
}

/* Breaks all of text at one size. *fits is false when a word is wider than the box or there are too many lines. */
static ky_rc break_at(struct ky_layout *l, bool *fits, struct ky_font *f, struct ky_bytes text, double w,
                      double h)
{
    const double width = w * 1000 / l->size_pt;
    *fits = true;
    while (text.n > 0) {
        struct ky_bytes line = cut_line(&text);
        do {
            if (l->n == KY_LAYOUT_LINES_MAX || (double)(l->n + 1) * l->leading_pt > h) {
                *fits = false;
                return KY_OK;
            }
            KY_TRY(take_words(&l->lines[l->n], f, &line, width));
            *fits = *fits && l->lines[l->n++].width <= width;
        } while (line.n > 0 && *fits);
    }
    return KY_OK;
}

ky_rc ky_layout_fit(struct ky_layout *out, struct ky_font *f, struct ky_bytes text, double w_pt, double h_pt)
{
    for (double size = KY_LAYOUT_SIZE_PT; size >= KY_LAYOUT_SIZE_MIN_PT; size -= KY_LAYOUT_SIZE_STEP_PT) {
        ky_auto_layout l = {.size_pt = size, .leading_pt = size * LEADING};
        bool fits = false;
        KY_TRY(break_at(&l, &fits, f, text, w_pt, h_pt));
        if (fits) {
            *out = l;
            l = (struct ky_layout){0};
            return KY_OK;
        }
    }
    return ky_fail(KY_ELIMIT, "appearance: the text does not fit %.0f × %.0f pt even at size %.0f", w_pt,
                   h_pt, KY_LAYOUT_SIZE_MIN_PT);
}
