/*
 * CA_OCSP (RFC 6960) and CA_CRL (RFC 5280 §5). What is revoked stands in the
 * keeper's log, so neither answer depends on the database.
 */
#include "pki/crl.h"
#include "pki/ocsp.h"
#include "prog/ca/ca.h"

#define CRL_BYTES_MAX (KY_MESSAGE_BODY_MAX - 64)
#define PAGE 1024
#define PAGE_ENTRY (KY_SERIAL_SIZE + 4 + 8)

ky_rc ky_ca_ask_status(struct ky_ca_status *out, struct ky_ca *ca, const uint8_t serial[KY_SERIAL_SIZE])
{
    ky_auto_buf reply = ky_buf_init(128);
    KY_TRY(ky_worker_keeper(&ca->w, KY_MSG_K_STATUS, KY_BYTES(serial, KY_SERIAL_SIZE), &reply));
    struct ky_reader in = KY_READER(ky_buf_bytes(&reply));
    out->issued = ky_read_u8(&in) != 0;
    out->revoked = ky_read_u8(&in) != 0;
    out->reason = ky_read_u32(&in);
    out->revoked_at = (ky_time)ky_read_u64(&in);
    struct ky_bytes tbs_hash = ky_read_bytes(&in, KY_HASH_SIZE);
    KY_TRY(ky_reader_finish(&in, "status"));
    memcpy(out->tbs_hash, tbs_hash.p, KY_HASH_SIZE);
    return KY_OK;
}

/* ---- OCSP ---- */

/* Made in the ceremony, so the log has no entry of their issue. */
static bool is_own(const struct ky_founding *f, struct ky_bytes serial)
{
    return ky_bytes_eq(serial, f->ocsp->serial) || ky_bytes_eq(serial, f->tsa->serial);
}

/* Good only if we issued it; of other issuers we know nothing. */
static ky_rc answer_single(struct ky_ocsp_single *out, struct ky_ca *ca, const struct ky_ocsp_certid *id,
                           ky_time now)
{
    const struct ky_founding *f = ca->w.founding;
    struct ky_ca_status s = {0};
    *out = (struct ky_ocsp_single){.certid = id->der,
                                   .status = KY_OCSP_UNKNOWN,
                                   .this_update = now,
                                   .next_update = now + ca->ocsp_life_s};
    if (id->serial.n != KY_SERIAL_SIZE || !ky_ocsp_certid_matches(id, f->issuing))
        return KY_OK;
    KY_TRY(ky_ca_ask_status(&s, ca, id->serial.p));
    if (s.revoked) {
        out->status = KY_OCSP_REVOKED;
        out->revoked_at = s.revoked_at;
        out->reason = (ky_crl_reason)s.reason;
    } else if (s.issued || is_own(f, id->serial)) {
        out->status = KY_OCSP_GOOD;
    }
    return KY_OK;
}

/* The responder speaks for the issuing CA only (§2.3: unauthorized). */
static bool speaks_for_any(const struct ky_ca *ca, const struct ky_ocsp_req *req)
{
    for (size_t i = 0; i < req->n_ids; i++)
        if (ky_ocsp_certid_matches(&req->ids[i], ca->w.founding->issuing))
            return true;
    return false;
}

static ky_rc answer_ocsp(struct ky_buf *reply, struct ky_ca *ca, const struct ky_ocsp_req *req)
{
    struct ky_ocsp_single singles[KY_OCSP_SINGLES_MAX];
    ky_time now = ky_worker_now(&ca->w);
    const struct ky_ocsp_resp resp = {
        .responder = ca->w.founding->ocsp,
        .include_responder = true,
        .produced_at = now,
        .singles = singles,
        .n_singles = req->n_ids,
        .nonce = req->has_nonce ? req->nonce : KY_BYTES_NONE,
    };
    if (now > ca->w.founding->ocsp->not_after)
        return ky_fail(KY_EEXPIRED, "the OCSP responder's certificate has expired");
    for (size_t i = 0; i < req->n_ids; i++)
        KY_TRY(answer_single(&singles[i], ca, &req->ids[i], now));
    return ky_ocsp_resp_build(reply, &resp, &ca->ocsp.sigkey);
}

