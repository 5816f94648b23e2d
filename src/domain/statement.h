/*
 * Statements: what a person's device has signed shall happen. Canonical JSON
 * with a closed schema for each type (docs/protocol/statements.md §3). Parsing
 * says what it is and that it is well formed; whether it is authorised is
 * domain/authorisation, whether it is still unused is the keeper's.
 */
#ifndef KY_DOMAIN_STATEMENT_H
#define KY_DOMAIN_STATEMENT_H

#include "codec/jcs.h"
#include "domain/audit.h"
#include "domain/nonce.h"

#define KY_STATEMENT_MAX (256 * 1024)
#define KY_REQUEST_MAX (4 * 1024 * 1024)
#define KY_SIGN_HASHES_MAX 1000
#define KY_REQUEST_ROWS_MAX 1000

typedef enum ky_statement_type {
    KY_ST_SIGN,
    KY_ST_REQUEST,
    KY_ST_ISSUE,
    KY_ST_REFUSE,
    KY_ST_REVOKE,
    KY_ST_ENROL_DEVICE,
    KY_ST_REMOVE_DEVICE,
    KY_ST_LOCK,
    KY_ST_UNLOCK,
    KY_ST_ADMIN,
    KY_ST_COUNT
} ky_statement_type;

struct ky_statement {
    ky_statement_type type;
    uint8_t *text; /* owned; the canonical bytes */
    size_t text_n;
    json_t *json;               /* owned; the members */
    uint8_t hash[KY_HASH_SIZE]; /* its name everywhere, and the WebAuthn challenge */
    uint8_t realm[KY_HASH_SIZE];
    ky_time iat, exp;
    bool has_nonce[3];               /* by ky_process */
    uint8_t nonce[3][KY_NONCE_SIZE]; /* by ky_process */
    bool has_actor;
    uint8_t actor_device[KY_ID_SIZE];
    uint8_t actor_owner[KY_OWNER_SIZE];
};
#define ky_auto_statement KY_CLEANUP(ky_statement_clear) struct ky_statement

const char *ky_statement_type_name(ky_statement_type t);
ky_operation ky_statement_operation(ky_statement_type t); /* of the message that executes it */

/*
 * ky_statement_parse — canonical form, closed schema, text rules.
 *
 * Errors: KY_EFORMAT  not canonical, unknown member, wrong kind, deceptive text; names the member
 *         KY_ELIMIT   larger than KY_STATEMENT_MAX (request: KY_REQUEST_MAX)
 */
ky_rc ky_statement_parse(struct ky_statement *out, struct ky_bytes text);
void ky_statement_clear(struct ky_statement *st);

static inline struct ky_bytes ky_statement_text(const struct ky_statement *st)
{
    return KY_BYTES(st->text, st->text_n);
}

/*
 * ky_statement_check — type, realm, audience and times, as process sees them at `now`.
 *
 * *nonce is the one for this process; its MAC and whether it is spent is the keeper's to say.
 * Errors: KY_EDENIED   another type, another realm, or not addressed to this process
 *         KY_EEXPIRED  exp passed, iat in the future, or exp beyond what the nonce allows
 *         KY_EFORMAT   nonce of the wrong kind for the type
 */
ky_rc ky_statement_check(struct ky_nonce *nonce, const struct ky_statement *st, ky_statement_type wanted,
                         ky_process process, const uint8_t realm[KY_HASH_SIZE], ky_time now);

/* SHA-256("kyso statement v1\0" ‖ text). */
ky_rc ky_statement_hash(uint8_t out[KY_HASH_SIZE], struct ky_bytes text);

#endif
