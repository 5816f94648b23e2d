/* Filling of templates; see template.h. */
#include "domain/template.h"

static const struct ky_place *find_place(struct ky_bytes name, const struct ky_place *places, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ky_bytes_eq_str(name, places[i].name))
            return &places[i];
    return NULL;
}

ky_rc ky_template_fill(struct ky_buf *out, struct ky_bytes text, const struct ky_place *places, size_t n)
{
    const uint8_t *open;
    while ((open = text.n == 0 ? NULL : memchr(text.p, '{', text.n)) != NULL) {
        size_t before = (size_t)(open - text.p);
        const uint8_t *close = memchr(open, '}', text.n - before);
        if (close == NULL)
            return ky_fail(KY_EFORMAT, "template: a place is not closed");
        struct ky_bytes name = KY_BYTES(open + 1, close - open - 1);
        const struct ky_place *place = find_place(name, places, n);
        if (place == NULL)
            return ky_fail(KY_EFORMAT, "template: unknown place {%.*s}", (int)(name.n < 64 ? name.n : 64),
                           (const char *)name.p);
        ky_buf_add(out, KY_BYTES(text.p, before));
        ky_buf_add_str(out, place->value == NULL ? "" : place->value);
        text = KY_BYTES(close + 1, text.n - before - 1 - name.n - 1);
    }
    ky_buf_add(out, text);
    return ky_buf_finish(out);
}