/* Garbage from the network is answered as the standard says and is no refusal; only our own failures are counted. */
ky_rc ky_ca_handle_ocsp(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    struct ky_bytes field[KY_MESSAGE_FIELDS_MAX];
    struct ky_ocsp_req req;
    ky_auto_buf answer = ky_buf_init(KY_OCSP_RESP_MAX);
    (void)request;
    KY_TRY(ky_message_read(field, KY_MSG_CA_OCSP, body));
    if (ky_ocsp_req_parse(&req, field[0]) != KY_OK) {
        ky_ocsp_error_build(reply, KY_OCSP_MALFORMED_REQUEST);
    } else if (!speaks_for_any(ca, &req)) {
        ky_ocsp_error_build(reply, KY_OCSP_UNAUTHORIZED);
    } else if (ky_worker_refused(&ca->w, KY_OP_OCSP, answer_ocsp(&answer, ca, &req)) != KY_OK) {
        ky_ocsp_error_build(reply, KY_OCSP_TRY_LATER);
    } else {
        ky_buf_add(reply, ky_buf_bytes(&answer));
    }
    return ky_buf_finish(reply);
}

/* ---- CRL ---- */

/* The revoked set, fetched page by page while the list is being built. */
struct pages {
    struct ky_ca *ca;
    struct ky_buf page;
    struct ky_reader in;
    uint32_t fetched, left; /* entries in all; not yet read of this page */
};

static ky_rc fetch_page(struct pages *p)
{
    uint8_t body[6];
    ky_put_u32(body, p->fetched);
    ky_put_u16(body + 4, PAGE);
    ky_buf_reset(&p->page);
    KY_TRY(ky_worker_keeper(&p->ca->w, KY_MSG_K_REVOKED, KY_BYTES_OF(body), &p->page));
    p->in = KY_READER(ky_buf_bytes(&p->page));
    p->left = ky_read_u16(&p->in);
    p->fetched += p->left;
    if (p->in.failed || p->in.left.n != (size_t)p->left * PAGE_ENTRY)
        return ky_fail(KY_EINTERNAL, "keeper's answer of %zu bytes", p->page.n);
    return KY_OK;
}

static ky_rc next_revoked(void *ctx, struct ky_crl_entry *out)
{
    struct pages *p = ctx;
    if (p->left == 0)
        KY_TRY(fetch_page(p));
    if (p->left == 0)
        return KY_ENOTFOUND;
    p->left--;
    struct ky_bytes serial = ky_read_bytes(&p->in, KY_SERIAL_SIZE);
    uint32_t reason = ky_read_u32(&p->in);
    *out = (struct ky_crl_entry){
        .serial = serial, .reason = (ky_crl_reason)reason, .revoked_at = (ky_time)ky_read_u64(&p->in)};
    return KY_OK;
}

/* The number is that of an entry in the log: it rises, whatever happens to this process. */
static ky_rc take_number(uint64_t *number, struct ky_ca *ca)
{
    const struct ky_keeper_head head = {.op = KY_OP_CRL};
    struct ky_execute e = {.append_count = 1};
    e.appends[0] = (struct ky_append){.kind = KY_LOGGED_CRL, .not_after = KY_TIME_NEVER};
    memcpy(e.appends[0].id, ca->w.founding->issuing->key_sha1, KY_KEY_ID_SIZE);
    return ky_worker_execute_numbered(&ca->w, &head, &e, number);
}

static ky_rc make_crl(struct ky_buf *reply, struct ky_ca *ca)
{
    const struct ky_cert *issuing = ca->w.founding->issuing;
    ky_auto_buf crl = ky_buf_init(CRL_BYTES_MAX);
    struct pages p = {.ca = ca, .page = ky_buf_init(2 + PAGE * PAGE_ENTRY)};
    struct ky_crl_tbs t = {.issuer = issuing->subject, .aki = issuing->ski};
    KY_TRY(take_number(&t.number, ca));
    t.this_update = ky_worker_now(&ca->w);
    t.next_update = t.this_update + ca->crl_life_s;
    ky_rc rc = ky_crl_build(&crl, &t, &ca->issuing.sigkey, next_revoked, &p);
    ky_buf_clear(&p.page);
    KY_TRY(rc);
    ky_buf_add_u64(reply, t.number);
    ky_buf_add(reply, ky_buf_bytes(&crl));
    return ky_buf_finish(reply);
}

ky_rc ky_ca_handle_crl(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    (void)request, (void)body;
    return ky_worker_refused(&ca->w, KY_OP_CRL, make_crl(reply, ca));
}
