/*
 * Permanent keys: made with one use only, found by label and checked to be
 * what they were made as. A pair is joined by a random CKA_ID; its public
 * half is PRIVATE too, since public objects can be exchanged without a PIN.
 */
#include "crypto/pkcs11_store.h"

#include <stdlib.h>

#define ID_SIZE 16
#define SECRET_KEY_SIZE 32 /* AES-256, HMAC-SHA256 */

/* Every use an object may have. Each key is made with its own set to true, and all others of its class to false. */
struct use_attribute {
    CK_ATTRIBUTE_TYPE type;
    bool of_secret, of_private; /* object classes that have this attribute */
    unsigned uses;              /* bit set of ky_key_use that need it */
};
#define BIT(use) (1U << (use))
static const struct use_attribute use_attributes[] = {
    {CKA_ENCRYPT, true, false, 0},
    {CKA_DECRYPT, true, true, 0},
    {CKA_WRAP, true, false, BIT(KY_USE_WRAP)},
    {CKA_UNWRAP, true, true, BIT(KY_USE_WRAP)},
    {CKA_SIGN, true, true, BIT(KY_USE_MAC) | BIT(KY_USE_SIGN)},
    {CKA_VERIFY, true, false, BIT(KY_USE_MAC)},
    {CKA_SIGN_RECOVER, false, true, 0},
    {CKA_DERIVE, true, true, BIT(KY_USE_DERIVE)},
};

static bool is_pair(ky_key_use use)
{
    return use == KY_USE_SIGN || use == KY_USE_DERIVE;
}

static bool applies(const struct use_attribute *u, ky_key_use use)
{
    return is_pair(use) ? u->of_private : u->of_secret;
}

/* What all permanent keys share, and the uses. */
static void add_key_attributes(struct ky_p11_template *t, ky_key_use use, const char *label)
{
    ky_p11_add_bytes(t, CKA_LABEL, ky_bytes_str(label));
    ky_p11_add_bool(t, CKA_TOKEN, true);
    ky_p11_add_bool(t, CKA_PRIVATE, true);
    ky_p11_add_bool(t, CKA_SENSITIVE, true);
    ky_p11_add_bool(t, CKA_EXTRACTABLE, false);
    ky_p11_add_bool(t, CKA_MODIFIABLE, false);
    for (size_t i = 0; i < KY_COUNT(use_attributes); i++)
        if (applies(&use_attributes[i], use))
            ky_p11_add_bool(t, use_attributes[i].type, (use_attributes[i].uses & BIT(use)) != 0);
}

static void add_public_attributes(struct ky_p11_template *t, ky_key_use use, const char *label)
{
    ky_p11_add_bytes(t, CKA_LABEL, ky_bytes_str(label));
    ky_p11_add_bool(t, CKA_TOKEN, true);
    ky_p11_add_bool(t, CKA_PRIVATE, true);
    ky_p11_add_bool(t, CKA_MODIFIABLE, false);
    ky_p11_add_bool(t, CKA_ENCRYPT, false);
    ky_p11_add_bool(t, CKA_WRAP, false);
    ky_p11_add_bool(t, CKA_VERIFY, use == KY_USE_SIGN);
}

static ky_rc make_pair(struct ky_p11_store *s, const char *label, ky_key_use use, ky_key_type type)
{
    uint8_t id[ID_SIZE];
    CK_RV rv = s->module.fn->C_GenerateRandom(s->session, id, sizeof id);
    if (rv != CKR_OK)
        return ky_p11_fail(s, rv, "C_GenerateRandom");
    struct ky_p11_template public_template = {0}, private_template = {0};
    add_public_attributes(&public_template, use, label);
    add_key_attributes(&private_template, use, label);
    ky_p11_add_bytes(&public_template, CKA_ID, KY_BYTES_OF(id));
    ky_p11_add_bytes(&private_template, CKA_ID, KY_BYTES_OF(id));
    CK_OBJECT_HANDLE public_key, private_key;
    return ky_p11_pair_generate(&public_key, &private_key, s, type, &public_template, &private_template);
}

/*
 * Most tokens let only the security officer say TRUSTED, who cannot make private objects. Tried on a session object:
 * SoftHSM leaves half of a refused token object behind.
 */
static bool user_may_trust(struct ky_p11_store *s)
{
    CK_MECHANISM mechanism = {.mechanism = CKM_AES_KEY_GEN};
    struct ky_p11_template t = {0};
    ky_p11_add_bool(&t, CKA_TOKEN, false);
    ky_p11_add_bool(&t, CKA_PRIVATE, true);
    ky_p11_add_bool(&t, CKA_WRAP, true);
    ky_p11_add_bool(&t, CKA_TRUSTED, true);
    ky_p11_add_ulong(&t, CKA_VALUE_LEN, SECRET_KEY_SIZE);
    CK_OBJECT_HANDLE key;
    if (s->module.fn->C_GenerateKey(s->session, &mechanism, t.a, t.n, &key) != CKR_OK)
        return false;
    ky_p11_drop(s, key);
    return true;
}

