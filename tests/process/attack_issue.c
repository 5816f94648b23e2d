/* See attack_issue.h. */
#include "tests/process/attack_issue.h"

#include "crypto/random.h"
#include "os/clock.h"
#include "tests/process/signing.h"

/* ---- people ---- */

ky_rc issue_enrol(struct enrolled *e, struct issue_world *w, const char *name, const uint8_t *owner,
                  const uint8_t *org, const char *role)
{
    const struct realm *r = &w->h.realm;
    const struct person *const two[] = {&r->officers[0], &r->officers[1]};
    uint8_t nonces[2][KY_NONCE_SIZE];
    ky_auto_buf text = ky_buf_init(KY_STATEMENT_MAX);
    ky_time now = ky_now();
    KY_TRY(realm_nonce(nonces[0], r, KY_PROCESS_SAM, KY_NONCE_LONG));
    KY_TRY(realm_nonce(nonces[1], r, KY_PROCESS_CA, KY_NONCE_LONG));
    const struct admin_spec spec = {.head = {.realm = r->founding->realm,
                                             .sam_nonce = nonces[0],
                                             .ca_nonce = nonces[1],
                                             .iat = now,
                                             .exp = now + KY_DAY},
                                    .who = &e->p,
                                    .owner = owner,
                                    .name = name,
                                    .org = org,
                                    .org_name = "Trường THPT Bình Sơn",
                                    .role = role};
    memcpy(e->owner, owner, KY_OWNER_SIZE);
    e->sam = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    e->ca = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    KY_TRY(admin_text(&text, &spec));
    KY_TRY(realm_execute(r, KY_PROCESS_SAM, ky_buf_bytes(&text), two, KY_COUNT(two), &e->sam));
    return realm_execute(r, KY_PROCESS_CA, ky_buf_bytes(&text), two, KY_COUNT(two), &e->ca);
}

static ky_rc enrol_new(struct enrolled *e, struct issue_world *w, const char *name, const uint8_t *owner,
                       const uint8_t *org, const char *role)
{
    KY_TRY(token_ca_certify(&w->h.realm.token_ca, &e->p, name, ky_now()));
    return issue_enrol(e, w, name, owner, org, role);
}

void enrolled_clear(struct enrolled *e)
{
    person_clear(&e->p);
    ky_buf_clear(&e->sam);
    ky_buf_clear(&e->ca);
}

/* Has sam sign a digest as if it were a document's: her phone approves one hash. */
static ky_rc sign_through_sam(void *ctx, struct ky_buf *sig, ky_scheme scheme, ky_hash hash,
                              struct ky_bytes digest)
{
    struct issue_world *w = ctx;
    KY_CLEANUP(signing_clear) struct signing s = {0};
    ky_auto_buf answer = ky_buf_init(HARNESS_TEXT_MAX);
    struct ky_bytes items[1];
    size_t count;
    (void)scheme, (void)hash;
    ky_auto_json holder = json_object();
    KY_TRY(signing_ask(&s, &w->h, &w->h.people[0], 1));
    KY_TRY(ky_body_set_base64url(holder, "hash", digest));
    json_array_set(json_object_get(s.st, "hashes"), 0, json_object_get(holder, "hash"));
    KY_TRY(signing_word(&s));
    KY_TRY(signing_approve(&s));
    KY_TRY(signing_send(&s, "sam-worker.0", &answer));
    KY_TRY(ky_list_read(items, &count, 1, ky_buf_bytes(&answer), "signatures"));
    ky_buf_add(sig, items[0]);
    return ky_buf_finish(sig);
}

static ky_rc make_inside_officer(struct issue_world *w)
{
    struct subscriber *who = &w->h.people[0];
    struct person *p = &w->inside.p;
    KY_TRY(harness_issue(&w->h, 1, "p256"));
    KY_TRY(harness_enrol(&w->h, who));
    p->signer = (struct ky_signer){.ctx = w, .key_type = KY_KEY_P256, .sign = sign_through_sam};
    p->sigkey = (struct ky_sigkey){.signer = &p->signer, .scheme = KY_ECDSA, .hash = KY_SHA256};
    KY_TRY(ky_cert_parse(&p->cert, ky_buf_bytes(&who->cert)));
    KY_TRY(ky_random(p->record, KY_ID_SIZE));
    return issue_enrol(&w->inside, w, "Cán bộ có khóa tập trung", who->owner, NULL, "approve");
}

