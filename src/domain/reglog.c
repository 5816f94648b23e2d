/*
 * Registry log: chain and index; see reglog.h and docs/protocol/keeper.md §1.
 * The index is one open-addressing table over (kind, id). Ids are hashes,
 * HMACs or random bytes of key processes, so their first bytes spread well.
 */
#include "domain/reglog.h"

#include <stdlib.h>

#define ENTRY_VERSION 1
#define MAC_AT 96
#define SLOTS_FIRST 1024
#define HEADS_KEPT 4096 /* recent MACs, to find an anchor on the chain */

static const char log_label[] = "kyso log v1";

struct slot {
    struct ky_log_entry last; /* kind 0: free */
    uint32_t count;           /* entries of this kind and id */
    uint32_t locks;           /* locks in force (KY_LOGGED_LOCKED only) */
    bool forked;              /* two hashes for one version: neither is valid */
};

struct ky_reglog {
    const struct ky_mac *mac;
    ky_process process;
    uint16_t node;
    uint64_t sequence;
    ky_time highest_time;
    uint8_t head[KY_HMAC_SIZE];
    uint8_t (*heads)[KY_HMAC_SIZE]; /* ring by sequence */
    struct slot *slots;
    size_t slot_count; /* power of two */
    size_t used;
    struct ky_log_entry *revoked;
    size_t revoked_count, revoked_cap;
    ky_time overdue[KY_OVERDUE_PER_HOUR]; /* ring: times of the last ones */
    uint32_t overdue_count;               /* all that there were */
};

void ky_log_id(uint8_t out[KY_LOG_ID_SIZE], const uint8_t id[KY_ID_SIZE])
{
    memcpy(out, id, KY_ID_SIZE);
    memset(out + KY_ID_SIZE, 0, KY_LOG_ID_SIZE - KY_ID_SIZE);
}

static void encode(uint8_t out[KY_LOG_ENTRY_SIZE], const struct ky_log_entry *e)
{
    out[0] = ENTRY_VERSION;
    out[1] = (uint8_t)(e->kind | (e->more ? KY_LOG_MORE : 0));
    ky_put_u16(out + 2, e->node);
    ky_put_u64(out + 4, e->sequence);
    ky_put_u64(out + 12, (uint64_t)e->time);
    memcpy(out + 20, e->id, KY_LOG_ID_SIZE);
    ky_put_u32(out + 52, e->version);
    memcpy(out + 56, e->hash, KY_HASH_SIZE);
    ky_put_u64(out + 88, (uint64_t)e->not_after);
    memcpy(out + MAC_AT, e->mac, KY_HMAC_SIZE);
}

ky_rc ky_log_entry_decode(struct ky_log_entry *e, const uint8_t in[KY_LOG_ENTRY_SIZE])
{
    unsigned kind = in[1] & ~KY_LOG_MORE;
    if (in[0] != ENTRY_VERSION || kind == 0 || kind > KY_LOG_KIND_LAST)
        return ky_fail(KY_EFORMAT, "log entry of version %d, kind %u", in[0], kind);
    e->kind = (ky_log_kind)kind;
    e->more = (in[1] & KY_LOG_MORE) != 0;
    e->node = ky_get_u16(in + 2);
    e->sequence = ky_get_u64(in + 4);
    e->time = (ky_time)ky_get_u64(in + 12);
    memcpy(e->id, in + 20, KY_LOG_ID_SIZE);
    e->version = ky_get_u32(in + 52);
    memcpy(e->hash, in + 56, KY_HASH_SIZE);
    e->not_after = (ky_time)ky_get_u64(in + 88);
    memcpy(e->mac, in + MAC_AT, KY_HMAC_SIZE);
    return KY_OK;
}

static ky_rc entry_mac(uint8_t out[KY_HMAC_SIZE], const struct ky_reglog *log, const uint8_t *encoded,
                       const uint8_t before[KY_HMAC_SIZE])
{
    uint8_t process = (uint8_t)log->process;
    const struct ky_bytes parts[] = {
        KY_BYTES_OF(log_label), {&process, 1}, {encoded, MAC_AT}, {before, KY_HMAC_SIZE}};
    return ky_mac_make(out, log->mac, parts, KY_COUNT(parts));
}

ky_rc ky_reglog_new(struct ky_reglog **out, const struct ky_mac *mac, ky_process process, uint16_t node)
{
    ky_auto_reglog log = calloc(1, sizeof *log);
    if (log == NULL)
        return ky_fail(KY_ENOMEM, "registry log");
    log->mac = mac;
    log->process = process;
    log->node = node;
    log->slot_count = SLOTS_FIRST;
    log->slots = calloc(log->slot_count, sizeof *log->slots);
    log->heads = calloc(HEADS_KEPT, sizeof *log->heads);
    if (log->slots == NULL || log->heads == NULL)
        return ky_fail(KY_ENOMEM, "registry log");
    *out = KY_STEAL(log);
    return KY_OK;
}

