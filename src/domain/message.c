/* The table of messages; see message.h. */
#include "domain/message.h"

#include "domain/attestation.h"
#include "domain/authorisation.h"
#include "domain/letter.h"
#include "domain/record.h"
#include "domain/revoke.h"

#define AUTHS_MAX (KY_AUTHORISATION_CMS_MAX + 65536)
#define RECORDS_MAX (16 * (KY_RECORD_ENVELOPE_MAX + 4) + 2)
#define EVIDENCE_BYTES_MAX (1u << 20)
#define CERT_MAX 16384
#define OCSP_MAX 131072
#define BLOB_MAX 4096
#define POSITIONS_MAX (2 + KY_SIGN_HASHES_MAX * 6)
#define CREDENTIAL_MAX (KY_RECORD_ENVELOPE_MAX + CERT_MAX + 8) /* key record and its certificate */
#define ROWS_MAX (2 + KY_BATCH_MAX * (8 + CREDENTIAL_MAX))     /* the latter where one is replaced */
#define REVOCATION_MAX (4 + KY_REVOCATION_MAX + KY_P256_RAW)
#define ATTESTATION_ITEM_MAX (4 + 4 + 4 + KY_ATTESTATION_MAX + KY_P256_RAW + 4 + CERT_MAX)

/* request, its authorisations, issue, its authorisations, records, evidence */
#define ISSUE_FIELDS KY_REQUEST_MAX, AUTHS_MAX, KY_STATEMENT_MAX, AUTHS_MAX, RECORDS_MAX, EVIDENCE_BYTES_MAX

/* request, its authorisations, records, evidence */
#define REQUEST_FIELDS KY_REQUEST_MAX, AUTHS_MAX, RECORDS_MAX, EVIDENCE_BYTES_MAX

static const struct ky_message_spec specs[] = {
    {KY_MSG_SAM_NONCE, "SAM_NONCE", 1, {1}},
    {KY_MSG_SAM_OWNER, "SAM_OWNER", 1, {12}},
    {KY_MSG_SAM_EXECUTE, "SAM_EXECUTE", 4, {KY_STATEMENT_MAX, AUTHS_MAX, RECORDS_MAX, EVIDENCE_BYTES_MAX}},
    {KY_MSG_SAM_ISSUE_KEYS, "SAM_ISSUE_KEYS", 7, {ISSUE_FIELDS, ROWS_MAX}},
    {KY_MSG_SAM_BIND_CERT,
     "SAM_BIND_CERT",
     1,
     {2 + KY_BATCH_MAX * (2 * KY_RECORD_ENVELOPE_MAX + CERT_MAX + 16)}},
    {KY_MSG_SAM_CODE, "SAM_CODE", 3, {KY_RECORD_ENVELOPE_MAX, KY_NONCE_SIZE, KY_HMAC_SIZE}},
    {KY_MSG_SAM_ENROL, "SAM_ENROL", 6, {KY_RECORD_ENVELOPE_MAX, KY_STATEMENT_MAX, 65536, 16384, 4096, 1024}},
    {KY_MSG_SAM_SIGN,
     "SAM_SIGN",
     9,
     {KY_STATEMENT_MAX, 65536, KY_RECORD_ENVELOPE_MAX, KY_RECORD_ENVELOPE_MAX, KY_RECORD_ENVELOPE_MAX,
      CERT_MAX, OCSP_MAX, BLOB_MAX, POSITIONS_MAX}},
    {KY_MSG_SAM_ACK, "SAM_ACK", 1, {KY_LOG_ID_SIZE}},
    {KY_MSG_SAM_CHECKPOINT, "SAM_CHECKPOINT", 0, {0}},
    {KY_MSG_SAM_FOUNDING, "SAM_FOUNDING", 0, {0}},
    {KY_MSG_SAM_REVOKE, "SAM_REVOKE", 7, {ISSUE_FIELDS, 2 + KY_BATCH_MAX *(8 + CREDENTIAL_MAX)}},
    {KY_MSG_SAM_REVOKED, "SAM_REVOKED", 1, {2 + KY_BATCH_MAX * (REVOCATION_MAX + CREDENTIAL_MAX + 4)}},
    {KY_MSG_SAM_DATA_KEY, "SAM_DATA_KEY", 0, {0}},
    {KY_MSG_SAM_LOCK,
     "SAM_LOCK",
     5,
     {KY_STATEMENT_MAX, AUTHS_MAX, RECORDS_MAX, EVIDENCE_BYTES_MAX, KY_REQUEST_MAX}},
    {KY_MSG_CA_NONCE, "CA_NONCE", 1, {1}},
    {KY_MSG_CA_EXECUTE, "CA_EXECUTE", 4, {KY_STATEMENT_MAX, AUTHS_MAX, RECORDS_MAX, EVIDENCE_BYTES_MAX}},
    {KY_MSG_CA_PREPARE, "CA_PREPARE", 7, {ISSUE_FIELDS, 2 + KY_BATCH_MAX *ATTESTATION_ITEM_MAX}},
    {KY_MSG_CA_ISSUE, "CA_ISSUE", 7, {ISSUE_FIELDS, 2 + ATTESTATION_ITEM_MAX}},
    {KY_MSG_CA_OCSP, "CA_OCSP", 1, {8192}},
    {KY_MSG_CA_TSP, "CA_TSP", 1, {65536}},
    {KY_MSG_CA_CRL, "CA_CRL", 0, {0}},
    {KY_MSG_CA_CHAIN, "CA_CHAIN", 0, {0}},
    {KY_MSG_CA_ACK, "CA_ACK", 1, {KY_LOG_ID_SIZE}},
    {KY_MSG_CA_CHECKPOINT, "CA_CHECKPOINT", 0, {0}},
    {KY_MSG_CA_REVOKE, "CA_REVOKE", 7, {ISSUE_FIELDS, 2 + KY_BATCH_MAX * 8}},
    {KY_MSG_CA_RECEIVE, "CA_RECEIVE", 4, {REQUEST_FIELDS}},
    {KY_MSG_CA_OVERDUE, "CA_OVERDUE", 7, {REQUEST_FIELDS, 4, KY_REQUEST_MAX, 4}},
    {KY_MSG_CA_REVOCATION, "CA_REVOCATION", 1, {KY_SERIAL_SIZE}},
};

