/* The request of a dossier: drawing it, its statement's members, storing what was signed. */
#include "domain/dossier_step.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/str.h"
#include "codec/jcs.h"
#include "crypto/digest.h"
#include "domain/cert_row.h"
#include "domain/clock.h"
#include "domain/figure.h"
#include "domain/org.h"
#include "domain/signing.h"
#include "domain/own_request.h"
#include "domain/subject.h"
#include "domain/tracking.h"
#include "domain/vietnamese.h"
#include "store/watch.h"

#define PLACE_MAX 96
#define STATEMENT_MAX (4u << 20)

static void place_of(char out[PLACE_MAX], const char *what, const char *id)
{
    snprintf(out, PLACE_MAX, "request/%s/%s", what, id);
}

static ky_rc seal(struct ky_buf *out, const struct ky_registration *reg, const char *what, const char *id,
                  struct ky_bytes value)
{
    char place[PLACE_MAX];
    place_of(place, what, id);
    return ky_personal_seal(out, reg->personal, place, value);
}

static ky_rc open_sealed(struct ky_buf *out, const struct ky_registration *reg, const char *what,
                         const char *id, struct ky_bytes sealed)
{
    char place[PLACE_MAX];
    place_of(place, what, id);
    return ky_personal_open(out, reg->personal, place, sealed);
}

ky_rc ky_dossier_draw(struct ky_buf *pdf, struct ky_form_place *place, const struct ky_registration *reg,
                      const struct ky_dossier *d)
{
    int64_t numbers[KY_DB_DOSSIER_ROWS_MAX];
    char phone[KY_NOTICE_ADDRESS_MAX]; /* as people in the country dial it: 0… for +84… */
    if (d->n == 0)
        return ky_fail(KY_EINVAL, "dossier %s: nobody is in it", d->head.code);
    for (size_t i = 0; i < d->n; i++)
        numbers[i] = d->rows[i].number;
    snprintf(phone, sizeof phone, "0%s", d->recipient_phone + 3);
    const struct ky_form form = {.procedure = d->head.procedure,
                                 .parent_name = d->org.parent_name,
                                 .org_name = d->org.name,
                                 .number = d->head.document_number,
                                 .place = d->org.place,
                                 .date = d->head.document_date,
                                 .signer_title = d->head.signer_title,
                                 .signer_name = d->head.signer_name,
                                 .recipient_name = d->head.recipient_name,
                                 .recipient_title = d->head.recipient_title,
                                 .recipient_phone = phone,
                                 .recipient_email = d->head.recipient_email,
                                 .recipient_channel = d->head.recipient_channel,
                                 .people = d->people,
                                 .numbers = numbers,
                                 .n = d->n,
                                 .own_requests = d->own_requests,
                                 .own_requests_hash = d->own_requests_hash,
                                 .files = d->files,
                                 .n_files = d->n_files};
    return ky_form_draw(pdf, place, d->legal, &form);
}

/* What each person and the organisation have to have said by now. */
static ky_rc check_papers(struct ky_store *s, const struct ky_registration *reg, const struct ky_dossier *d,
                          ky_time now)
{
    const struct ky_legal_procedure *procedure;
    KY_TRY(ky_legal_procedure_get(&procedure, d->legal, d->head.procedure));
    for (size_t i = 0; i < d->n; i++) {
        struct ky_refusals refusals = {.n = 0};
        ky_eligibility_check_declared(&refusals, &d->people[i], d->legal, procedure);
        KY_TRY(ky_context(ky_refusals_result(&refusals), "row %lld", (long long)d->rows[i].number));
    }
    return ky_own_requests_check(s, reg, d, now);
}

ky_rc ky_dossier_prepare(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                         const char *id, ky_time now)
{
    ky_auto_dossier d = {.n = 0};
    ky_auto_buf pdf = ky_buf_init(KY_PAPER_FILE_MAX),
                sealed = ky_buf_init(KY_PAPER_FILE_MAX + KY_PERSONAL_EXTRA);
    struct ky_form_place place;
    uint8_t hash[KY_SHA256_SIZE];
    KY_TRY(ky_dossier_load(&d, s, reg, id));
    KY_TRY(ky_dossier_check(NULL, s, reg, actor, &d.head, KY_ACT_PREPARE));
    KY_TRY(check_papers(s, reg, &d, now));
    KY_TRY(ky_dossier_draw(&pdf, &place, reg, &d));
    KY_TRY(ky_sha256(hash, ky_buf_bytes(&pdf)));
    KY_TRY(seal(&sealed, reg, "draft", id, ky_buf_bytes(&pdf)));
    struct ky_db_request row = {.dossier_id = id,
                                .sealed_draft = ky_buf_bytes(&sealed),
                                .draft_hash = KY_BYTES_OF(hash),
                                .created_at = now};
    KY_TRY(ky_db_request_put_draft(s, &row));
    return ky_dossier_step(s, reg, actor, &d, KY_ACT_PREPARE, NULL, now);
}

