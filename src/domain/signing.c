/* One-time addresses and documents on their way; see signing.h. */
#include "domain/signing.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/secret.h"
#include "base/str.h"
#include "crypto/digest.h"
#include "store/request.h"

#define PLACE_MAX 160

/* ---- what is handed out ---- */

static void place_of(char out[PLACE_MAX], const char *id, struct ky_bytes hash)
{
    char hex[2 * KY_SHA256_SIZE + 1];
    ky_hex_encode(hex, hash);
    snprintf(out, PLACE_MAX, "request_signing/%s/%s", id, hex);
}

static ky_rc open_kept(struct ky_buf *document, const struct ky_registration *reg,
                       const struct ky_db_signing *row)
{
    char place[PLACE_MAX];
    place_of(place, row->dossier_id, row->document_hash);
    return ky_personal_open(document, reg->personal, place, row->sealed_document);
}

/* As the last other signer left it, else as it was drawn. */
static ky_rc open_base(struct ky_buf *document, struct ky_arena *a, struct ky_store *s,
                       const struct ky_registration *reg, const char *id, const char *seal_record)
{
    struct ky_db_request drawn;
    struct ky_db_signing last;
    KY_TRY(ky_db_request_get(&drawn, a, s, &reg->scope, id));
    ky_rc rc = ky_db_signing_last(&last, a, s, id, drawn.draft_hash, seal_record);
    if (rc == KY_ENOTFOUND)
        return ky_dossier_open_draft(document, s, reg, id);
    KY_TRY(rc);
    return open_kept(document, reg, &last);
}

/* May this person sign and send it now? */
static ky_rc check_signer(struct ky_arena *a, struct ky_store *s, const struct ky_registration *reg,
                          const struct ky_actor *actor, const char *id)
{
    struct ky_db_dossier head;
    KY_TRY(ky_db_dossier_get(&head, a, s, &reg->scope, id));
    return ky_dossier_check(NULL, s, reg, actor, &head, KY_ACT_SUBMIT);
}

/* ---- addresses ---- */

ky_rc ky_visit_make(struct ky_visit_made *out, struct ky_store *s, const struct ky_registration *reg,
                    const struct ky_actor *actor, const char *id, const struct ky_visit_wish *wish,
                    ky_time now)
{
    uint8_t download[KY_BEARER_HASH], upload[KY_BEARER_HASH];
    ky_auto_arena a = ky_arena_init(KY_DOSSIER_ARENA);
    ky_auto_buf document = ky_buf_init(KY_SIGNING_DOCUMENT_MAX);
    KY_TRY(check_signer(&a, s, reg, actor, id));
    KY_TRY(open_base(&document, &a, s, reg, id, wish->seal_record));
    KY_TRY(ky_sha256(out->hash, ky_buf_bytes(&document)));
    KY_TRY(ky_bearer_new(out->download, download));
    KY_TRY(ky_bearer_new(out->upload, upload));
    out->size = document.n;
    out->expires_at = now + KY_VISIT_LIFE;
    const struct ky_db_visit row = {.dossier_id = id,
                                    .staff_id = actor->staff_id,
                                    .session_id = wish->session_id,
                                    .document_hash = KY_BYTES_OF(out->hash),
                                    .seal_record = wish->seal_record,
                                    .evidence = wish->evidence,
                                    .download_hash = KY_BYTES_OF(download),
                                    .upload_hash = KY_BYTES_OF(upload),
                                    .expires_at = out->expires_at};
    KY_TRY(ky_db_visit_purge(s, now - KY_DAY)); /* a day long who is late is told so */
    return ky_db_visit_put(s, &row);
}

static ky_rc has_ended(bool *out, struct ky_store *s, const struct ky_db_visit *visit,
                       const struct ky_session_limits *limits, ky_time now)
{
    bool counts = true;
    if (visit->session_id != NULL)
        KY_TRY(
            ky_db_session_counts(&counts, s, visit->session_id, visit->staff_id, now - limits->idle_s, now));
    *out = !counts || now >= visit->expires_at;
    return KY_OK;
}

static ky_rc load_actor(struct ky_actor *actor, struct ky_arena *a, struct ky_store *s, const char *staff_id)
{
    struct ky_db_staff staff;
    const struct ky_scope all = ky_scope_everything(); /* the secret says who it is */
    KY_TRY(ky_db_staff_get(&staff, a, s, &all, staff_id));
    return ky_actor_load(actor, a, s, &staff);
}

