/* From password to file encryption key: ISO 32000-2 §7.6.4.3 and §7.6.4.4. */
#ifndef KY_CODEC_PDF_CRYPT_KEY_H
#define KY_CODEC_PDF_CRYPT_KEY_H

#include "base/bytes.h"
#include "base/rc.h"

/* What the computation needs of /Encrypt. o and u have 32 bytes up to revision 4, else 48; oe and ue 32. */
struct ky_pdf_key_input {
    int r;
    size_t key_n; /* bytes of the file key */
    uint32_t p;
    bool encrypt_metadata;
    struct ky_bytes o, u, oe, ue, id0;
};

/* Writes in->key_n bytes to key. KY_EAUTH when the password is neither the user's nor the owner's. */
ky_rc ky_pdf_key_from_password(uint8_t *key, bool *owner, const struct ky_pdf_key_input *in,
                               struct ky_bytes password);

#endif
