/*
 * What came after an earlier revision: unless it is refused, every page still shows what it showed, and the answer
 * does not depend on being asked once or twice.
 */
#include <stdlib.h>

#include "ades/changes.h"
#include "ades/coverage.h"
#include "ades/objdiff.h"

#define MEMORY_MAX ((size_t)32 << 20)
#define REVISIONS_MAX 4
#define DEPTH_MAX 12
#define NODES_MAX 20000

/* A walk through both states side by side. */
struct pair {
    struct ky_pdf *before, *after;
    size_t nodes;
};

static bool same(struct pair *p, const struct ky_pdf_value *a, const struct ky_pdf_value *b, int depth);

static bool same_entries(struct pair *p, const struct ky_pdf_value *a, const struct ky_pdf_value *b,
                         int depth)
{
    for (size_t i = 0; i < a->u.dict.n; i++) {
        char key[64];
        const struct ky_bytes k = a->u.dict.at[i].key;
        if (k.n >= sizeof key || memchr(k.p, 0, k.n) != NULL || ky_bytes_eq_str(k, "Parent"))
            continue;
        memcpy(key, k.p, k.n);
        key[k.n] = 0;
        if (!same(p, ky_pdf_dict_find(a, key), ky_pdf_dict_find(b, key), depth))
            return false;
    }
    return true;
}

/* A node of the page tree or of the form: where a broken file names one as a resource, it draws nothing. */
static bool is_other_tree(const struct ky_pdf_value *v)
{
    static const char *const keys[] = {"Kids", "Parent", "Annots", "FT", "T", "P"};
    bool found = false;
    for (size_t i = 0; v->type == KY_PDF_DICT && i < KY_COUNT(keys); i++)
        found = found || ky_pdf_dict_find(v, keys[i]) != NULL;
    return found;
}

static bool same(struct pair *p, const struct ky_pdf_value *a, const struct ky_pdf_value *b, int depth)
{
    if (depth == 0 || p->nodes == 0)
        return true;
    p->nodes--;
    a = ky_pdf_resolve(p->before, a);
    b = ky_pdf_resolve(p->after, b);
    if (is_other_tree(a))
        return true;
    if (a->type != b->type)
        return false;
    if (a->type == KY_PDF_STREAM && !ky_bytes_eq(a->text, b->text))
        return false;
    if (ky_pdf_is_dict(a))
        return same_entries(p, a, b, depth - 1);
    for (size_t i = 0; a->type == KY_PDF_ARRAY && i < a->u.array.n; i++)
        if (i >= b->u.array.n || !same(p, a->u.array.at[i], b->u.array.at[i], depth - 1))
            return false;
    return a->type == KY_PDF_ARRAY ? a->u.array.n == b->u.array.n : ky_pdf_value_equal(a, b);
}

static bool same_sheet(const struct ky_pdf_page *a, const struct ky_pdf_page *b)
{
    return memcmp(&a->media_box, &b->media_box, sizeof a->media_box) == 0 &&
           memcmp(&a->crop_box, &b->crop_box, sizeof a->crop_box) == 0 && a->rotate == b->rotate &&
           !(a->user_unit < b->user_unit) && !(a->user_unit > b->user_unit);
}

static ky_rc check_page(void *ctx, size_t index, const struct ky_pdf_page *page)
{
    struct pair *p = ctx;
    struct ky_pdf_page now;
    KY_TRY(ky_pdf_page_get(&now, p->after, index));
    const bool ok =
        same_sheet(page, &now) && same(p, page->resources, now.resources, DEPTH_MAX) &&
        same(p, ky_pdf_dict_find(page->dict, "Contents"), ky_pdf_dict_find(now.dict, "Contents"), DEPTH_MAX);
    if (!ok && ky_coverage_doubt(p->before, p->after) == NULL)
        abort();
    return KY_OK;
}

static void check_pages(struct ky_pdf *before, struct ky_pdf *after)
{
    struct pair p = {.before = before, .after = after, .nodes = NODES_MAX};
    size_t a, b;
    if (ky_pdf_page_count(&a, before) != KY_OK || ky_pdf_page_count(&b, after) != KY_OK)
        return;
    if (a != b && ky_coverage_doubt(before, after) == NULL)
        abort();
    (void)(ky_pdf_page_each(before, check_page, &p) == KY_OK);
}

static void compare(struct ky_bytes file, uint64_t end, int docmdp)
{
    const struct ky_pdf_open_args args = {.memory_max = MEMORY_MAX};
    struct ky_changes found, again;
    ky_auto_pdf before = NULL;
    ky_auto_pdf after = NULL;
    if (ky_pdf_open(&before, KY_BYTES(file.p, end), &args) != KY_OK ||
        ky_pdf_open(&after, file, &args) != KY_OK || ky_changes_find(&found, before, after, docmdp) != KY_OK)
        return;
    if (found.kind == KY_CHANGE_OTHER && found.text[0] == 0)
        abort();
    if (found.kind == KY_CHANGE_OTHER || ky_coverage_doubt(before, after) != NULL)
        return;
    check_pages(before, after);
    if (ky_changes_find(&again, before, after, docmdp) == KY_OK && again.kind != found.kind &&
        ky_coverage_doubt(before, after) == NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ky_pdf_open_args args = {.memory_max = MEMORY_MAX};
    ky_auto_pdf doc = NULL;
    if (ky_pdf_open(&doc, KY_BYTES(data, size), &args) != KY_OK)
        return 0;
    for (size_t i = 0; i < ky_pdf_revision_count(doc) && i < REVISIONS_MAX; i++) {
        const uint64_t end = ky_pdf_revision_at(doc, i)->end;
        if (end > 0 && end < size)
            compare(KY_BYTES(data, size), end, (int)(i % 4));
    }
    return 0;
}
