/* See token.h. */
#include "prog/agent/token.h"

#include <unistd.h>

#include "base/str.h"
#include "crypto/personal.h"
#include "crypto/pubkey.h"
#include "os/lang.h"
#include "os/sandbox.h"

#define QUESTION_MAX (KY_PERSONAL_CERT_MAX + 4096)
#define CERTS_BYTES_MAX ((size_t)KY_PERSONAL_CERT_MAX * KY_PERSONAL_CERTS_MAX)
#define PIN_MAX 256
#define READ_MS 30000
#define SIGN_MS 120000 /* some tokens have a key to be pressed */

enum { ASK_CERTS = 1, ASK_SIGN = 2 };

/* ---- the child ---- */

static ky_rc add_cert(void *ctx, const char *label, struct ky_bytes der)
{
    ky_buf_add_lv(ctx, ky_bytes_str(label));
    ky_buf_add_lv(ctx, der);
    return ky_buf_finish(ctx);
}

struct wish {
    ky_scheme scheme;
    ky_hash hash;
    struct ky_bytes digest, cert, pin;
};

/* The first is the one with the key's own CKA_ID. */
static ky_rc check_first(void *ctx, struct ky_bytes der)
{
    struct ky_bytes *shown = ctx;
    if (shown->n > 0 && !ky_bytes_eq(*shown, der))
        return ky_fail(KY_EDENIED, "the key is not that of the certificate shown");
    *shown = KY_BYTES_NONE;
    return KY_OK;
}

static ky_rc sign_with_pin(struct ky_buf *out, const struct agent_conf *conf, const struct wish *w)
{
    ky_auto_secret pin = {0};
    ky_auto_keystore ks = NULL;
    ky_auto_token_key key = NULL;
    struct ky_bytes shown = w->cert;
    KY_TRY(ky_secret_init(&pin, w->pin.n));
    memcpy(pin.p, w->pin.p, pin.n);
    const struct ky_keystore_config cfg = {.module = conf->module, .token = conf->token, .pin = &pin};
    KY_TRY(ky_keystore_open(&ks, &cfg));
    KY_TRY(ky_personal_find_key(&key, ks, conf->key));
    KY_TRY(ky_personal_each_cert(key, check_first, &shown));
    return ky_keystore_sign(out, key, w->scheme, w->hash, w->digest);
}

static ky_rc answer_sign(struct ky_buf *out, const struct agent_conf *conf, struct ky_reader *in)
{
    struct wish w = {.scheme = (ky_scheme)ky_read_u8(in), .hash = (ky_hash)ky_read_u8(in)};
    w.digest = ky_read_lv(in, KY_HASH_MAX);
    w.cert = ky_read_lv(in, KY_PERSONAL_CERT_MAX);
    w.pin = ky_read_lv(in, PIN_MAX);
    KY_TRY(ky_reader_finish(in, "token"));
    return sign_with_pin(out, conf, &w);
}

static ky_rc answer(struct ky_buf *out, const struct agent_conf *conf, struct ky_bytes question)
{
    struct ky_reader in = KY_READER(question);
    if (ky_read_u8(&in) == ASK_SIGN)
        return answer_sign(out, conf, &in);
    return ky_personal_read_certs(conf->module, conf->token, add_cert, out);
}

static void serve(const void *arg)
{
    ky_rc rc = ky_sandbox_enter(KY_SANDBOX_TOKEN);
    for (;;) {
        ky_auto_buf question = ky_buf_init_secret(QUESTION_MAX), out = ky_buf_init(CERTS_BYTES_MAX);
        if (agent_recv(LINK_FD, &question, KY_DEADLINE_NEVER) != KY_OK)
            return;
        if (rc == KY_OK)
            rc = answer(&out, arg, ky_buf_bytes(&question));
        ky_buf_clear(&question);
        if (agent_send_result(LINK_FD, rc, ky_buf_bytes(&out), KY_DEADLINE_NEVER) != KY_OK || rc != KY_OK)
            return;
    }
}

/* ---- its parent ---- */

/* The certificate with the key's label; else the first of a person, for tokens that label them otherwise. */
static ky_rc choose(struct ky_cert **out, struct ky_bytes list, const char *label)
{
    ky_auto_cert best = NULL;
    bool by_label = false;
    for (struct ky_reader in = KY_READER(list); in.left.n > 0 && !by_label;) {
        ky_auto_cert cert = NULL;
        by_label = ky_bytes_eq_str(ky_read_lv(&in, KY_PERSONAL_CERT_MAX), label);
        const struct ky_bytes der = ky_read_lv(&in, KY_PERSONAL_CERT_MAX);
        KY_TRY(ky_cert_parse(&cert, der));
        by_label = by_label && !cert->ca;
        if (!by_label && (best != NULL || cert->ca))
            continue;
        ky_cert_free(best);
        best = KY_STEAL(cert);
    }
    if (best == NULL)
        return ky_fail(KY_ENOTFOUND, "%s",
                       ky_say("thiết bị không có chứng thư số", "the token has no certificate"));
    *out = KY_STEAL(best);
    return KY_OK;
}

