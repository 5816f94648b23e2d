/* The standard security handler; see crypt.h. */
#include "codec/pdf/crypt.h"

#include <openssl/rand.h>

#include "base/secret.h"
#include "base/str.h"
#include "codec/pdf/cipher.h"
#include "codec/pdf/crypt_key.h"

#define AES_BLOCK 16
#define PASSWORD_BYTES_MAX 1024

static struct ky_bytes string_of(const struct ky_pdf_value *dict, const char *key)
{
    const struct ky_pdf_value *v = ky_pdf_dict_find(dict, key);
    return ky_pdf_type_of(v) == KY_PDF_STRING ? v->text : KY_BYTES_NONE;
}

static int64_t int_of(const struct ky_pdf_value *dict, const char *key, int64_t otherwise)
{
    int64_t v = otherwise;
    (void)ky_pdf_as_int(ky_pdf_dict_find(dict, key), &v);
    return v;
}

static ky_rc cipher_of_filter(ky_pdf_cipher *out, const struct ky_pdf_value *filters, struct ky_bytes name)
{
    static const struct {
        const char *name;
        ky_pdf_cipher cipher;
    } methods[] = {{"None", KY_PDF_CIPHER_NONE},
                   {"V2", KY_PDF_CIPHER_RC4},
                   {"AESV2", KY_PDF_CIPHER_AESV2},
                   {"AESV3", KY_PDF_CIPHER_AESV3}};
    *out = KY_PDF_CIPHER_NONE;
    if (ky_bytes_eq_str(name, "Identity"))
        return KY_OK;
    const struct ky_pdf_value *filter = NULL;
    for (size_t i = 0; ky_pdf_is_dict(filters) && i < filters->u.dict.n; i++) {
        if (ky_bytes_eq(filters->u.dict.at[i].key, name))
            filter = filters->u.dict.at[i].value;
    }
    const struct ky_pdf_value *method = ky_pdf_dict_find(filter, "CFM");
    for (size_t i = 0; i < KY_COUNT(methods); i++) {
        if (ky_pdf_is_name(method, methods[i].name)) {
            *out = methods[i].cipher;
            return KY_OK;
        }
    }
    return ky_fail(KY_EDENIED, "pdf: encrypted with an unknown crypt filter");
}

static struct ky_bytes filter_name(const struct ky_pdf_value *encrypt, const char *key,
                                   struct ky_bytes otherwise)
{
    const struct ky_pdf_value *v = ky_pdf_dict_find(encrypt, key);
    return ky_pdf_type_of(v) == KY_PDF_NAME ? v->text : otherwise;
}

static ky_rc read_filters(struct ky_pdf_crypt *c, const struct ky_pdf_value *encrypt)
{
    c->strings = c->streams = c->files = KY_PDF_CIPHER_RC4;
    if (c->v < 4)
        return KY_OK;
    c->filters = ky_pdf_dict_find(encrypt, "CF");
    struct ky_bytes identity = KY_BYTES_LIT("Identity");
    struct ky_bytes streams = filter_name(encrypt, "StmF", identity);
    KY_TRY(cipher_of_filter(&c->streams, c->filters, streams));
    KY_TRY(cipher_of_filter(&c->strings, c->filters, filter_name(encrypt, "StrF", identity)));
    return cipher_of_filter(&c->files, c->filters, filter_name(encrypt, "EFF", streams));
}

static ky_rc read_version(struct ky_pdf_crypt *c, const struct ky_pdf_value *encrypt)
{
    int64_t v = int_of(encrypt, "V", 0), r = int_of(encrypt, "R", 0), bits = int_of(encrypt, "Length", 40);
    if (!ky_pdf_is_name(ky_pdf_dict_find(encrypt, "Filter"), "Standard"))
        return ky_fail(KY_EDENIED, "pdf: encrypted for certificates or by a foreign security handler");
    bool known = (v == 1 && (r == 2 || r == 3)) || (v == 2 && (r == 2 || r == 3)) || (v == 4 && r == 4) ||
                 (v == 5 && (r == 5 || r == 6));
    if (!known)
        return ky_fail(KY_EDENIED, "pdf: encryption V %lld R %lld is not supported", (long long)v,
                       (long long)r);
    if (bits < 40 || bits > 256 || bits % 8 != 0)
        bits = v >= 4 ? 128 : 40;
    c->v = (int)v;
    c->r = (int)r;
    c->p = (uint32_t)int_of(encrypt, "P", 0);
    const struct ky_pdf_value *metadata = ky_pdf_dict_find(encrypt, "EncryptMetadata");
    c->encrypt_metadata = ky_pdf_type_of(metadata) != KY_PDF_BOOL || metadata->u.boolean;
    static const size_t fixed[] = {[1] = 5, [4] = 16, [5] = 32};
    c->key_n = v == 2 ? (size_t)(bits > 128 ? 128 : bits) / 8 : fixed[v];
    return KY_OK;
}

