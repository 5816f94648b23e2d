/* Text to HTML, line by line; see mime_html.h. */
#include "domain/mime_html.h"

#include "base/str.h"

#define RULE "---"

static const char head[] = "<!DOCTYPE html>\n<html lang=\"vi\"><head><meta charset=\"utf-8\"></head>\n"
                           "<body style=\"font-family:sans-serif;font-size:15px;line-height:1.5;"
                           "max-width:42em\">\n<div lang=\"vi\">\n";

static void add_escaped(struct ky_buf *out, struct ky_bytes text)
{
    static const struct {
        char c;
        const char *entity;
    } special[] = {{'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"}};
    for (size_t i = 0; i < text.n; i++) {
        const char *entity = NULL;
        for (size_t k = 0; k < KY_COUNT(special); k++)
            if ((char)text.p[i] == special[k].c)
                entity = special[k].entity;
        if (entity != NULL)
            ky_buf_add_str(out, entity);
        else
            ky_buf_add_u8(out, text.p[i]);
    }
}

static bool is_link(struct ky_bytes line)
{
    static const char scheme[] = "https://";
    bool is = line.n > sizeof scheme - 1 && memcmp(line.p, scheme, sizeof scheme - 1) == 0;
    for (size_t i = 0; is && i < line.n; i++)
        is = line.p[i] > ' ' && line.p[i] < 0x7f;
    return is;
}

static void add_line(struct ky_buf *out, struct ky_bytes line)
{
    if (!is_link(line)) {
        add_escaped(out, line);
        return;
    }
    ky_buf_add_str(out, "<a href=\"");
    add_escaped(out, line);
    ky_buf_add_str(out, "\" rel=\"noreferrer\">");
    add_escaped(out, line);
    ky_buf_add_str(out, "</a>");
}

static struct ky_bytes take_line(struct ky_bytes *text)
{
    const uint8_t *end = memchr(text->p, '\n', text->n);
    size_t n = end == NULL ? text->n : (size_t)(end - text->p);
    struct ky_bytes line = KY_BYTES(text->p, n);
    size_t used = n + (end != NULL);
    *text = KY_BYTES(text->p + used, text->n - used);
    return line;
}

void ky_mime_html(struct ky_buf *out, struct ky_bytes text)
{
    bool open = false; /* a paragraph */
    ky_buf_add_str(out, head);
    while (text.n > 0) {
        struct ky_bytes line = take_line(&text);
        bool rule = ky_bytes_eq_str(line, RULE);
        if (line.n == 0 || rule) {
            ky_buf_add_str(out, open ? "</p>\n" : "");
            ky_buf_add_str(out, rule ? "</div>\n<hr>\n<div lang=\"en\">\n" : "");
            open = false;
            continue;
        }
        ky_buf_add_str(out, open ? "<br>\n" : "<p>");
        add_line(out, line);
        open = true;
    }
    ky_buf_add_str(out, open ? "</p>\n" : "");
    ky_buf_add_str(out, "</div>\n</body></html>\n");
}
