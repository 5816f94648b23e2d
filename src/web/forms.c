/* Drawing and finding the blank forms; see forms.h. Called by prog/web and web/api_legal. */
#include "web/forms.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"

#define PROCEDURES_MAX 8 /* of one profile */
#define FORMS_MAX ((size_t)KY_LEGAL_PROFILES_MAX * PROCEDURES_MAX * KY_BLANK_KINDS)
#define FORM_BYTES_MAX ((size_t)1 << 20)

struct ky_web_forms {
    struct ky_arena arena; /* the PDFs */
    struct ky_web_form items[FORMS_MAX];
    size_t n;
};

static const char *const kinds[KY_BLANK_KINDS] = {[KY_BLANK_REQUEST] = "request", [KY_BLANK_OWN] = "own"};

static ky_rc draw_one(struct ky_web_forms *f, const struct ky_legal *legal,
                      const struct ky_legal_procedure *procedure, ky_blank_kind kind)
{
    ky_auto_buf pdf = ky_buf_init(FORM_BYTES_MAX);
    struct ky_web_form form = {.legal = legal, .procedure = procedure, .kind = kind};
    if (f->n == FORMS_MAX)
        return ky_fail(KY_ELIMIT, "more than %zu blank forms", FORMS_MAX);
    KY_TRY(ky_context(ky_blank_form_draw(&pdf, legal, procedure->key, kind), "blank form %s %s", legal->id,
                      procedure->key));
    snprintf(form.name, sizeof form.name, "%s-%s-%s.pdf", legal->id, procedure->key, kinds[kind]);
    form.pdf = KY_BYTES(ky_arena_dup(&f->arena, ky_buf_bytes(&pdf)), pdf.n);
    if (form.pdf.p == NULL)
        return ky_fail(KY_ENOMEM, "blank forms");
    f->items[f->n++] = form;
    return KY_OK;
}

static ky_rc draw_profile(struct ky_web_forms *f, const struct ky_legal *legal)
{
    for (size_t i = 0; i < legal->n_procedures; i++)
        for (ky_blank_kind kind = 0; kind < KY_BLANK_KINDS; kind++)
            KY_TRY(draw_one(f, legal, &legal->procedures[i], kind));
    return KY_OK;
}

ky_rc ky_web_forms_draw(struct ky_web_forms **out, const struct ky_legal_book *book)
{
    ky_auto_web_forms f = calloc(1, sizeof *f);
    if (f == NULL)
        return ky_fail(KY_ENOMEM, "blank forms");
    f->arena = ky_arena_init(FORMS_MAX * FORM_BYTES_MAX);
    for (size_t i = 0; i < book->n; i++)
        KY_TRY(draw_profile(f, book->profiles[i]));
    *out = KY_STEAL(f);
    return KY_OK;
}

void ky_web_forms_free(struct ky_web_forms *f)
{
    if (f == NULL)
        return;
    ky_arena_clear(&f->arena);
    free(f);
}

ky_rc ky_web_forms_get(const struct ky_web_form **out, const struct ky_web_forms *f, struct ky_bytes name)
{
    for (size_t i = 0; i < f->n; i++) {
        if (!ky_bytes_eq_str(name, f->items[i].name))
            continue;
        *out = &f->items[i];
        return KY_OK;
    }
    return ky_fail(KY_ENOTFOUND, "no form has this name");
}

const struct ky_web_form *ky_web_forms_at(const struct ky_web_forms *f, const struct ky_legal *legal,
                                          size_t i)
{
    for (size_t k = 0; k < f->n; k++)
        if (f->items[k].legal == legal && i-- == 0)
            return &f->items[k];
    return NULL;
}
