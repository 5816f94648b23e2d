/*
 * Registry records: facts a key process wrote itself and gave away to be
 * kept, with a MAC under K_reg (docs/protocol/statements.md §5, §6). A record
 * proves that it was once written; whether it still counts is the log's to say.
 */
#ifndef KY_DOMAIN_RECORD_H
#define KY_DOMAIN_RECORD_H

#include "codec/jcs.h"
#include "crypto/mac.h"
#include "crypto/pubkey.h"
#include "domain/process.h"
#include "base/time.h"

#define KY_RECORD_MAX 16384 /* bytes of the JSON */
#define KY_RECORD_ENVELOPE_MAX (KY_RECORD_MAX + 4 + KY_HMAC_SIZE)
#define KY_RECORD_DEPTH 4
#define KY_CERT_IN_RECORD_MAX 8192 /* bytes of a certificate inside a record */

typedef enum ky_record_type {
    KY_REC_OFFICER,
    KY_REC_SEAL,
    KY_REC_CLIENT,
    KY_REC_DEVICE,
    KY_REC_KEY,
    KY_REC_ACTIVATION,
    KY_REC_COUNT
} ky_record_type;

struct ky_record {
    ky_record_type type;
    json_t *json; /* owned */
    uint8_t id[KY_ID_SIZE];
    uint32_t version; /* from 1 */
    ky_time not_before, not_after;
    bool has_owner;
    uint8_t owner[KY_OWNER_SIZE];
    uint8_t hash[KY_HASH_SIZE]; /* of the JSON: what the log names a version by */
};
#define ky_auto_record KY_CLEANUP(ky_record_clear) struct ky_record

const char *ky_record_type_name(ky_record_type t);
/* A record's id in the registry log: with its type, so that what is said of a key is not said of an officer. */
void ky_record_log_id(uint8_t out[KY_LOG_ID_SIZE], ky_record_type type, const uint8_t id[KY_ID_SIZE]);

/*
 * ky_record_open — `lv(json) ‖ mac` as kept outside.
 *
 * Errors: KY_EAUTH    the MAC does not fit: altered, of another process or of another key
 *         KY_EFORMAT  not an envelope, not canonical, not the schema of its type
 *         KY_EDENIED  another realm
 */
ky_rc ky_record_open(struct ky_record *out, struct ky_bytes envelope, ky_process process,
                     const struct ky_mac *mac, const uint8_t realm[KY_HASH_SIZE]);
void ky_record_clear(struct ky_record *r);

/* KY_EDENIED when of another type; KY_EEXPIRED when now is outside not_before..not_after. Names `what`. */
ky_rc ky_record_check(const struct ky_record *r, ky_record_type type, ky_time now, const char *what);

/*
 * ky_record_seal — completes body (v, realm, kid), checks it against the schema of its type and appends the envelope.
 *
 * body has type, id, version, not_before, not_after and the type's members; it is changed. hash may be NULL.
 * Errors: KY_EFORMAT / KY_ELIMIT body does not fit the schema
 */
ky_rc ky_record_seal(struct ky_buf *out, uint8_t hash[KY_HASH_SIZE], json_t *body, ky_process process,
                     const struct ky_mac *mac, const uint8_t realm[KY_HASH_SIZE]);

/* A body with the common members set. NULL owner: none. KY_ENOMEM. */
ky_rc ky_record_body(json_t **out, ky_record_type type, const uint8_t id[KY_ID_SIZE], uint32_t version,
                     const uint8_t *owner, ky_time not_before, ky_time not_after);
/* Sets a member to hex or base64url text of bytes. KY_ENOMEM. */
ky_rc ky_body_set_hex(json_t *body, const char *name, struct ky_bytes v);
ky_rc ky_body_set_base64url(json_t *body, const char *name, struct ky_bytes v);
ky_rc ky_body_set_text(json_t *body, const char *name, struct ky_bytes v);
ky_rc ky_body_set_int(json_t *body, const char *name, int64_t v);
ky_rc ky_body_set_bool(json_t *body, const char *name, bool v);

/* SHA-256("kyso record hash v1\0" ‖ canonical JSON). */
ky_rc ky_record_hash(uint8_t out[KY_HASH_SIZE], struct ky_bytes json);

/* The keys of a phone, or of an officer's authenticator. */
struct ky_authenticator {
    uint8_t passkey[1023]; /* credential id */
    size_t passkey_n;
    uint8_t key[KY_P256_POINT];
    uint8_t device_key[KY_P256_POINT];
    bool be; /* backup eligible, as it was at registration */
};

typedef enum ky_role_bits {
    KY_MAY_RECEIVE = 1,
    KY_MAY_APPROVE = 2,
    KY_MAY_ADMIN = 4,
    KY_MAY_AUDIT = 8,
} ky_role_bits;

struct ky_officer {
    uint8_t id[KY_ID_SIZE];
    uint32_t version;
    uint8_t hash[KY_HASH_SIZE];
    uint8_t owner[KY_OWNER_SIZE];
    struct ky_bytes name; /* borrowed from the record */
    unsigned roles;       /* ky_role_bits */
    bool by_cms;          /* cert, else authenticator */
    uint8_t cert[KY_CERT_IN_RECORD_MAX];
    size_t cert_n;
    struct ky_authenticator authenticator;
};
/* From a record, or from the founding record's body of an officer (no envelope, version 1). */
ky_rc ky_record_officer(struct ky_officer *out, const struct ky_record *r);
ky_rc ky_founding_officer(struct ky_officer *out, const json_t *body);

struct ky_seal_record {
    uint8_t org[KY_ID_SIZE];
    struct ky_bytes org_name; /* borrowed */
    uint8_t cert[KY_CERT_IN_RECORD_MAX];
    size_t cert_n;
};
ky_rc ky_record_seal_of(struct ky_seal_record *out, const struct ky_record *r);

ky_rc ky_record_device(struct ky_authenticator *out, const struct ky_record *r);

struct ky_key_record {
    ky_key_type key_type;
    uint8_t spki[KY_SPKI_MAX];
    size_t spki_n;
    struct ky_bytes subject_b64; /* base64url of the Name DER, borrowed */
    uint8_t blob[KY_HASH_SIZE];
    uint8_t request[KY_HASH_SIZE];
    uint32_t row;
    bool has_cert;
    uint8_t cert[KY_HASH_SIZE];
    bool has_prior; /* the key record that ends when this one gets its certificate */
    uint8_t prior[KY_ID_SIZE];
    uint32_t prior_version;
    uint8_t prior_hash[KY_HASH_SIZE];
};
ky_rc ky_record_key(struct ky_key_record *out, const struct ky_record *r);

struct ky_activation_record {
    struct ky_bytes name, email, phone; /* borrowed */
    uint8_t key[KY_ID_SIZE];
};
ky_rc ky_record_activation(struct ky_activation_record *out, const struct ky_record *r);

#endif
