/* A person's PKCS#11 token; its PIN from KYSO_PIN or the terminal. */
#include <stdlib.h>

#include "crypto/personal.h"
#include "prog/kyso/keysrc.h"
#include "prog/kyso/prompt.h"
#include "prog/kyso/say.h"

struct token {
    struct ky_keystore *ks;   /* owned */
    struct ky_token_key *key; /* owned */
};

static void token_close(struct kyso_keysrc *k)
{
    struct token *t = k->state;
    ky_token_key_close(t->key);
    ky_keystore_close(t->ks);
    free(t);
}

static ky_rc log_in(struct ky_keystore **out, const struct kyso_keysrc_args *args)
{
    ky_auto_secret typed = {0};
    bool found = false;
    KY_TRY(kyso_prompt(&typed, &found, "KYSO_PIN", kyso_say("Mã PIN của thiết bị", "PIN of the token")));
    if (!found || typed.n < 2)
        return ky_fail(KY_EAUTH, "%s",
                       kyso_say("chưa có mã PIN: đặt KYSO_PIN", "there is no PIN: set KYSO_PIN"));
    ky_auto_secret pin = {0}; /* without the NUL */
    KY_TRY(ky_secret_init(&pin, typed.n - 1));
    memcpy(pin.p, typed.p, pin.n);
    const struct ky_keystore_config cfg = {.module = args->module, .token = args->token, .pin = &pin};
    return ky_keystore_open(out, &cfg);
}

static ky_rc take_cert(void *ctx, struct ky_bytes der)
{
    return ky_evidence_add_cert(ctx, der);
}

static ky_rc token_open(struct kyso_keysrc *k, const struct kyso_keysrc_args *args)
{
    struct token *t = calloc(1, sizeof *t);
    if (t == NULL)
        return ky_fail(KY_ENOMEM, "token");
    k->state = t; /* closed with the source */
    KY_TRY(log_in(&t->ks, args));
    KY_TRY(ky_personal_find_key(&t->key, t->ks, args->label));
    return ky_personal_each_cert(t->key, take_cert, k->certs);
}

static ky_rc token_sign(struct kyso_keysrc *k, struct ky_buf *sig, ky_scheme scheme, ky_hash hash,
                        struct ky_bytes digest, const struct kyso_document *doc)
{
    const struct token *t = k->state;
    (void)doc;
    return ky_keystore_sign(sig, t->key, scheme, hash, digest);
}

const struct kyso_keysrc_ops kyso_keysrc_token = {
    .name = "pkcs11", .open = token_open, .sign = token_sign, .close = token_close};