ky_rc ky_dossier_open_draft(struct ky_buf *pdf, struct ky_store *s, const struct ky_registration *reg,
                            const char *id)
{
    ky_auto_arena a = ky_arena_init(KY_DOSSIER_ARENA);
    struct ky_db_request row;
    KY_TRY(ky_db_request_get(&row, &a, s, &reg->scope, id));
    return open_sealed(pdf, reg, "draft", id, row.sealed_draft);
}

static json_t *text_value(struct ky_bytes text)
{
    return json_stringn((const char *)text.p, text.n);
}

/* A renewal keeps the certificate's. */
static json_t *subject_of(const struct ky_dossier *d, const struct ky_person *p)
{
    return p->subject != NULL ? json_incref((json_t *)p->subject) : ky_subject_of_person(&d->org, p);
}

static json_t *person_row(const struct ky_dossier *d, size_t i)
{
    const struct ky_person *p = &d->people[i];
    char phone[KY_PHONE_MAX] = "";
    if (ky_phone_normalise(phone, p->phone) != KY_OK)
        return NULL;
    json_t *row =
        json_pack("{s:I, s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:b, s:b}", "row", (json_int_t)d->rows[i].number,
                  "identity", text_value(p->identity), "name", text_value(p->name), "subject",
                  subject_of(d, p), "email", text_value(p->email), "phone", phone, "key", text_value(p->key),
                  "sector", text_value(p->sector), "authority", p->authority, "finance", p->finance);
    if (row != NULL && p->title.n > 0)
        json_object_set_new(row, "title", text_value(p->title));
    if (row != NULL && p->old != NULL) {
        json_object_set_new(row, "same_key", json_boolean(p->same_key));
        json_object_set(row, "old", (json_t *)p->old);
    }
    return row;
}

/* The beginning of the day that is stated; when none is, of that of the document. */
static ky_time happened(const struct ky_dossier *d, const struct ky_person *p)
{
    struct ky_date date;
    int64_t day;
    if (ky_date_parse(&date, p->happened_on) == KY_OK &&
        ky_day_join(&day, date.year, date.month, date.day) == KY_OK)
        return ky_time_of_day_vn(day);
    return ky_time_of_day_vn(ky_time_day_vn(d->head.document_date));
}

static json_t *revoke_row(const struct ky_dossier *d, size_t i)
{
    const struct ky_person *p = &d->people[i];
    const struct ky_legal_ground *ground = ky_legal_ground_find(d->legal, p->ground);
    if (ground == NULL)
        return NULL;
    return json_pack("{s:I, s:o, s:o, s:s, s:i, s:I}", "row", (json_int_t)d->rows[i].number, "serial",
                     text_value(p->serial), "name", text_value(p->name), "ground", ground->key, "reason",
                     (int)ground->reason, "happened", (json_int_t)happened(d, p));
}

static json_t *row_of(const struct ky_dossier *d, size_t i)
{
    return ky_str_eq(d->head.procedure, "revoke") ? revoke_row(d, i) : person_row(d, i);
}

ky_rc ky_dossier_request_members(json_t **out, const struct ky_dossier *d)
{
    ky_auto_json all = json_pack("{s:s, s:s, s:{s:s, s:s}, s:[]}", "procedure", d->head.procedure, "dossier",
                                 d->head.id, "org", "id", d->org.id, "name", d->org.name, "rows");
    if (all == NULL)
        return ky_fail(KY_ENOMEM, "request");
    for (size_t i = 0; i < d->n; i++)
        if (json_array_append_new(json_object_get(all, "rows"), row_of(d, i)) != 0)
            return ky_fail(KY_EINTERNAL, "request: row %lld cannot be written", (long long)d->rows[i].number);
    *out = KY_STEAL(all);
    return KY_OK;
}

