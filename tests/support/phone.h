/*
 * A phone in software: a passkey and a device key that make genuine WebAuthn
 * messages and device signatures. The members can be changed before a call,
 * so that a test plays a phone that does one thing wrong.
 */
#ifndef KY_TESTS_SUPPORT_PHONE_H
#define KY_TESTS_SUPPORT_PHONE_H

#include "crypto/softkey.h"
#include "crypto/webauthn.h"

#define PHONE_CREDENTIAL_ID 32

struct phone {
    struct ky_softkey *passkey, *device; /* owned; P-256 */
    uint8_t credential_id[PHONE_CREDENTIAL_ID];
    uint32_t counter;
    uint8_t flags; /* UP, UV, BE, BS of what it makes */
    char origin[256], rp_id[256];
    const char *client_type; /* NULL: as the ceremony demands */
    bool cross_origin;
    const char *top_origin; /* NULL: none */
};

ky_rc phone_init(struct phone *p, const char *origin, const char *rp_id);
void phone_clear(struct phone *p);
/* Private keys and counter as text, and back, for programs that run several times. */
ky_rc phone_store(struct ky_buf *out, const struct phone *p);
ky_rc phone_load(struct phone *p, struct ky_bytes text);

const uint8_t *phone_key(const struct phone *p);        /* passkey's point, 65 bytes */
const uint8_t *phone_device_key(const struct phone *p); /* device key's point, 65 bytes */

/* navigator.credentials.create(): attestationObject (format none) and clientDataJSON for that challenge. */
ky_rc phone_create(struct phone *p, struct ky_buf *attestation_object, struct ky_buf *client_data,
                   struct ky_bytes challenge);

/* navigator.credentials.get() and the device's own signature over the statement. */
struct phone_assertion {
    struct ky_buf authenticator_data, client_data, signature;
    uint8_t device_signature[KY_P256_RAW];
};
/* As for a log-in: the answer to that challenge, no device signature. */
ky_rc phone_answer(struct phone *p, struct phone_assertion *out, struct ky_bytes challenge);
ky_rc phone_assert(struct phone *p, struct phone_assertion *out, struct ky_bytes statement);
void phone_assertion_clear(struct phone_assertion *a);

/* The authorisation list of one webauthn item for that record (zero while the device is being enrolled). */
ky_rc phone_authorise(struct phone *p, struct ky_buf *list, struct ky_bytes statement,
                      const uint8_t record[16]);
/* The same over a list of statements (domain/statement_list.h). */
ky_rc phone_authorise_list(struct phone *p, struct ky_buf *list, struct ky_bytes statements,
                           const uint8_t record[16]);

#endif
