/*
 * CA_PREPARE and CA_ISSUE. The order, each step durable before the next: serial
 * and TBS hash logged by the keeper (prepare), signed, result in the keeper's
 * outbox and audit file (issue). Asked again, the same certificate comes back.
 */
#include "crypto/digest.h"
#include "pki/crl.h"
#include "pki/lint.h"
#include "prog/ca/ca.h"
#include "prog/ca/tbs.h"

#define AUDIT_ROW_SIZE (4 + KY_SERIAL_SIZE + 2 * KY_HASH_SIZE) /* row, serial, SHA-256 of TBS and of SPKI */
#define ANSWER_ITEM_MAX (KY_SERIAL_SIZE + 4 + KY_CERT_IN_RECORD_MAX + KY_LOG_ID_SIZE)

struct certifying {
    struct ky_ca *ca;
    struct ky_decision decision;
    struct ky_row_item items[KY_BATCH_MAX];
    size_t count;
    struct ky_execute execute;
    struct ky_buf audit;
};

static void clear_certifying(struct certifying *c)
{
    ky_decision_clear(&c->decision);
    ky_buf_clear(&c->audit);
}

static ky_rc read_items(struct certifying *c, struct ky_bytes list, size_t most)
{
    struct ky_bytes bytes[KY_BATCH_MAX];
    KY_TRY(ky_list_read(bytes, &c->count, most, list, "rows"));
    for (size_t i = 0; i < c->count; i++) {
        KY_TRY(ky_row_item_read(&c->items[i], bytes[i]));
        if (i > 0 && c->items[i].row <= c->items[i - 1].row)
            return ky_fail(KY_EFORMAT, "rows: %u after %u; each once, ascending", c->items[i].row,
                           c->items[i - 1].row);
    }
    return c->count > 0 ? KY_OK : ky_fail(KY_EFORMAT, "rows: none");
}

/* Statements, signatures and freshness; the head then names what must still be alive. */
static ky_rc decide(struct certifying *c, uint16_t type, struct ky_bytes body, size_t most)
{
    struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX];
    KY_TRY(ky_message_read(fields, type, body));
    KY_TRY(read_items(c, fields[6], most));
    KY_TRY(ky_worker_decide(&c->ca->w, &c->decision, KY_ST_ISSUE, fields));
    c->decision.head.op = KY_OP_CERTIFY;
    c->execute.spend_nonce = true;
    return KY_OK;
}

