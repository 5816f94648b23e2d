/* Which rows need a request of the subscriber's own, and which have it; see own_request.h. */
#include "domain/own_request.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/str.h"
#include "codec/jcs.h"
#include "domain/dossier_step.h"

#define CONDITION "own_request"
#define LIST_ARENA ((size_t)4 << 20)
#define NAMED_MAX 160                          /* bytes of the row numbers in a refusal */
#define SUM_MAX (KY_DB_DOSSIER_ROWS_MAX * 80u) /* bytes of the lines that are hashed */

static bool has_condition(const struct ky_legal_procedure *procedure)
{
    for (size_t i = 0; i < procedure->n_conditions; i++)
        if (ky_str_eq(procedure->conditions[i].key, CONDITION))
            return true;
    return false;
}

bool ky_own_request_is_needed(const struct ky_dossier *d, const struct ky_person *p)
{
    const struct ky_legal_procedure *procedure;
    if (ky_legal_procedure_get(&procedure, d->legal, d->head.procedure) != KY_OK || !has_condition(procedure))
        return false;
    const struct ky_legal_ground *ground = ky_legal_ground_find(d->legal, p->ground);
    return ground == NULL || (ground->who & KY_ASKER_SUBSCRIBER) != 0;
}

ky_rc ky_own_request_row_hash(uint8_t out[KY_SHA256_SIZE], const struct ky_person *p)
{
    ky_auto_buf text = ky_buf_init_secret(KY_PERSON_MAX);
    KY_TRY(ky_jcs_encode(&text, p->json, KY_PERSON_DEPTH));
    return ky_sha256(out, ky_buf_bytes(&text));
}

static const struct ky_db_own_request *find_kept(const struct ky_db_own_request *rows, size_t n,
                                                 int64_t number)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].number == number)
            return &rows[i];
    return NULL;
}

static const struct ky_db_own_link *find_link(const struct ky_db_own_link *rows, size_t n, int64_t number)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].number == number)
            return &rows[i];
    return NULL;
}

ky_rc ky_own_requests_list(struct ky_own_state **out, struct ky_arena *a, struct ky_store *s,
                           const struct ky_registration *reg, const struct ky_dossier *d, ky_time now)
{
    struct ky_db_own_request *kept;
    struct ky_db_own_link *links;
    size_t n_kept, n_links;
    KY_TRY(ky_db_own_request_list(&kept, &n_kept, a, s, &reg->scope, d->head.id));
    KY_TRY(ky_db_own_link_list(&links, &n_links, a, s, &reg->scope, d->head.id, now));
    struct ky_own_state *states = ky_arena_alloc_array(a, d->n + 1, sizeof *states);
    if (states == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < d->n; i++) {
        uint8_t row_hash[KY_SHA256_SIZE];
        KY_TRY(ky_own_request_row_hash(row_hash, &d->people[i]));
        struct ky_own_state state = {.needed = ky_own_request_is_needed(d, &d->people[i]),
                                     .kept = find_kept(kept, n_kept, d->rows[i].number),
                                     .link = find_link(links, n_links, d->rows[i].number)};
        state.there = state.kept != NULL && ky_bytes_eq(state.kept->row_hash, KY_BYTES_OF(row_hash));
        states[i] = state;
    }
    *out = states;
    return KY_OK;
}

/* "3, 7, 12", and "…" for what does not fit. */
static void add_number(char out[NAMED_MAX], int64_t number)
{
    size_t n = strlen(out);
    if (n + 32 < NAMED_MAX)
        snprintf(out + n, NAMED_MAX - n, "%s%lld", n == 0 ? "" : ", ", (long long)number);
    else if (strstr(out, "…") == NULL)
        snprintf(out + n, NAMED_MAX - n, ", …");
}

ky_rc ky_own_requests_check(struct ky_store *s, const struct ky_registration *reg, const struct ky_dossier *d,
                            ky_time now)
{
    struct ky_own_state *states;
    size_t missing = 0;
    char named[NAMED_MAX] = "", vi[NAMED_MAX + 128], en[NAMED_MAX + 128];
    ky_auto_arena a = ky_arena_init(LIST_ARENA);
    KY_TRY(ky_own_requests_list(&states, &a, s, reg, d, now));
    for (size_t i = 0; i < d->n; i++) {
        if (!states[i].needed || states[i].there)
            continue;
        missing++;
        add_number(named, d->rows[i].number);
    }
    if (missing == 0)
        return KY_OK;
    snprintf(vi, sizeof vi, "còn thiếu văn bản đề nghị của %zu thuê bao, dòng số: %s.", missing, named);
    snprintf(en, sizeof en, "the subscriber's own request is missing for %zu rows: %s", missing, named);
    return ky_why_deny(reg->why, d->head.code, vi, en);
}

