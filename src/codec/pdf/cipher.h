/* The primitives of PDF encryption: RC4 (which OpenSSL no longer offers by default) and AES-CBC. */
#ifndef KY_CODEC_PDF_CIPHER_H
#define KY_CODEC_PDF_CIPHER_H

#include "base/buf.h"

void ky_pdf_rc4(uint8_t *out, struct ky_bytes key, struct ky_bytes in);
/* AES-128 or AES-256 in CBC mode without padding; in.n is a multiple of 16, out has in.n bytes. */
ky_rc ky_pdf_aes_cbc(uint8_t *out, bool encrypt, struct ky_bytes key, const uint8_t iv[16],
                     struct ky_bytes in);
/* Digest of a followed by b and c; name as OpenSSL has it; out has room for 64 bytes. */
ky_rc ky_pdf_digest(uint8_t *out, const char *name, struct ky_bytes a, struct ky_bytes b, struct ky_bytes c);

#endif
