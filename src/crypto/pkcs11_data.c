/* Data objects of a token (PKCS#11 v2.40 §4.5): the founding record and the anchors of the logs. */
#include "base/str.h"
#include "crypto/pkcs11_store.h"

#define DATA_OBJECTS_MAX 1024 /* of one application */

ky_rc ky_p11_add_data(struct ky_keystore *ks, const char *application, const char *label,
                      struct ky_bytes value, bool keep)
{
    struct ky_p11_store *s = ky_p11_store_of(ks);
    KY_TRY(ky_p11_ready(s));
    struct ky_p11_template t = {0};
    ky_p11_add_ulong(&t, CKA_CLASS, CKO_DATA);
    ky_p11_add_bool(&t, CKA_TOKEN, true);
    ky_p11_add_bool(&t, CKA_PRIVATE, true);
    ky_p11_add_bool(&t, CKA_MODIFIABLE, false);
    if (keep)
        ky_p11_add_bool(&t, CKA_DESTROYABLE, false);
    ky_p11_add_bytes(&t, CKA_APPLICATION, ky_bytes_str(application));
    ky_p11_add_bytes(&t, CKA_LABEL, ky_bytes_str(label));
    ky_p11_add_bytes(&t, CKA_VALUE, value);
    CK_OBJECT_HANDLE object;
    CK_RV rv = s->module.fn->C_CreateObject(s->session, t.a, t.n, &object);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_CreateObject");
}

/* Only private ones: a public object can be put there without the PIN. */
static ky_rc find_data(CK_OBJECT_HANDLE out[DATA_OBJECTS_MAX], CK_ULONG *count, struct ky_p11_store *s,
                       const char *application)
{
    struct ky_p11_template t = {0};
    ky_p11_add_ulong(&t, CKA_CLASS, CKO_DATA);
    ky_p11_add_bool(&t, CKA_TOKEN, true);
    ky_p11_add_bool(&t, CKA_PRIVATE, true);
    ky_p11_add_bytes(&t, CKA_APPLICATION, ky_bytes_str(application));
    KY_TRY(ky_p11_find(out, count, s, &t, DATA_OBJECTS_MAX));
    if (*count == DATA_OBJECTS_MAX)
        return ky_fail(KY_ELIMIT, "%s: %d data objects or more", application, DATA_OBJECTS_MAX);
    return KY_OK;
}

/* Copies one object into the arena; *wanted is false, and nothing kept, when its label has another beginning. */
static ky_rc read_item(struct ky_token_data *out, bool *wanted, struct ky_arena *arena,
                       struct ky_p11_store *s, CK_OBJECT_HANDLE object, const char *prefix)
{
    ky_auto_buf label = ky_buf_init(KY_KEY_LABEL_MAX);
    KY_TRY(ky_p11_get_bytes(&label, s, object, CKA_LABEL, KY_KEY_LABEL_MAX));
    *wanted = ky_str_starts(ky_buf_str(&label), prefix);
    if (!*wanted)
        return KY_OK;
    ky_auto_buf value = ky_buf_init(KY_TOKEN_DATA_MAX);
    KY_TRY(ky_p11_get_bytes(&value, s, object, CKA_VALUE, KY_TOKEN_DATA_MAX));
    const char *name = ky_arena_strdup(arena, ky_buf_str(&label));
    const uint8_t *copy = ky_arena_dup(arena, ky_buf_bytes(&value));
    if (name == NULL || copy == NULL)
        return ky_fail(KY_ENOMEM, "data object");
    *out = (struct ky_token_data){
        .label = name, .value = KY_BYTES(copy, value.n), .handle = object, .login = s->login};
    return KY_OK;
}

ky_rc ky_p11_list_data(struct ky_token_data **items, size_t *count, struct ky_arena *arena,
                       struct ky_keystore *ks, const char *application, const char *prefix, size_t max)
{
    struct ky_p11_store *s = ky_p11_store_of(ks);
    KY_TRY(ky_p11_ready(s));
    CK_OBJECT_HANDLE found[DATA_OBJECTS_MAX];
    CK_ULONG total = 0;
    KY_TRY(find_data(found, &total, s, application));
    struct ky_token_data *list = ky_arena_alloc_array(arena, total + 1, sizeof *list);
    if (list == NULL)
        return ky_fail(KY_ENOMEM, "list of data objects");
    size_t n = 0;
    for (CK_ULONG i = 0; i < total; i++) {
        bool wanted = false;
        KY_TRY(read_item(&list[n], &wanted, arena, s, found[i], prefix));
        n += wanted ? 1 : 0;
        if (n > max)
            return ky_fail(KY_ELIMIT, "%s/%s: more than %zu data objects", application, prefix, max);
    }
    *items = list;
    *count = n;
    return KY_OK;
}

ky_rc ky_p11_remove_data(struct ky_keystore *ks, const struct ky_token_data *item)
{
    struct ky_p11_store *s = ky_p11_store_of(ks);
    KY_TRY(ky_p11_ready(s));
    if (item->login != s->login)
        return ky_fail(KY_EBUSY, "listed before the last login; list again");
    return ky_p11_destroy(s, (CK_OBJECT_HANDLE)item->handle);
}
