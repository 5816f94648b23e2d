/*
 * The registry log: what must never come back. Entries of one keeper, chained
 * by HMAC (docs/protocol/keeper.md §1), and the index over them in memory.
 * This file makes, verifies and looks up; the keeper writes the bytes.
 */
#ifndef KY_DOMAIN_REGLOG_H
#define KY_DOMAIN_REGLOG_H

#include "base/buf.h"
#include "base/time.h"
#include "crypto/mac.h"
#include "domain/process.h"

#define KY_LOG_ENTRY_SIZE 128

typedef enum ky_log_kind {
    KY_LOGGED_BOOT = 1,
    KY_LOGGED_DEAD = 2,
    KY_LOGGED_VERSION = 3,
    KY_LOGGED_SPENT = 4,
    KY_LOGGED_CODE = 5,
    KY_LOGGED_ATTEMPT = 6,
    KY_LOGGED_LOCKED = 7,
    KY_LOGGED_UNLOCKED = 8,
    KY_LOGGED_ISSUED = 9,
    KY_LOGGED_REVOKED = 10,
    KY_LOGGED_CRL = 11,
    KY_LOGGED_LETTER = 12,
    KY_LOGGED_DONE = 13,
    KY_LOGGED_RECEIVED = 14,
    KY_LOGGED_OVERDUE = 15,
} ky_log_kind;
#define KY_LOG_KIND_LAST KY_LOGGED_OVERDUE

#define KY_OVERDUE_PER_HOUR 100 /* revocations in an hour that no officer approved */

/* `version` of a locked or unlocked entry: whose decision it was. */
enum { KY_LOCK_BY_OWNER = 1, KY_LOCK_BY_OFFICER = 2, KY_LOCK_BY_ORG = 3 };

#define KY_LOG_MORE 0x80u      /* in the byte of the kind: the same append goes on with the next entry */
#define KY_LOG_APPEND_MAX 256u /* entries of one append */

struct ky_log_entry {
    ky_log_kind kind;
    bool more; /* filled in: counts only together with the next */
    uint16_t node;
    uint64_t sequence; /* from 1, without gaps */
    ky_time time;      /* of the append */
    uint8_t id[KY_LOG_ID_SIZE];
    uint32_t version; /* meaning by kind */
    uint8_t hash[KY_HASH_SIZE];
    ky_time not_after; /* KY_TIME_NEVER: stays for ever */
    uint8_t mac[KY_HMAC_SIZE];
};

/* A 16-byte id as a log id: serials, boot ids, activations as what is spent. Records: ky_record_log_id. */
void ky_log_id(uint8_t out[KY_LOG_ID_SIZE], const uint8_t id[KY_ID_SIZE]);

/* One entry as it stands: only its form is judged, its MAC is the token's to verify. KY_EFORMAT: version or kind. */
ky_rc ky_log_entry_decode(struct ky_log_entry *e, const uint8_t in[KY_LOG_ENTRY_SIZE]);

struct ky_reglog;

/* Empty log of one process on one node; mac is borrowed and makes K_reg's HMAC. */
ky_rc ky_reglog_new(struct ky_reglog **out, const struct ky_mac *mac, ky_process process, uint16_t node);
void ky_reglog_free(struct ky_reglog *log);
KY_DEFINE_CLEANUP(struct ky_reglog, ky_reglog_free)
#define ky_auto_reglog KY_CLEANUP(ky_reglog_freep) struct ky_reglog *

/*
 * ky_reglog_replay — take over stored entries that follow what is already there.
 *
 * Appends are taken whole: the entries of one whose last is missing (a power failure came between) are verified and
 * left; the sequence says how far it went.
 *
 * Shapes: entries  n × 128 bytes, the next in sequence
 * Errors: KY_EFORMAT  not whole entries, unknown kind or version, an append above KY_LOG_APPEND_MAX
 *         KY_EAUTH    MAC or sequence does not continue the chain (text names the sequence); appends before it are taken
 */
ky_rc ky_reglog_replay(struct ky_reglog *log, struct ky_bytes entries);

/*
 * ky_reglog_append — make the next entry, index it and append its 128 bytes to out.
 *
 * Of e the caller gives kind, time, id, version, hash, not_after; the rest is filled in. The caller writes and
 * flushes out before anything built on it is answered; when it cannot, it must not use the log any more.
 */
ky_rc ky_reglog_append(struct ky_buf *out, struct ky_reglog *log, struct ky_log_entry *e);

/*
 * The same for several, all or none: when one cannot be made (token lost), log and out are as before; when not all of
 * them reach the disk, none counts at the next replay. KY_ELIMIT: more than KY_LOG_APPEND_MAX.
 */
ky_rc ky_reglog_append_all(struct ky_buf *out, struct ky_reglog *log, struct ky_log_entry *e, size_t count);

uint64_t ky_reglog_sequence(const struct ky_reglog *log);    /* of the last entry; 0 when empty */
const uint8_t *ky_reglog_head(const struct ky_reglog *log);  /* MAC of the last entry, 32 bytes */
ky_time ky_reglog_highest_time(const struct ky_reglog *log); /* 0 when empty */
/* Is (sequence, mac) on the chain? Known of the last 4,096 entries only. */
bool ky_reglog_on_chain(const struct ky_reglog *log, uint64_t sequence, const uint8_t mac[KY_HMAC_SIZE]);

/* The last entry of that kind and id, NULL when none; borrowed until the next append. */
const struct ky_log_entry *ky_reglog_find(const struct ky_reglog *log, ky_log_kind kind,
                                          const uint8_t id[KY_LOG_ID_SIZE]);
/* How many entries of that kind and id there are. */
uint32_t ky_reglog_count(const struct ky_reglog *log, ky_log_kind kind, const uint8_t id[KY_LOG_ID_SIZE]);

/* KY_EDENIED, saying why, when version n with that record hash is dead or not the one valid version. */
ky_rc ky_reglog_check_alive(const struct ky_reglog *log, const uint8_t id[KY_LOG_ID_SIZE], uint32_t version,
                            const uint8_t record_hash[KY_HASH_SIZE]);
/* True while a lock on the credential has not been lifted. */
bool ky_reglog_locked(const struct ky_reglog *log, const uint8_t id[KY_LOG_ID_SIZE]);
/* Who made that lock (KY_LOCK_BY_…), 0 when there is no such lock in force on that credential. */
uint32_t ky_reglog_lock_by(const struct ky_reglog *log, const uint8_t id[KY_LOG_ID_SIZE],
                           const uint8_t lock_id[KY_HASH_SIZE]);

/* The i-th revoked entry in order of revocation; NULL past the end. */
const struct ky_log_entry *ky_reglog_revoked(const struct ky_reglog *log, size_t i);

/* How many overdue entries were made after that time; counts up to KY_OVERDUE_PER_HOUR. */
uint32_t ky_reglog_overdue_since(const struct ky_reglog *log, ky_time since);

/* Forgets (in memory) entries whose not_after is more than a day before now. KY_ENOMEM leaves everything. */
ky_rc ky_reglog_sweep(struct ky_reglog *log, ky_time now);

#endif
