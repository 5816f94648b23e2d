/* Who signed what: the organisation's request and the officer's approval. See attack_issue.h. */
#include "tests/process/attack_issue.h"

#include "os/clock.h"
#include "pki/cms.h"

/* ---- the organisation's request ---- */

static json_t *row_of(const struct filing *f)
{
    return json_array_get(json_object_get(f->request, "rows"), 0);
}

/* web changes a row, shows it to the officer, who approves what she sees. */
static void set_row(struct filing *f, const char *name, const char *value)
{
    json_object_set_new(row_of(f), name, json_string(value));
    filing_reword_request(f);
}

static void subject_changed(struct filing *f)
{
    json_object_set_new(json_object_get(row_of(f), "subject"), "O", json_string("Bộ Giáo dục và Đào tạo"));
    filing_reword_request(f);
}

static void name_changed(struct filing *f)
{
    json_object_set_new(json_object_get(row_of(f), "subject"), "CN", json_string("Trần Văn Trộm"));
    set_row(f, "name", "Trần Văn Trộm");
}

static void email_changed(struct filing *f)
{
    set_row(f, "email", "thief@quangngai.gov.vn");
}

static void phone_changed(struct filing *f)
{
    set_row(f, "phone", "0999999999");
}

static void identity_changed(struct filing *f)
{
    set_row(f, "identity", "051195000024");
}

static void owner_chosen(struct filing *f)
{
    set_row(f, "owner", "0000000000000000000000000000000000000000000000000000000000000000");
}

static void person_with_authority(struct filing *f)
{
    json_object_set_new(row_of(f), "authority", json_true());
}

static void resigned_by(struct filing *f, const struct person *who)
{
    email_changed(f);
    ky_buf_reset(&f->d.request_auths);
    assert_ok(people_authorise(&f->d.request_auths, &who, 1, ky_buf_bytes(&f->d.request), ky_now()));
}

static void resigned_by_a_foreign_seal(struct filing *f)
{
    memcpy(f->w->foreign.record, f->w->h.realm.head.record, KY_ID_SIZE);
    resigned_by(f, &f->w->foreign);
}

static void resigned_by_a_colleague(struct filing *f)
{
    memcpy(f->w->stranger.record, f->w->h.realm.head.record, KY_ID_SIZE);
    resigned_by(f, &f->w->stranger);
}

static void resigned_by_another_organisation(struct filing *f)
{
    filing_add_records(f, &f->w->other_head);
    resigned_by(f, &f->w->other_head.p);
}

static void seal_without_record(struct filing *f)
{
    resigned_by(f, &f->w->other_head.p);
}

static void nobody_signed_the_request(struct filing *f)
{
    ky_buf_reset(&f->d.request_auths);
    ky_buf_add_u8(&f->d.request_auths, 0);
}

static void seal_record_of_the_other_process(struct filing *f)
{
    struct ky_buf swap = f->d.sam_records;
    f->d.sam_records = f->d.ca_records;
    f->d.ca_records = swap;
}

static void seal_record_altered(struct filing *f)
{
    f->d.sam_records.p[f->d.sam_records.n - 40] ^= 1;
    f->d.ca_records.p[f->d.ca_records.n - 40] ^= 1;
}

static void changed_after_approval(struct filing *f)
{
    email_changed(f);
}

static const struct issue_attack requests[] = {
    {"subject changed", APPROVE_IT, subject_changed, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"name changed", APPROVE_IT, name_changed, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"e-mail changed", APPROVE_IT, email_changed, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"phone changed", APPROVE_IT, phone_changed, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"another's identity", APPROVE_IT, identity_changed, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"another's owner", APPROVE_IT, owner_chosen, AT_SAM | AT_CA, KY_EFORMAT, "owner"},
    {"not eligible", FILE_IT, person_with_authority, AT_SAM, KY_EDENIED, "a person with authority"},
    {"re-signed by a foreign seal", APPROVE_IT, resigned_by_a_foreign_seal, AT_SAM | AT_CA, KY_EAUTH,
     "another certificate than the record names"},
    {"re-signed by a colleague", APPROVE_IT, resigned_by_a_colleague, AT_SAM | AT_CA, KY_EAUTH,
     "another certificate than the record names"},
    {"re-signed by another organisation", APPROVE_IT, resigned_by_another_organisation, AT_SAM | AT_CA,
     KY_EDENIED, "belongs to another organisation"},
    {"seal without a record", APPROVE_IT, seal_without_record, AT_SAM | AT_CA, KY_EDENIED,
     "no record of the seal"},
    {"request unsigned", APPROVE_IT, nobody_signed_the_request, AT_SAM | AT_CA, KY_EAUTH,
     "request: 0 signatures"},
    {"record of the other process", SEND_IT, seal_record_of_the_other_process, AT_SAM | AT_CA, KY_EAUTH,
     "record 1"},
    {"seal's record altered", SEND_IT, seal_record_altered, AT_SAM | AT_CA, KY_EAUTH, "record 1"},
    {"changed after the approval", SEND_IT, changed_after_approval, AT_SAM | AT_CA, KY_EDENIED,
     "it speaks of another request"},
};

