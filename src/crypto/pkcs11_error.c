/* CKR values of PKCS#11 v2.40 §11.1 that tokens really return: name, our code. What is not here is KY_ETOKEN. */
#include "crypto/pkcs11_store.h"

struct ckr_entry {
    CK_RV rv;
    ky_rc rc;
    const char *name;
};
#define CKR(name, rc)                                                                                        \
    {                                                                                                        \
        name, rc, #name                                                                                      \
    }

static const struct ckr_entry ckr_table[] = {
    CKR(CKR_HOST_MEMORY, KY_ENOMEM),
    CKR(CKR_SLOT_ID_INVALID, KY_ETOKEN),
    CKR(CKR_GENERAL_ERROR, KY_ETOKEN),
    CKR(CKR_FUNCTION_FAILED, KY_ETOKEN),
    CKR(CKR_ARGUMENTS_BAD, KY_EINVAL),
    CKR(CKR_ATTRIBUTE_READ_ONLY, KY_EDENIED),
    CKR(CKR_ATTRIBUTE_SENSITIVE, KY_EDENIED),
    CKR(CKR_ATTRIBUTE_TYPE_INVALID, KY_EINVAL),
    CKR(CKR_ATTRIBUTE_VALUE_INVALID, KY_EINVAL),
    CKR(CKR_ACTION_PROHIBITED, KY_EDENIED),
    CKR(CKR_DATA_INVALID, KY_EINVAL),
    CKR(CKR_DATA_LEN_RANGE, KY_EINVAL),
    CKR(CKR_DEVICE_ERROR, KY_ETOKEN),
    CKR(CKR_DEVICE_MEMORY, KY_ELIMIT),
    CKR(CKR_DEVICE_REMOVED, KY_ETOKEN),
    CKR(CKR_ENCRYPTED_DATA_INVALID, KY_EAUTH),
    CKR(CKR_ENCRYPTED_DATA_LEN_RANGE, KY_EAUTH),
    CKR(CKR_FUNCTION_NOT_SUPPORTED, KY_EDENIED),
    CKR(CKR_KEY_HANDLE_INVALID, KY_ETOKEN),
    CKR(CKR_KEY_SIZE_RANGE, KY_EINVAL),
    CKR(CKR_KEY_TYPE_INCONSISTENT, KY_EINVAL),
    CKR(CKR_KEY_FUNCTION_NOT_PERMITTED, KY_EDENIED),
    CKR(CKR_KEY_NOT_WRAPPABLE, KY_EDENIED),
    CKR(CKR_KEY_UNEXTRACTABLE, KY_EDENIED),
    CKR(CKR_MECHANISM_INVALID, KY_EDENIED),
    CKR(CKR_MECHANISM_PARAM_INVALID, KY_EDENIED),
    CKR(CKR_OBJECT_HANDLE_INVALID, KY_ETOKEN),
    CKR(CKR_OPERATION_ACTIVE, KY_ETOKEN),
    CKR(CKR_OPERATION_NOT_INITIALIZED, KY_ETOKEN),
    CKR(CKR_PIN_INCORRECT, KY_EAUTH),
    CKR(CKR_PIN_INVALID, KY_EAUTH),
    CKR(CKR_PIN_LEN_RANGE, KY_EAUTH),
    CKR(CKR_PIN_EXPIRED, KY_EAUTH),
    CKR(CKR_PIN_LOCKED, KY_EAUTH),
    CKR(CKR_SESSION_CLOSED, KY_ETOKEN),
    CKR(CKR_SESSION_COUNT, KY_ETOKEN),
    CKR(CKR_SESSION_HANDLE_INVALID, KY_ETOKEN),
    CKR(CKR_SESSION_READ_ONLY, KY_EDENIED),
    CKR(CKR_TEMPLATE_INCOMPLETE, KY_EINVAL),
    CKR(CKR_TEMPLATE_INCONSISTENT, KY_EINVAL),
    CKR(CKR_TOKEN_NOT_PRESENT, KY_ETOKEN),
    CKR(CKR_TOKEN_NOT_RECOGNIZED, KY_ETOKEN),
    CKR(CKR_TOKEN_WRITE_PROTECTED, KY_EDENIED),
    CKR(CKR_UNWRAPPING_KEY_HANDLE_INVALID, KY_ETOKEN),
    CKR(CKR_WRAPPING_KEY_HANDLE_INVALID, KY_ETOKEN),
    CKR(CKR_USER_NOT_LOGGED_IN, KY_ETOKEN),
    CKR(CKR_USER_PIN_NOT_INITIALIZED, KY_EAUTH),
    CKR(CKR_WRAPPED_KEY_INVALID, KY_EAUTH),
    CKR(CKR_WRAPPED_KEY_LEN_RANGE, KY_EAUTH),
    CKR(CKR_CRYPTOKI_NOT_INITIALIZED, KY_ETOKEN),
};

ky_rc ky_fail_p11(CK_RV rv, const char *call)
{
    for (size_t i = 0; i < KY_COUNT(ckr_table); i++)
        if (ckr_table[i].rv == rv)
            return ky_fail(ckr_table[i].rc, "%s: %s (0x%lx)", call, ckr_table[i].name, rv);
    return ky_fail(KY_ETOKEN, "%s: CKR 0x%lx", call, rv);
}

ky_rc ky_p11_fail(struct ky_p11_store *s, CK_RV rv, const char *call)
{
    ky_rc rc = ky_fail_p11(rv, call);
    if (rc == KY_ETOKEN)
        s->live = false;
    return rc;
}
