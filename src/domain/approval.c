/* Keeping and counting approvals; see approval.h. */
#include "domain/approval.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "domain/dossier_right.h"
#include "domain/message.h"

#define HEX_OWNER (2 * KY_OWNER_SIZE + 1)
#define EVIDENCE_BYTES_MAX (1u << 20)
#define NAME_BYTES_MAX 1024

int64_t ky_approval_needed(const struct ky_founding *f, ky_statement_type type)
{
    return type == KY_ST_ISSUE ? f->issue_n : 1;
}

ky_rc ky_approval_count(struct ky_approval_count *out, struct ky_arena *a, struct ky_store *s,
                        const struct ky_founding *f, const struct ky_db_statement *st,
                        const struct ky_actor *actor)
{
    struct ky_db_approval *list;
    size_t n;
    bool issue = ky_str_eq(st->type, ky_statement_type_name(KY_ST_ISSUE));
    KY_TRY(ky_db_approval_list(&list, &n, a, s, st->hash));
    *out = (struct ky_approval_count){.given = (int64_t)n,
                                      .needed = ky_approval_needed(f, issue ? KY_ST_ISSUE : KY_ST_REVOKE)};
    for (size_t i = 0; actor != NULL && actor->staff_id != NULL && i < n; i++)
        out->mine |= ky_str_eq(list[i].staff_id, actor->staff_id);
    return KY_OK;
}

ky_rc ky_approval_find(struct ky_db_statement *out, struct ky_arena *a, struct ky_store *s,
                       const char *dossier_id, struct ky_bytes request_hash, ky_time now)
{
    uint8_t about[KY_HASH_SIZE];
    ky_auto_statement st = {0};
    KY_TRY(ky_db_statement_get_gathered(out, a, s, dossier_id, now));
    KY_TRY(ky_statement_parse(&st, out->json));
    KY_TRY(ky_json_get_hex(about, sizeof about, st.json, "request"));
    return ky_bytes_eq(KY_BYTES_OF(about), request_hash)
               ? KY_OK
               : ky_fail(KY_ENOTFOUND, "the approval under way is about an earlier request");
}

/* ---- keeping ---- */

static ky_rc check_open(struct ky_db_statement *row, struct ky_arena *a, struct ky_store *s,
                        const struct ky_approval_in *in, ky_time now)
{
    ky_rc rc = ky_db_statement_get(row, a, s, KY_BYTES_OF(in->st->hash));
    bool open = rc == KY_OK && ky_str_eq(row->state, "open") && row->expires_at >= now &&
                ky_str_eq(row->dossier_id, in->dossier_id);
    if (rc == KY_OK && !open)
        return ky_fail(KY_ENOTFOUND, "this approval is unknown, used or expired");
    return ky_context(rc, "this approval is unknown, used or expired");
}

/* Two approvals of one dossier that both wait for more officers could never come together. */
static ky_rc check_alone(struct ky_arena *a, struct ky_store *s, const struct ky_registration *reg,
                         const struct ky_actor *actor, const struct ky_approval_in *in, ky_time now)
{
    struct ky_db_statement other;
    ky_rc rc = ky_db_statement_get_gathered(&other, a, s, in->dossier_id, now);
    if (rc == KY_ENOTFOUND || (rc == KY_OK && ky_bytes_eq(other.hash, KY_BYTES_OF(in->st->hash))))
        return KY_OK;
    KY_TRY(rc);
    return ky_why_deny(reg->why, actor->name,
                       "hồ sơ đang có một nội dung khác chờ đủ phê duyệt; đề nghị mở lại hồ sơ",
                       "another approval of this dossier is under way; open the dossier again");
}

static ky_rc keep_signature(struct ky_store *s, const struct ky_actor *actor, const struct ky_approval_in *in,
                            ky_time now)
{
    uint8_t hash[KY_SHA256_SIZE];
    char owner[HEX_OWNER], name[NAME_BYTES_MAX];
    KY_TRY(ky_sha256(hash, in->item));
    const struct ky_db_approval_signature sig = {
        .hash = KY_BYTES_OF(hash), .item = in->item, .evidence = in->evidence, .created_at = now};
    KY_TRY(ky_db_approval_signature_put(s, &sig));
    ky_hex_encode(owner, KY_BYTES(in->owner, KY_OWNER_SIZE));
    snprintf(name, sizeof name, "%.*s", (int)in->name.n, (const char *)in->name.p);
    const struct ky_db_approval approval = {.statement_hash = KY_BYTES_OF(in->st->hash),
                                            .owner = owner,
                                            .name = name,
                                            .staff_id = actor->staff_id,
                                            .signature_hash = sig.hash,
                                            .created_at = now};
    return ky_db_approval_insert(s, &approval);
}

/* In the dossier's history, where more than one must. */
static ky_rc tell(struct ky_store *s, const struct ky_actor *actor, const struct ky_db_dossier *d,
                  const struct ky_approval_count *count, ky_time now)
{
    char note[64];
    if (count->needed == 1)
        return KY_OK;
    snprintf(note, sizeof note, "%lld/%lld", (long long)count->given, (long long)count->needed);
    struct ky_db_dossier_event event = {.dossier_id = d->id,
                                        .at = now,
                                        .staff_id = actor->staff_id,
                                        .action = ky_dossier_action_name(KY_ACT_APPROVE),
                                        .from_state = d->state,
                                        .to_state = d->state,
                                        .note = note};
    return ky_db_dossier_event_insert(s, &event);
}

