/* A key in a PKCS#12 file; its password from KYSO_P12_PASSWORD or the terminal. */
#include "crypto/softkey.h"
#include "os/file.h"
#include "prog/kyso/keysrc.h"
#include "prog/kyso/prompt.h"
#include "prog/kyso/say.h"

static ky_rc load(struct ky_softkey **out, const char *path)
{
    ky_auto_buf file = ky_buf_init_secret(KY_SOFTKEY_FILE_MAX);
    KY_TRY(ky_file_read(&file, path));
    ky_auto_secret password = {0};
    bool found = false;
    KY_TRY(kyso_prompt(&password, &found, "KYSO_P12_PASSWORD",
                       kyso_say("Mật khẩu tệp PKCS#12", "Password of the PKCS#12 file")));
    return ky_context(ky_softkey_load_p12(out, ky_buf_bytes(&file), found ? (const char *)password.p : NULL),
                      "%s", path);
}

static ky_rc p12_open(struct kyso_keysrc *k, const struct kyso_keysrc_args *args)
{
    ky_auto_softkey key = NULL;
    KY_TRY(load(&key, args->p12));
    for (size_t i = 0; ky_softkey_cert(key, i).n > 0; i++)
        KY_TRY(ky_context(ky_evidence_add_cert(k->certs, ky_softkey_cert(key, i)), "%s", args->p12));
    k->state = KY_STEAL(key);
    return KY_OK;
}

static ky_rc p12_sign(struct kyso_keysrc *k, struct ky_buf *sig, ky_scheme scheme, ky_hash hash,
                      struct ky_bytes digest, const struct kyso_document *doc)
{
    const struct ky_signer signer = ky_softkey_signer(k->state);
    (void)doc;
    return signer.sign(signer.ctx, sig, scheme, hash, digest);
}

static void p12_close(struct kyso_keysrc *k)
{
    ky_softkey_free(k->state);
}

const struct kyso_keysrc_ops kyso_keysrc_p12 = {
    .name = "p12", .open = p12_open, .sign = p12_sign, .close = p12_close};