/* The UTF-8 password in ISO 8859-1, which agrees with PDFDocEncoding for letters; false when it has others. */
static bool to_latin1(uint8_t *out, size_t *n, struct ky_bytes utf8)
{
    for (*n = 0; utf8.n > 0; (*n)++) {
        int32_t c = ky_utf8_next(&utf8);
        if (c < 0 || c > 255)
            return false;
        out[*n] = (uint8_t)c;
    }
    return true;
}

static ky_rc authenticate(struct ky_pdf_crypt *c, const struct ky_pdf_key_input *in, struct ky_bytes password)
{
    ky_rc rc = ky_pdf_key_from_password(c->key, &c->owner, in, password);
    uint8_t latin1[PASSWORD_BYTES_MAX];
    size_t n;
    if (rc == KY_EAUTH && c->r <= 4 && password.n <= sizeof latin1 && to_latin1(latin1, &n, password))
        rc = ky_pdf_key_from_password(c->key, &c->owner, in, KY_BYTES(latin1, n));
    ky_wipe(latin1, sizeof latin1);
    return rc;
}

static ky_rc find_key(struct ky_pdf_crypt *c, const struct ky_pdf_value *encrypt, struct ky_bytes id0,
                      const char *password)
{
    struct ky_pdf_key_input in = {
        .r = c->r,
        .key_n = c->key_n,
        .p = c->p,
        .encrypt_metadata = c->encrypt_metadata,
        .o = string_of(encrypt, "O"),
        .u = string_of(encrypt, "U"),
        .oe = string_of(encrypt, "OE"),
        .ue = string_of(encrypt, "UE"),
        .id0 = id0,
    };
    size_t need = c->r <= 4 ? 32 : 48;
    if (in.o.n < need || in.u.n < need || (c->r >= 5 && (in.oe.n < 32 || in.ue.n < 32)))
        return ky_fail(KY_EFORMAT, "pdf: /Encrypt has no proper /O and /U");
    struct ky_bytes given = ky_bytes_str(password);
    if (given.n > PASSWORD_BYTES_MAX)
        return ky_fail(KY_ELIMIT, "password longer than %d bytes", PASSWORD_BYTES_MAX);
    return authenticate(c, &in, given);
}

ky_rc ky_pdf_crypt_init(struct ky_pdf_crypt *c, const struct ky_pdf_value *encrypt, struct ky_bytes id0,
                        const char *password)
{
    *c = (struct ky_pdf_crypt){0};
    KY_TRY(read_version(c, encrypt));
    KY_TRY(read_filters(c, encrypt));
    ky_rc rc = find_key(c, encrypt, id0, password);
    if (rc != KY_EAUTH)
        return rc;
    c->key_n = 0;
    if (c->strings == KY_PDF_CIPHER_NONE && c->streams == KY_PDF_CIPHER_NONE)
        return KY_OK; /* only attachments are encrypted: the document itself needs no key */
    return ky_fail(KY_EAUTH, "pdf: encrypted, and the password does not open it");
}

void ky_pdf_crypt_clear(struct ky_pdf_crypt *c)
{
    ky_wipe(c, sizeof *c);
}

/* /DecodeParms of the first filter when that is /Crypt. */
static const struct ky_pdf_value *crypt_params(bool *has_crypt, const struct ky_pdf_value *dict)
{
    const struct ky_pdf_value *filter = ky_pdf_dict_find(dict, "Filter");
    const struct ky_pdf_value *params = ky_pdf_dict_find(dict, "DecodeParms");
    if (ky_pdf_type_of(filter) == KY_PDF_ARRAY)
        filter = filter->u.array.n > 0 ? filter->u.array.at[0] : NULL;
    if (ky_pdf_type_of(params) == KY_PDF_ARRAY)
        params = params->u.array.n > 0 ? params->u.array.at[0] : NULL;
    *has_crypt = ky_pdf_is_name(filter, "Crypt");
    return params;
}

ky_pdf_cipher ky_pdf_crypt_stream_cipher(const struct ky_pdf_crypt *c, const struct ky_pdf_value *dict)
{
    const struct ky_pdf_value *type = ky_pdf_dict_find(dict, "Type");
    if (ky_pdf_is_name(type, "XRef"))
        return KY_PDF_CIPHER_NONE;
    bool has_crypt;
    const struct ky_pdf_value *params = crypt_params(&has_crypt, dict);
    ky_pdf_cipher named;
    if (has_crypt && c->v >= 4) {
        struct ky_bytes name = filter_name(params, "Name", KY_BYTES_LIT("Identity"));
        return cipher_of_filter(&named, c->filters, name) == KY_OK ? named : c->streams;
    }
    if (ky_pdf_is_name(type, "Metadata") && !c->encrypt_metadata && c->v >= 4)
        return KY_PDF_CIPHER_NONE;
    return ky_pdf_is_name(type, "EmbeddedFile") ? c->files : c->streams;
}