void ky_reglog_free(struct ky_reglog *log)
{
    if (log == NULL)
        return;
    free(log->slots);
    free(log->heads);
    free(log->revoked);
    free(log);
}

static struct slot *find_slot(struct slot *slots, size_t slot_count, ky_log_kind kind, const uint8_t *id)
{
    size_t at = (size_t)(ky_get_u64(id) ^ ((uint64_t)kind << 56)) & (slot_count - 1);
    while (slots[at].last.kind != 0 &&
           (slots[at].last.kind != kind || memcmp(slots[at].last.id, id, KY_LOG_ID_SIZE) != 0))
        at = (at + 1) & (slot_count - 1);
    return &slots[at];
}

static const struct slot *look_up(const struct ky_reglog *log, ky_log_kind kind, const uint8_t *id)
{
    const struct slot *s = find_slot(log->slots, log->slot_count, kind, id);
    return s->last.kind == 0 ? NULL : s;
}

static bool outlived(const struct ky_log_entry *e, ky_time now)
{
    return e->not_after < KY_TIME_NEVER - KY_DAY && e->not_after + KY_DAY < now;
}

/* Moves all slots that are still wanted at `now` into a table of slot_count. */
static ky_rc rebuild(struct ky_reglog *log, size_t slot_count, ky_time now)
{
    struct slot *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL)
        return ky_fail(KY_ENOMEM, "registry log of %zu entries", log->used);
    size_t used = 0;
    for (size_t i = 0; i < log->slot_count; i++) {
        const struct slot *from = &log->slots[i];
        if (from->last.kind == 0 || outlived(&from->last, now))
            continue;
        *find_slot(slots, slot_count, from->last.kind, from->last.id) = *from;
        used++;
    }
    free(log->slots);
    log->slots = slots;
    log->slot_count = slot_count;
    log->used = used;
    return KY_OK;
}

/* Room for that many entries, of two slots each (a lock needs one for the credential and one for the lock). */
static ky_rc make_room(struct ky_reglog *log, size_t entries)
{
    while ((log->used + 2 * entries) * 4 > log->slot_count * 3)
        KY_TRY(rebuild(log, log->slot_count * 2, INT64_MIN));
    if (log->revoked_cap - log->revoked_count < entries) {
        size_t cap = (log->revoked_count + entries) * 2;
        struct ky_log_entry *p = reallocarray(log->revoked, cap, sizeof *p);
        if (p == NULL)
            return ky_fail(KY_ENOMEM, "%zu revoked certificates", cap);
        log->revoked = p;
        log->revoked_cap = cap;
    }
    return KY_OK;
}

static struct slot *slot_for(struct ky_reglog *log, ky_log_kind kind, const uint8_t *id)
{
    struct slot *s = find_slot(log->slots, log->slot_count, kind, id);
    log->used += s->last.kind == 0;
    return s;
}

/* Later entries replace earlier ones; what an entry kills only grows. */
static void merge(struct slot *s, const struct ky_log_entry *e)
{
    bool first = s->last.kind == 0;
    bool same_version = !first && s->last.version == e->version;
    if (e->kind == KY_LOGGED_VERSION && same_version && memcmp(s->last.hash, e->hash, KY_HASH_SIZE) != 0)
        s->forked = true;
    uint32_t highest = !first && s->last.version > e->version ? s->last.version : e->version;
    ky_time latest = !first && s->last.not_after > e->not_after ? s->last.not_after : e->not_after;
    bool first_counts = e->kind == KY_LOGGED_REVOKED || e->kind == KY_LOGGED_ISSUED ||
                        e->kind == KY_LOGGED_SPENT || e->kind == KY_LOGGED_RECEIVED;
    if (first || !first_counts)
        s->last = *e;
    if (e->kind == KY_LOGGED_DEAD)
        s->last.version = highest;
    s->last.not_after = latest;
    s->count++;
}