ky_rc ky_visit_find(ky_visit_verdict *verdict, struct ky_db_visit *out, struct ky_actor *actor,
                    struct ky_arena *a, struct ky_store *s, ky_visit_kind kind, struct ky_bytes secret,
                    const struct ky_session_limits *limits, ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    bool ended;
    *verdict = KY_VISIT_UNKNOWN;
    ky_rc rc = ky_bearer_hash(hash, secret);
    if (rc == KY_OK)
        rc = ky_db_visit_find(out, a, s, kind, KY_BYTES_OF(hash));
    if (rc == KY_EAUTH || rc == KY_ENOTFOUND)
        return KY_OK;
    KY_TRY(rc);
    KY_TRY(has_ended(&ended, s, out, limits, now));
    const bool used = (kind == KY_VISIT_DOWNLOAD ? out->downloaded_at : out->uploaded_at) != 0;
    *verdict = used ? KY_VISIT_USED : ended ? KY_VISIT_ENDED : KY_VISIT_GOOD;
    if (*verdict != KY_VISIT_GOOD)
        return KY_OK;
    rc = load_actor(actor, a, s, out->staff_id);
    if (rc == KY_EAUTH) /* closed meanwhile */
        *verdict = KY_VISIT_ENDED;
    return rc == KY_EAUTH ? KY_OK : rc;
}

ky_rc ky_visit_use(ky_visit_verdict *verdict, struct ky_store *s, ky_visit_kind kind, struct ky_bytes secret,
                   ky_time now)
{
    uint8_t hash[KY_BEARER_HASH];
    KY_TRY(ky_bearer_hash(hash, secret));
    ky_rc rc = ky_db_visit_use(s, kind, KY_BYTES_OF(hash), now);
    *verdict = rc == KY_ENOTFOUND ? KY_VISIT_USED : KY_VISIT_GOOD;
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

ky_rc ky_visit_open(struct ky_buf *document, struct ky_store *s, const struct ky_registration *reg,
                    const struct ky_db_visit *visit)
{
    uint8_t hash[KY_SHA256_SIZE];
    ky_auto_arena a = ky_arena_init(KY_DOSSIER_ARENA);
    KY_TRY(open_base(document, &a, s, reg, visit->dossier_id, visit->seal_record));
    KY_TRY(ky_sha256(hash, ky_buf_bytes(document)));
    if (ky_bytes_eq(KY_BYTES_OF(hash), visit->document_hash))
        return KY_OK;
    return ky_why_deny(reg->why, "request",
                       "văn bản đã thay đổi từ khi bắt đầu ký; đề nghị xem lại và ký lại.",
                       "the document has changed since signing began: look at it and sign again");
}

/* ---- documents on their way ---- */

ky_rc ky_signing_keep(struct ky_store *s, const struct ky_registration *reg, const struct ky_actor *actor,
                      const struct ky_db_visit *visit, struct ky_bytes document, struct ky_bytes hash,
                      ky_time now)
{
    char place[PLACE_MAX];
    struct ky_db_request drawn;
    ky_auto_arena a = ky_arena_init(KY_DOSSIER_ARENA);
    ky_auto_buf base = ky_buf_init(KY_SIGNING_DOCUMENT_MAX),
                sealed = ky_buf_init(KY_SIGNING_DOCUMENT_MAX + KY_PERSONAL_EXTRA);
    KY_TRY(check_signer(&a, s, reg, actor, visit->dossier_id));
    KY_TRY(ky_visit_open(&base, s, reg, visit));
    KY_TRY(ky_db_request_get(&drawn, &a, s, &reg->scope, visit->dossier_id));
    place_of(place, visit->dossier_id, hash);
    KY_TRY(ky_personal_seal(&sealed, reg->personal, place, document));
    const struct ky_db_signing row = {.dossier_id = visit->dossier_id,
                                      .seal_record = visit->seal_record,
                                      .draft_hash = drawn.draft_hash,
                                      .document_hash = hash,
                                      .sealed_document = ky_buf_bytes(&sealed),
                                      .staff_id = actor->staff_id,
                                      .at = now};
    return ky_db_signing_put(s, &row);
}

ky_rc ky_signing_list(struct ky_signer_of **out, size_t *n, struct ky_arena *a, struct ky_store *s,
                      const struct ky_registration *reg, const char *id)
{
    struct ky_db_request drawn;
    struct ky_db_signer *rows;
    KY_TRY(ky_db_request_get(&drawn, a, s, &reg->scope, id));
    KY_TRY(ky_db_signer_list(&rows, n, a, s, id, drawn.draft_hash));
    *out = ky_arena_alloc_array(a, *n + 1, sizeof **out);
    if (*out == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < *n; i++) {
        struct ky_db_staff staff;
        KY_TRY(ky_db_staff_get(&staff, a, s, &reg->scope, rows[i].staff_id));
        (*out)[i] = (struct ky_signer_of){staff.name, rows[i].seal_record, rows[i].at};
    }
    return KY_OK;
}

ky_rc ky_signing_open(struct ky_buf *document, struct ky_store *s, const struct ky_registration *reg,
                      const char *id, struct ky_bytes hash)
{
    struct ky_db_request drawn;
    struct ky_db_signing row;
    ky_auto_arena a = ky_arena_init(KY_DOSSIER_ARENA);
    KY_TRY(ky_db_request_get(&drawn, &a, s, &reg->scope, id));
    KY_TRY(ky_db_signing_get(&row, &a, s, id, hash));
    if (!ky_bytes_eq(row.draft_hash, drawn.draft_hash))
        return ky_fail(KY_ENOTFOUND, "request: no such document is being signed");
    return open_kept(document, reg, &row);
}
