/*
 * Messages worker → keeper: binary, bounded, encode and decode side by side
 * (docs/protocol/keeper.md §3).
 */
#ifndef KY_DOMAIN_KEEPER_MSG_H
#define KY_DOMAIN_KEEPER_MSG_H

#include "domain/audit.h"
#include "domain/nonce.h"
#include "domain/reglog.h"

#define KY_KEEPER_REFS_MAX KY_AUDIT_OBJECTS_MAX
#define KY_KEEPER_SPENDS_MAX 64
#define KY_KEEPER_APPENDS_MAX 80
#define KY_KEEPER_POSITIONS_MAX 1000
#define KY_KEEPER_PAYLOAD_MAX (256 * 1024)
#define KY_KEEPER_BODY_MAX (KY_KEEPER_PAYLOAD_MAX * 3)

/* A record that must be alive, in that very version. */
struct ky_ref {
    uint8_t id[KY_LOG_ID_SIZE];
    uint32_t version;
    uint8_t hash[KY_HASH_SIZE];
    bool unlocked;    /* a credential that must not be locked either */
    bool any_version; /* only that it is not removed for good: version and hash say nothing */
};

/* What every executing message begins with. */
struct ky_keeper_head {
    ky_operation op;
    uint8_t statement[KY_HASH_SIZE];
    uint8_t authorisation[KY_HASH_SIZE];
    bool has_nonce;
    uint8_t nonce[KY_NONCE_SIZE];
    ky_time exp; /* of the statement */
    struct ky_ref refs[KY_KEEPER_REFS_MAX];
    size_t ref_count;
};
void ky_keeper_head_encode(struct ky_buf *out, const struct ky_keeper_head *h);
/* Reads the head and leaves the reader after it; a failure sticks in the reader. KY_ELIMIT too many refs. */
ky_rc ky_keeper_head_decode(struct ky_keeper_head *out, struct ky_reader *in);

struct ky_reserve { /* K_RESERVE after the head */
    uint16_t total; /* hashes in the statement */
    uint16_t positions[KY_KEEPER_POSITIONS_MAX];
    size_t count;
};
void ky_reserve_encode(struct ky_buf *out, const struct ky_reserve *r);
/* KY_EFORMAT: position out of range or twice. */
ky_rc ky_reserve_decode(struct ky_reserve *out, struct ky_reader *in);

typedef enum ky_position_state {
    KY_POSITION_SIGN = 0,
    KY_POSITION_DONE = 1,
    KY_POSITION_UNKNOWN = 2
} ky_position_state;

struct ky_spend {
    uint8_t id[KY_LOG_ID_SIZE];
    ky_time not_after;
};
struct ky_append {
    ky_log_kind kind;
    uint8_t id[KY_LOG_ID_SIZE];
    uint32_t version;
    uint8_t hash[KY_HASH_SIZE];
    ky_time not_after;
};
struct ky_execute { /* K_EXECUTE after the head */
    bool spend_nonce;
    struct ky_spend spends[KY_KEEPER_SPENDS_MAX];
    size_t spend_count;
    struct ky_append appends[KY_KEEPER_APPENDS_MAX];
    size_t append_count;
    struct ky_bytes outbox; /* stored under the first spend until acknowledged; empty: nothing */
    struct ky_bytes audit;  /* payload of the audit record */
};
void ky_execute_encode(struct ky_buf *out, const struct ky_execute *e);
/* outbox and audit point into the reader's bytes. KY_ELIMIT, KY_EFORMAT. */
ky_rc ky_execute_decode(struct ky_execute *out, struct ky_reader *in);

#endif
