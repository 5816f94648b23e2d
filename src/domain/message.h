/*
 * Messages between web and the key processes, and between workers and
 * keeper: numbers, fields and limits in one table for both sides
 * (docs/protocol/ipc.md, keeper.md). A body is a sequence of `lv` fields.
 */
#ifndef KY_DOMAIN_MESSAGE_H
#define KY_DOMAIN_MESSAGE_H

#include "base/buf.h"

#define KY_MESSAGE_FIELDS_MAX 12
#define KY_MESSAGE_BODY_MAX (8u << 20)
#define KY_LIST_ITEMS_MAX 1024
#define KY_BATCH_MAX 32 /* rows of one SAM_ISSUE_KEYS, SAM_BIND_CERT, CA_PREPARE, … */

/* web → sam, web → ca, keeper → web, worker → keeper. */
enum ky_message_type {
    KY_MSG_SAM_NONCE = 0x0101,
    KY_MSG_SAM_OWNER,
    KY_MSG_SAM_EXECUTE,
    KY_MSG_SAM_ISSUE_KEYS,
    KY_MSG_SAM_BIND_CERT,
    KY_MSG_SAM_CODE,
    KY_MSG_SAM_ENROL,
    KY_MSG_SAM_SIGN,
    KY_MSG_SAM_ACK,
    KY_MSG_SAM_CHECKPOINT,
    KY_MSG_SAM_FOUNDING,
    KY_MSG_SAM_REVOKE,
    KY_MSG_SAM_REVOKED,
    KY_MSG_SAM_DATA_KEY,
    KY_MSG_SAM_LOCK,
    KY_MSG_CA_NONCE = 0x0201,
    KY_MSG_CA_EXECUTE,
    KY_MSG_CA_PREPARE,
    KY_MSG_CA_ISSUE,
    KY_MSG_CA_OCSP,
    KY_MSG_CA_TSP,
    KY_MSG_CA_CRL,
    KY_MSG_CA_CHAIN,
    KY_MSG_CA_ACK,
    KY_MSG_CA_CHECKPOINT,
    KY_MSG_CA_REVOKE,
    KY_MSG_CA_RECEIVE,
    KY_MSG_CA_OVERDUE,
    KY_MSG_CA_REVOCATION,
    KY_MSG_LOG_APPEND = 0x0301,
    KY_MSG_LOG_FETCH,
    KY_MSG_K_NONCE = 0x0401,
    KY_MSG_K_RESERVE,
    KY_MSG_K_OUTCOME,
    KY_MSG_K_EXECUTE,
    KY_MSG_K_RESULT,
    KY_MSG_K_COUNT,
    KY_MSG_K_LETTER,
    KY_MSG_K_ACK,
    KY_MSG_K_OUTBOX,
    KY_MSG_K_REFUSED,
    KY_MSG_K_STATUS,
    KY_MSG_K_REVOKED,
    KY_MSG_K_CHECKPOINT,
    KY_MSG_K_RECEIVED,
};

/* A message whose body is `lv` fields; the binary ones of the keeper have their own code (domain/keeper_msg). */
struct ky_message_spec {
    uint16_t type;
    const char *name;
    size_t fields;                     /* of the request */
    size_t max[KY_MESSAGE_FIELDS_MAX]; /* bytes of each */
};
/* NULL for a type that is not made of fields. */
const struct ky_message_spec *ky_message_spec(uint16_t type);
/* Sum of the limits: what the message table of a process allows. */
size_t ky_message_max(uint16_t type);

/* Splits a request's body. KY_EFORMAT naming message and field; fields point into body. */
ky_rc ky_message_read(struct ky_bytes fields[KY_MESSAGE_FIELDS_MAX], uint16_t type, struct ky_bytes body);
/* Appends fields as they are in the table. KY_ELIMIT when one is too long. */
ky_rc ky_message_write(struct ky_buf *out, uint16_t type, const struct ky_bytes *fields, size_t count);

/* Splits an answer into exactly `count` fields. KY_EFORMAT. */
ky_rc ky_answer_read(struct ky_bytes *fields, size_t count, struct ky_bytes body);

/* A list inside a field: u16 count, then `lv` items. KY_EFORMAT, KY_ELIMIT above max. */
ky_rc ky_list_read(struct ky_bytes *items, size_t *count, size_t max, struct ky_bytes list, const char *what);
/* Start a list of known length, then ky_buf_add_lv each item. */
void ky_list_begin(struct ky_buf *out, size_t count);

#endif
