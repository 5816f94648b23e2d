/* See ending.h. */
#include "tests/process/ending.h"

#include "os/clock.h"
#include "pki/crl.h"

/* ---- who has a certificate ---- */

static ky_rc keep(struct ky_buf *out, struct ky_bytes content)
{
    *out = ky_buf_init(content.n + 1);
    ky_buf_add(out, content);
    return ky_buf_finish(out);
}

static ky_rc bind(struct subscriber *s, const struct issue_world *w)
{
    struct ky_bytes items[1];
    size_t count;
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(harness_bind(&answer, &w->h, ky_buf_bytes(&s->key_v1), ky_buf_bytes(&s->cert),
                        ky_buf_bytes(&s->activation)));
    KY_TRY(ky_list_read(items, &count, 1, ky_buf_bytes(&answer), "bound"));
    struct ky_reader in = KY_READER(items[0]);
    KY_TRY(keep(&s->key, ky_read_lv(&in, KY_RECORD_ENVELOPE_MAX)));
    s->letter_number = ky_read_u64(&in);
    return keep(&s->letter, ky_read_lv(&in, KY_LETTER_SEALED_MAX));
}

ky_rc teacher_make(struct teacher *t, struct issue_world *w)
{
    t->s = &w->h.people[w->h.people_count];
    KY_TRY(filing_make(&t->f, w, 1));
    KY_TRY(harness_issue_keys(&w->h, &t->f.d, 1));
    t->s->cert = ky_buf_init(KY_CERT_DER_MAX);
    KY_TRY(harness_certify(&w->h, &t->f.d, t->s, &t->s->cert));
    return bind(t->s, w);
}

void teacher_clear(struct teacher *t)
{
    filing_clear(&t->f);
}

static ky_rc hex_of_serial(json_t *row, const struct subscriber *who)
{
    ky_auto_cert cert = NULL;
    KY_TRY(ky_cert_parse(&cert, ky_buf_bytes(&who->cert)));
    return ky_body_set_hex(row, "serial", cert->serial);
}

/* ---- the dossier ---- */

static ky_rc add_row(json_t *rows, const struct subscriber *who, size_t number)
{
    ky_auto_json row =
        json_pack("{s:i,s:s,s:s,s:i,s:I}", "row", (int)number, "name", "Nguyễn Thị Hoa", "ground",
                  "key-compromise", "reason", KY_REASON_KEY_COMPROMISE, "happened", (json_int_t)ky_now());
    if (row == NULL)
        return ky_fail(KY_ENOMEM, "row");
    KY_TRY(hex_of_serial(row, who));
    return json_array_append(rows, row) == 0 ? KY_OK : ky_fail(KY_ENOMEM, "row");
}

ky_rc ending_begin(struct filing *f, struct issue_world *w, const struct subscriber *const *who, size_t count)
{
    static const char *const of_issue[] = {"profile", "not_before", "not_after", "activate"};
    KY_TRY(filing_begin(f, w, (unsigned)count));
    ky_auto_json rows = json_array();
    for (size_t i = 0; i < count; i++)
        KY_TRY(add_row(rows, who[i], i + 1));
    json_object_set(f->request, "rows", rows);
    json_object_set_new(f->request, "procedure", json_string("revoke"));
    json_object_set_new(f->issue, "type", json_string("revoke"));
    for (size_t i = 0; i < KY_COUNT(of_issue); i++)
        json_object_del(f->issue, of_issue[i]);
    return KY_OK;
}

ky_rc ending_make(struct filing *f, struct issue_world *w, const struct subscriber *who)
{
    KY_TRY(ending_begin(f, w, &who, 1));
    KY_TRY(filing_file(f));
    return filing_approve(f);
}

/* ---- to the processes ---- */

ky_rc ending_at_sam(const struct filing *f, struct ky_bytes key, struct ky_bytes cert)
{
    struct ky_bytes fields[7];
    ky_auto_buf list = ky_buf_init(HARNESS_TEXT_MAX), item = ky_buf_init(HARNESS_TEXT_MAX),
                answer = ky_buf_init(HARNESS_TEXT_MAX);
    dossier_fields(fields, &f->d, KY_PROCESS_SAM);
    ky_buf_add_u32(&item, f->row);
    ky_buf_add_lv(&item, key);
    ky_buf_add_lv(&item, cert);
    ky_list_begin(&list, 1);
    ky_buf_add_lv(&list, ky_buf_bytes(&item));
    fields[6] = ky_buf_bytes(&list);
    return realm_call(&f->w->h.realm, "sam-worker.1", KY_MSG_SAM_REVOKE, fields, KY_COUNT(fields), &answer);
}

ky_rc ending_at_ca(const struct filing *f)
{
    uint8_t row[4];
    ky_auto_buf list = ky_buf_init(64), answer = ky_buf_init(64);
    ky_put_u32(row, f->row);
    ky_list_begin(&list, 1);
    ky_buf_add_lv(&list, KY_BYTES_OF(row));
    return filing_ask_ca(&answer, f, KY_MSG_CA_REVOKE, ky_buf_bytes(&list));
}

