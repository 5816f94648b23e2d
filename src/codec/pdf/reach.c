/* A walk over all references with a stack of its own: chains of objects may be as long as the file. */
#include "codec/pdf/reach.h"

#include <stdlib.h>

#include "codec/pdf/marks.h"

struct walk {
    struct ky_pdf *doc;
    struct ky_pdf_marks seen;
    struct ky_pdf_ref *stack; /* each object is pushed once at most */
    size_t n, cap;
};

static ky_rc push(struct walk *w, struct ky_pdf_ref ref)
{
    if (!ky_pdf_object_exists(w->doc, ref.num, NULL) || !ky_pdf_mark(&w->seen, ref))
        return KY_OK;
    if (w->n == w->cap) {
        size_t cap = w->cap == 0 ? 1024 : w->cap * 2;
        struct ky_pdf_ref *more = realloc(w->stack, cap * sizeof *more);
        if (more == NULL)
            return ky_fail(KY_ENOMEM, "pdf: walk over all objects");
        w->stack = more;
        w->cap = cap;
    }
    w->stack[w->n++] = ref;
    return KY_OK;
}

/* Notes every reference in a value; the parser has bounded its depth. */
static ky_rc push_all(struct walk *w, const struct ky_pdf_value *v)
{
    if (v->type == KY_PDF_REF)
        return push(w, v->u.ref);
    for (size_t i = 0; v->type == KY_PDF_ARRAY && i < v->u.array.n; i++)
        KY_TRY(push_all(w, v->u.array.at[i]));
    for (size_t i = 0; ky_pdf_is_dict(v) && i < v->u.dict.n; i++)
        KY_TRY(push_all(w, v->u.dict.at[i].value));
    return KY_OK;
}

static ky_rc run(struct walk *w)
{
    const struct ky_pdf_revision *last = ky_pdf_revision_at(w->doc, ky_pdf_revision_count(w->doc) - 1);
    KY_TRY(push_all(w, last->trailer));
    const struct ky_pdf_value *root = ky_pdf_trailer(w->doc, "Root");
    if (root != NULL)
        KY_TRY(push_all(w, root));
    while (w->n > 0)
        KY_TRY(push_all(w, ky_pdf_object(w->doc, w->stack[--w->n])));
    return KY_OK;
}

ky_rc ky_pdf_read_reachable(struct ky_pdf *doc)
{
    struct walk w = {.doc = doc};
    KY_TRY(ky_pdf_marks_init(&w.seen, doc));
    ky_rc rc = run(&w);
    ky_pdf_marks_clear(&w.seen);
    free(w.stack);
    return rc;
}
