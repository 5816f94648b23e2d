/*
 * Front of the key stores: checks arguments, process and key use once, so
 * that back ends stay small, and counts what was done.
 */
#include "crypto/keystore.h"

#include <unistd.h>

#include "base/str.h"
#include "crypto/keystore_ops.h"
#include "crypto/pkcs11.h"

static const char *const use_names[KY_USE_COUNT] = {"wrap", "mac", "derive", "sign"};

static ky_rc check_text(const char *what, const char *text, size_t max_bytes)
{
    size_t n = text == NULL ? 0 : strlen(text);
    if (n == 0 || n > max_bytes)
        return ky_fail(KY_EINVAL, "%s: %zu bytes, must be 1 to %zu", what, n, max_bytes);
    return ky_text_check(what, ky_bytes_str(text), max_bytes);
}

ky_rc ky_keystore_check(const struct ky_keystore *ks)
{
    if (ks->opener != getpid())
        return ky_fail(KY_EINTERNAL, "key store opened in process %d, used in %d", (int)ks->opener,
                       (int)getpid());
    return KY_OK;
}

ky_rc ky_token_key_check(const struct ky_token_key *key, ky_key_use use)
{
    KY_TRY(ky_keystore_check(key->ks));
    if (key->use != use)
        return ky_fail(KY_EINVAL, "key is for %s, not for %s", use_names[key->use], use_names[use]);
    return KY_OK;
}

ky_rc ky_keystore_open(struct ky_keystore **out, const struct ky_keystore_config *cfg)
{
    KY_TRY(check_text("token label", cfg->token, KY_TOKEN_LABEL_MAX));
    return ky_context(ky_pkcs11_open(out, cfg), "token %s", cfg->token);
}

void ky_keystore_close(struct ky_keystore *ks)
{
    if (ks != NULL)
        ks->ops->close(ks);
}

ky_rc ky_keystore_init_token(const char *module, const char *label, const struct ky_secret *so_pin,
                             const struct ky_secret *user_pin)
{
    KY_TRY(check_text("token label", label, KY_TOKEN_LABEL_MAX));
    return ky_context(ky_pkcs11_init_token(module, label, so_pin, user_pin), "token %s", label);
}

ky_rc ky_keystore_is_virgin(bool *virgin, struct ky_keystore *ks)
{
    KY_TRY(ky_keystore_check(ks));
    return ks->ops->is_virgin(virgin, ks);
}

ky_rc ky_keystore_info(struct ky_token_info *out, struct ky_keystore *ks)
{
    KY_TRY(ky_keystore_check(ks));
    return ks->ops->info(out, ks);
}

struct ky_keystore_counts ky_keystore_counts(const struct ky_keystore *ks)
{
    return ks->counts;
}

ky_rc ky_keystore_make_key(struct ky_keystore *ks, const char *label, ky_key_use use, ky_key_type type)
{
    KY_TRY(ky_keystore_check(ks));
    KY_TRY(check_text("key label", label, KY_KEY_LABEL_MAX));
    if (use >= KY_USE_COUNT || type >= KY_KEY_TYPE_COUNT)
        return ky_fail(KY_EINVAL, "key %s: no such use or type", label);
    if (use == KY_USE_DERIVE && type != KY_KEY_P256)
        return ky_fail(KY_EINVAL, "key %s: only P-256 keys derive", label);
    return ky_context(ks->ops->make_key(ks, label, use, type), "key %s", label);
}

ky_rc ky_keystore_find_key(struct ky_token_key **out, struct ky_keystore *ks, const char *label,
                           ky_key_use use)
{
    KY_TRY(ky_keystore_check(ks));
    KY_TRY(check_text("key label", label, KY_KEY_LABEL_MAX));
    if (use >= KY_USE_COUNT)
        return ky_fail(KY_EINVAL, "key %s: no such use", label);
    return ky_context(ks->ops->find_key(out, ks, label, use), "key %s", label);
}

void ky_token_key_close(struct ky_token_key *key)
{
    if (key != NULL)
        key->ops->close(key);
}

ky_rc ky_keystore_destroy_key(struct ky_token_key *taken_key)
{
    KY_TRY(ky_keystore_check(taken_key->ks));
    KY_TRY(taken_key->ops->destroy(taken_key));
    ky_token_key_close(taken_key);
    return KY_OK;
}

ky_key_type ky_token_key_type(const struct ky_token_key *key)
{
    return key->type;
}