/* A lock is known by its own id: lifting one does not lift another made at the same moment. */
static void index_lock(struct ky_reglog *log, const struct ky_log_entry *e)
{
    struct slot *lock = slot_for(log, KY_LOGGED_UNLOCKED, e->hash); /* one slot per lock id */
    bool in_force = lock->last.kind != 0 && lock->locks == 1;
    bool locking = e->kind == KY_LOGGED_LOCKED;
    if (lock->last.kind == 0) {
        lock->last = *e;
        lock->last.kind = KY_LOGGED_UNLOCKED;
        memcpy(lock->last.id, e->hash, KY_LOG_ID_SIZE);
        memcpy(lock->last.hash, e->id, KY_HASH_SIZE); /* the credential */
        lock->last.not_after = KY_TIME_NEVER;
    } else if (locking) {
        return; /* a lock id is used once */
    }
    struct slot *credential = slot_for(log, KY_LOGGED_LOCKED, e->id);
    if (credential->last.kind == 0) {
        credential->last = *e;
        credential->last.kind = KY_LOGGED_LOCKED;
        credential->last.not_after = KY_TIME_NEVER;
    }
    credential->locks += locking && !in_force;
    credential->locks -= !locking && in_force;
    lock->locks = locking;
}

static void index_entry(struct ky_reglog *log, const struct ky_log_entry *e)
{
    if (e->kind == KY_LOGGED_LOCKED || e->kind == KY_LOGGED_UNLOCKED) {
        index_lock(log, e);
        return;
    }
    struct slot *s = slot_for(log, e->kind, e->id);
    if (e->kind == KY_LOGGED_REVOKED && s->last.kind == 0)
        log->revoked[log->revoked_count++] = *e;
    if (e->kind == KY_LOGGED_OVERDUE)
        log->overdue[log->overdue_count++ % KY_OVERDUE_PER_HOUR] = e->time;
    merge(s, e);
}

static void take(struct ky_reglog *log, const struct ky_log_entry *e)
{
    index_entry(log, e);
    log->sequence = e->sequence;
    memcpy(log->head, e->mac, KY_HMAC_SIZE);
    memcpy(log->heads[e->sequence % HEADS_KEPT], e->mac, KY_HMAC_SIZE);
    if (e->time > log->highest_time)
        log->highest_time = e->time;
}

/* Decodes the entry that follows (sequence, before). */
static ky_rc follow(struct ky_log_entry *e, const struct ky_reglog *log, const uint8_t *encoded,
                    uint64_t sequence, const uint8_t before[KY_HMAC_SIZE])
{
    uint8_t mac[KY_HMAC_SIZE];
    KY_TRY(ky_log_entry_decode(e, encoded));
    if (e->sequence != sequence + 1 || e->node != log->node)
        return ky_fail(KY_EAUTH, "log entry %llu of node %d where %llu of node %d is wanted",
                       (unsigned long long)e->sequence, e->node, (unsigned long long)sequence + 1, log->node);
    KY_TRY(entry_mac(mac, log, encoded, before));
    if (!ky_secret_eq(KY_BYTES_OF(mac), KY_BYTES_OF(e->mac)))
        return ky_fail(KY_EAUTH, "log entry %llu: MAC does not continue the chain",
                       (unsigned long long)e->sequence);
    return KY_OK;
}

static ky_rc take_all(struct ky_reglog *log, const struct ky_log_entry *e, size_t count)
{
    KY_TRY(make_room(log, count));
    for (size_t i = 0; i < count; i++)
        take(log, &e[i]);
    return KY_OK;
}

ky_rc ky_reglog_replay(struct ky_reglog *log, struct ky_bytes entries)
{
    struct ky_log_entry append[KY_LOG_APPEND_MAX];
    size_t count = 0;
    if (entries.n % KY_LOG_ENTRY_SIZE != 0)
        return ky_fail(KY_EFORMAT, "log: %zu bytes are not whole entries", entries.n);
    for (size_t at = 0; at < entries.n; at += KY_LOG_ENTRY_SIZE) {
        if (count == KY_LOG_APPEND_MAX)
            return ky_fail(KY_EFORMAT, "log: an append of more than %u entries", KY_LOG_APPEND_MAX);
        const uint8_t *before = count == 0 ? log->head : append[count - 1].mac;
        KY_TRY(follow(&append[count], log, entries.p + at, log->sequence + count, before));
        if (append[count++].more)
            continue;
        KY_TRY(take_all(log, append, count));
        count = 0;
    }
    return KY_OK;
}

/* Encodes the entries as they would follow the log; nothing of it changes. */
static ky_rc chain(struct ky_buf *out, const struct ky_reglog *log, struct ky_log_entry *e, size_t count)
{
    const uint8_t *before = log->head;
    for (size_t i = 0; i < count; i++) {
        uint8_t encoded[KY_LOG_ENTRY_SIZE];
        e[i].more = i + 1 < count;
        e[i].node = log->node;
        e[i].sequence = log->sequence + 1 + i;
        encode(encoded, &e[i]);
        KY_TRY(entry_mac(e[i].mac, log, encoded, before));
        memcpy(encoded + MAC_AT, e[i].mac, KY_HMAC_SIZE);
        ky_buf_add(out, KY_BYTES_OF(encoded));
        before = e[i].mac;
    }
    return ky_buf_finish(out);
}