/* ---- uploading ---- */

static ky_rc keep_for_row(struct ky_store *s, const struct ky_dossier *d, const struct ky_actor *actor,
                          size_t i, struct ky_bytes hash, ky_time now)
{
    uint8_t row_hash[KY_SHA256_SIZE];
    KY_TRY(ky_own_request_row_hash(row_hash, &d->people[i]));
    const struct ky_db_own_request row = {.dossier_id = d->head.id,
                                          .number = d->rows[i].number,
                                          .source = "upload",
                                          .hash = hash,
                                          .row_hash = KY_BYTES_OF(row_hash),
                                          .staff_id = actor->staff_id,
                                          .at = now};
    return ky_db_own_request_put(s, &row);
}

static bool is_asked_for(const int64_t *rows, size_t n, int64_t number)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i] == number)
            return true;
    return false;
}

/* Are all of rows in d? */
static ky_rc check_rows(const struct ky_dossier *d, const int64_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < d->n && d->rows[k].number != rows[i])
            k++;
        if (k == d->n)
            return ky_fail(KY_ENOTFOUND, "dossier %s has no row %lld", d->head.code, (long long)rows[i]);
    }
    return KY_OK;
}

static ky_rc keep_for_rows(int64_t *taken, size_t *n_taken, struct ky_store *s, const struct ky_dossier *d,
                           const struct ky_own_state *states, const struct ky_actor *actor,
                           const int64_t *rows, size_t n, struct ky_bytes hash, ky_time now)
{
    for (size_t i = 0; i < d->n; i++) {
        bool wanted = n > 0 ? is_asked_for(rows, n, d->rows[i].number) : states[i].needed && !states[i].there;
        if (!wanted)
            continue;
        KY_TRY(keep_for_row(s, d, actor, i, hash, now));
        taken[(*n_taken)++] = d->rows[i].number;
    }
    return KY_OK;
}

ky_rc ky_own_requests_upload(uint8_t hash[KY_SHA256_SIZE], int64_t **rows_out, size_t *n_out,
                             struct ky_arena *a, struct ky_store *s, const struct ky_registration *reg,
                             const struct ky_actor *actor, const char *id, const int64_t *rows, size_t n,
                             struct ky_bytes pdf, ky_time now)
{
    ky_auto_dossier d = {.n = 0};
    struct ky_own_state *states;
    size_t n_taken = 0;
    KY_TRY(ky_dossier_load(&d, s, reg, id));
    KY_TRY(ky_dossier_check_draft(&d.head, actor));
    KY_TRY(check_rows(&d, rows, n));
    KY_TRY(ky_own_requests_list(&states, a, s, reg, &d, now));
    int64_t *taken = ky_arena_alloc_array(a, d.n + 1, sizeof *taken);
    if (taken == NULL)
        return KY_ENOMEM;
    KY_TRY(ky_dossier_paper_keep(hash, s, reg, id, pdf, now));
    KY_TRY(
        keep_for_rows(taken, &n_taken, s, &d, states, actor, rows, n, KY_BYTES(hash, KY_SHA256_SIZE), now));
    if (n_taken == 0)
        return ky_fail(KY_EINVAL, "dossier %s: no row lacks a request", d.head.code);
    *rows_out = taken;
    *n_out = n_taken;
    return ky_dossier_paper_sweep(s, id);
}

ky_rc ky_own_request_open(struct ky_buf *pdf, struct ky_arena *a, struct ky_store *s,
                          const struct ky_registration *reg, const char *id, int64_t number)
{
    struct ky_db_own_request row;
    KY_TRY(ky_db_own_request_get(&row, a, s, &reg->scope, id, number));
    return ky_dossier_paper_open(pdf, s, reg, id, row.hash);
}

ky_rc ky_own_requests_sum(size_t *n, char hash[2 * KY_SHA256_SIZE + 1], struct ky_store *s,
                          const struct ky_scope *scope, const char *id)
{
    struct ky_db_own_request *rows;
    uint8_t digest[KY_SHA256_SIZE];
    ky_auto_arena a = ky_arena_init(LIST_ARENA);
    ky_auto_buf lines = ky_buf_init(SUM_MAX);
    KY_TRY(ky_db_own_request_list(&rows, n, &a, s, scope, id));
    for (size_t i = 0; i < *n; i++) {
        char hex[2 * KY_SHA256_SIZE + 1];
        ky_hex_encode(hex, rows[i].hash);
        ky_buf_addf(&lines, "%lld %s\n", (long long)rows[i].number, hex);
    }
    KY_TRY(ky_buf_finish(&lines));
    KY_TRY(ky_sha256(digest, ky_buf_bytes(&lines)));
    ky_hex_encode(hash, KY_BYTES_OF(digest));
    return KY_OK;
}