ky_rc issue_world_make(struct issue_world *w, const struct realm_options *options)
{
    static const uint8_t receiver[KY_OWNER_SIZE] = {1}, head[KY_OWNER_SIZE] = {2};
    static const uint8_t other_org[KY_ID_SIZE] = {3};
    ky_time now = ky_now();
    *w = (struct issue_world){0};
    KY_TRY(harness_make(&w->h, options));
    const struct realm *r = &w->h.realm;
    KY_TRY(token_ca_certify(&w->h.realm.token_ca, &w->stranger, "Người lạ", now));
    KY_TRY(token_ca_init(&w->foreign_ca, "CA token khác", now));
    KY_TRY(token_ca_certify(&w->foreign_ca, &w->foreign, "Nguyễn Văn Hiệu", now));
    KY_TRY(enrol_new(&w->receiver, w, "Cán bộ một cửa", receiver, NULL, "receive"));
    KY_TRY(enrol_new(&w->filer, w, "Cán bộ Hiệu", r->head_owner, NULL, "approve"));
    KY_TRY(enrol_new(&w->twin, w, "Cán bộ An", r->founding->officers[0].owner, NULL, "approve"));
    KY_TRY(enrol_new(&w->other_head, w, "Hiệu trưởng khác", head, other_org, NULL));
    return make_inside_officer(w);
}

void issue_world_clear(struct issue_world *w)
{
    struct enrolled *const all[] = {&w->receiver, &w->filer, &w->twin, &w->other_head, &w->inside};
    for (size_t i = 0; i < KY_COUNT(all); i++)
        enrolled_clear(all[i]);
    person_clear(&w->stranger);
    person_clear(&w->foreign);
    person_clear(&w->foreign_ca.ca);
    harness_clear(&w->h);
}

/* ---- a dossier in steps ---- */

ky_rc filing_begin(struct filing *f, struct issue_world *w, unsigned rows)
{
    const struct realm *r = &w->h.realm;
    *f = (struct filing){.w = w,
                         .seal = &r->head,
                         .officers = {&r->officers[0], &r->officers[1], &r->officers[2]},
                         .officer_count = (size_t)r->founding->issue_n,
                         .crl_time = ky_now(),
                         .row = 1};
    KY_TRY(dossier_make(&f->d, r, rows, "p256"));
    KY_TRY(ky_json_parse(&f->request, ky_buf_bytes(&f->d.request), KY_REQUEST_MAX));
    return ky_json_parse(&f->issue, ky_buf_bytes(&f->d.issue), KY_STATEMENT_MAX);
}

void filing_reword_request(struct filing *f)
{
    uint8_t hash[KY_HASH_SIZE];
    ky_buf_reset(&f->d.request);
    assert_ok(statement_text(&f->d.request, f->request));
    assert_ok(ky_statement_hash(hash, ky_buf_bytes(&f->d.request)));
    assert_ok(ky_body_set_hex(f->issue, "request", KY_BYTES_OF(hash)));
}

void filing_reword_issue(struct filing *f)
{
    ky_buf_reset(&f->d.issue);
    assert_ok(statement_text(&f->d.issue, f->issue));
}

ky_rc filing_file(struct filing *f)
{
    filing_reword_request(f);
    ky_buf_reset(&f->d.request_auths);
    return people_authorise(&f->d.request_auths, &f->seal, 1, ky_buf_bytes(&f->d.request), ky_now());
}

ky_rc filing_approve(struct filing *f)
{
    ky_auto_buf crl = ky_buf_init(65536);
    filing_reword_issue(f);
    ky_buf_reset(&f->d.issue_auths);
    ky_buf_reset(&f->d.evidence);
    KY_TRY(token_ca_crl(&crl, &f->w->h.realm.token_ca, f->crl_time, f->revoked));
    KY_TRY(evidence_of(&f->d.evidence, ky_buf_bytes(&crl)));
    return people_authorise(&f->d.issue_auths, f->officers, f->officer_count, ky_buf_bytes(&f->d.issue),
                            ky_now());
}

