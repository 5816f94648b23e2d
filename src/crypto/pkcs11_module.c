/* Loading a PKCS#11 module, and finding a token by its label (PKCS#11 v2.40 §5.4, §5.5). */
#include "crypto/pkcs11_store.h"

#include <dlfcn.h>

ky_rc ky_p11_module_load(struct ky_p11_module *m, const char *path)
{
    void *dl = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (dl == NULL)
        return ky_fail(KY_ENOTFOUND, "PKCS#11 module %s: %s", path, dlerror());
    CK_C_GetFunctionList get;
    void *symbol = dlsym(dl, "C_GetFunctionList");
    memcpy(&get, &symbol, sizeof get); /* ISO C has no cast from object to function pointer */
    CK_FUNCTION_LIST *fn = NULL;
    if (symbol == NULL || get(&fn) != CKR_OK || fn == NULL) {
        dlclose(dl);
        return ky_fail(KY_ENOTFOUND, "PKCS#11 module %s: has no C_GetFunctionList", path);
    }
    *m = (struct ky_p11_module){.dl = dl, .fn = fn};
    return KY_OK;
}

CK_RV ky_p11_module_start(struct ky_p11_module *m)
{
    CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
    CK_RV rv = m->fn->C_Initialize(&args);
    if (rv == CKR_CANT_LOCK)
        rv = m->fn->C_Initialize(NULL); /* a module for one thread: so are we */
    if (rv == CKR_CRYPTOKI_ALREADY_INITIALIZED)
        return CKR_OK; /* another store of this process did, and finalises */
    m->initialised = rv == CKR_OK;
    return rv;
}

void ky_p11_module_stop(struct ky_p11_module *m)
{
    if (m->initialised)
        m->fn->C_Finalize(NULL);
    m->initialised = false;
}

void ky_p11_module_unload(struct ky_p11_module *m)
{
    if (m->dl == NULL)
        return;
    ky_p11_module_stop(m);
    dlclose(m->dl);
    *m = (struct ky_p11_module){0};
}

ky_rc ky_p11_module_slots(struct ky_p11_slots *out, const struct ky_p11_module *m)
{
    /* Asking for the number first makes modules look for new tokens (§5.5, C_GetSlotList). */
    CK_ULONG n = 0;
    CK_RV rv = m->fn->C_GetSlotList(CK_TRUE, NULL, &n);
    if (rv == CKR_OK && n > KY_P11_SLOTS_MAX)
        return ky_fail(KY_ELIMIT, "module has %lu tokens, most is %d", n, KY_P11_SLOTS_MAX);
    out->n = KY_P11_SLOTS_MAX;
    if (rv == CKR_OK)
        rv = m->fn->C_GetSlotList(CK_TRUE, out->id, &out->n);
    return rv == CKR_OK ? KY_OK : ky_fail_p11(rv, "C_GetSlotList");
}

void ky_p11_copy_padded(char *out, const unsigned char *field, size_t n)
{
    while (n > 0 && (field[n - 1] == ' ' || field[n - 1] == 0))
        n--;
    memcpy(out, field, n);
    out[n] = 0;
}

ky_rc ky_p11_module_find_token(CK_SLOT_ID *out, const struct ky_p11_module *m, const char *label)
{
    struct ky_p11_slots slots;
    KY_TRY(ky_p11_module_slots(&slots, m));
    ky_auto_buf present = ky_buf_init(1024);
    size_t found = 0;
    for (CK_ULONG i = 0; i < slots.n; i++) {
        CK_TOKEN_INFO info;
        if (m->fn->C_GetTokenInfo(slots.id[i], &info) != CKR_OK || !(info.flags & CKF_TOKEN_INITIALIZED))
            continue;
        char name[sizeof info.label + 1];
        ky_p11_copy_padded(name, info.label, sizeof info.label);
        ky_buf_addf(&present, "%s%s", present.n == 0 ? "" : ", ", name);
        if (strcmp(name, label) != 0)
            continue;
        found++;
        *out = slots.id[i];
    }
    if (found == 0)
        return ky_fail(KY_ENOTFOUND, "no such token; there is: %s",
                       present.n == 0 ? "none" : ky_buf_str(&present));
    if (found > 1)
        return ky_fail(KY_EEXIST, "%zu tokens have this label; it must be one", found);
    return KY_OK;
}