bool ky_token_key_trusted(const struct ky_token_key *key)
{
    return key->trusted;
}

ky_rc ky_keystore_public(struct ky_buf *spki, struct ky_token_key *key)
{
    KY_TRY(ky_keystore_check(key->ks));
    if (key->use != KY_USE_SIGN && key->use != KY_USE_DERIVE)
        return ky_fail(KY_EINVAL, "a %s key has no public half", use_names[key->use]);
    return key->ops->public_key(spki, key);
}

ky_rc ky_keystore_sign(struct ky_buf *sig, struct ky_token_key *key, ky_scheme scheme, ky_hash hash,
                       struct ky_bytes digest)
{
    KY_TRY(ky_token_key_check(key, KY_USE_SIGN));
    if (scheme >= KY_SCHEME_COUNT || !ky_scheme_fits(scheme, key->type))
        return ky_fail(KY_EINVAL, "scheme %d does not fit a key of type %s", (int)scheme,
                       ky_key_info(key->type)->name);
    if (hash >= KY_HASH_COUNT || digest.n != ky_hash_info(hash)->size)
        return ky_fail(KY_EINVAL, "digest of %zu bytes is not of hash %d", digest.n, (int)hash);
    KY_TRY(key->ops->sign(sig, key, scheme, hash, digest));
    key->ks->counts.signatures++;
    return KY_OK;
}

static ky_rc sign_adapter(void *ctx, struct ky_buf *sig, ky_scheme scheme, ky_hash hash,
                          struct ky_bytes digest)
{
    return ky_keystore_sign(sig, ctx, scheme, hash, digest);
}

struct ky_signer ky_keystore_signer(struct ky_token_key *key)
{
    return (struct ky_signer){.ctx = key, .key_type = key->type, .sign = sign_adapter};
}

ky_rc ky_keystore_hmac(uint8_t out[KY_HMAC_SIZE], struct ky_token_key *key, const struct ky_bytes *parts,
                       size_t count)
{
    KY_TRY(ky_token_key_check(key, KY_USE_MAC));
    return key->ops->hmac(out, key, parts, count);
}

ky_rc ky_keystore_ecdh(uint8_t out[KY_ECDH_SIZE], struct ky_token_key *key, const uint8_t peer[KY_POINT_SIZE])
{
    KY_TRY(ky_token_key_check(key, KY_USE_DERIVE));
    return key->ops->ecdh(out, key, peer);
}

ky_rc ky_keystore_ecdh_fn(void *ctx, uint8_t out[KY_ECDH_SIZE], const uint8_t peer[KY_POINT_SIZE])
{
    return ky_keystore_ecdh(out, ctx, peer);
}

ky_rc ky_keystore_random(struct ky_keystore *ks, uint8_t *out, size_t n)
{
    KY_TRY(ky_keystore_check(ks));
    if (n == 0 || n > KY_TOKEN_RANDOM_MAX)
        return ky_fail(KY_ELIMIT, "random: %zu bytes, must be 1 to %d", n, KY_TOKEN_RANDOM_MAX);
    return ks->ops->random(ks, out, n);
}

ky_rc ky_keystore_add_data(struct ky_keystore *ks, const char *application, const char *label,
                           struct ky_bytes value, bool keep)
{
    KY_TRY(ky_keystore_check(ks));
    KY_TRY(check_text("application", application, KY_KEY_LABEL_MAX));
    KY_TRY(check_text("data label", label, KY_KEY_LABEL_MAX));
    if (value.n == 0 || value.n > KY_TOKEN_DATA_MAX)
        return ky_fail(KY_ELIMIT, "data %s: %zu bytes, must be 1 to %d", label, value.n, KY_TOKEN_DATA_MAX);
    return ky_context(ks->ops->add_data(ks, application, label, value, keep), "data %s", label);
}

ky_rc ky_keystore_list_data(struct ky_token_data **items, size_t *count, struct ky_arena *arena,
                            struct ky_keystore *ks, const char *application, const char *prefix, size_t max)
{
    KY_TRY(ky_keystore_check(ks));
    KY_TRY(check_text("application", application, KY_KEY_LABEL_MAX));
    return ks->ops->list_data(items, count, arena, ks, application, prefix, max);
}

ky_rc ky_keystore_remove_data(struct ky_keystore *ks, const struct ky_token_data *item)
{
    KY_TRY(ky_keystore_check(ks));
    return ky_context(ks->ops->remove_data(ks, item), "data %s", item->label);
}