ky_rc filing_make(struct filing *f, struct issue_world *w, unsigned rows)
{
    KY_TRY(filing_begin(f, w, rows));
    KY_TRY(filing_file(f));
    return filing_approve(f);
}

void filing_clear(struct filing *f)
{
    dossier_clear(&f->d);
    json_decref(f->request);
    json_decref(f->issue);
}

ky_rc filing_keys(struct ky_buf *answer, const struct filing *f)
{
    return dossier_make_keys(answer, &f->d, &f->w->h.realm, f->row, f->row);
}

ky_rc filing_ask_ca(struct ky_buf *answer, const struct filing *f, uint16_t type, struct ky_bytes items)
{
    struct ky_bytes fields[7];
    dossier_fields(fields, &f->d, KY_PROCESS_CA);
    fields[6] = items;
    return realm_call(&f->w->h.realm, "ca-worker.1", type, fields, KY_COUNT(fields), answer);
}

ky_rc filing_certify(struct ky_buf *answer, const struct filing *f, struct ky_bytes keys)
{
    ky_auto_buf items = ky_buf_init(HARNESS_TEXT_MAX);
    KY_TRY(dossier_attestations(&items, keys, 0, 0, f->row));
    return filing_ask_ca(answer, f, KY_MSG_CA_ISSUE, ky_buf_bytes(&items));
}

/* ---- tools ---- */

static void add_record(struct ky_buf *list, const struct ky_buf *record)
{
    ky_buf_add_lv(list, ky_buf_bytes(record));
    assert_ok(ky_buf_finish(list));
    ky_put_u16(list->p, (uint16_t)(ky_get_u16(list->p) + 1));
}

void filing_add_records(struct filing *f, const struct enrolled *e)
{
    add_record(&f->d.sam_records, &e->sam);
    add_record(&f->d.ca_records, &e->ca);
}

void filing_by(struct filing *f, const struct person *officer)
{
    f->officers[0] = officer;
}

/* ---- tables ---- */

static void attack_step(struct filing *f, const struct issue_attack *a, enum issue_stage stage)
{
    if (a->stage == stage)
        a->spoil(f);
}

static void attack(struct issue_world *w, const struct issue_attack *a)
{
    KY_CLEANUP(filing_clear) struct filing good = {0}, bad = {0};
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX), bad_keys = ky_buf_init(HARNESS_TEXT_MAX),
                cert = ky_buf_init(HARNESS_TEXT_MAX), bad_cert = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(filing_make(&good, w, 2));
    assert_ok(filing_keys(&keys, &good));
    assert_ok(filing_certify(&cert, &good, ky_buf_bytes(&keys)));
    assert_ok(filing_begin(&bad, w, 2));
    attack_step(&bad, a, FILE_IT);
    assert_ok(filing_file(&bad));
    attack_step(&bad, a, APPROVE_IT);
    assert_ok(filing_approve(&bad));
    attack_step(&bad, a, SEND_IT);
    ky_rc rc = filing_keys(&bad_keys, &bad);
    bool sam = (a->at & AT_SAM) != 0;
    if (sam)
        harness_refused(&w->h, a->name, KY_PROCESS_SAM, KY_OP_ISSUE, rc, a->rc, a->why);
    else
        assert_ok(rc);
    rc =
        (a->at & AT_CA) == 0 ? KY_OK : filing_certify(&bad_cert, &bad, ky_buf_bytes(sam ? &keys : &bad_keys));
    if ((a->at & AT_CA) != 0)
        harness_refused(&w->h, a->name, KY_PROCESS_CA, KY_OP_CERTIFY, rc, a->rc, a->why);
}

void issue_attack_all(struct issue_world *w, const struct issue_attack *attacks, size_t count)
{
    for (size_t i = 0; i < count; i++)
        attack(w, &attacks[i]);
}
