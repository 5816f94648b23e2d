/* Certificate, its status, the wrapped key. See attack_sign.h. */
#include "tests/process/attack_sign.h"

#include "os/clock.h"
#include "pki/ocsp.h"

/* ---- certificate, status, key ---- */

/* What ca's responder would have signed at another time, or did sign and web kept. */
static void forged_time_ocsp(struct ky_buf *out, const struct signing *s, ky_time at)
{
    ky_auto_buf query = ky_buf_init(8192);
    ky_auto_keystore ks = NULL;
    ky_auto_token_key key = NULL;
    ky_auto_cert cert = NULL;
    struct ky_ocsp_req req;
    assert_ok(harness_open_token(&ks, s->h, KY_PROCESS_CA));
    assert_ok(ky_keystore_find_key(&key, ks, "ocsp", KY_USE_SIGN));
    assert_ok(ky_cert_parse(&cert, ky_buf_bytes(&s->h->people[HOA].cert)));
    assert_ok(ky_ocsp_req_build(&query, cert, s->h->realm.founding->issuing, 20, KY_BYTES_NONE));
    assert_ok(ky_ocsp_req_parse(&req, ky_buf_bytes(&query)));
    const struct ky_signer signer = ky_keystore_signer(key);
    const struct ky_sigkey sigkey = {.signer = &signer, .scheme = KY_ECDSA, .hash = KY_SHA256};
    const struct ky_ocsp_single single = {
        .certid = req.ids[0].der, .status = KY_OCSP_GOOD, .this_update = at, .next_update = at + KY_DAY};
    /* Produced now: ten minutes ago this responder's certificate was not there yet. */
    const struct ky_ocsp_resp resp = {.responder = s->h->realm.founding->ocsp,
                                      .include_responder = true,
                                      .produced_at = at < ky_now() ? ky_now() : at,
                                      .singles = &single,
                                      .n_singles = 1};
    assert_ok(ky_ocsp_resp_build(out, &resp, &sigkey));
}

static void ocsp_of(struct signing *s, ky_time at)
{
    ky_auto_buf ocsp = ky_buf_init(65536);
    forged_time_ocsp(&ocsp, s, at);
    sign_set_field(s, SIGNING_OCSP, &ocsp);
}

static void old_ocsp(struct signing *s)
{
    ocsp_of(s, ky_now() - 11 * KY_MINUTE);
}

static void future_ocsp(struct signing *s)
{
    ocsp_of(s, ky_now() + 5 * KY_MINUTE);
}

static void ocsp_of_another(struct signing *s)
{
    ky_auto_buf ocsp = ky_buf_init(65536);
    assert_ok(harness_ocsp(&ocsp, s->h, ky_buf_bytes(&s->h->people[COLLEAGUE].cert)));
    sign_set_field(s, SIGNING_OCSP, &ocsp);
}

/* thisUpdate one second off: the time stands after the serial and the status `good`. */
static void ocsp_altered(struct signing *s)
{
    struct ky_buf *ocsp = &s->field[SIGNING_OCSP];
    ky_auto_cert cert = NULL;
    assert_ok(ky_cert_parse(&cert, ky_buf_bytes(&s->who->cert)));
    uint8_t *at = memmem(ocsp->p, ocsp->n, cert->serial.p, cert->serial.n);
    assert_non_null(at);
    at[cert->serial.n + 2 + 2 + 13] ^= 1;
}

static void ocsp_of_a_stranger(struct signing *s)
{
    ky_auto_buf ocsp = ky_buf_init(65536), query = ky_buf_init(8192);
    ky_auto_cert cert = NULL;
    struct ky_ocsp_req req;
    const struct person *own = &s->h->realm.head;
    assert_ok(ky_cert_parse(&cert, ky_buf_bytes(&s->who->cert)));
    assert_ok(ky_ocsp_req_build(&query, cert, s->h->realm.founding->issuing, 20, KY_BYTES_NONE));
    assert_ok(ky_ocsp_req_parse(&req, ky_buf_bytes(&query)));
    const struct ky_ocsp_single single = {
        .certid = req.ids[0].der, .this_update = ky_now(), .next_update = ky_now() + KY_HOUR};
    const struct ky_ocsp_resp resp = {.responder = own->cert,
                                      .include_responder = true,
                                      .produced_at = ky_now(),
                                      .singles = &single,
                                      .n_singles = 1};
    assert_ok(ky_ocsp_resp_build(&ocsp, &resp, &own->sigkey));
    sign_set_field(s, SIGNING_OCSP, &ocsp);
}

static void ocsp_try_later(struct signing *s)
{
    ky_auto_buf ocsp = ky_buf_init(64);
    ky_ocsp_error_build(&ocsp, KY_OCSP_TRY_LATER);
    sign_set_field(s, SIGNING_OCSP, &ocsp);
}

static void no_ocsp(struct signing *s)
{
    assert_ok(signing_set(s, SIGNING_OCSP, KY_BYTES_NONE));
}

static void other_certificate(struct signing *s)
{
    sign_set_field(s, SIGNING_CERT, &s->h->people[HOA_AGAIN].cert);
}

static void certificate_named_another(struct signing *s)
{
    sign_set_text(s, "cert", "00000000000000000000000000000000000000000000000000000000000000ff");
}

static void key_without_certificate(struct signing *s)
{
    sign_set_field(s, SIGNING_KEY, &s->who->key_v1);
}

static void strangers_blob(struct signing *s)
{
    sign_set_field(s, SIGNING_BLOB, &s->h->people[COLLEAGUE].blob);
}

static void own_other_blob(struct signing *s)
{
    sign_set_field(s, SIGNING_BLOB, &s->h->people[HOA_AGAIN].blob);
}

static void blob_changed(struct signing *s)
{
    s->field[SIGNING_BLOB].p[s->field[SIGNING_BLOB].n / 2] ^= 1;
}

static void blob_cut(struct signing *s)
{
    s->field[SIGNING_BLOB].n -= 8;
}

static const struct sign_attack facts[] = {
    {"old OCSP answer", PASS, old_ocsp, KY_EEXPIRED, "s old, at most 600 s"},
    {"OCSP answer of the future", PASS, future_ocsp, KY_EEXPIRED, "s ahead"},
    {"OCSP answer about another", PASS, ocsp_of_another, KY_ENOTFOUND, "nothing about this certificate"},
    {"OCSP answer altered", PASS, ocsp_altered, KY_EAUTH, "signature is wrong"},
    {"OCSP answer of a stranger", PASS, ocsp_of_a_stranger, KY_EAUTH, "OCSP answer"},
    {"OCSP answer \"try later\"", PASS, ocsp_try_later, KY_EBUSY, "error status 3"},
    {"no OCSP answer", PASS, no_ocsp, KY_EFORMAT, "OCSPResponse: missing"},
    {"another certificate", PASS, other_certificate, KY_EDENIED, "another certificate"},
    {"another certificate named", ASK, certificate_named_another, KY_EDENIED, "another certificate"},
    {"a key record without certificate", PASS, key_without_certificate, KY_EDENIED, "no certificate yet"},
    {"another person's blob", PASS, strangers_blob, KY_EDENIED, "wrapped key is not that of the record"},
    {"her other key's blob", PASS, own_other_blob, KY_EDENIED, "wrapped key is not that of the record"},
    {"a blob changed", PASS, blob_changed, KY_EDENIED, "wrapped key is not that of the record"},
    {"a blob cut", PASS, blob_cut, KY_EDENIED, "wrapped key is not that of the record"},
};

void certificate_status_and_key_belong_together(void **state)
{
    sign_attack_all(*state, facts, KY_COUNT(facts));
}
