/* Objects of a token: templates, exact finding, attributes, destroying (PKCS#11 v2.40 §5.7). */
#include "crypto/pkcs11_store.h"

static const CK_BBOOL ck_true = CK_TRUE;
static const CK_BBOOL ck_false = CK_FALSE;

static void add_attribute(struct ky_p11_template *t, CK_ATTRIBUTE_TYPE type, const void *value, size_t n)
{
    t->a[t->n++] = (CK_ATTRIBUTE){.type = type, .pValue = (void *)value, .ulValueLen = n};
}

void ky_p11_add_bytes(struct ky_p11_template *t, CK_ATTRIBUTE_TYPE type, struct ky_bytes value)
{
    add_attribute(t, type, value.p, value.n);
}

void ky_p11_add_bool(struct ky_p11_template *t, CK_ATTRIBUTE_TYPE type, bool value)
{
    add_attribute(t, type, value ? &ck_true : &ck_false, sizeof ck_true);
}

void ky_p11_add_ulong(struct ky_p11_template *t, CK_ATTRIBUTE_TYPE type, CK_ULONG value)
{
    CK_ULONG *kept = &t->number[t->numbers++];
    *kept = value;
    add_attribute(t, type, kept, sizeof *kept);
}

ky_rc ky_p11_find(CK_OBJECT_HANDLE *out, CK_ULONG *count, struct ky_p11_store *s, struct ky_p11_template *t,
                  CK_ULONG max)
{
    CK_FUNCTION_LIST *fn = s->module.fn;
    CK_RV rv = fn->C_FindObjectsInit(s->session, t->a, t->n);
    if (rv != CKR_OK)
        return ky_p11_fail(s, rv, "C_FindObjectsInit");
    *count = 0;
    CK_ULONG got = 1;
    while (rv == CKR_OK && got > 0 && *count < max) { /* a token may give fewer at a time than there are */
        rv = fn->C_FindObjects(s->session, out + *count, max - *count, &got);
        *count += rv == CKR_OK ? got : 0;
    }
    CK_RV end = fn->C_FindObjectsFinal(s->session);
    if (rv == CKR_OK)
        rv = end;
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_FindObjects");
}

ky_rc ky_p11_find_one(CK_OBJECT_HANDLE *out, struct ky_p11_store *s, struct ky_p11_template *t)
{
    CK_OBJECT_HANDLE found[2];
    CK_ULONG n = 0;
    KY_TRY(ky_p11_find(found, &n, s, t, KY_COUNT(found)));
    if (n == 0)
        return ky_fail(KY_ENOTFOUND, "not in the token");
    if (n > 1)
        return ky_fail(KY_EEXIST, "more than one in the token; it must be one");
    *out = found[0];
    return KY_OK;
}

ky_rc ky_p11_get_bytes(struct ky_buf *out, struct ky_p11_store *s, CK_OBJECT_HANDLE object,
                       CK_ATTRIBUTE_TYPE type, size_t max)
{
    size_t before = out->n;
    CK_ATTRIBUTE a = {.type = type, .pValue = ky_buf_grow(out, max), .ulValueLen = max};
    if (a.pValue == NULL)
        return ky_buf_finish(out);
    CK_RV rv = s->module.fn->C_GetAttributeValue(s->session, object, &a, 1);
    if (rv != CKR_OK)
        a.ulValueLen = 0;
    out->n = before + (a.ulValueLen > max ? 0 : a.ulValueLen); /* CK_UNAVAILABLE_INFORMATION is the largest */
    out->p[out->n] = 0;
    if (rv == CKR_BUFFER_TOO_SMALL || a.ulValueLen > max)
        return ky_fail(KY_ELIMIT, "attribute 0x%lx: more than %zu bytes, or none", type, max);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_GetAttributeValue");
}

ky_rc ky_p11_get_ulong(CK_ULONG *out, struct ky_p11_store *s, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_ATTRIBUTE a = {.type = type, .pValue = out, .ulValueLen = sizeof *out};
    CK_RV rv = s->module.fn->C_GetAttributeValue(s->session, object, &a, 1);
    if (rv == CKR_OK && a.ulValueLen != sizeof *out)
        return ky_fail(KY_EFORMAT, "attribute 0x%lx is no number", type);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_GetAttributeValue");
}

ky_rc ky_p11_get_bool(bool *out, struct ky_p11_store *s, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type)
{
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE a = {.type = type, .pValue = &value, .ulValueLen = sizeof value};
    CK_RV rv = s->module.fn->C_GetAttributeValue(s->session, object, &a, 1);
    if (rv != CKR_OK)
        return ky_p11_fail(s, rv, "C_GetAttributeValue");
    if (a.ulValueLen != sizeof value)
        return ky_fail(KY_EFORMAT, "attribute 0x%lx is no boolean", type);
    *out = value != CK_FALSE;
    return KY_OK;
}

ky_rc ky_p11_destroy(struct ky_p11_store *s, CK_OBJECT_HANDLE object)
{
    CK_RV rv = s->module.fn->C_DestroyObject(s->session, object);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_DestroyObject");
}

void ky_p11_drop(struct ky_p11_store *s, CK_OBJECT_HANDLE object)
{
    if (s->module.fn->C_DestroyObject(s->session, object) != CKR_OK)
        s->live = false; /* the next login closes the session, and with it the object */
}
