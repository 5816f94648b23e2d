/* Legal files: what is accepted holds what its readers count on. */
#include <stdlib.h>

#include "base/str.h"
#include "domain/legal.h"

static void check_procedure(const struct ky_legal *l, const struct ky_legal_procedure *p)
{
    if (ky_legal_limit_find(p, KY_LIMIT_ANSWER) == NULL || p->n_fields == 0 ||
        p->n_fields > KY_LEGAL_FIELDS_MAX)
        abort();
    for (size_t i = 0; i < p->n_declarations; i++)
        if (ky_legal_declaration_find(l, p->declarations[i]) == NULL)
            abort();
    for (size_t i = 0; i < p->own_form.n_fields; i++)
        if (ky_legal_field_find(p->fields, p->n_fields, p->own_form.fields[i]) == NULL)
            abort();
    if (!p->subject.proof.official && p->subject.proof.note == NULL)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ky_legal *l = NULL;
    const struct ky_legal_people *p = NULL;
    ky_auto_arena a = ky_arena_init(KY_LEGAL_ARENA);
    if (ky_legal_people_parse(&p, &a, KY_BYTES(data, size)) == KY_OK)
        for (size_t i = 0; i < p->n_provinces; i++)
            if (ky_legal_province_find(p, p->provinces[i].code) != &p->provinces[i])
                abort();
    if (ky_legal_parse(&l, &a, KY_BYTES(data, size), p) == KY_OK)
        for (size_t i = 0; i < l->n_procedures; i++)
            check_procedure(l, &l->procedures[i]);
    return 0;
}
