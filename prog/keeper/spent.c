/* Used nonces and positions; see spent.h. A chained hash table by nonce id, and lists by the second the nonces end. */
#include "prog/keeper/spent.h"

#include <stdlib.h>

#define BUCKETS 65536
#define ENDS 1024 /* seconds; a short nonce lives 300 */

struct position {
    uint8_t state; /* ky_position_state, or taken */
    bool taken;
    uint64_t ticket;
    uint8_t *signature; /* owned */
    size_t signature_n;
};

struct used {
    struct used *next;     /* in the bucket */
    struct used *next_end; /* ends in the same second */
    uint8_t nonce[KY_HASH_SIZE];
    uint8_t statement[KY_HASH_SIZE];
    ky_time until;
    size_t total;
    struct position *positions; /* owned; NULL until reserved */
};

struct ticket {
    struct ticket *next;
    uint64_t number;
    unsigned worker;
    struct used *used;
};

struct ky_spent_set {
    struct used *buckets[BUCKETS];
    struct used *ends[ENDS];
    struct ticket *tickets; /* open ones: a handful */
    uint64_t last_ticket;
    ky_time swept;
    size_t bytes;
};

ky_rc ky_spent_new(struct ky_spent_set **out)
{
    *out = calloc(1, sizeof **out);
    return *out == NULL ? ky_fail(KY_ENOMEM, "used nonces") : KY_OK;
}

static void free_used(struct ky_spent_set *s, struct used *u)
{
    for (size_t i = 0; u->positions != NULL && i < u->total; i++) {
        s->bytes -= u->positions[i].signature_n;
        free(u->positions[i].signature);
    }
    s->bytes -= sizeof *u + (u->positions == NULL ? 0 : u->total * sizeof *u->positions);
    free(u->positions);
    free(u);
}

static void close_ticket(struct ky_spent_set *s, uint64_t number)
{
    for (struct ticket **t = &s->tickets; *t != NULL; t = &(*t)->next) {
        if ((*t)->number != number)
            continue;
        struct ticket *gone = *t;
        *t = gone->next;
        free(gone);
        return;
    }
}

void ky_spent_free(struct ky_spent_set *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        for (struct used *u = s->buckets[i], *next; u != NULL; u = next) {
            next = u->next;
            free_used(s, u);
        }
    }
    while (s->tickets != NULL)
        close_ticket(s, s->tickets->number);
    free(s);
}

static struct used **bucket_of(struct ky_spent_set *s, const uint8_t *nonce_id)
{
    return &s->buckets[ky_get_u16(nonce_id)];
}

static struct used *find(const struct ky_spent_set *s, const uint8_t *nonce_id)
{
    struct used *u = s->buckets[ky_get_u16(nonce_id)];
    while (u != NULL && memcmp(u->nonce, nonce_id, KY_HASH_SIZE) != 0)
        u = u->next;
    return u;
}

bool ky_spent_has(const struct ky_spent_set *s, const uint8_t nonce_id[KY_HASH_SIZE])
{
    return find(s, nonce_id) != NULL;
}

ky_rc ky_spent_check(const struct ky_spent_set *s, const uint8_t nonce_id[KY_HASH_SIZE],
                     const uint8_t statement[KY_HASH_SIZE])
{
    const struct used *u = find(s, nonce_id);
    if (u != NULL && memcmp(u->statement, statement, KY_HASH_SIZE) != 0)
        return ky_fail(KY_EDENIED, "nonce was used by another statement");
    return KY_OK;
}

ky_rc ky_spent_use(struct ky_spent_set *s, const uint8_t nonce_id[KY_HASH_SIZE],
                   const uint8_t statement[KY_HASH_SIZE], ky_time until)
{
    KY_TRY(ky_spent_check(s, nonce_id, statement));
    if (find(s, nonce_id) != NULL)
        return KY_OK;
    if (s->bytes > KY_SPENT_BYTES_MAX)
        return ky_fail(KY_EBUSY, "more than %zu MiB of signatures wait for their end",
                       KY_SPENT_BYTES_MAX >> 20);
    struct used *u = calloc(1, sizeof *u);
    if (u == NULL)
        return ky_fail(KY_ENOMEM, "used nonce");
    memcpy(u->nonce, nonce_id, KY_HASH_SIZE);
    memcpy(u->statement, statement, KY_HASH_SIZE);
    u->until = until;
    struct used **bucket = bucket_of(s, nonce_id), **end = &s->ends[(uint64_t)until % ENDS];
    u->next = *bucket;
    *bucket = u;
    u->next_end = *end;
    *end = u;
    s->bytes += sizeof *u;
    return KY_OK;
}

static ky_rc make_positions(struct ky_spent_set *s, struct used *u, size_t total)
{
    if (u->positions != NULL)
        return u->total == total ? KY_OK
                                 : ky_fail(KY_EDENIED, "reserve: %zu hashes where %zu were", total, u->total);
    u->positions = calloc(total, sizeof *u->positions);
    if (u->positions == NULL)
        return ky_fail(KY_ENOMEM, "%zu positions", total);
    u->total = total;
    s->bytes += total * sizeof *u->positions;
    return KY_OK;
}

