/*
 * Letters and key attestations under a right signature (whoever has the key may still be mistaken), and the input as
 * it is, which must not be believed.
 */
#include <stdlib.h>

#include "crypto/digest.h"
#include "crypto/softkey.h"
#include "domain/attestation.h"
#include "domain/letter.h"

#define LETTER_LABEL KY_LABEL("kyso letter v1")
#define ATTESTATION_LABEL KY_LABEL("kyso attestation v1")
#define NUMBER 7

static const uint8_t realm[KY_HASH_SIZE];
static struct ky_softkey *att; /* made once, for the life of the program */
static uint8_t courier_private[KY_X25519_SIZE], courier_public[KY_X25519_SIZE];

static void make_keys(void)
{
    if (att == NULL && (ky_softkey_generate(&att, KY_KEY_P256) != KY_OK ||
                        ky_x25519_generate(courier_private, courier_public) != KY_OK))
        abort();
}

static void try_attestation(struct ky_bytes json, const uint8_t *point)
{
    struct ky_attestation a;
    uint8_t signature[KY_P256_RAW];
    struct ky_signer signer = ky_softkey_signer(att);
    if (ky_sign_labelled(signature, &signer, ATTESTATION_LABEL, json) != KY_OK)
        abort();
    ky_rc rc = ky_attestation_open(&a, json, KY_BYTES_OF(signature), point);
    if (rc == KY_EAUTH || (rc == KY_OK && (a.spki_n > KY_SPKI_MAX || a.row == 0)))
        abort();
    if (ky_attestation_open(&a, json, KY_BYTES(json.p, json.n < KY_P256_RAW ? json.n : KY_P256_RAW), point) ==
        KY_OK)
        abort();
}

static void try_letter(struct ky_bytes json, const uint8_t *point)
{
    struct ky_letter l;
    struct ky_signer signer = ky_softkey_signer(att);
    uint8_t signature[KY_P256_RAW], number[8];
    ky_auto_buf plain = ky_buf_init(KY_LETTER_MAX + KY_P256_RAW), aad = ky_buf_init(64);
    ky_auto_buf sealed = ky_buf_init(KY_LETTER_SEALED_MAX);
    if (json.n > KY_LETTER_MAX)
        return;
    ky_put_u64(number, NUMBER);
    ky_buf_add(&aad, LETTER_LABEL);
    ky_buf_add(&aad, KY_BYTES_OF(number));
    ky_buf_add(&plain, json);
    if (ky_sign_labelled(signature, &signer, LETTER_LABEL, json) != KY_OK)
        abort();
    ky_buf_add(&plain, KY_BYTES_OF(signature));
    if (ky_seal_x25519(&sealed, courier_public, ky_buf_bytes(&aad), ky_buf_bytes(&plain)) != KY_OK)
        abort();
    if (ky_letter_open(&l, ky_buf_bytes(&sealed), NUMBER, courier_private, point, realm) == KY_OK &&
        (l.number != NUMBER || l.kind >= KY_LETTER_KIND_COUNT))
        abort();
    if (ky_letter_open(&l, json, NUMBER, courier_private, point, realm) == KY_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    make_keys();
    const uint8_t *point = ky_pubkey_point(ky_softkey_public(att)).p;
    try_attestation(KY_BYTES(data, size), point);
    try_letter(KY_BYTES(data, size), point);
    return 0;
}