ky_rc ky_reglog_append_all(struct ky_buf *out, struct ky_reglog *log, struct ky_log_entry *e, size_t count)
{
    size_t start = out->n;
    if (count > KY_LOG_APPEND_MAX)
        return ky_fail(KY_ELIMIT, "%zu entries in one append, at most %u", count, KY_LOG_APPEND_MAX);
    KY_TRY(make_room(log, count));
    ky_rc rc = chain(out, log, e, count);
    if (rc != KY_OK) {
        out->n = start;
        if (out->p != NULL)
            out->p[start] = 0;
        return rc;
    }
    for (size_t i = 0; i < count; i++)
        take(log, &e[i]);
    return KY_OK;
}

ky_rc ky_reglog_append(struct ky_buf *out, struct ky_reglog *log, struct ky_log_entry *e)
{
    return ky_reglog_append_all(out, log, e, 1);
}

uint64_t ky_reglog_sequence(const struct ky_reglog *log)
{
    return log->sequence;
}

const uint8_t *ky_reglog_head(const struct ky_reglog *log)
{
    return log->head;
}

ky_time ky_reglog_highest_time(const struct ky_reglog *log)
{
    return log->highest_time;
}

bool ky_reglog_on_chain(const struct ky_reglog *log, uint64_t sequence, const uint8_t mac[KY_HMAC_SIZE])
{
    if (sequence == 0 || sequence > log->sequence || log->sequence - sequence >= HEADS_KEPT)
        return false;
    return ky_secret_eq(KY_BYTES(log->heads[sequence % HEADS_KEPT], KY_HMAC_SIZE),
                        KY_BYTES(mac, KY_HMAC_SIZE));
}

const struct ky_log_entry *ky_reglog_find(const struct ky_reglog *log, ky_log_kind kind,
                                          const uint8_t id[KY_LOG_ID_SIZE])
{
    const struct slot *s = look_up(log, kind, id);
    return s == NULL ? NULL : &s->last;
}

uint32_t ky_reglog_count(const struct ky_reglog *log, ky_log_kind kind, const uint8_t id[KY_LOG_ID_SIZE])
{
    const struct slot *s = look_up(log, kind, id);
    return s == NULL ? 0 : s->count;
}

ky_rc ky_reglog_check_alive(const struct ky_reglog *log, const uint8_t id[KY_LOG_ID_SIZE], uint32_t version,
                            const uint8_t record_hash[KY_HASH_SIZE])
{
    const struct slot *dead = look_up(log, KY_LOGGED_DEAD, id);
    if (dead != NULL && version <= dead->last.version)
        return ky_fail(KY_EDENIED, "record version %u was removed", version);
    const struct slot *valid = look_up(log, KY_LOGGED_VERSION, id);
    if (valid == NULL)
        return KY_OK;
    if (valid->forked)
        return ky_fail(KY_EDENIED, "record has two forms of version %u: neither is valid",
                       valid->last.version);
    if (valid->last.version != version || memcmp(valid->last.hash, record_hash, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "record version %u is not the valid one, which is version %u", version,
                       valid->last.version);
    return KY_OK;
}

bool ky_reglog_locked(const struct ky_reglog *log, const uint8_t id[KY_LOG_ID_SIZE])
{
    const struct slot *s = look_up(log, KY_LOGGED_LOCKED, id);
    return s != NULL && s->locks > 0;
}

uint32_t ky_reglog_lock_by(const struct ky_reglog *log, const uint8_t id[KY_LOG_ID_SIZE],
                           const uint8_t lock_id[KY_HASH_SIZE])
{
    const struct slot *s = look_up(log, KY_LOGGED_UNLOCKED, lock_id);
    if (s == NULL || s->locks == 0 || memcmp(s->last.hash, id, KY_LOG_ID_SIZE) != 0)
        return 0;
    return s->last.version;
}

const struct ky_log_entry *ky_reglog_revoked(const struct ky_reglog *log, size_t i)
{
    return i < log->revoked_count ? &log->revoked[i] : NULL;
}

uint32_t ky_reglog_overdue_since(const struct ky_reglog *log, ky_time since)
{
    uint32_t kept = log->overdue_count < KY_OVERDUE_PER_HOUR ? log->overdue_count : KY_OVERDUE_PER_HOUR;
    uint32_t count = 0;
    for (uint32_t i = 0; i < kept; i++)
        count += log->overdue[i] > since;
    return count;
}

ky_rc ky_reglog_sweep(struct ky_reglog *log, ky_time now)
{
    return rebuild(log, log->slot_count, now);
}