void organisation_signed_these_rows(void **state)
{
    issue_attack_all(*state, requests, KY_COUNT(requests));
}

/* ---- the officer's approval ---- */

static void nobody_approved(struct filing *f)
{
    ky_buf_reset(&f->d.issue_auths);
    ky_buf_add_u8(&f->d.issue_auths, 0);
}

static void by_a_stranger(struct filing *f)
{
    filing_by(f, &f->w->stranger);
}

static void by_a_stranger_in_her_name(struct filing *f)
{
    memcpy(f->w->stranger.record, f->w->h.realm.officers[0].record, KY_ID_SIZE);
    filing_by(f, &f->w->stranger);
}

static void without_the_role(struct filing *f)
{
    filing_add_records(f, &f->w->receiver);
    filing_by(f, &f->w->receiver.p);
}

static void by_who_filed(struct filing *f)
{
    filing_add_records(f, &f->w->filer);
    filing_by(f, &f->w->filer.p);
}

static void by_the_seal_itself(struct filing *f)
{
    filing_by(f, &f->w->h.realm.head);
}

static void one_person_twice(struct filing *f)
{
    filing_add_records(f, &f->w->twin);
    f->officers[1] = &f->w->twin.p;
    f->officer_count = 2;
}

static void by_a_key_in_sam(struct filing *f)
{
    filing_add_records(f, &f->w->inside);
    filing_by(f, &f->w->inside.p);
}

static void approve_with(struct filing *f, const char *content_type, struct ky_bytes label, bool detached)
{
    const struct ky_certs none = {NULL, 0};
    const struct person *p = f->officers[0];
    ky_auto_buf content = ky_buf_init(KY_STATEMENT_MAX), cms = ky_buf_init(KY_STATEMENT_MAX),
                item = ky_buf_init(KY_STATEMENT_MAX);
    ky_buf_add(&content, label);
    ky_buf_add(&content, ky_buf_bytes(&f->d.issue));
    assert_ok(ky_cms_sign(&cms, &p->sigkey, p->cert, none, content_type, ky_buf_bytes(&content), detached,
                          ky_now()));
    ky_authorisation_add_cms(&item, p->record, ky_buf_bytes(&cms));
    ky_buf_reset(&f->d.issue_auths);
    ky_authorisations_encode(&f->d.issue_auths, &item, 1);
    assert_ok(ky_buf_finish(&f->d.issue_auths));
}

static const struct ky_bytes label = KY_LABEL("kyso statement v1");

static void document_signature(struct filing *f)
{
    approve_with(f, KY_OID_DATA, label, true);
}

static void document_of_the_statement(struct filing *f)
{
    approve_with(f, KY_OID_DATA, KY_BYTES_NONE, false);
}

static void other_content_type(struct filing *f)
{
    approve_with(f, "1.2.840.113549.1.9.16.1.4", label, false);
}

static void label_of_another_use(struct filing *f)
{
    approve_with(f, KY_OID_DATA, KY_LABEL("kyso device v1"), false);
}

static void set_issue(struct filing *f, const char *name, json_t *taken_value)
{
    json_object_set_new(f->issue, name, taken_value);
}

static void profile_of_a_ca(struct filing *f)
{
    set_issue(f, "profile", json_string("issuing"));
}

static void valid_for_ever(struct filing *f)
{
    set_issue(f, "not_after", json_integer(ky_now() + 100 * 365 * KY_DAY));
}

static void profile_changed(struct filing *f)
{
    profile_of_a_ca(f);
    filing_reword_issue(f);
}

static void rows_added(struct filing *f)
{
    set_issue(f, "rows", json_pack("[i,i,i]", 1, 2, 3));
    filing_reword_issue(f);
}

static void row_not_in_request(struct filing *f)
{
    set_issue(f, "rows", json_pack("[i,i,i]", 1, 2, 3));
    f->row = 3;
}

static void row_not_approved(struct filing *f)
{
    set_issue(f, "rows", json_pack("[i]", 1));
    f->row = 2;
}

static void other_dossier(struct filing *f)
{
    set_issue(f, "dossier", json_string("000000000000000000000000000000ff"));
}

static void other_document(struct filing *f)
{
    set_issue(f, "document", json_string("00000000000000000000000000000000000000000000000000000000000000ff"));
}

/* A genuine approval, of another dossier. */
static void approval_of_another_dossier(struct filing *f)
{
    KY_CLEANUP(filing_clear) struct filing other = {0};
    assert_ok(filing_make(&other, f->w, 1));
    ky_buf_reset(&f->d.issue);
    ky_buf_reset(&f->d.issue_auths);
    ky_buf_add(&f->d.issue, ky_buf_bytes(&other.d.issue));
    ky_buf_add(&f->d.issue_auths, ky_buf_bytes(&other.d.issue_auths));
}

static void request_for_approval(struct filing *f)
{
    ky_buf_reset(&f->d.issue);
    ky_buf_reset(&f->d.issue_auths);
    ky_buf_add(&f->d.issue, ky_buf_bytes(&f->d.request));
    ky_buf_add(&f->d.issue_auths, ky_buf_bytes(&f->d.request_auths));
}