static ky_rc make_secret(struct ky_p11_store *s, const char *label, ky_key_use use)
{
    CK_MECHANISM mechanism = {.mechanism = use == KY_USE_WRAP ? CKM_AES_KEY_GEN : CKM_GENERIC_SECRET_KEY_GEN};
    struct ky_p11_template t = {0};
    add_key_attributes(&t, use, label);
    ky_p11_add_ulong(&t, CKA_VALUE_LEN, SECRET_KEY_SIZE);
    if (use == KY_USE_WRAP && user_may_trust(s))
        ky_p11_add_bool(&t, CKA_TRUSTED, true);
    CK_OBJECT_HANDLE key;
    CK_RV rv = s->module.fn->C_GenerateKey(s->session, &mechanism, t.a, t.n, &key);
    return rv == CKR_OK ? KY_OK : ky_p11_fail(s, rv, "C_GenerateKey");
}

static void add_search(struct ky_p11_template *t, ky_key_use use, const char *label)
{
    ky_p11_add_ulong(t, CKA_CLASS, is_pair(use) ? CKO_PRIVATE_KEY : CKO_SECRET_KEY);
    ky_p11_add_bool(t, CKA_TOKEN, true);
    ky_p11_add_bytes(t, CKA_LABEL, ky_bytes_str(label));
}

static ky_rc find_object(CK_OBJECT_HANDLE *out, struct ky_p11_store *s, const char *label, ky_key_use use)
{
    struct ky_p11_template t = {0};
    add_search(&t, use, label);
    return ky_p11_find_one(out, s, &t);
}

ky_rc ky_p11_make_key(struct ky_keystore *ks, const char *label, ky_key_use use, ky_key_type type)
{
    struct ky_p11_store *s = ky_p11_store_of(ks);
    KY_TRY(ky_p11_ready(s));
    CK_OBJECT_HANDLE existing;
    ky_rc rc = find_object(&existing, s, label, use);
    if (rc == KY_OK)
        return ky_fail(KY_EEXIST, "there is one already");
    if (rc != KY_ENOTFOUND)
        return rc;
    return is_pair(use) ? make_pair(s, label, use, type) : make_secret(s, label, use);
}

static ky_rc check_attribute(struct ky_p11_store *s, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                             bool want)
{
    bool have = !want;
    KY_TRY(ky_p11_get_bool(&have, s, object, type));
    if (have != want)
        return ky_fail(KY_EDENIED, "attribute 0x%lx is %s, must be %s", type, have ? "true" : "false",
                       want ? "true" : "false");
    return KY_OK;
}

/* A key with a second use, or one that can leave or could once, would give away what it protects. */
static ky_rc check_attributes(struct ky_p11_store *s, CK_OBJECT_HANDLE object, ky_key_use use)
{
    static const struct {
        CK_ATTRIBUTE_TYPE type;
        bool want;
    } always[] = {{CKA_PRIVATE, true},          {CKA_SENSITIVE, true},         {CKA_EXTRACTABLE, false},
                  {CKA_ALWAYS_SENSITIVE, true}, {CKA_NEVER_EXTRACTABLE, true}, {CKA_MODIFIABLE, false}};
    for (size_t i = 0; i < KY_COUNT(always); i++)
        KY_TRY(check_attribute(s, object, always[i].type, always[i].want));
    for (size_t i = 0; i < KY_COUNT(use_attributes); i++) {
        const struct use_attribute *u = &use_attributes[i];
        if (applies(u, use))
            KY_TRY(check_attribute(s, object, u->type, (u->uses & BIT(use)) != 0));
    }
    return KY_OK;
}

ky_rc ky_p11_key_new(struct ky_p11_key **out, struct ky_p11_store *s, ky_key_use use)
{
    struct ky_p11_key *key = calloc(1, sizeof *key);
    if (key == NULL)
        return ky_fail(KY_ENOMEM, "key reference");
    key->base = (struct ky_token_key){.ops = &ky_p11_key_ops, .ks = &s->base, .use = use};
    key->login = s->login;
    *out = key;
    return KY_OK;
}