ky_rc ky_approval_keep(struct ky_approval_count *out, struct ky_store *s, const struct ky_registration *reg,
                       const struct ky_actor *actor, const struct ky_founding *f,
                       const struct ky_approval_in *in, ky_time now)
{
    ky_auto_arena a = ky_arena_init(KY_DOSSIER_ARENA);
    struct ky_db_dossier head;
    struct ky_db_statement row;
    KY_TRY(ky_db_dossier_get(&head, &a, s, &reg->scope, in->dossier_id));
    KY_TRY(ky_dossier_check(NULL, s, reg, actor, &head, KY_ACT_APPROVE));
    KY_TRY(check_open(&row, &a, s, in, now));
    KY_TRY(check_alone(&a, s, reg, actor, in, now));
    ky_rc rc = keep_signature(s, actor, in, now);
    if (rc == KY_EEXIST)
        return ky_why_deny(reg->why, actor->name, "đã phê duyệt hồ sơ này rồi; cần cán bộ khác",
                           "has approved this dossier; another officer must");
    KY_TRY(rc);
    KY_TRY(ky_approval_count(out, &a, s, f, &row, actor));
    KY_TRY(tell(s, actor, &head, out, now));
    return out->given < out->needed ? KY_OK : ky_db_statement_set_state(s, row.hash, "open", "authorised");
}

/* ---- loading ---- */

struct gathered {
    struct ky_buf items;                          /* of the list, without its count */
    struct ky_bytes pieces[KY_AUTH_EVIDENCE_MAX]; /* of the evidence, each once */
    size_t count;
    size_t bytes;
};

static void clear_gathered(struct gathered *g)
{
    ky_buf_clear(&g->items);
}

/* What does not fit is left out: newer pieces about the same CA are there already. */
static ky_rc add_evidence(struct gathered *g, struct ky_bytes list)
{
    struct ky_bytes items[KY_AUTH_EVIDENCE_MAX];
    size_t n;
    KY_TRY(ky_list_read(items, &n, KY_AUTH_EVIDENCE_MAX, list, "evidence"));
    for (size_t i = 0; i < n; i++) {
        bool known = false;
        for (size_t k = 0; k < g->count; k++)
            known |= ky_bytes_eq(g->pieces[k], items[i]);
        if (known || g->count == KY_COUNT(g->pieces) || g->bytes + items[i].n + 4 > EVIDENCE_BYTES_MAX - 2)
            continue;
        g->pieces[g->count++] = items[i];
        g->bytes += items[i].n + 4;
    }
    return KY_OK;
}

static ky_rc gather(struct gathered *g, struct ky_arena *a, struct ky_store *s,
                    const struct ky_db_approval *list, size_t n)
{
    struct ky_db_approval_signature sigs[KY_AUTHORISATIONS_MAX];
    for (size_t i = 0; i < n; i++) {
        KY_TRY(ky_db_approval_signature_get(&sigs[i], a, s, list[i].signature_hash));
        ky_buf_add_lv(&g->items, sigs[i].item);
    }
    for (size_t i = n; i-- > 0;)
        KY_TRY(add_evidence(g, sigs[i].evidence));
    return ky_buf_finish(&g->items);
}

static ky_rc take(struct ky_bytes *out, struct ky_arena *a, struct ky_buf *bytes)
{
    KY_TRY(ky_buf_finish(bytes));
    *out = KY_BYTES(ky_arena_dup(a, ky_buf_bytes(bytes)), bytes->n);
    return out->p == NULL ? ky_fail(KY_ENOMEM, "approvals") : KY_OK;
}

ky_rc ky_approval_load(struct ky_bytes *authorisations, struct ky_bytes *evidence, struct ky_arena *a,
                       struct ky_store *s, struct ky_bytes statement_hash)
{
    struct ky_db_approval *list;
    size_t n;
    KY_CLEANUP(clear_gathered) struct gathered g = {.items = ky_buf_init(KY_MESSAGE_BODY_MAX)};
    ky_auto_buf auths = ky_buf_init(KY_MESSAGE_BODY_MAX), proof = ky_buf_init(EVIDENCE_BYTES_MAX);
    KY_TRY(ky_db_approval_list(&list, &n, a, s, statement_hash));
    if (n > KY_AUTHORISATIONS_MAX)
        return ky_fail(KY_ELIMIT, "%zu approvals, at most %d", n, KY_AUTHORISATIONS_MAX);
    KY_TRY(gather(&g, a, s, list, n));
    ky_buf_add_u8(&auths, (uint8_t)n);
    ky_buf_add(&auths, ky_buf_bytes(&g.items));
    ky_list_begin(&proof, g.count);
    for (size_t i = 0; i < g.count; i++)
        ky_buf_add_lv(&proof, g.pieces[i]);
    KY_TRY(take(authorisations, a, &auths));
    return take(evidence, a, &proof);
}
