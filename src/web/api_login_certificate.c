/*
 * The port for certificates: the only place that asks a browser for one. What
 * comes of it is a code for the ordinary port, where pages, cookies and
 * sessions are (docs/protocol/http.md §6).
 */
#include "ades/evidence.h"
#include "base/secret.h"
#include "domain/login_certificate.h"
#include "web/api_session.h"
#include "web/body.h"
#include "web/handlers.h"
#include "web/login_evidence.h"
#include "web/login_refusal.h"
#include "web/session.h"

#define LOGIN_PAGE "/login" /* of the portal */
#define START_DIGITS ((size_t)(KY_LOGIN_START_NAME - 1))

struct certificate_call {
    struct ky_login_attempt by;
    struct ky_login_result result;
    struct ky_bytes start;
    struct ky_cert *cert;
    struct ky_cert *chain[KY_EXCHANGE_CHAIN_MAX]; /* owned, as cert */
    size_t chain_count;
    struct ky_login_evidence evidence;
    ky_login_verdict judged;
    uint8_t fingerprint[KY_SHA256_SIZE];
};

static void clear_call(struct certificate_call *c)
{
    ky_cert_free(c->cert);
    for (size_t i = 0; i < c->chain_count; i++)
        ky_cert_free(c->chain[i]);
    ky_login_evidence_clear(&c->evidence);
    ky_wipe(c->result.cookie, sizeof c->result.cookie);
}

/* What cannot be read is as good as none: the TLS library took it for a certificate, we do not. */
static ky_rc read_certificates(struct certificate_call *c, const struct ky_exchange *x)
{
    if (x->certificate.n == 0 || ky_cert_parse(&c->cert, x->certificate) != KY_OK)
        return KY_OK;
    memcpy(c->fingerprint, c->cert->sha256, sizeof c->fingerprint);
    for (size_t i = 0; i < x->chain_count; i++)
        if (ky_cert_parse(&c->chain[c->chain_count], x->chain[i]) == KY_OK)
            c->chain_count++;
    return KY_OK;
}

static ky_rc add_lists(struct certificate_call *c, const struct ky_web *w)
{
    KY_TRY(ky_login_evidence_add_list(&c->evidence, w->token_crls, c->cert));
    for (size_t i = 0; i < c->chain_count; i++)
        KY_TRY(ky_login_evidence_add_list(&c->evidence, w->token_crls, c->chain[i]));
    return KY_OK;
}

/* By evidence so far: the path alone, or everything. */
static ky_rc judge(struct certificate_call *c, const struct ky_web *w,
                   ky_rc (*how)(ky_login_verdict *out, const struct ky_login_certificate *in))
{
    const struct ky_login_certificate in = {
        .cert = c->cert,
        .intermediates = {(const struct ky_cert *const *)c->chain, c->chain_count},
        .anchors = ky_evidence_certs(w->token_cas),
        .crls = (const struct ky_crl *const *)c->evidence.crls,
        .n_crls = c->evidence.n_crls,
        .ocsps = c->evidence.ocsps,
        .n_ocsps = c->evidence.n_ocsps,
        .at = c->by.now,
    };
    return how(&c->judged, &in);
}

static ky_rc make_code(struct ky_store *s, void *ctx)
{
    struct certificate_call *c = ctx;
    return ky_login_by_certificate(&c->result, s, &c->by, c->start, c->judged, c->fingerprint);
}

static ky_rc decide(struct certificate_call *c, struct ky_web *w, struct ky_exchange *x)
{
    KY_TRY(read_certificates(c, x));
    KY_TRY(judge(c, w, ky_login_judge_path));
    if (c->judged == KY_LOGIN_GOOD) {
        KY_TRY(add_lists(c, w));
        KY_TRY(judge(c, w, ky_login_judge_certificate));
    }
    return ky_store_submit(w->db, make_code, c);
}

/* In the fragment, which no server sees. */
static ky_rc go_back(struct ky_web *w, struct ky_exchange *x, const struct ky_login_result *result)
{
    bool good = result->verdict == KY_LOGIN_GOOD;
    const char *where =
        ky_arena_printf(&x->arena, "%s" LOGIN_PAGE "#%s=%s", w->login.origin, good ? "code" : "error",
                        good ? result->cookie : ky_login_code(result->verdict));
    if (where == NULL)
        return KY_ENOMEM;
    ky_exchange_header(x, "Location", where);
    return ky_answer_bytes(x, 303, NULL, KY_BYTES_NONE);
}

ky_rc ky_handle_login_certificate_go(struct ky_web *w, struct ky_exchange *x)
{
    KY_CLEANUP(clear_call) struct certificate_call c = {.by = ky_login_attempt_of(w, x)};
    const char *start = ky_exchange_arg(x, "start");
    c.start = start == NULL ? KY_BYTES_NONE : ky_bytes_str(start);
    KY_TRY(decide(&c, w, x));
    return go_back(w, x, &c.result);
}

ky_rc ky_handle_login_certificate_code(struct ky_web *w, struct ky_exchange *x)
{
    KY_CLEANUP(clear_call) struct certificate_call c = {.by = ky_login_attempt_of(w, x)};
    KY_TRY(ky_json_get_str(&c.start, x->json, "start", START_DIGITS));
    KY_TRY(ky_login_evidence_add_body(&c.evidence, x));
    KY_TRY(decide(&c, w, x));
    if (c.result.verdict != KY_LOGIN_GOOD)
        return ky_answer_login(x, &c.result);
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "code", c.result.cookie);
    return ky_answer_end(x);
}
