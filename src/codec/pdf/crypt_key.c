/*
 * Password algorithms of the standard security handler (ISO 32000-2):
 * 2, 5, 6, 7 for revisions 2 to 4; 2.A, 2.B, 11, 12 for 5 and 6.
 */
#include "codec/pdf/crypt_key.h"

#include "base/secret.h"
#include "codec/pdf/cipher.h"

#define PASSWORD_MAX 127 /* bytes, revisions 5 and 6 */
#define MD5_BYTES 16

static const uint8_t padding[32] = {0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e,
                                    0x56, 0xff, 0xfa, 0x01, 0x08, 0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68,
                                    0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a};

static void pad_password(uint8_t out[32], struct ky_bytes password)
{
    size_t n = password.n < 32 ? password.n : 32;
    if (n > 0)
        memcpy(out, password.p, n);
    memcpy(out + n, padding, 32 - n);
}

static ky_rc rehash(uint8_t digest[64], size_t n, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        KY_TRY(ky_pdf_digest(digest, "MD5", KY_BYTES(digest, n), KY_BYTES_NONE, KY_BYTES_NONE));
    return KY_OK;
}

/* RC4 with the key XORed by each of the numbers first … last (algorithms 5 and 7). */
static void rc4_rounds(uint8_t *data, size_t n, struct ky_bytes key, int first, int last)
{
    int step = first <= last ? 1 : -1;
    for (int i = first; i != last + step; i += step) {
        uint8_t k[MD5_BYTES];
        for (size_t j = 0; j < key.n; j++)
            k[j] = key.p[j] ^ (uint8_t)i;
        ky_pdf_rc4(data, KY_BYTES(k, key.n), KY_BYTES(data, n));
    }
}

/* Algorithm 2. */
static ky_rc legacy_key(uint8_t *key, const struct ky_pdf_key_input *in, struct ky_bytes password)
{
    uint8_t first[32 + 32 + 4], digest[64];
    pad_password(first, password);
    memcpy(first + 32, in->o.p, 32);
    for (unsigned i = 0; i < 4; i++)
        first[64 + i] = (uint8_t)(in->p >> (8 * i));
    bool mark = in->r >= 4 && !in->encrypt_metadata;
    struct ky_bytes end = mark ? KY_BYTES_LIT("\xff\xff\xff\xff") : KY_BYTES_NONE;
    KY_TRY(ky_pdf_digest(digest, "MD5", KY_BYTES_OF(first), in->id0, end));
    if (in->r >= 3)
        KY_TRY(rehash(digest, in->key_n, 50));
    memcpy(key, digest, in->key_n);
    return KY_OK;
}

/* Algorithm 6: does the key produce /U? */
static ky_rc legacy_check_user(bool *right, const struct ky_pdf_key_input *in, const uint8_t *key)
{
    uint8_t u[64] = {0};
    size_t n = in->r == 2 ? 32 : MD5_BYTES;
    if (in->r == 2) {
        ky_pdf_rc4(u, KY_BYTES(key, in->key_n), KY_BYTES_OF(padding));
    } else {
        KY_TRY(ky_pdf_digest(u, "MD5", KY_BYTES_OF(padding), in->id0, KY_BYTES_NONE));
        rc4_rounds(u, n, KY_BYTES(key, in->key_n), 0, 19);
    }
    *right = ky_secret_eq(KY_BYTES(u, n), KY_BYTES(in->u.p, n));
    return KY_OK;
}

/* Algorithm 7, first part: the user password that /O holds for this owner password. */
static ky_rc legacy_user_password(uint8_t user[32], const struct ky_pdf_key_input *in, struct ky_bytes owner)
{
    uint8_t padded[32], digest[64];
    pad_password(padded, owner);
    KY_TRY(ky_pdf_digest(digest, "MD5", KY_BYTES_OF(padded), KY_BYTES_NONE, KY_BYTES_NONE));
    if (in->r >= 3)
        KY_TRY(rehash(digest, MD5_BYTES, 50));
    memcpy(user, in->o.p, 32);
    rc4_rounds(user, 32, KY_BYTES(digest, in->key_n), in->r == 2 ? 0 : 19, 0);
    return KY_OK;
}

static ky_rc legacy_try(uint8_t *key, bool *right, const struct ky_pdf_key_input *in, struct ky_bytes user)
{
    KY_TRY(legacy_key(key, in, user));
    return legacy_check_user(right, in, key);
}

