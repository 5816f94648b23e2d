#include "prog/kyso/keysrc.h"

#include "crypto/pubkey.h"
#include "prog/kyso/say.h"

static ky_rc choose(const struct kyso_keysrc_ops **out, const struct kyso_keysrc_args *a)
{
    const bool p12 = a->p12 != NULL, token = a->module != NULL, remote = a->server != NULL;
    if (p12 + token + remote != 1)
        return ky_fail(KY_EINVAL, "%s",
                       kyso_say("cần đúng một nguồn khóa: --p12, --pkcs11 hoặc --server",
                                "exactly one source of the key is needed: --p12, --pkcs11 or --server"));
    if (token && (a->token == NULL || a->label == NULL))
        return ky_fail(KY_EINVAL, "%s",
                       kyso_say("--pkcs11 cần --token và --key", "--pkcs11 needs --token and --key"));
    if (remote && a->credential == NULL)
        return ky_fail(KY_EINVAL, "%s", kyso_say("--server cần --credential", "--server needs --credential"));
    *out = p12 ? &kyso_keysrc_p12 : token ? &kyso_keysrc_token : &kyso_keysrc_remote;
    return KY_OK;
}

const struct ky_cert *kyso_keysrc_cert(const struct kyso_keysrc *k)
{
    return k->certs->certs[0];
}

/* The key's type is that of its certificate. */
static ky_rc learn_type(struct kyso_keysrc *k)
{
    if (k->certs->n_certs == 0)
        return ky_fail(KY_ENOTFOUND, "%s",
                       kyso_say("không có chứng thư số đi kèm khóa", "no certificate comes with the key"));
    ky_auto_pubkey key = NULL;
    KY_TRY(ky_context(ky_pubkey_parse(&key, kyso_keysrc_cert(k)->spki), "certificate"));
    k->type = ky_pubkey_type(key);
    return KY_OK;
}

ky_rc kyso_keysrc_open(struct kyso_keysrc *k, const struct kyso_keysrc_args *args)
{
    KY_TRY(choose(&k->ops, args));
    k->certs = ky_evidence_new();
    if (k->certs == NULL)
        return ky_fail(KY_ENOMEM, "certificates");
    KY_TRY(k->ops->open(k, args));
    return learn_type(k);
}

void kyso_keysrc_close(struct kyso_keysrc *k)
{
    if (k->ops != NULL && k->state != NULL)
        k->ops->close(k);
    ky_evidence_free(k->certs);
    *k = (struct kyso_keysrc){0};
}