const struct ky_message_spec *ky_message_spec(uint16_t type)
{
    for (size_t i = 0; i < KY_COUNT(specs); i++)
        if (specs[i].type == type)
            return &specs[i];
    return NULL;
}

size_t ky_message_max(uint16_t type)
{
    const struct ky_message_spec *spec = ky_message_spec(type);
    size_t sum = 0;
    for (size_t i = 0; spec != NULL && i < spec->fields; i++)
        sum += spec->max[i] + 4;
    return sum < KY_MESSAGE_BODY_MAX ? sum : KY_MESSAGE_BODY_MAX;
}

ky_rc ky_message_read(struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX], uint16_t type, struct ky_bytes body)
{
    const struct ky_message_spec *spec = ky_message_spec(type);
    if (spec == NULL)
        return ky_fail(KY_EINTERNAL, "message %#x is not made of fields", type);
    struct ky_reader in = KY_READER(body);
    for (size_t i = 0; i < spec->fields; i++) {
        fields[i] = ky_read_lv(&in, spec->max[i]);
        if (in.failed)
            return ky_fail(KY_EFORMAT, "%s: field %zu is cut off or longer than %zu bytes", spec->name, i + 1,
                           spec->max[i]);
    }
    return ky_reader_finish(&in, spec->name);
}

ky_rc ky_message_write(struct ky_buf *out, uint16_t type, const struct ky_bytes *fields, size_t count)
{
    const struct ky_message_spec *spec = ky_message_spec(type);
    if (spec == NULL || count != spec->fields)
        return ky_fail(KY_EINTERNAL, "message %#x does not have %zu fields", type, count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].n > spec->max[i])
            return ky_fail(KY_ELIMIT, "%s: field %zu of %zu bytes, at most %zu", spec->name, i + 1,
                           fields[i].n, spec->max[i]);
        ky_buf_add_lv(out, fields[i]);
    }
    return ky_buf_finish(out);
}

ky_rc ky_answer_read(struct ky_bytes *fields, size_t count, struct ky_bytes body)
{
    struct ky_reader in = KY_READER(body);
    for (size_t i = 0; i < count; i++)
        fields[i] = ky_read_lv(&in, KY_MESSAGE_BODY_MAX);
    return ky_reader_finish(&in, "answer");
}

ky_rc ky_list_read(struct ky_bytes *items, size_t *count, size_t max, struct ky_bytes list, const char *what)
{
    struct ky_reader in = KY_READER(list);
    size_t n = ky_read_u16(&in);
    if (n > max)
        return ky_fail(KY_ELIMIT, "%s: %zu items, at most %zu", what, n, max);
    for (size_t i = 0; i < n; i++)
        items[i] = ky_read_lv(&in, KY_MESSAGE_BODY_MAX);
    KY_TRY(ky_reader_finish(&in, what));
    *count = n;
    return KY_OK;
}

void ky_list_begin(struct ky_buf *out, size_t count)
{
    ky_buf_add_u16(out, (uint16_t)count);
}
