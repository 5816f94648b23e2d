/* Entering and reading dossiers; see dossier.h. Steps are in dossier_step.c, the request in dossier_request.c. */
#include "domain/dossier.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "codec/jcs.h"
#include "domain/cert_row.h"
#include "domain/dossier_paper.h"
#include "domain/dossier_step.h"
#include "domain/search.h"
#include "domain/vietnamese.h"
#include "store/setting.h"

#define TEXT_MAX 64
#define PLACE_MAX 96

static void phone_place(char out[PLACE_MAX], const char *id)
{
    snprintf(out, PLACE_MAX, "dossier/phone/%s", id);
}

static void person_place(char out[PLACE_MAX], const char *id, int64_t number)
{
    snprintf(out, PLACE_MAX, "dossier_row/person/%s/%lld", id, (long long)number);
}

static ky_rc check_text(const char *what, const char *text)
{
    if (text == NULL || text[0] == 0)
        return KY_OK;
    KY_TRY(ky_text_check(what, ky_bytes_str(text), TEXT_MAX));
    return ky_text_is_nfc(ky_bytes_str(text))
               ? KY_OK
               : ky_fail(KY_EFORMAT, "%s is not in Unicode normalisation form C", what);
}

static ky_rc check_recipient(const struct ky_dossier_new *in, const struct ky_check *c)
{
    struct ky_refusals found = {.n = 0};
    const struct ky_field_value cells[] = {
        {"recipient_name", ky_bytes_str(in->recipient_name)},
        {"recipient_title", ky_bytes_str(in->recipient_title)},
        {"recipient_channel", ky_bytes_str(in->recipient_channel)},
        {"recipient_phone", ky_bytes_str(in->recipient_phone)},
        {"recipient_email", ky_bytes_str(in->recipient_email)},
    };
    ky_row_check(&found, c, c->legal->recipient, c->legal->n_recipient, cells, KY_COUNT(cells));
    return ky_refusals_result(&found) == KY_OK ? KY_OK : ky_context(KY_EFORMAT, "recipient");
}

static ky_rc check_new(char phone[KY_PHONE_MAX], const struct ky_dossier_new *in, const struct ky_check *c)
{
    KY_TRY(check_text("document number", in->document_number));
    KY_TRY(check_text("signer's title", in->signer_title));
    KY_TRY(check_text("signer's name", in->signer_name));
    KY_TRY(check_recipient(in, c));
    return ky_phone_normalise(phone, ky_bytes_str(in->recipient_phone));
}

/* "CM-2026-000123" */
static ky_rc make_code(char out[KY_DOSSIER_CODE_MAX], struct ky_store *s,
                       const struct ky_legal_procedure *procedure, ky_time now)
{
    char counter[64];
    int64_t n = 0;
    int year = ky_time_split(now + KY_TIME_VN_OFFSET_S).year;
    snprintf(counter, sizeof counter, "dossier.%s.%d", procedure->code, year);
    KY_TRY(ky_db_counter_next(&n, s, counter));
    snprintf(out, KY_DOSSIER_CODE_MAX, "%s-%d-%06lld", procedure->code, year, (long long)n);
    return KY_OK;
}

ky_rc ky_dossier_create(char id[KY_NEW_ID_TEXT], struct ky_store *s, const struct ky_registration *reg,
                        const struct ky_actor *actor, const struct ky_dossier_new *in, ky_time now)
{
    const struct ky_legal_procedure *procedure;
    struct ky_check check = {.now = now};
    char fresh[KY_NEW_ID_TEXT], code[KY_DOSSIER_CODE_MAX], place[PLACE_MAX], phone[KY_PHONE_MAX];
    if ((actor->roles & KY_STAFF_ENTER) == 0)
        return ky_fail(KY_EDENIED, "dossier: entered by people of the organisation only");
    KY_TRY(ky_legal_at(&check.legal, reg->legal, now));
    KY_TRY(ky_legal_procedure_get(&procedure, check.legal, in->procedure));
    KY_TRY(check_new(phone, in, &check));
    KY_TRY(ky_new_id(fresh));
    KY_TRY(make_code(code, s, procedure, now));
    phone_place(place, fresh);
    ky_auto_buf sealed = ky_buf_init(256);
    KY_TRY(ky_personal_seal(&sealed, reg->personal, place, ky_bytes_str(phone)));
    struct ky_db_dossier row = {.id = fresh,
                                .code = code,
                                .org_id = actor->org_id,
                                .procedure = in->procedure,
                                .state = "draft",
                                .entered_by = actor->staff_id,
                                .legal = check.legal->id,
                                .document_number = in->document_number,
                                .document_date = in->document_date,
                                .signer_title = in->signer_title,
                                .signer_name = in->signer_name,
                                .recipient_name = in->recipient_name,
                                .recipient_title = in->recipient_title,
                                .recipient_channel = in->recipient_channel,
                                .recipient_email = in->recipient_email,
                                .sealed_recipient_phone = ky_buf_bytes(&sealed),
                                .path = actor->path,
                                .created_at = now,
                                .updated_at = now};
    KY_TRY(ky_db_dossier_insert(s, &row));
    KY_TRY(ky_search_put_dossier(s, fresh));
    memcpy(id, fresh, sizeof fresh);
    return KY_OK;
}

