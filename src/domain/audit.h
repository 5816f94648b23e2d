/*
 * The audit file of a key process: records in a hash chain, their Merkle tree,
 * and checkpoints signed by K_audit (docs/protocol/keeper.md §2). The keeper
 * writes; anyone who has the file and the public key can verify.
 */
#ifndef KY_DOMAIN_AUDIT_H
#define KY_DOMAIN_AUDIT_H

#include "base/buf.h"
#include "base/time.h"
#include "crypto/signer.h"
#include "domain/merkle.h"
#include "domain/process.h"

#define KY_AUDIT_RECORD_MAX (512 * 1024) /* bytes of one record's body */
#define KY_AUDIT_OBJECTS_MAX 64
#define KY_CHECKPOINT_SIZE 114 /* node 2 ‖ size 8 ‖ root 32 ‖ time 8 ‖ signature 64 */

typedef enum ky_audit_phase {
    KY_AUDIT_START = 1,
    KY_AUDIT_INTENT = 2,
    KY_AUDIT_OUTCOME = 3,
    KY_AUDIT_DONE = 4,
    KY_AUDIT_REFUSALS = 5,
    KY_AUDIT_CUT = 6,
    KY_AUDIT_SEALED = 7,
} ky_audit_phase;

/* What a key process was asked to do; the number stands in the audit file and in messages to the keeper. */
typedef enum ky_operation {
    KY_OP_SIGN = 1,
    KY_OP_ISSUE,
    KY_OP_REFUSE,
    KY_OP_REVOKE,
    KY_OP_ENROL_DEVICE,
    KY_OP_REMOVE_DEVICE,
    KY_OP_LOCK,
    KY_OP_UNLOCK,
    KY_OP_ADMIN,
    KY_OP_BIND,
    KY_OP_CODE,
    KY_OP_ATTEMPT,
    KY_OP_CERTIFY,
    KY_OP_CRL,
    KY_OP_OCSP,
    KY_OP_TSP,
    KY_OP_NONCE,
    KY_OP_OTHER,
    KY_OP_RECEIVE,
    KY_OP_OVERDUE,
    KY_OP_END
} ky_operation;
const char *ky_operation_name(ky_operation op); /* "sign" …, "?" when out of range */

struct ky_audit_object {
    uint8_t id[KY_ID_SIZE];
    uint32_t version;
};

struct ky_audit_record {
    uint64_t sequence; /* from 1; filled in by append */
    ky_time time;
    uint16_t node; /* filled in by append */
    ky_audit_phase phase;
    ky_operation op;
    int result;                      /* ky_rc */
    uint8_t statement[KY_HASH_SIZE]; /* zero where there is none */
    uint8_t authorisation[KY_HASH_SIZE];
    const struct ky_audit_object *objects; /* borrowed */
    size_t object_count;
    struct ky_bytes payload; /* borrowed; meaning by phase and operation */
    uint8_t previous[KY_HASH_SIZE];
};

/* The end of a chain: enough to append and to make checkpoints. Plain data. */
struct ky_audit_chain {
    ky_process process;
    uint16_t node;
    ky_time highest_time;
    uint8_t head[KY_HASH_SIZE]; /* hash of the last record, zero for none */
    struct ky_merkle tree;
};

/* Appends `u32 length ‖ body` to out and moves the chain on. KY_ELIMIT payload or objects too many. */
ky_rc ky_audit_append(struct ky_buf *out, struct ky_audit_chain *chain, struct ky_audit_record *r);

/* Parses one body; objects and payload point into it (objects is written to the caller's array). */
ky_rc ky_audit_parse(struct ky_audit_record *out, struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX],
                     struct ky_bytes body);

/*
 * ky_audit_follow — take one stored body as the next record of the chain.
 *
 * Errors: KY_EFORMAT not a record; KY_EAUTH sequence, node or previous hash does not continue the chain.
 */
ky_rc ky_audit_follow(struct ky_audit_chain *chain, struct ky_audit_record *out,
                      struct ky_audit_object objects[KY_AUDIT_OBJECTS_MAX], struct ky_bytes body);

/* Signs the present size and root: KY_CHECKPOINT_SIZE bytes; signer holds a P-256 key. */
ky_rc ky_checkpoint_make(uint8_t out[KY_CHECKPOINT_SIZE], const struct ky_audit_chain *chain,
                         const struct ky_signer *signer, ky_time now);

struct ky_checkpoint {
    uint16_t node;
    uint64_t size;
    uint8_t root[KY_HASH_SIZE];
    ky_time time;
};
/* KY_EAUTH when the signature is not by the key of that 65-byte point. */
ky_rc ky_checkpoint_verify(struct ky_checkpoint *out, const uint8_t in[KY_CHECKPOINT_SIZE],
                           ky_process process, const uint8_t point[65]);

#endif