static ky_rc legacy(uint8_t *key, bool *owner, const struct ky_pdf_key_input *in, struct ky_bytes password)
{
    bool right = false;
    uint8_t user[32];
    KY_TRY(legacy_user_password(user, in, password));
    KY_TRY(legacy_try(key, &right, in, KY_BYTES_OF(user)));
    *owner = right;
    if (!right)
        KY_TRY(legacy_try(key, &right, in, password));
    return right ? KY_OK : KY_EAUTH;
}

/* One round of algorithm 2.B: k and its length are replaced; *last is the last byte of E. */
static ky_rc hash_round(uint8_t k[64], size_t *k_n, uint8_t *last, struct ky_bytes password,
                        struct ky_bytes u)
{
    static const struct {
        const char *name;
        size_t n;
    } digests[] = {{"SHA256", 32}, {"SHA384", 48}, {"SHA512", 64}};
    uint8_t k1[64 * (PASSWORD_MAX + 64 + 48)];
    size_t one = password.n + *k_n + u.n;
    if (password.n > 0)
        memcpy(k1, password.p, password.n);
    memcpy(k1 + password.n, k, *k_n);
    if (u.n > 0)
        memcpy(k1 + password.n + *k_n, u.p, u.n);
    for (size_t i = 1; i < 64; i++)
        memcpy(k1 + i * one, k1, one);
    struct ky_bytes e = KY_BYTES(k1, 64 * one);
    KY_TRY(ky_pdf_aes_cbc(k1, true, KY_BYTES(k, 16), k + 16, e));
    unsigned sum = 0; /* 256 is 1 modulo 3 */
    for (size_t i = 0; i < 16; i++)
        sum += k1[i];
    *last = k1[e.n - 1];
    *k_n = digests[sum % 3].n;
    KY_TRY(ky_pdf_digest(k, digests[sum % 3].name, e, KY_BYTES_NONE, KY_BYTES_NONE));
    ky_wipe(k1, sizeof k1);
    return KY_OK;
}

/* Algorithm 2.B; revision 5 stops after the first digest. */
static ky_rc password_hash(uint8_t out[32], int r, struct ky_bytes password, struct ky_bytes salt,
                           struct ky_bytes u)
{
    uint8_t k[64], last = 0;
    size_t k_n = 32;
    KY_TRY(ky_pdf_digest(k, "SHA256", password, salt, u));
    for (unsigned i = 0; r >= 6 && (i < 64 || last > i - 32); i++)
        KY_TRY(hash_round(k, &k_n, &last, password, u));
    memcpy(out, k, 32);
    return KY_OK;
}

/* Algorithm 2.A for one of the two passwords: field is /O or /U, wrapped is /OE or /UE. */
static ky_rc modern_try(uint8_t *key, bool *right, int r, struct ky_bytes password, struct ky_bytes field,
                        struct ky_bytes wrapped, struct ky_bytes u)
{
    static const uint8_t zero[16];
    uint8_t hash[32];
    KY_TRY(password_hash(hash, r, password, KY_BYTES(field.p + 32, 8), u));
    *right = ky_secret_eq(KY_BYTES_OF(hash), KY_BYTES(field.p, 32));
    if (!*right)
        return KY_OK;
    KY_TRY(password_hash(hash, r, password, KY_BYTES(field.p + 40, 8), u));
    return ky_pdf_aes_cbc(key, false, KY_BYTES_OF(hash), zero, KY_BYTES(wrapped.p, 32));
}

static ky_rc modern(uint8_t *key, bool *owner, const struct ky_pdf_key_input *in, struct ky_bytes password)
{
    if (password.n > PASSWORD_MAX)
        password.n = PASSWORD_MAX;
    bool right = false;
    KY_TRY(modern_try(key, &right, in->r, password, in->o, in->oe, KY_BYTES(in->u.p, 48)));
    *owner = right;
    if (!right)
        KY_TRY(modern_try(key, &right, in->r, password, in->u, in->ue, KY_BYTES_NONE));
    return right ? KY_OK : KY_EAUTH;
}

ky_rc ky_pdf_key_from_password(uint8_t *key, bool *owner, const struct ky_pdf_key_input *in,
                               struct ky_bytes password)
{
    return in->r <= 4 ? legacy(key, owner, in, password) : modern(key, owner, in, password);
}