ky_rc ky_dossier_check_request(const struct ky_dossier *d, const json_t *statement)
{
    ky_auto_json members = NULL;
    const char *name;
    json_t *v;
    KY_TRY(ky_dossier_request_members(&members, d));
    json_object_foreach(members, name, v)
    {
        if (!json_equal(v, json_object_get(statement, name)))
            return ky_fail(KY_EDENIED, "request: '%s' is not what dossier %s says", name, d->head.code);
    }
    return KY_OK;
}

/* A limit in hours runs from the moment the signature and the signer's right are verified, day or night. */
static ky_rc receive_by_machine(struct ky_store *s, const struct ky_registration *reg,
                                const struct ky_db_dossier *head, ky_time now)
{
    const struct ky_actor system = KY_ACTOR_SYSTEM;
    struct ky_limit limit;
    KY_TRY(ky_clock_limit(&limit, reg, head));
    if (limit.unit != KY_DEADLINE_HOURS || !ky_str_eq(head->clock, "none"))
        return KY_OK;
    return ky_dossier_act(s, reg, &system, head->id, KY_ACT_RECEIVE, NULL, now);
}

/* Who decides is settled when the dossier is sent: what is delegated later changes later ones. */
static ky_rc set_handler(struct ky_store *s, struct ky_dossier *d)
{
    const char *handler;
    KY_TRY(ky_org_handler(&handler, &d->arena, s, d->head.path, d->head.procedure));
    return ky_db_dossier_set_handler(s, d->head.id, handler);
}

/* What the organisation is given to look the dossier up by; a second sending keeps it. */
static ky_rc give_tracking(struct ky_store *s, struct ky_dossier *d, ky_time now)
{
    char code[KY_TRACKING_TEXT];
    if (d->head.tracking != NULL)
        return KY_OK;
    KY_TRY(ky_tracking_make(code));
    KY_TRY(ky_db_dossier_set_tracking(s, d->head.id, code, now));
    d->head.sent_at = now;
    d->head.tracking = ky_arena_strdup(&d->arena, code);
    return d->head.tracking == NULL ? KY_ENOMEM : ky_figure_count_sent(s, d, now);
}

ky_rc ky_dossier_submit(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                        const char *id, const struct ky_signed_request *in, const json_t *statement,
                        ky_time now)
{
    ky_auto_dossier d = {.n = 0};
    ky_auto_buf sealed_statement = ky_buf_init(STATEMENT_MAX + KY_PERSONAL_EXTRA);
    ky_auto_buf sealed_document = ky_buf_init(KY_SIGNING_DOCUMENT_MAX + KY_PERSONAL_EXTRA);
    KY_TRY(ky_dossier_load(&d, s, reg, id));
    KY_TRY(ky_dossier_check_request(&d, statement));
    KY_TRY(ky_cert_rows_check(s, &d));
    KY_TRY(check_papers(s, reg, &d, now));
    KY_TRY(seal(&sealed_statement, reg, "statement", id, in->statement));
    KY_TRY(seal(&sealed_document, reg, "document", id, in->document));
    struct ky_db_request row = {.dossier_id = id,
                                .sealed_statement = ky_buf_bytes(&sealed_statement),
                                .statement_hash = in->statement_hash,
                                .sealed_document = ky_buf_bytes(&sealed_document),
                                .document_hash = in->document_hash,
                                .authorisations = in->authorisations,
                                .evidence = in->evidence,
                                .seal_record = in->seal_record,
                                .signed_at = now};
    KY_TRY(give_tracking(s, &d, now));
    KY_TRY(ky_dossier_step(s, reg, actor, &d, KY_ACT_SUBMIT, NULL, now));
    if (d.head.handler == NULL)
        KY_TRY(set_handler(s, &d));
    KY_TRY(ky_db_request_set_signed(s, &row));
    if (ky_str_eq(d.head.procedure, "revoke"))
        KY_TRY(ky_db_watch_put(s, id, now));
    return receive_by_machine(s, reg, &d.head, now);
}

ky_rc ky_dossier_open_request(struct ky_db_request *row, struct ky_buf *statement, struct ky_buf *document,
                              struct ky_arena *a, struct ky_store *s, const struct ky_registration *reg,
                              const char *id)
{
    KY_TRY(ky_db_request_get(row, a, s, &reg->scope, id));
    if (row->signed_at == 0)
        return ky_fail(KY_ENOTFOUND, "request: not signed yet");
    if (statement != NULL)
        KY_TRY(open_sealed(statement, reg, "statement", id, row->sealed_statement));
    return document == NULL ? KY_OK : open_sealed(document, reg, "document", id, row->sealed_document);
}
