/* Keeping files and reports; see dossier_paper.h. */
#include "domain/dossier_paper.h"

#include <stdio.h>

#include "base/hex.h"
#include "domain/own_request.h"

#define PLACE_MAX 160
#define REPORT_MAX (1u << 20)

static void place_of(char out[PLACE_MAX], const char *table, const char *id, struct ky_bytes hash)
{
    char hex[2 * KY_SHA256_SIZE + 1];
    ky_hex_encode(hex, hash);
    snprintf(out, PLACE_MAX, "%s/%s/%s", table, id, hex);
}

ky_rc ky_dossier_paper_keep(uint8_t hash[KY_SHA256_SIZE], struct ky_store *s,
                            const struct ky_registration *reg, const char *id, struct ky_bytes content,
                            ky_time now)
{
    char place[PLACE_MAX];
    uint8_t digest[KY_SHA256_SIZE];
    ky_auto_buf sealed = ky_buf_init(KY_DOSSIER_PAPER_MAX + KY_PERSONAL_EXTRA);
    if (content.n > KY_DOSSIER_PAPER_MAX)
        return ky_fail(KY_ELIMIT, "file of %zu bytes, at most %u", content.n, KY_DOSSIER_PAPER_MAX);
    KY_TRY(ky_sha256(digest, content));
    place_of(place, "paper", id, KY_BYTES_OF(digest));
    KY_TRY(ky_personal_seal(&sealed, reg->personal, place, content));
    const struct ky_db_paper row = {.dossier_id = id,
                                    .hash = KY_BYTES_OF(digest),
                                    .sealed_content = ky_buf_bytes(&sealed),
                                    .created_at = now};
    KY_TRY(ky_db_paper_put(s, &row));
    memcpy(hash, digest, sizeof digest);
    return KY_OK;
}

ky_rc ky_dossier_paper_open(struct ky_buf *content, struct ky_store *s, const struct ky_registration *reg,
                            const char *id, struct ky_bytes hash)
{
    char place[PLACE_MAX];
    struct ky_db_paper row;
    ky_auto_arena a = ky_arena_init(KY_DOSSIER_PAPER_MAX + 65536);
    KY_TRY(ky_db_paper_get(&row, &a, s, &reg->scope, id, hash));
    place_of(place, "paper", id, hash);
    return ky_personal_open(content, reg->personal, place, row.sealed_content);
}

ky_rc ky_dossier_paper_sweep(struct ky_store *s, const char *id)
{
    int64_t kept_until;
    KY_TRY(ky_db_paper_kept_until(&kept_until, s, id));
    return ky_db_paper_sweep(s, id, kept_until);
}

static ky_rc name_file(struct ky_form_file *out, struct ky_arena *a, const struct ky_db_attachment *row)
{
    char *hex = ky_arena_alloc(a, 2 * KY_SHA256_SIZE + 1);
    if (hex == NULL)
        return KY_ENOMEM;
    ky_hex_encode(hex, row->hash);
    *out = (struct ky_form_file){.name = row->name, .hash = hex};
    return KY_OK;
}

ky_rc ky_dossier_load_papers(struct ky_dossier *d, struct ky_store *s, const struct ky_registration *reg)
{
    struct ky_db_attachment *rows;
    KY_TRY(ky_db_attachment_list(&rows, &d->n_files, &d->arena, s, &reg->scope, d->head.id));
    d->files = ky_arena_alloc_array(&d->arena, d->n_files + 1, sizeof *d->files);
    if (d->files == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < d->n_files; i++)
        KY_TRY(name_file(&d->files[i], &d->arena, &rows[i]));
    return ky_own_requests_sum(&d->own_requests, d->own_requests_hash, s, &reg->scope, d->head.id);
}

ky_rc ky_dossier_report_keep(struct ky_store *s, const struct ky_registration *reg, const char *id,
                             struct ky_bytes document_hash, struct ky_bytes report, ky_time now)
{
    char place[PLACE_MAX];
    ky_auto_buf sealed = ky_buf_init(REPORT_MAX + KY_PERSONAL_EXTRA);
    place_of(place, "report", id, document_hash);
    KY_TRY(ky_personal_seal(&sealed, reg->personal, place, report));
    const struct ky_db_report row = {
        .dossier_id = id, .hash = document_hash, .sealed_report = ky_buf_bytes(&sealed), .at = now};
    return ky_db_report_put(s, &row);
}

ky_rc ky_dossier_report_open(struct ky_db_report **rows, size_t *n, const struct ky_db_report **opened,
                             struct ky_buf *report, struct ky_arena *a, struct ky_store *s,
                             const struct ky_registration *reg, const char *id, struct ky_bytes document_hash)
{
    char place[PLACE_MAX];
    size_t i = 0;
    KY_TRY(ky_db_report_list(rows, n, a, s, &reg->scope, id));
    while (document_hash.n > 0 && i < *n && !ky_bytes_eq((*rows)[i].hash, document_hash))
        i++;
    if (i == *n)
        return ky_fail(KY_ENOTFOUND, "no report on such a document");
    *opened = &(*rows)[i];
    place_of(place, "report", id, (*opened)->hash);
    return ky_personal_open(report, reg->personal, place, (*opened)->sealed_report);
}