ky_rc ky_dossier_open_person(struct ky_person *out, const struct ky_registration *reg,
                             const struct ky_db_dossier_row *row)
{
    char place[PLACE_MAX];
    ky_auto_buf text = ky_buf_init_secret(KY_PERSON_MAX);
    person_place(place, row->dossier_id, row->number);
    KY_TRY(ky_personal_open(&text, reg->personal, place, row->sealed_person));
    return ky_person_parse(out, ky_buf_bytes(&text));
}

static ky_rc open_rows(struct ky_dossier *d, struct ky_store *s, const struct ky_registration *reg)
{
    size_t n = 0;
    KY_TRY(ky_db_dossier_row_list(&d->rows, &n, &d->arena, s, &reg->scope, d->head.id));
    d->people = calloc(n + 1, sizeof *d->people);
    if (d->people == NULL)
        return ky_fail(KY_ENOMEM, "dossier");
    for (size_t i = 0; i < n; i++) {
        KY_TRY(ky_dossier_open_person(&d->people[i], reg, &d->rows[i]));
        d->n++;
    }
    return KY_OK;
}

static ky_rc load_parts(struct ky_dossier *d, struct ky_store *s, const struct ky_registration *reg,
                        const char *id)
{
    char place[PLACE_MAX];
    ky_auto_buf phone = ky_buf_init_secret(sizeof d->recipient_phone - 1);
    KY_TRY(ky_db_dossier_get(&d->head, &d->arena, s, &reg->scope, id));
    KY_TRY(ky_legal_get(&d->legal, reg->legal, d->head.legal));
    KY_TRY(ky_db_org_get(&d->org, &d->arena, s, &reg->scope, d->head.org_id));
    phone_place(place, d->head.id);
    KY_TRY(ky_personal_open(&phone, reg->personal, place, d->head.sealed_recipient_phone));
    memcpy(d->recipient_phone, ky_buf_str(&phone), phone.n + 1);
    KY_TRY(open_rows(d, s, reg));
    return ky_dossier_load_papers(d, s, reg);
}

ky_rc ky_dossier_load(struct ky_dossier *out, struct ky_store *s, const struct ky_registration *reg,
                      const char *id)
{
    ky_auto_dossier d = {.arena = ky_arena_init(KY_DOSSIER_ARENA)};
    KY_TRY(load_parts(&d, s, reg, id));
    *out = d;
    d = (struct ky_dossier){.arena = ky_arena_init(0)};
    return KY_OK;
}

void ky_dossier_clear(struct ky_dossier *d)
{
    for (size_t i = 0; i < d->n; i++)
        ky_person_clear(&d->people[i]);
    free(d->people);
    d->people = NULL;
    d->n = 0;
    ky_arena_clear(&d->arena);
}

ky_rc ky_dossier_check_draft(const struct ky_db_dossier *d, const struct ky_actor *actor)
{
    bool own = ky_str_eq(d->org_id, actor->org_id) && (actor->roles & KY_STAFF_ENTER) != 0;
    if (!own)
        return ky_fail(KY_EDENIED, "dossier: of another organisation");
    return ky_dossier_is_open(d->state)
               ? KY_OK
               : ky_fail(KY_EDENIED, "dossier: in state '%s', not a draft", d->state);
}

static ky_rc write_person(struct ky_store *s, const struct ky_registration *reg, const char *id,
                          int64_t number, const struct ky_person *p, ky_time now,
                          ky_rc (*write)(struct ky_store *s, const struct ky_db_dossier_row *row))
{
    char place[PLACE_MAX], name[KY_PERSON_MAX], serial[TEXT_MAX + 1];
    uint8_t identity_hash[KY_PERSONAL_HASH_SIZE];
    ky_auto_buf text = ky_buf_init_secret(KY_PERSON_MAX),
                sealed = ky_buf_init(KY_PERSON_MAX + KY_PERSONAL_EXTRA);
    KY_TRY(ky_jcs_encode(&text, p->json, KY_PERSON_DEPTH));
    person_place(place, id, number);
    KY_TRY(ky_personal_seal(&sealed, reg->personal, place, ky_buf_bytes(&text)));
    KY_TRY(ky_personal_hash(identity_hash, reg->personal, p->identity));
    snprintf(name, sizeof name, "%.*s", (int)p->name.n, (const char *)p->name.p);
    snprintf(serial, sizeof serial, "%.*s", (int)p->serial.n, (const char *)p->serial.p);
    struct ky_db_dossier_row row = {.dossier_id = id,
                                    .number = number,
                                    .state = "entered",
                                    .name = name,
                                    .identity_hash = KY_BYTES_OF(identity_hash),
                                    .sealed_person = ky_buf_bytes(&sealed),
                                    .updated_at = now,
                                    .old_serial = p->serial.n > 0 ? serial : NULL};
    return write(s, &row);
}