static void request_fields(struct ky_bytes fields[4], const struct filing *f)
{
    fields[0] = ky_buf_bytes(&f->d.request);
    fields[1] = ky_buf_bytes(&f->d.request_auths);
    fields[2] = ky_buf_bytes(&f->d.ca_records);
    fields[3] = ky_buf_bytes(&f->d.evidence);
}

ky_rc ending_receive(const struct filing *f)
{
    struct ky_bytes fields[4];
    ky_auto_buf answer = ky_buf_init(64);
    request_fields(fields, f);
    return realm_call(&f->w->h.realm, "ca-worker.0", KY_MSG_CA_RECEIVE, fields, KY_COUNT(fields), &answer);
}

ky_rc ending_overdue(const struct filing *f, const struct filing *origin)
{
    struct ky_bytes fields[7];
    uint8_t row[4], origin_row[4];
    ky_auto_buf answer = ky_buf_init(64);
    ky_put_u32(row, f->row);
    ky_put_u32(origin_row, origin->row);
    request_fields(fields, f);
    fields[4] = KY_BYTES_OF(row);
    fields[5] = ky_buf_bytes(&origin->d.request);
    fields[6] = KY_BYTES_OF(origin_row);
    return realm_call(&f->w->h.realm, "ca-worker.1", KY_MSG_CA_OVERDUE, fields, KY_COUNT(fields), &answer);
}

ky_rc ending_word(struct ky_buf *answer, const struct issue_world *w, const struct subscriber *who)
{
    ky_auto_cert cert = NULL;
    KY_TRY(ky_cert_parse(&cert, ky_buf_bytes(&who->cert)));
    return realm_call(&w->h.realm, "ca-worker.0", KY_MSG_CA_REVOCATION, &cert->serial, 1, answer);
}

ky_rc ending_tell_sam(const struct issue_world *w, struct ky_bytes word, struct ky_bytes key,
                      struct ky_bytes cert)
{
    ky_auto_buf list = ky_buf_init(HARNESS_TEXT_MAX), item = ky_buf_init(HARNESS_TEXT_MAX),
                answer = ky_buf_init(64);
    ky_buf_add(&item, word);
    ky_buf_add_lv(&item, key);
    ky_buf_add_lv(&item, cert);
    ky_list_begin(&list, 1);
    ky_buf_add_lv(&list, ky_buf_bytes(&item));
    const struct ky_bytes field = ky_buf_bytes(&list);
    return realm_call(&w->h.realm, "sam-worker.0", KY_MSG_SAM_REVOKED, &field, 1, &answer);
}

ky_rc ending_refuse(const struct filing *f, ky_process process)
{
    uint8_t nonce[KY_NONCE_SIZE];
    bool sam = process == KY_PROCESS_SAM;
    const struct realm *r = &f->w->h.realm;
    const struct person *const officer[] = {&r->officers[1]};
    ky_time now = ky_now();
    ky_auto_json st = NULL;
    ky_auto_buf text = ky_buf_init(65536);
    KY_TRY(realm_nonce(nonce, r, process, KY_NONCE_LONG));
    const struct statement_head head = {.type = "refuse",
                                        .realm = r->founding->realm,
                                        .sam_nonce = sam ? nonce : NULL,
                                        .ca_nonce = sam ? NULL : nonce,
                                        .iat = now,
                                        .exp = now + KY_DAY};
    KY_TRY(statement_new(&st, &head));
    json_object_set(st, "request", json_object_get(f->issue, "request"));
    json_object_set_new(st, "rows", json_pack("[i]", (int)f->row));
    json_object_set_new(st, "reason", json_string("Không thuộc đơn vị"));
    KY_TRY(statement_text(&text, st));
    return harness_execute(&f->w->h, process, ky_buf_bytes(&text), officer, 1, KY_BYTES_NONE, NULL);
}

/* ---- what the world sees ---- */

ky_ocsp_status ending_ocsp(const struct issue_world *w, const struct subscriber *who)
{
    struct ky_ocsp_result result;
    ky_auto_cert cert = NULL;
    ky_auto_buf answer = ky_buf_init(65536);
    const struct ky_founding *f = w->h.realm.founding;
    assert_ok(ky_cert_parse(&cert, ky_buf_bytes(&who->cert)));
    assert_ok(harness_ocsp(&answer, &w->h, ky_buf_bytes(&who->cert)));
    assert_ok(ky_ocsp_verify(&result, ky_buf_bytes(&answer), cert, f->issuing, f->ocsp));
    return result.status;
}

bool ending_on_crl(const struct issue_world *w, const struct subscriber *who)
{
    struct ky_crl_entry entry;
    ky_auto_crl crl = NULL;
    ky_auto_cert cert = NULL;
    ky_auto_buf reply = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(realm_call(&w->h.realm, "ca-worker.0", KY_MSG_CA_CRL, NULL, 0, &reply));
    assert_ok(ky_crl_parse(&crl, KY_BYTES(reply.p + 8, reply.n - 8)));
    assert_ok(ky_cert_parse(&cert, ky_buf_bytes(&who->cert)));
    return ky_crl_find(&entry, crl, cert->serial) == KY_OK;
}