static ky_rc check_validity(const struct ky_cert *cert)
{
    const ky_time now = ky_now();
    if (now < cert->not_before || now > cert->not_after)
        return ky_fail(KY_EEXPIRED, "%s",
                       ky_say("chứng thư số trên thiết bị đã hết hạn hoặc chưa có hiệu lực",
                              "the certificate in the token is not valid now"));
    return KY_OK;
}

static ky_rc take_certs(struct agent_token *t, struct ky_bytes list, const char *label)
{
    ky_auto_cert signer = NULL;
    ky_auto_pubkey key = NULL;
    KY_TRY(choose(&signer, list, label));
    KY_TRY(check_validity(signer));
    KY_TRY(ky_pubkey_parse(&key, signer->spki));
    t->type = ky_pubkey_type(key);
    t->certs = ky_evidence_new();
    if (t->certs == NULL)
        return ky_fail(KY_ENOMEM, "certificates");
    KY_TRY(ky_evidence_add_cert(t->certs, signer->der));
    for (struct ky_reader in = KY_READER(list); in.left.n > 0;) {
        (void)ky_read_lv(&in, KY_PERSONAL_CERT_MAX);
        KY_TRY(ky_evidence_add_cert(t->certs, ky_read_lv(&in, KY_PERSONAL_CERT_MAX)));
    }
    return KY_OK;
}

ky_rc agent_token_open(struct agent_token *t, const struct agent_conf *conf)
{
    static const uint8_t ask[] = {ASK_CERTS};
    ky_auto_buf list = ky_buf_init(CERTS_BYTES_MAX);
    *t = (struct agent_token){.type = KY_KEY_P256, .signatures = 1};
    KY_TRY(agent_child_start(&t->child, serve, conf, NULL, 0));
    const ky_rc rc = agent_ask(&list, &t->child, KY_BYTES_OF(ask), ky_deadline_in(READ_MS));
    if (rc == KY_ENOTFOUND)
        return ky_context(rc, "%s", ky_say("chưa cắm thiết bị ký", "the token is not plugged in"));
    KY_TRY(rc);
    return take_certs(t, ky_buf_bytes(&list), conf->key);
}

void agent_token_close(struct agent_token *t)
{
    agent_child_stop(&t->child);
    ky_evidence_free(t->certs);
    ky_secret_clear(&t->pin);
    t->certs = NULL;
}

struct ky_certs agent_token_others(const struct agent_token *t)
{
    return (struct ky_certs){(const struct ky_cert *const *)t->certs->certs + 1, t->certs->n_certs - 1};
}

static ky_rc sign(void *ctx, struct ky_buf *sig, ky_scheme scheme, ky_hash hash, struct ky_bytes digest)
{
    struct agent_token *t = ctx;
    ky_auto_buf question = ky_buf_init_secret(QUESTION_MAX);
    ky_buf_add_u8(&question, ASK_SIGN);
    ky_buf_add_u8(&question, (uint8_t)scheme);
    ky_buf_add_u8(&question, (uint8_t)hash);
    ky_buf_add_lv(&question, digest);
    ky_buf_add_lv(&question, agent_token_cert(t)->der);
    ky_buf_add_lv(&question, KY_BYTES(t->pin.p, t->pin.n));
    if (t->signatures <= 1)
        ky_secret_clear(&t->pin);
    else
        t->signatures--;
    KY_TRY(ky_buf_finish(&question));
    ky_auto_buf value = ky_buf_init(KY_SIGNATURE_MAX);
    const ky_rc rc = agent_ask(&value, &t->child, ky_buf_bytes(&question), ky_deadline_in(SIGN_MS));
    if (rc == KY_EAUTH)
        return ky_context(rc, "%s",
                          ky_say("sai mã PIN hoặc thiết bị đã khóa", "wrong PIN, or the token is locked"));
    KY_TRY(rc);
    ky_buf_add(sig, ky_buf_bytes(&value));
    return ky_buf_finish(sig);
}

struct ky_signer agent_token_signer(struct agent_token *t)
{
    return (struct ky_signer){.ctx = t, .key_type = t->type, .sign = sign};
}