/* Finds the object anew and checks it: at the first use and after every login. */
static ky_rc locate(struct ky_p11_key *key)
{
    struct ky_p11_store *s = ky_p11_store_of(key->base.ks);
    CK_OBJECT_HANDLE object;
    KY_TRY(find_object(&object, s, key->label, key->base.use));
    if (!key->personal)
        KY_TRY(check_attributes(s, object, key->base.use));
    if (is_pair(key->base.use))
        KY_TRY(ky_p11_pair_type(&key->base.type, s, object));
    if (key->base.use == KY_USE_WRAP)
        KY_TRY(ky_p11_get_bool(&key->base.trusted, s, object, CKA_TRUSTED));
    key->handle = object;
    key->login = s->login;
    return KY_OK;
}

static ky_rc find_key(struct ky_token_key **out, struct ky_keystore *ks, const char *label, ky_key_use use,
                      bool personal)
{
    struct ky_p11_store *s = ky_p11_store_of(ks);
    KY_TRY(ky_p11_ready(s));
    struct ky_p11_key *key = NULL;
    KY_TRY(ky_p11_key_new(&key, s, use));
    ky_auto_token_key guard = &key->base;
    memcpy(key->label, label, strlen(label) + 1);
    key->personal = personal;
    KY_TRY(locate(key));
    *out = KY_STEAL(guard);
    return KY_OK;
}

ky_rc ky_p11_find_key(struct ky_token_key **out, struct ky_keystore *ks, const char *label, ky_key_use use)
{
    return find_key(out, ks, label, use, false);
}

ky_rc ky_p11_find_personal(struct ky_token_key **out, struct ky_keystore *ks, const char *label)
{
    return find_key(out, ks, label, KY_USE_SIGN, true);
}

ky_rc ky_p11_key_ready(struct ky_p11_key *key)
{
    struct ky_p11_store *s = ky_p11_store_of(key->base.ks);
    KY_TRY(ky_p11_ready(s));
    if (key->login == s->login)
        return KY_OK;
    if (key->session_object)
        return ky_fail(KY_ETOKEN, "unwrapped key was lost with the session; unwrap it again");
    return ky_context(locate(key), "key %s", key->label);
}

static void key_close(struct ky_token_key *base)
{
    struct ky_p11_key *key = ky_p11_key_of(base);
    struct ky_p11_store *s = ky_p11_store_of(base->ks);
    bool ours = ky_keystore_check(base->ks) == KY_OK;
    if (ours && key->session_object && s->live && key->login == s->login)
        ky_p11_drop(s, key->handle);
    free(key);
}

/* The one public object with the same CKA_ID. */
static ky_rc find_public(CK_OBJECT_HANDLE *out, struct ky_p11_key *key)
{
    struct ky_p11_store *s = ky_p11_store_of(key->base.ks);
    ky_auto_buf id = ky_buf_init(KY_KEY_LABEL_MAX);
    KY_TRY(ky_p11_get_bytes(&id, s, key->handle, CKA_ID, KY_KEY_LABEL_MAX));
    struct ky_p11_template t = {0};
    ky_p11_add_ulong(&t, CKA_CLASS, CKO_PUBLIC_KEY);
    ky_p11_add_bool(&t, CKA_TOKEN, true);
    ky_p11_add_bool(&t, CKA_PRIVATE, true);
    ky_p11_add_bytes(&t, CKA_ID, ky_buf_bytes(&id));
    return ky_context(ky_p11_find_one(out, s, &t), "public half of key %s", key->label);
}

static ky_rc key_public(struct ky_buf *spki, struct ky_token_key *base)
{
    struct ky_p11_key *key = ky_p11_key_of(base);
    if (key->session_object)
        return ky_fail(KY_EINVAL, "an unwrapped key has no public half in the token");
    KY_TRY(ky_p11_key_ready(key));
    CK_OBJECT_HANDLE public_key;
    KY_TRY(find_public(&public_key, key));
    return ky_p11_pair_spki(spki, ky_p11_store_of(base->ks), public_key, base->type);
}

static ky_rc key_destroy(struct ky_token_key *base)
{
    struct ky_p11_key *key = ky_p11_key_of(base);
    struct ky_p11_store *s = ky_p11_store_of(base->ks);
    if (key->session_object)
        return ky_fail(KY_EINVAL, "an unwrapped key ends when it is closed");
    KY_TRY(ky_p11_key_ready(key));
    if (is_pair(base->use)) {
        CK_OBJECT_HANDLE public_key;
        KY_TRY(find_public(&public_key, key));
        KY_TRY(ky_p11_destroy(s, public_key));
    }
    return ky_p11_destroy(s, key->handle);
}

const struct ky_token_key_ops ky_p11_key_ops = {
    .close = key_close,
    .destroy = key_destroy,
    .public_key = key_public,
    .sign = ky_p11_sign,
    .hmac = ky_p11_hmac,
    .ecdh = ky_p11_ecdh,
    .wrap_new = ky_p11_wrap_new,
    .unwrap = ky_p11_unwrap,
};
