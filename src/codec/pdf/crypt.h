/*
 * The standard security handler (ISO 32000-2 §7.6), revisions 2 to 6: RC4,
 * AES-128 and AES-256 with crypt filters. Public-key handlers are refused.
 */
#ifndef KY_CODEC_PDF_CRYPT_H
#define KY_CODEC_PDF_CRYPT_H

#include "base/buf.h"
#include "codec/pdf/value.h"

typedef enum ky_pdf_cipher {
    KY_PDF_CIPHER_NONE, /* the Identity filter */
    KY_PDF_CIPHER_RC4,
    KY_PDF_CIPHER_AESV2,
    KY_PDF_CIPHER_AESV3,
} ky_pdf_cipher;

struct ky_pdf_crypt {
    int v, r;
    uint32_t p;
    bool encrypt_metadata;
    bool owner;      /* opened with the owner password */
    uint8_t key[32]; /* file encryption key */
    size_t key_n;    /* bytes */
    ky_pdf_cipher strings, streams, files;
    const struct ky_pdf_value *filters; /* /CF; borrowed */
};

/*
 * encrypt: the /Encrypt dictionary with everything it refers to in place, strings as they stand.
 * id0: first element of /ID, may be empty. password: UTF-8.
 * KY_EAUTH: neither user nor owner password. KY_EDENIED: not supported. KY_EFORMAT: broken.
 */
ky_rc ky_pdf_crypt_init(struct ky_pdf_crypt *c, const struct ky_pdf_value *encrypt, struct ky_bytes id0,
                        const char *password);
void ky_pdf_crypt_clear(struct ky_pdf_crypt *c);

/* The cipher of a stream with that dictionary: /Type /XRef, /Metadata, a /Crypt filter, embedded files. */
ky_pdf_cipher ky_pdf_crypt_stream_cipher(const struct ky_pdf_crypt *c, const struct ky_pdf_value *dict);

/* Append the result to out. ref is the indirect object the data belong to. */
ky_rc ky_pdf_decrypt(struct ky_buf *out, const struct ky_pdf_crypt *c, ky_pdf_cipher cipher,
                     struct ky_pdf_ref ref, struct ky_bytes data);
ky_rc ky_pdf_encrypt(struct ky_buf *out, const struct ky_pdf_crypt *c, ky_pdf_cipher cipher,
                     struct ky_pdf_ref ref, struct ky_bytes data);

/* A string that is never encrypted: /Contents of a dictionary with /ByteRange (§7.6.2). */
bool ky_pdf_crypt_exempt(const struct ky_pdf_value *dict, struct ky_bytes key);

#endif