/* Algorithm 1: the key of one object; revision 5 and later use the file key. Returns its length. */
static ky_rc object_key(uint8_t key[64], size_t *n, const struct ky_pdf_crypt *c, ky_pdf_cipher cipher,
                        struct ky_pdf_ref ref)
{
    if (c->key_n == 0)
        return ky_fail(KY_EAUTH, "pdf: encrypted, and the password does not open it");
    if (cipher == KY_PDF_CIPHER_AESV3) {
        if (c->key_n != 32)
            return ky_fail(KY_EFORMAT, "pdf: AESV3 with a key of %zu bytes", c->key_n);
        memcpy(key, c->key, 32);
        *n = 32;
        return KY_OK;
    }
    if (c->key_n > 16)
        return ky_fail(KY_EFORMAT, "pdf: RC4 or AESV2 with a key of %zu bytes", c->key_n);
    uint8_t id[5] = {(uint8_t)ref.num, (uint8_t)(ref.num >> 8), (uint8_t)(ref.num >> 16), (uint8_t)ref.gen,
                     (uint8_t)(ref.gen >> 8)};
    struct ky_bytes salt = cipher == KY_PDF_CIPHER_AESV2 ? KY_BYTES_LIT("sAlT") : KY_BYTES_NONE;
    KY_TRY(ky_pdf_digest(key, "MD5", KY_BYTES(c->key, c->key_n), KY_BYTES_OF(id), salt));
    *n = cipher == KY_PDF_CIPHER_AESV2 || c->key_n + 5 > 16 ? 16 : c->key_n + 5;
    return KY_OK;
}

static ky_rc decrypt_aes(struct ky_buf *out, struct ky_bytes key, struct ky_bytes data)
{
    size_t n = data.n < AES_BLOCK ? 0 : (data.n - AES_BLOCK) / AES_BLOCK * AES_BLOCK;
    uint8_t *p = ky_buf_grow(out, n);
    if (n == 0 || p == NULL)
        return ky_buf_finish(out);
    KY_TRY(ky_pdf_aes_cbc(p, false, key, data.p, KY_BYTES(data.p + AES_BLOCK, n)));
    uint8_t pad = p[n - 1];
    if (pad >= 1 && pad <= AES_BLOCK) /* data of writers that pad wrongly are taken whole */
        out->p[out->n -= pad] = 0;
    return KY_OK;
}

static ky_rc encrypt_aes(struct ky_buf *out, struct ky_bytes key, struct ky_bytes data)
{
    size_t pad = AES_BLOCK - data.n % AES_BLOCK, n;
    if (!ky_add_ok(data.n, pad + AES_BLOCK, &n))
        return ky_fail(KY_ELIMIT, "pdf: %zu bytes to encrypt", data.n);
    uint8_t *iv = ky_buf_grow(out, n);
    if (iv == NULL)
        return ky_buf_finish(out);
    if (RAND_bytes(iv, AES_BLOCK) != 1)
        return ky_fail(KY_ECRYPTO, "random bytes");
    uint8_t *body = iv + AES_BLOCK;
    if (data.n > 0)
        memcpy(body, data.p, data.n);
    memset(body + data.n, (int)pad, pad);
    return ky_pdf_aes_cbc(body, true, key, iv, KY_BYTES(body, data.n + pad));
}

static ky_rc rc4(struct ky_buf *out, struct ky_bytes key, struct ky_bytes data)
{
    uint8_t *p = ky_buf_grow(out, data.n);
    if (p != NULL)
        ky_pdf_rc4(p, key, data);
    return ky_buf_finish(out);
}

static ky_rc apply(struct ky_buf *out, const struct ky_pdf_crypt *c, ky_pdf_cipher cipher,
                   struct ky_pdf_ref ref, struct ky_bytes data, bool encrypt)
{
    if (cipher == KY_PDF_CIPHER_NONE) {
        ky_buf_add(out, data);
        return ky_buf_finish(out);
    }
    uint8_t key[64];
    size_t n;
    KY_TRY(object_key(key, &n, c, cipher, ref));
    struct ky_bytes k = KY_BYTES(key, n);
    ky_rc rc = cipher == KY_PDF_CIPHER_RC4 ? rc4(out, k, data)
               : encrypt                   ? encrypt_aes(out, k, data)
                                           : decrypt_aes(out, k, data);
    ky_wipe(key, sizeof key);
    return rc;
}

ky_rc ky_pdf_decrypt(struct ky_buf *out, const struct ky_pdf_crypt *c, ky_pdf_cipher cipher,
                     struct ky_pdf_ref ref, struct ky_bytes data)
{
    return apply(out, c, cipher, ref, data, false);
}

ky_rc ky_pdf_encrypt(struct ky_buf *out, const struct ky_pdf_crypt *c, ky_pdf_cipher cipher,
                     struct ky_pdf_ref ref, struct ky_bytes data)
{
    return apply(out, c, cipher, ref, data, true);
}

bool ky_pdf_crypt_exempt(const struct ky_pdf_value *dict, struct ky_bytes key)
{
    return ky_bytes_eq_str(key, "Contents") &&
           ky_pdf_type_of(ky_pdf_dict_find(dict, "ByteRange")) == KY_PDF_ARRAY;
}