static ky_rc open_ticket(uint64_t *number, struct ky_spent_set *s, struct used *u, unsigned worker)
{
    struct ticket *t = calloc(1, sizeof *t);
    if (t == NULL)
        return ky_fail(KY_ENOMEM, "ticket");
    *t = (struct ticket){.next = s->tickets, .number = ++s->last_ticket, .worker = worker, .used = u};
    s->tickets = t;
    *number = t->number;
    return KY_OK;
}

static void add_state(struct ky_buf *out, const struct position *p, bool ours)
{
    ky_buf_add_u8(out, ours ? KY_POSITION_SIGN : p->state);
    ky_buf_add_lv(out, KY_BYTES(p->signature, p->signature_n));
}

ky_rc ky_spent_reserve(uint64_t *ticket, struct ky_buf *out, struct ky_spent_set *s,
                       const uint8_t nonce_id[KY_HASH_SIZE], const struct ky_reserve *r, unsigned worker)
{
    struct used *u = find(s, nonce_id);
    size_t free_count = 0;
    if (u == NULL)
        return ky_fail(KY_EINTERNAL, "reserve before the nonce is used");
    KY_TRY(make_positions(s, u, r->total));
    for (size_t i = 0; i < r->count; i++) {
        const struct position *p = &u->positions[r->positions[i]];
        if (p->taken)
            return ky_fail(KY_EBUSY, "position %u is being signed", r->positions[i]);
        free_count += p->state == KY_POSITION_SIGN;
    }
    *ticket = 0;
    if (free_count > 0)
        KY_TRY(open_ticket(ticket, s, u, worker));
    for (size_t i = 0; i < r->count; i++) {
        struct position *p = &u->positions[r->positions[i]];
        bool ours = p->state == KY_POSITION_SIGN;
        if (ours) {
            p->taken = true;
            p->ticket = *ticket;
        }
        add_state(out, p, ours);
    }
    return ky_buf_finish(out);
}

static struct ticket *find_ticket(const struct ky_spent_set *s, uint64_t number)
{
    struct ticket *t = s->tickets;
    while (t != NULL && t->number != number)
        t = t->next;
    return t;
}

static ky_rc keep_signature(struct ky_spent_set *s, struct position *p, struct ky_bytes signature)
{
    p->signature = malloc(signature.n == 0 ? 1 : signature.n);
    if (p->signature == NULL)
        return ky_fail(KY_ENOMEM, "signature");
    memcpy(p->signature, signature.p, signature.n);
    p->signature_n = signature.n;
    p->state = KY_POSITION_DONE;
    s->bytes += signature.n;
    return KY_OK;
}

/* Positions of the ticket that are still taken: free again, or counted as made. */
static size_t release(struct used *u, uint64_t ticket, uint8_t state)
{
    size_t count = 0;
    for (size_t i = 0; i < u->total; i++) {
        struct position *p = &u->positions[i];
        if (!p->taken || p->ticket != ticket)
            continue;
        p->taken = false;
        p->state = state;
        count++;
    }
    return count;
}

ky_rc ky_spent_outcome(struct ky_spent_set *s, uint64_t ticket, unsigned worker, ky_rc rc,
                       const uint16_t *positions, const struct ky_bytes *signatures, size_t count)
{
    struct ticket *t = find_ticket(s, ticket);
    if (t == NULL || t->worker != worker)
        return ky_fail(KY_EDENIED, "outcome of a ticket this worker does not hold");
    for (size_t i = 0; rc == KY_OK && i < count; i++) {
        if (positions[i] >= t->used->total)
            return ky_fail(KY_EFORMAT, "outcome: position %u of %zu", positions[i], t->used->total);
        struct position *p = &t->used->positions[positions[i]];
        if (!p->taken || p->ticket != ticket)
            return ky_fail(KY_EDENIED, "outcome: position %u is not of this ticket", positions[i]);
        KY_TRY(keep_signature(s, p, signatures[i]));
        p->taken = false;
    }
    release(t->used, ticket, KY_POSITION_SIGN);
    close_ticket(s, ticket);
    return KY_OK;
}

size_t ky_spent_lost(struct ky_spent_set *s, unsigned worker)
{
    size_t count = 0;
    for (struct ticket *t = s->tickets, *next; t != NULL; t = next) {
        next = t->next;
        if (t->worker != worker)
            continue;
        count += release(t->used, t->number, KY_POSITION_UNKNOWN);
        close_ticket(s, t->number);
    }
    return count;
}

static bool has_open_ticket(const struct ky_spent_set *s, const struct used *u)
{
    for (const struct ticket *t = s->tickets; t != NULL; t = t->next)
        if (t->used == u)
            return true;
    return false;
}

static void unlink_used(struct ky_spent_set *s, struct used *u)
{
    struct used **at = bucket_of(s, u->nonce);
    while (*at != u)
        at = &(*at)->next;
    *at = u->next;
}

void ky_spent_sweep(struct ky_spent_set *s, ky_time now)
{
    if (s->swept == 0 || now - s->swept > ENDS)
        s->swept = now - ENDS;
    for (; s->swept < now; s->swept++) {
        struct used **at = &s->ends[(uint64_t)s->swept % ENDS];
        while (*at != NULL) {
            struct used *u = *at;
            if (u->until >= now || has_open_ticket(s, u)) {
                at = &u->next_end;
                continue;
            }
            *at = u->next_end;
            unlink_used(s, u);
            free_used(s, u);
        }
    }
}
