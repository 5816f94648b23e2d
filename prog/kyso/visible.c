#include "prog/kyso/visible.h"

#include <math.h>
#include <stdlib.h>

#include "prog/kyso/say.h"

#define PAGE_MAX 1000000.0

/* A number that ends with `end`; *s moves behind it. The decimal point is '.', whatever the locale. */
static bool take_number(double *out, const char **s, char end)
{
    char *stop = NULL;
    const double v = strtod(*s, &stop);
    if (stop == *s || *stop != end || !isfinite(v))
        return false;
    *out = v;
    *s = end == '\0' ? stop : stop + 1;
    return true;
}

static ky_rc parse_box(struct ky_appearance_box *box, const char *text)
{
    const char *s = text;
    double page = 0;
    const bool ok = take_number(&page, &s, ',') && take_number(&box->x, &s, ',') &&
                    take_number(&box->y, &s, ',') && take_number(&box->w, &s, ',') &&
                    take_number(&box->h, &s, '\0');
    if (!ok || page < 1 || page > PAGE_MAX || page != floor(page))
        return ky_fail(
            KY_EINVAL,
            kyso_say("--visible %s: phải là TRANG,X,Y,RỘNG,CAO", "--visible %s: must be PAGE,X,Y,W,H"), text);
    box->page = (unsigned)page;
    return KY_OK;
}

static ky_rc copy_text(struct kyso_visible *v, const char *text)
{
    size_t n = 0;
    for (const char *s = text; *s != '\0'; s++) {
        if (n + 1 >= sizeof v->text)
            return ky_fail(KY_ELIMIT, "--text: %d", KY_LAYOUT_TEXT_MAX);
        const bool line_end = s[0] == '\\' && s[1] == 'n';
        v->text[n++] = line_end ? '\n' : *s;
        s += line_end;
    }
    v->text[n] = '\0';
    v->has_text = true;
    return KY_OK;
}

ky_rc kyso_visible_parse(struct kyso_visible *v, const char *box, const char *image, const char *text)
{
    *v = (struct kyso_visible){0};
    if (box != NULL)
        KY_TRY(parse_box(&v->box, box));
    if (text != NULL)
        KY_TRY(copy_text(v, text));
    return image == NULL ? KY_OK : ky_map_open(&v->image, image);
}

void kyso_visible_clear(struct kyso_visible *v)
{
    ky_map_clear(&v->image);
}

void kyso_visible_apply(struct ky_ades_request *req, const struct kyso_visible *v)
{
    req->box = v->box.page > 0 ? &v->box : NULL;
    req->wish.text = v->has_text ? v->text : NULL;
    req->wish.image_png = v->image.bytes;
}