/* The certificate that is replaced is as our log knows it, and nobody ended it. */
static ky_rc check_old(struct ky_ca *ca, const struct ky_cert *old)
{
    struct ky_ca_status s;
    uint8_t hash[KY_HASH_SIZE];
    if (old == NULL)
        return KY_OK;
    KY_TRY(ky_sha256(hash, old->tbs));
    KY_TRY(ky_ca_ask_status(&s, ca, old->serial.p));
    if (!s.issued || memcmp(s.tbs_hash, hash, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "the certificate that is replaced was not issued here like that");
    if (s.revoked && s.reason != KY_REASON_SUPERSEDED) /* by whom it was superseded the keeper knows */
        return ky_fail(KY_EDENIED, "the certificate that is to be replaced was revoked");
    return KY_OK;
}

static ky_rc make_tbs(struct ky_row_tbs *r, struct certifying *c, const struct ky_row_item *item)
{
    struct ky_ca *ca = c->ca;
    KY_TRY(ky_row_tbs_make(r, item, &c->decision.request, &c->decision.issue, ca->w.founding, &ca->w.k_id,
                           ca->issuing.sigkey.scheme, ca->issuing.sigkey.hash));
    return ky_context(check_old(ca, r->old), "row %u", item->row);
}

/* By the throw-away key: what will be signed, for the rules to look at. */
static ky_rc lint(struct ky_buf *der, const struct ky_ca *ca, const struct ky_row_tbs *r)
{
    struct ky_lint_report report;
    KY_TRY(ky_cert_issue(der, &r->tbs, &ca->lint_key));
    return ky_context(
        ky_lint_cert(&report, ky_buf_bytes(der), KY_PROFILE_SUBSCRIBER, ca->w.founding->issuing), "row %u",
        r->row.number);
}

/* What the keeper is to log for this row. */
static ky_rc add_to_execute(struct certifying *c, const struct ky_row_tbs *r)
{
    struct ky_spend *spend = &c->execute.spends[c->execute.spend_count++];
    struct ky_append *issued = &c->execute.appends[c->execute.append_count++];
    uint8_t spki_hash[KY_HASH_SIZE];
    KY_TRY(ky_row_spend_id(spend->id, c->decision.request.hash, r->row.number));
    spend->not_after = KY_TIME_NEVER;
    *issued =
        (struct ky_append){.kind = KY_LOGGED_ISSUED, .version = r->row.number, .not_after = r->tbs.not_after};
    ky_log_id(issued->id, r->serial);
    memcpy(issued->hash, r->hash, KY_HASH_SIZE);
    KY_TRY(ky_sha256(spki_hash, r->tbs.spki));
    ky_buf_add_u32(&c->audit, r->row.number);
    ky_buf_add(&c->audit, KY_BYTES_OF(r->serial));
    ky_buf_add(&c->audit, KY_BYTES_OF(r->hash));
    ky_buf_add(&c->audit, KY_BYTES_OF(spki_hash));
    KY_TRY(ky_buf_finish(&c->audit));
    c->execute.audit = ky_buf_bytes(&c->audit);
    return KY_OK;
}

/* Under the same approval, before its successor is signed. */
static void end_old(struct certifying *c, const struct ky_cert *old)
{
    if (old == NULL)
        return;
    struct ky_append *a = &c->execute.appends[c->execute.append_count++];
    *a = (struct ky_append){
        .kind = KY_LOGGED_REVOKED, .version = KY_REASON_SUPERSEDED, .not_after = KY_TIME_NEVER};
    ky_log_id(a->id, old->serial.p);
    memcpy(a->hash, c->decision.issue.hash, KY_HASH_SIZE);
}

static ky_rc prepare_row(struct certifying *c, const struct ky_row_item *item, struct ky_buf *reply)
{
    KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs r = {0};
    ky_auto_buf linted = ky_buf_init(KY_CERT_IN_RECORD_MAX), answer = ky_buf_init(ANSWER_ITEM_MAX);
    KY_TRY(make_tbs(&r, c, item));
    KY_TRY(lint(&linted, c->ca, &r));
    KY_TRY(add_to_execute(c, &r));
    ky_buf_add(&answer, KY_BYTES_OF(r.serial));
    ky_buf_add_lv(&answer, ky_buf_bytes(&linted));
    ky_buf_add(&answer, KY_BYTES_OF(c->execute.spends[c->execute.spend_count - 1].id));
    KY_TRY(ky_buf_finish(&answer));
    ky_buf_add_lv(reply, ky_buf_bytes(&answer));
    return ky_buf_finish(reply);
}

static struct certifying new_certifying(struct ky_ca *ca)
{
    return (struct certifying){.ca = ca, .audit = ky_buf_init(KY_BATCH_MAX * AUDIT_ROW_SIZE)};
}

static ky_rc prepare(struct ky_ca *ca, struct ky_bytes body, struct ky_buf *reply)
{
    KY_CLEANUP(clear_certifying) struct certifying c = new_certifying(ca);
    bool repeated;
    KY_TRY(decide(&c, KY_MSG_CA_PREPARE, body, KY_BATCH_MAX));
    ky_list_begin(reply, c.count);
    for (size_t i = 0; i < c.count; i++)
        KY_TRY(prepare_row(&c, &c.items[i], reply));
    return ky_worker_execute(&ca->w, &c.decision.head, &c.execute, &repeated, NULL);
}

ky_rc ky_ca_handle_prepare(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    (void)request;
    return ky_worker_refused(&ca->w, KY_OP_CERTIFY, prepare(ca, body, reply));
}

/* ---- issue ---- */

/* The keeper keeps the first result there is and answers with it: a row never has two certificates. */
static ky_rc keep_result(struct ky_buf *out, struct certifying *c, struct ky_bytes der)
{
    return ky_worker_result(&c->ca->w, &c->decision.head, c->execute.spends[0].id, der, out);
}

/* Signs, and looks at what was signed before anybody else does. */
static ky_rc sign(struct ky_buf *der, const struct ky_ca *ca, const struct ky_row_tbs *r)
{
    ky_auto_cert cert = NULL;
    KY_TRY(ky_cert_issue(der, &r->tbs, &ca->issuing.sigkey));
    KY_TRY(ky_cert_parse(&cert, ky_buf_bytes(der)));
    KY_TRY(ky_context(ky_cert_verify_signature(cert, ca->w.founding->issuing), "own signature"));
    if (!ky_bytes_eq(cert->tbs, ky_buf_bytes(&r->der)))
        return ky_fail(KY_EINTERNAL, "row %u: something else was signed than was logged", r->row.number);
    return KY_OK;
}

static ky_rc issue_row(struct ky_buf *cert, struct certifying *c)
{
    KY_CLEANUP(ky_row_tbs_clear) struct ky_row_tbs r = {0};
    ky_auto_buf linted = ky_buf_init(KY_CERT_IN_RECORD_MAX), signed_der = ky_buf_init(KY_CERT_IN_RECORD_MAX);
    bool repeated;
    KY_TRY(make_tbs(&r, c, &c->items[0]));
    KY_TRY(lint(&linted, c->ca, &r));
    KY_TRY(add_to_execute(c, &r));
    end_old(c, r.old);
    KY_TRY(ky_worker_execute(&c->ca->w, &c->decision.head, &c->execute, &repeated, cert));
    if (cert->n > 0)
        return KY_OK;
    KY_TRY(sign(&signed_der, c->ca, &r));
    return keep_result(cert, c, ky_buf_bytes(&signed_der));
}

static ky_rc issue(struct ky_ca *ca, struct ky_bytes body, struct ky_buf *reply)
{
    KY_CLEANUP(clear_certifying) struct certifying c = new_certifying(ca);
    ky_auto_buf cert = ky_buf_init(KY_KEEPER_PAYLOAD_MAX);
    KY_TRY(decide(&c, KY_MSG_CA_ISSUE, body, 1));
    KY_TRY(issue_row(&cert, &c));
    ky_buf_add_lv(reply, ky_buf_bytes(&cert));
    ky_buf_add(reply, KY_BYTES_OF(c.execute.spends[0].id));
    return ky_buf_finish(reply);
}

ky_rc ky_ca_handle_issue(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                         struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    (void)request;
    return ky_worker_refused(&ca->w, KY_OP_CERTIFY, issue(ca, body, reply));
}
