/*
 * A PKCS#11 module that hands every call to another one and fails on demand.
 *
 * KYSO_P11_FAULT_MODULE   path of the real module
 * KYSO_P11_FAULT_CONTROL  file read at each call, one fault a line:
 *     C_Sign=0x32         that function returns the value and is not handed on
 *     C_SignInit:0xd=0x70 only for that mechanism
 *     all=0x32            every function but C_Initialize and C_Finalize
 * No file, or an empty one: no fault. Functions that the key store does not use are handed on unseen.
 */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NO_MECHANISM (~0UL)

static CK_FUNCTION_LIST *real;  /* of the real module */
static CK_FUNCTION_LIST faulty; /* what we give out */

static bool names(const char *key, const char *function, CK_MECHANISM_TYPE mechanism)
{
    char with_mechanism[64];
    snprintf(with_mechanism, sizeof with_mechanism, "%s:0x%lx", function, mechanism);
    bool all = strcmp(key, "all") == 0 && strcmp(function, "C_Initialize") != 0 &&
               strcmp(function, "C_Finalize") != 0;
    return all || strcmp(key, function) == 0 || strcmp(key, with_mechanism) == 0;
}

/* CKR_OK, or the fault that the control file asks for. */
static CK_RV fault(const char *function, CK_MECHANISM_TYPE mechanism)
{
    const char *path = getenv("KYSO_P11_FAULT_CONTROL");
    FILE *f = path == NULL ? NULL : fopen(path, "re");
    if (f == NULL)
        return CKR_OK;
    CK_RV found = CKR_OK;
    char key[64];
    unsigned long rv;
    while (found == CKR_OK && fscanf(f, " %63[^= \n] = %li", key, (long *)&rv) == 2)
        if (names(key, function, mechanism))
            found = rv;
    fclose(f);
    return found;
}

#define FORWARD(function, parameters, mechanism, arguments)                                                  \
    static CK_RV faulty_##function parameters                                                                \
    {                                                                                                        \
        CK_RV rv = fault(#function, mechanism);                                                              \
        return rv != CKR_OK ? rv : real->function arguments;                                                 \
    }

FORWARD(C_Initialize, (void *args), NO_MECHANISM, (args))
FORWARD(C_Finalize, (void *reserved), NO_MECHANISM, (reserved))
FORWARD(C_GetInfo, (CK_INFO * info), NO_MECHANISM, (info))
FORWARD(C_GetSlotList, (CK_BBOOL present, CK_SLOT_ID *list, CK_ULONG *n), NO_MECHANISM, (present, list, n))
FORWARD(C_GetTokenInfo, (CK_SLOT_ID slot, CK_TOKEN_INFO *info), NO_MECHANISM, (slot, info))
FORWARD(C_InitToken, (CK_SLOT_ID slot, CK_UTF8CHAR *pin, CK_ULONG n, CK_UTF8CHAR *label), NO_MECHANISM,
        (slot, pin, n, label))
FORWARD(C_InitPIN, (CK_SESSION_HANDLE s, CK_UTF8CHAR *pin, CK_ULONG n), NO_MECHANISM, (s, pin, n))
FORWARD(C_OpenSession, (CK_SLOT_ID slot, CK_FLAGS flags, void *app, CK_NOTIFY notify, CK_SESSION_HANDLE *s),
        NO_MECHANISM, (slot, flags, app, notify, s))
FORWARD(C_CloseSession, (CK_SESSION_HANDLE s), NO_MECHANISM, (s))
FORWARD(C_Login, (CK_SESSION_HANDLE s, CK_USER_TYPE user, CK_UTF8CHAR *pin, CK_ULONG n), NO_MECHANISM,
        (s, user, pin, n))
FORWARD(C_Logout, (CK_SESSION_HANDLE s), NO_MECHANISM, (s))
FORWARD(C_CreateObject, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *o), NO_MECHANISM,
        (s, t, n, o))
FORWARD(C_DestroyObject, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o), NO_MECHANISM, (s, o))
FORWARD(C_GetAttributeValue, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE o, CK_ATTRIBUTE *t, CK_ULONG n),
        NO_MECHANISM, (s, o, t, n))