ky_rc ky_dossier_set_person(struct ky_store *s, const struct ky_registration *reg, const char *id,
                            int64_t number, const struct ky_person *p, ky_time now)
{
    KY_TRY(write_person(s, reg, id, number, p, now, ky_db_dossier_row_set_person));
    return ky_search_put_dossier(s, id);
}

/* The people of a dossier while a list is being added to it. */
struct crowd {
    struct ky_person *people; /* those of the dossier first; owned */
    size_t n;
    int64_t last_number;
};

static void clear_crowd(struct crowd *c)
{
    for (size_t i = 0; i < c->n; i++)
        ky_person_clear(&c->people[i]);
    free(c->people);
}

static ky_rc start_crowd(struct crowd *c, const struct ky_dossier *d, size_t more)
{
    if (more == 0 || more > KY_DB_DOSSIER_ROWS_MAX || d->n + more > KY_DB_DOSSIER_ROWS_MAX)
        return ky_fail(KY_ELIMIT, "dossier: %zu people and %zu more, at most %d", d->n, more,
                       KY_DB_DOSSIER_ROWS_MAX);
    c->people = calloc(d->n + more, sizeof *c->people);
    if (c->people == NULL)
        return ky_fail(KY_ENOMEM, "dossier");
    for (size_t i = 0; i < d->n; i++, c->n++)
        KY_TRY(ky_person_read_kept(&c->people[i], d->people[i].json));
    c->last_number = d->n == 0 ? 0 : d->rows[d->n - 1].number;
    return KY_OK;
}

/* What a list is entered with. */
struct entering {
    struct ky_cert_check c; /* store, rules, dossier, time */
    struct crowd crowd;
};

static void clear_entering(struct entering *e)
{
    clear_crowd(&e->crowd);
}

/* As it is kept, also when she is refused: what speaks against her among the others is told with it. */
static ky_rc make_person(json_t **out, struct ky_refusals *refusals, const struct entering *e,
                         const json_t *item)
{
    const struct ky_check check = {.legal = e->c.d->legal, .now = e->c.now};
    ky_auto_person p = {.json = NULL};
    ky_auto_json own = json_copy((json_t *)item);
    *out = NULL;
    if (json_object_get(own, "key") == NULL)
        json_object_set_new(own, "key", json_string(e->c.d->legal->key_default));
    KY_TRY(ky_person_read(&p, own));
    ky_eligibility_check(refusals, &p, &check);
    *out = json_incref(own);
    return KY_OK;
}

static ky_rc add_one(struct ky_person_result *result, struct entering *e, const json_t *item)
{
    struct crowd *c = &e->crowd;
    struct ky_person *p = &c->people[c->n];
    ky_auto_json made = NULL;
    result->number = 0;
    if (e->c.procedure->of_people)
        KY_TRY(make_person(&made, &result->refusals, e, item));
    else
        KY_TRY(ky_cert_row_make(&made, &result->refusals, &e->c, item));
    if (made == NULL)
        return KY_OK;
    KY_TRY(ky_person_read_kept(p, made));
    ky_eligibility_check_among(&result->refusals, p, c->people, c->n);
    if (result->refusals.n > 0) {
        ky_person_clear(p);
        return KY_OK;
    }
    c->n++;
    result->number = ++c->last_number;
    return write_person(e->c.s, e->c.reg, e->c.d->head.id, result->number, p, e->c.now,
                        ky_db_dossier_row_insert);
}

ky_rc ky_dossier_add_people(struct ky_person_result *results, struct ky_store *s,
                            const struct ky_registration *reg, const struct ky_actor *actor, const char *id,
                            const json_t *people, ky_time now)
{
    ky_auto_dossier d = {.n = 0};
    KY_CLEANUP(clear_entering)
    struct entering e = {.c = {.s = s, .reg = reg, .d = &d, .now = now}};
    size_t i;
    json_t *v;
    KY_TRY(ky_dossier_load(&d, s, reg, id));
    KY_TRY(ky_dossier_check_draft(&d.head, actor));
    KY_TRY(ky_legal_procedure_get(&e.c.procedure, d.legal, d.head.procedure));
    KY_TRY(start_crowd(&e.crowd, &d, json_array_size(people)));
    json_array_foreach((json_t *)people, i, v)
    {
        KY_TRY(ky_context(add_one(&results[i], &e, v), "item %zu", i + 1));
    }
    return ky_search_put_dossier(s, id);
}

ky_rc ky_dossier_remove_person(struct ky_store *s, const struct ky_registration *reg,
                               const struct ky_actor *actor, const char *id, int64_t number)
{
    ky_auto_arena a = ky_arena_init(65536);
    struct ky_db_dossier d;
    KY_TRY(ky_db_dossier_get(&d, &a, s, &reg->scope, id));
    KY_TRY(ky_dossier_check_draft(&d, actor));
    KY_TRY(ky_db_dossier_row_delete(s, id, number));
    KY_TRY(ky_dossier_paper_sweep(s, id)); /* of what went with the row */
    return ky_search_put_dossier(s, id);
}
