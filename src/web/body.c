/* Reading bodies, writing answers; see body.h. */
#include "web/body.h"

#include "base/str.h"

static ky_rc copy(const char **out, struct ky_exchange *x, struct ky_bytes v)
{
    *out = (const char *)ky_arena_dup(&x->arena, v);
    return *out == NULL ? KY_ENOMEM : KY_OK;
}

ky_rc ky_body_text(const char **out, struct ky_exchange *x, const char *name, size_t max_bytes)
{
    struct ky_bytes v;
    KY_TRY(ky_json_get_str(&v, x->json, name, max_bytes));
    return copy(out, x, v);
}

ky_rc ky_body_find_text(const char **out, struct ky_exchange *x, const char *name, size_t max_bytes)
{
    struct ky_bytes v;
    *out = NULL;
    KY_TRY(ky_json_find_str(&v, x->json, name, max_bytes));
    return v.n == 0 ? KY_OK : copy(out, x, v);
}

ky_rc ky_body_page(struct ky_page *out, const struct ky_exchange *x)
{
    uint64_t limit = KY_PAGE_DEFAULT;
    const char *text = ky_exchange_arg(x, "limit");
    if (text != NULL)
        KY_TRY(ky_parse_u64(&limit, ky_bytes_str(text), KY_PAGE_ROWS_MAX));
    return ky_page_parse(out, ky_exchange_arg(x, "after"), (int64_t)limit);
}

void ky_json_put_text(struct ky_json_out *o, const char *name, const char *text)
{
    if (text != NULL)
        ky_json_put_cstr(o, name, text);
}