static void expired(struct filing *f)
{
    set_issue(f, "exp", json_integer(ky_now() - 1));
}

static void in_the_future(struct filing *f)
{
    set_issue(f, "iat", json_integer(ky_now() + KY_HOUR));
}

static void other_realm(struct filing *f)
{
    set_issue(f, "realm", json_string("00000000000000000000000000000000000000000000000000000000000000ff"));
}

static void not_for_ca(struct filing *f)
{
    json_array_remove(json_object_get(f->issue, "aud"), 1);
}

/* The nonces of an approval that has been executed. */
static void nonces_of_another(struct filing *f)
{
    KY_CLEANUP(filing_clear) struct filing other = {0};
    ky_auto_buf keys = ky_buf_init(HARNESS_TEXT_MAX), cert = ky_buf_init(HARNESS_TEXT_MAX);
    assert_ok(filing_make(&other, f->w, 1));
    assert_ok(filing_keys(&keys, &other));
    assert_ok(filing_certify(&cert, &other, ky_buf_bytes(&keys)));
    json_object_set(f->issue, "aud", json_object_get(other.issue, "aud"));
}

static const struct issue_attack approvals[] = {
    {"no approval", SEND_IT, nobody_approved, AT_SAM | AT_CA, KY_EAUTH, "0 officers signed, 1 are wanted"},
    {"by a stranger", APPROVE_IT, by_a_stranger, AT_SAM | AT_CA, KY_EDENIED, "no record of the officer"},
    {"by a stranger in her name", APPROVE_IT, by_a_stranger_in_her_name, AT_SAM | AT_CA, KY_EAUTH,
     "another certificate than the record names"},
    {"without the role", APPROVE_IT, without_the_role, AT_SAM | AT_CA, KY_EDENIED, "does not have the role"},
    {"by who filed", APPROVE_IT, by_who_filed, AT_SAM | AT_CA, KY_EDENIED, "who filed the dossier"},
    {"by the seal", APPROVE_IT, by_the_seal_itself, AT_SAM | AT_CA, KY_EDENIED, "no record of the officer"},
    {"one person twice", APPROVE_IT, one_person_twice, AT_SAM | AT_CA, KY_EAUTH, "one person signed twice"},
    {"by a key that is in sam", APPROVE_IT, by_a_key_in_sam, AT_SAM | AT_CA, KY_EDENIED,
     "one of our own; its key is in sam"},
    {"a document's signature", SEND_IT, document_signature, AT_SAM | AT_CA, KY_EDENIED, "detached"},
    {"the statement as a document", SEND_IT, document_of_the_statement, AT_SAM | AT_CA, KY_EDENIED,
     "not this statement"},
    {"another content type", SEND_IT, other_content_type, AT_SAM | AT_CA, KY_EDENIED, "content type"},
    {"another label", SEND_IT, label_of_another_use, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"a CA's profile, approved", APPROVE_IT, profile_of_a_ca, AT_CA, KY_EDENIED, "only \"subscriber\""},
    {"beyond the CA's end, approved", APPROVE_IT, valid_for_ever, AT_CA, KY_EDENIED,
     "after the end of the issuing CA"},
    {"profile changed", SEND_IT, profile_changed, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"rows added", SEND_IT, rows_added, AT_SAM | AT_CA, KY_EDENIED, "not this statement"},
    {"row not in the request", APPROVE_IT, row_not_in_request, AT_SAM, KY_ENOTFOUND, "has no row 3"},
    {"row not approved", APPROVE_IT, row_not_approved, AT_SAM, KY_EDENIED, "not among those approved"},
    {"another dossier", APPROVE_IT, other_dossier, AT_SAM | AT_CA, KY_EDENIED, "dossier or document"},
    {"another document", APPROVE_IT, other_document, AT_SAM | AT_CA, KY_EDENIED, "dossier or document"},
    {"approval of another dossier", SEND_IT, approval_of_another_dossier, AT_SAM | AT_CA, KY_EDENIED,
     "it speaks of another request"},
    {"request for approval", SEND_IT, request_for_approval, AT_SAM | AT_CA, KY_EDENIED,
     "of type request where issue is wanted"},
    {"expired", APPROVE_IT, expired, AT_SAM | AT_CA, KY_EEXPIRED, "expired "},
    {"in the future", APPROVE_IT, in_the_future, AT_SAM | AT_CA, KY_EEXPIRED, "iat"},
    {"another realm", APPROVE_IT, other_realm, AT_SAM | AT_CA, KY_EDENIED, "another realm"},
    {"not addressed to ca", APPROVE_IT, not_for_ca, AT_CA, KY_EDENIED, "not addressed to ca"},
    {"nonce used before", APPROVE_IT, nonces_of_another, AT_SAM, KY_EDENIED, "used by another statement"},
};

void officers_approved_these_rows(void **state)
{
    issue_attack_all(*state, approvals, KY_COUNT(approvals));
}
