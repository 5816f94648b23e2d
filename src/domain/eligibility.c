/* The letter's conditions as functions of one person; see eligibility.h. */
#include "domain/eligibility.h"

#include <string.h>
#include <strings.h>

#include "domain/vietnamese.h"

#define PEOPLE_PROCEDURE "new" /* the one that enters people */

static void refuse(struct ky_refusals *out, bool condition, ky_refusal_code code, const char *field,
                   struct ky_bytes value)
{
    if (!condition)
        return;
    struct ky_refusal *f = ky_refusals_add(out, code, field);
    ky_refusal_put(f->value, sizeof f->value, value);
}

static void check_fields(struct ky_refusals *out, const struct ky_person *p, const struct ky_check *c,
                         const struct ky_legal_procedure *procedure)
{
    struct ky_field_value cells[KY_LEGAL_FIELDS_MAX];
    for (size_t i = 0; i < procedure->n_fields; i++) {
        const char *key = procedure->fields[i].key;
        cells[i] = (struct ky_field_value){key, ky_json_str(json_object_get(p->json, key))};
    }
    ky_row_check(out, c, procedure->fields, procedure->n_fields, cells, procedure->n_fields);
}

/* The kinds that the subscribers' token makes and wraps. */
static void check_key(struct ky_refusals *out, struct ky_bytes key)
{
    static const char *const kinds[] = {"p256", "p384", "rsa2048", "rsa3072"};
    for (size_t i = 0; i < KY_COUNT(kinds); i++)
        if (key.n == 0 || ky_bytes_eq_str(key, kinds[i]))
            return;
    struct ky_refusal *f = ky_refusals_add(out, KY_REFUSE_KEY, "key");
    ky_refusal_put(f->value, sizeof f->value, key);
    ky_refusal_put(f->limit, sizeof f->limit, KY_BYTES_LIT("p256, p384, rsa2048, rsa3072"));
}

void ky_eligibility_check(struct ky_refusals *out, const struct ky_person *p, const struct ky_check *c)
{
    const struct ky_legal_procedure *procedure;
    out->n = 0;
    if (ky_legal_procedure_get(&procedure, c->legal, PEOPLE_PROCEDURE) == KY_OK)
        check_fields(out, p, c, procedure);
    refuse(out, p->authority, KY_REFUSE_AUTHORITY, "authority", KY_BYTES_NONE);
    refuse(out, p->finance, KY_REFUSE_FINANCE, "finance", KY_BYTES_NONE);
    refuse(out, p->phone.n > 0 && !p->phone_own, KY_REFUSE_PHONE_NOT_OWN, "phone_own", KY_BYTES_NONE);
    check_key(out, p->key);
}

static const struct {
    const char *declaration;
    ky_refusal_code code;
} declared[] = {
    {"authority", KY_REFUSE_AUTHORITY},
    {"finance", KY_REFUSE_FINANCE},
    {"phone_own", KY_REFUSE_PHONE_NOT_OWN},
};

static void check_declaration(struct ky_refusals *out, const struct ky_person *p,
                              const struct ky_legal_declaration *d)
{
    for (size_t i = 0; i < KY_COUNT(declared); i++) {
        if (strcmp(declared[i].declaration, d->key) != 0)
            continue;
        const json_t *said = json_object_get(p->json, d->key);
        refuse(out, !json_is_boolean(said) || json_is_true(said) != d->must_be, declared[i].code, d->key,
               KY_BYTES_NONE);
    }
}

void ky_eligibility_check_declared(struct ky_refusals *out, const struct ky_person *p,
                                   const struct ky_legal *legal, const struct ky_legal_procedure *procedure)
{
    for (size_t i = 0; i < procedure->n_declarations; i++) {
        const struct ky_legal_declaration *d = ky_legal_declaration_find(legal, procedure->declarations[i]);
        if (d != NULL)
            check_declaration(out, p, d);
    }
}

static bool same_email(struct ky_bytes a, struct ky_bytes b)
{
    return a.n > 0 && a.n == b.n && strncasecmp((const char *)a.p, (const char *)b.p, a.n) == 0;
}

static bool same_phone(struct ky_bytes a, struct ky_bytes b)
{
    char x[KY_PHONE_MAX], y[KY_PHONE_MAX];
    return ky_phone_normalise(x, a) == KY_OK && ky_phone_normalise(y, b) == KY_OK && strcmp(x, y) == 0;
}

void ky_eligibility_check_among(struct ky_refusals *out, const struct ky_person *p,
                                const struct ky_person *others, size_t n)
{
    bool identity = false, email = false, phone = false;
    for (size_t i = 0; i < n; i++) {
        identity = identity || ky_bytes_eq(p->identity, others[i].identity);
        email = email || same_email(p->email, others[i].email);
        phone = phone || same_phone(p->phone, others[i].phone);
    }
    refuse(out, identity, KY_REFUSE_SAME_IDENTITY, "identity", p->identity);
    refuse(out, email, KY_REFUSE_SAME_EMAIL, "email", p->email);
    refuse(out, phone, KY_REFUSE_SAME_PHONE, "phone", p->phone);
}
