/* Setting up a token in the ceremony (PKCS#11 v2.40 §5.5 C_InitToken, C_InitPIN). */
#include "crypto/pkcs11.h"
#include "crypto/pkcs11_store.h"

static ky_rc refuse_existing(const struct ky_p11_module *m, const char *label)
{
    CK_SLOT_ID slot;
    ky_rc rc = ky_p11_module_find_token(&slot, m, label);
    if (rc == KY_ENOTFOUND)
        return KY_OK;
    return rc == KY_OK ? ky_fail(KY_EEXIST, "a token of this label exists") : rc;
}

static ky_rc find_free_slot(CK_SLOT_ID *out, const struct ky_p11_module *m)
{
    struct ky_p11_slots slots;
    KY_TRY(ky_p11_module_slots(&slots, m));
    for (CK_ULONG i = 0; i < slots.n; i++) {
        CK_TOKEN_INFO info;
        if (m->fn->C_GetTokenInfo(slots.id[i], &info) != CKR_OK || (info.flags & CKF_TOKEN_INITIALIZED))
            continue;
        *out = slots.id[i];
        return KY_OK;
    }
    return ky_fail(KY_ENOTFOUND, "none of %lu tokens is free to be set up", slots.n);
}

static ky_rc set_user_pin(const struct ky_p11_module *m, CK_SESSION_HANDLE session,
                          const struct ky_secret *so_pin, const struct ky_secret *user_pin)
{
    CK_RV rv = m->fn->C_Login(session, CKU_SO, so_pin->p, so_pin->n);
    if (rv != CKR_OK)
        return ky_fail_p11(rv, "C_Login as security officer");
    rv = m->fn->C_InitPIN(session, user_pin->p, user_pin->n);
    m->fn->C_Logout(session);
    return rv == CKR_OK ? KY_OK : ky_fail_p11(rv, "C_InitPIN");
}

static ky_rc init_token(const struct ky_p11_module *m, const char *label, const struct ky_secret *so_pin,
                        const struct ky_secret *user_pin)
{
    KY_TRY(refuse_existing(m, label));
    CK_SLOT_ID slot;
    KY_TRY(find_free_slot(&slot, m));
    unsigned char padded[KY_TOKEN_LABEL_MAX];
    memset(padded, ' ', sizeof padded);
    memcpy(padded, label, strlen(label));
    CK_RV rv = m->fn->C_InitToken(slot, so_pin->p, so_pin->n, padded);
    if (rv != CKR_OK)
        return ky_fail_p11(rv, "C_InitToken");
    CK_SESSION_HANDLE session;
    rv = m->fn->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session);
    if (rv != CKR_OK)
        return ky_fail_p11(rv, "C_OpenSession");
    ky_rc rc = set_user_pin(m, session, so_pin, user_pin);
    m->fn->C_CloseSession(session);
    return rc;
}

ky_rc ky_pkcs11_init_token(const char *module, const char *label, const struct ky_secret *so_pin,
                           const struct ky_secret *user_pin)
{
    KY_CLEANUP(ky_p11_module_unload) struct ky_p11_module m = {0};
    KY_TRY(ky_p11_module_load(&m, module));
    CK_RV rv = ky_p11_module_start(&m);
    if (rv != CKR_OK)
        return ky_fail_p11(rv, "C_Initialize");
    return init_token(&m, label, so_pin, user_pin);
}