FORWARD(C_FindObjectsInit, (CK_SESSION_HANDLE s, CK_ATTRIBUTE *t, CK_ULONG n), NO_MECHANISM, (s, t, n))
FORWARD(C_FindObjects, (CK_SESSION_HANDLE s, CK_OBJECT_HANDLE *o, CK_ULONG max, CK_ULONG *n), NO_MECHANISM,
        (s, o, max, n))
FORWARD(C_FindObjectsFinal, (CK_SESSION_HANDLE s), NO_MECHANISM, (s))
FORWARD(C_SignInit, (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE k), m->mechanism, (s, m, k))
FORWARD(C_Sign, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG n, CK_BYTE *sig, CK_ULONG *sig_n), NO_MECHANISM,
        (s, in, n, sig, sig_n))
FORWARD(C_SignUpdate, (CK_SESSION_HANDLE s, CK_BYTE *in, CK_ULONG n), NO_MECHANISM, (s, in, n))
FORWARD(C_SignFinal, (CK_SESSION_HANDLE s, CK_BYTE *sig, CK_ULONG *n), NO_MECHANISM, (s, sig, n))
FORWARD(C_GenerateKey,
        (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *k),
        m->mechanism, (s, m, t, n, k))
FORWARD(C_GenerateKeyPair,
        (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_ATTRIBUTE *pub, CK_ULONG pub_n, CK_ATTRIBUTE *prv,
         CK_ULONG prv_n, CK_OBJECT_HANDLE *pub_key, CK_OBJECT_HANDLE *prv_key),
        m->mechanism, (s, m, pub, pub_n, prv, prv_n, pub_key, prv_key))
FORWARD(C_WrapKey,
        (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE kek, CK_OBJECT_HANDLE k, CK_BYTE *out,
         CK_ULONG *n),
        m->mechanism, (s, m, kek, k, out, n))
FORWARD(C_UnwrapKey,
        (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE kek, CK_BYTE *in, CK_ULONG in_n,
         CK_ATTRIBUTE *t, CK_ULONG n, CK_OBJECT_HANDLE *k),
        m->mechanism, (s, m, kek, in, in_n, t, n, k))
FORWARD(C_DeriveKey,
        (CK_SESSION_HANDLE s, CK_MECHANISM *m, CK_OBJECT_HANDLE base, CK_ATTRIBUTE *t, CK_ULONG n,
         CK_OBJECT_HANDLE *k),
        m->mechanism, (s, m, base, t, n, k))
FORWARD(C_GenerateRandom, (CK_SESSION_HANDLE s, CK_BYTE *out, CK_ULONG n), NO_MECHANISM, (s, out, n))

static CK_RV load_real(void)
{
    const char *path = getenv("KYSO_P11_FAULT_MODULE");
    void *dl = path == NULL ? NULL : dlopen(path, RTLD_NOW | RTLD_LOCAL);
    void *symbol = dl == NULL ? NULL : dlsym(dl, "C_GetFunctionList");
    if (symbol == NULL)
        return CKR_GENERAL_ERROR;
    CK_C_GetFunctionList get;
    memcpy(&get, &symbol, sizeof get);
    return get(&real);
}

#define REPLACE(function) faulty.function = faulty_##function
__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
    CK_RV rv = load_real();
    if (rv != CKR_OK)
        return rv;
    faulty = *real;
    faulty.C_GetFunctionList = C_GetFunctionList;
    REPLACE(C_Initialize), REPLACE(C_Finalize), REPLACE(C_GetInfo), REPLACE(C_GetSlotList);
    REPLACE(C_GetTokenInfo), REPLACE(C_InitToken), REPLACE(C_InitPIN), REPLACE(C_OpenSession);
    REPLACE(C_CloseSession), REPLACE(C_Login), REPLACE(C_Logout), REPLACE(C_CreateObject);
    REPLACE(C_DestroyObject), REPLACE(C_GetAttributeValue), REPLACE(C_FindObjectsInit);
    REPLACE(C_FindObjects), REPLACE(C_FindObjectsFinal), REPLACE(C_SignInit), REPLACE(C_Sign);
    REPLACE(C_SignUpdate), REPLACE(C_SignFinal), REPLACE(C_GenerateKey), REPLACE(C_GenerateKeyPair);
    REPLACE(C_WrapKey), REPLACE(C_UnwrapKey), REPLACE(C_DeriveKey), REPLACE(C_GenerateRandom);
    *list = &faulty;
    return CKR_OK;
}
