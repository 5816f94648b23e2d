/* Keys and certificates of a person's token (PKCS#11 v2.40 §4.6.2, §4.9). */
#include "crypto/personal.h"

#include "base/str.h"
#include "codec/der.h"
#include "crypto/pkcs11_store.h"

#define ID_MAX 256
#define LABEL_MAX 256

ky_rc ky_personal_find_key(struct ky_token_key **out, struct ky_keystore *ks, const char *label)
{
    KY_TRY(ky_keystore_check(ks));
    if (label == NULL || label[0] == '\0' || strlen(label) > KY_KEY_LABEL_MAX)
        return ky_fail(KY_EINVAL, "key label: 1 to %d bytes", KY_KEY_LABEL_MAX);
    return ky_context(ky_p11_find_personal(out, ks, label), "key %s", label);
}

static ky_rc give(struct ky_p11_store *s, CK_OBJECT_HANDLE object,
                  ky_rc (*fn)(void *ctx, struct ky_bytes der), void *ctx)
{
    ky_auto_buf der = ky_buf_init(KY_PERSONAL_CERT_MAX);
    KY_TRY(ky_p11_get_bytes(&der, s, object, CKA_VALUE, KY_PERSONAL_CERT_MAX));
    return fn(ctx, ky_buf_bytes(&der));
}

/* Certificates, all or only those with that CKA_ID. */
static ky_rc find_certs(CK_OBJECT_HANDLE *found, CK_ULONG *n, struct ky_p11_store *s, const struct ky_buf *id)
{
    struct ky_p11_template t = {0};
    ky_p11_add_ulong(&t, CKA_CLASS, CKO_CERTIFICATE);
    ky_p11_add_ulong(&t, CKA_CERTIFICATE_TYPE, CKC_X_509);
    if (id != NULL)
        ky_p11_add_bytes(&t, CKA_ID, ky_buf_bytes(id));
    return ky_p11_find(found, n, s, &t, KY_PERSONAL_CERTS_MAX);
}

static bool listed(const CK_OBJECT_HANDLE *list, CK_ULONG n, CK_OBJECT_HANDLE one)
{
    for (CK_ULONG i = 0; i < n; i++)
        if (list[i] == one)
            return true;
    return false;
}

ky_rc ky_personal_each_cert(struct ky_token_key *base, ky_rc (*fn)(void *ctx, struct ky_bytes der), void *ctx)
{
    KY_TRY(ky_keystore_check(base->ks));
    struct ky_p11_key *key = ky_p11_key_of(base);
    struct ky_p11_store *s = ky_p11_store_of(base->ks);
    KY_TRY(ky_p11_key_ready(key));
    ky_auto_buf id = ky_buf_init(ID_MAX);
    KY_TRY(ky_p11_get_bytes(&id, s, key->handle, CKA_ID, ID_MAX));
    CK_OBJECT_HANDLE own[KY_PERSONAL_CERTS_MAX], all[KY_PERSONAL_CERTS_MAX];
    CK_ULONG n_own = 0, n_all = 0;
    if (id.n > 0)
        KY_TRY(find_certs(own, &n_own, s, &id));
    KY_TRY(find_certs(all, &n_all, s, NULL));
    for (CK_ULONG i = 0; i < n_own; i++)
        KY_TRY(give(s, own[i], fn, ctx));
    for (CK_ULONG i = 0; i < n_all; i++)
        if (!listed(own, n_own, all[i]))
            KY_TRY(give(s, all[i], fn, ctx));
    return KY_OK;
}

static ky_rc give_with_label(struct ky_p11_store *s, CK_OBJECT_HANDLE object, ky_personal_cert_fn *fn,
                             void *ctx)
{
    ky_auto_buf der = ky_buf_init(KY_PERSONAL_CERT_MAX), label = ky_buf_init(LABEL_MAX);
    KY_TRY(ky_p11_get_bytes(&der, s, object, CKA_VALUE, KY_PERSONAL_CERT_MAX));
    KY_TRY(ky_p11_get_bytes(&label, s, object, CKA_LABEL, LABEL_MAX));
    return fn(ctx, ky_buf_str(&label), ky_buf_bytes(&der));
}

static ky_rc read_certs(struct ky_p11_store *s, const char *token, ky_personal_cert_fn *fn, void *ctx)
{
    CK_OBJECT_HANDLE found[KY_PERSONAL_CERTS_MAX];
    CK_ULONG n = 0;
    CK_RV rv = ky_p11_module_start(&s->module);
    if (rv != CKR_OK)
        return ky_fail_p11(rv, "C_Initialize");
    KY_TRY(ky_p11_module_find_token(&s->slot, &s->module, token));
    rv = s->module.fn->C_OpenSession(s->slot, CKF_SERIAL_SESSION, NULL, NULL, &s->session);
    if (rv != CKR_OK)
        return ky_fail_p11(rv, "C_OpenSession");
    ky_rc rc = find_certs(found, &n, s, NULL);
    for (CK_ULONG i = 0; rc == KY_OK && i < n; i++)
        rc = give_with_label(s, found[i], fn, ctx);
    s->module.fn->C_CloseSession(s->session);
    return rc;
}

ky_rc ky_personal_read_certs(const char *module, const char *token, ky_personal_cert_fn *fn, void *ctx)
{
    struct ky_p11_store s = {.login = 0};
    KY_TRY(ky_p11_module_load(&s.module, module));
    const ky_rc rc = read_certs(&s, token, fn, ctx);
    ky_p11_module_unload(&s.module);
    return rc;
}

ky_rc ky_personal_put_cert(struct ky_token_key *base, const struct ky_personal_cert *cert)
{
    KY_TRY(ky_keystore_check(base->ks));
    struct ky_p11_key *key = ky_p11_key_of(base);
    struct ky_p11_store *s = ky_p11_store_of(base->ks);
    if (!s->read_write)
        return ky_fail(KY_EINVAL, "the token is open for reading only");
    KY_TRY(ky_p11_key_ready(key));
    ky_auto_buf id = ky_buf_init(ID_MAX);
    KY_TRY(ky_p11_get_bytes(&id, s, key->handle, CKA_ID, ID_MAX));
    ky_auto_buf serial = ky_buf_init(ID_MAX); /* CKA_SERIAL_NUMBER is a whole INTEGER */
    ky_der_add(&serial, KY_DER_INTEGER, cert->serial);
    KY_TRY(ky_buf_finish(&serial));
    struct ky_p11_template t = {0};
    ky_p11_add_ulong(&t, CKA_CLASS, CKO_CERTIFICATE);
    ky_p11_add_ulong(&t, CKA_CERTIFICATE_TYPE, CKC_X_509);
    ky_p11_add_bool(&t, CKA_TOKEN, true);
    ky_p11_add_bool(&t, CKA_PRIVATE, false);
    ky_p11_add_bytes(&t, CKA_LABEL, ky_bytes_str(key->label));
    ky_p11_add_bytes(&t, CKA_ID, ky_buf_bytes(&id));
    ky_p11_add_bytes(&t, CKA_SUBJECT, cert->subject);
    ky_p11_add_bytes(&t, CKA_ISSUER, cert->issuer);
    ky_p11_add_bytes(&t, CKA_SERIAL_NUMBER, ky_buf_bytes(&serial));
    ky_p11_add_bytes(&t, CKA_VALUE, cert->der);
    CK_OBJECT_HANDLE made;
    const CK_RV rv = s->module.fn->C_CreateObject(s->session, t.a, t.n, &made);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_CreateObject");
}
