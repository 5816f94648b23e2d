/* See search.h. */
#include "domain/search.h"

#include <string.h>

#include "base/str.h"
#include "domain/vietnamese.h"
#include "store/dossier.h"
#include "store/inventory.h"
#include "store/org.h"

#define IDENTITY_DIGITS 12
#define SERIAL_DIGITS 32
#define ARENA_MAX ((size_t)8 << 20)   /* a dossier of 1,000 rows */
#define WORDS_MAX ((size_t)512 << 10) /* bytes: 1,000 names */

/* ---- what is typed ---- */

static bool is_identity(const char *text)
{
    return strlen(text) == IDENTITY_DIGITS && strspn(text, "0123456789") == IDENTITY_DIGITS;
}

/* With a digit in it, else it may be a name. */
static bool is_serial(const char *text)
{
    size_t n = strlen(text);
    return n >= KY_SEARCH_SERIAL_MIN && n <= SERIAL_DIGITS && strspn(text, "0123456789abcdef") == n &&
           strpbrk(text, "0123456789") != NULL;
}

static ky_rc fold(const char **out, struct ky_arena *a, const char *typed)
{
    ky_auto_buf folded = ky_buf_init(4 * KY_SEARCH_MAX);
    KY_TRY(ky_text_fold(&folded, ky_bytes_str(typed)));
    *out = ky_arena_strdup(a, ky_buf_str(&folded));
    return *out == NULL ? KY_ENOMEM : KY_OK;
}

ky_rc ky_search_words(struct ky_search *out, struct ky_arena *a, const char *folded,
                      const struct ky_scope *scope)
{
    ky_auto_buf match = ky_buf_init(KY_FIND_MATCH_MAX);
    *out = (struct ky_search){.match = NULL};
    KY_TRY(ky_db_find_match(&match, folded, scope));
    out->match = ky_arena_strdup(a, ky_buf_str(&match));
    return out->match == NULL ? KY_ENOMEM : KY_OK;
}

ky_rc ky_search_read(struct ky_search *out, struct ky_arena *a, const char *typed,
                     const struct ky_personal *personal, const struct ky_scope *scope)
{
    const char *folded;
    *out = (struct ky_search){.match = NULL};
    if (strlen(typed) > KY_SEARCH_MAX)
        return ky_fail(KY_ELIMIT, "q: more than %d bytes", KY_SEARCH_MAX);
    KY_TRY(fold(&folded, a, typed));
    out->identity = is_identity(folded);
    if (out->identity)
        return ky_personal_hash(out->identity_hash, personal, ky_bytes_str(folded));
    if (is_serial(folded)) {
        out->serial = folded;
        return KY_OK;
    }
    if (folded[0] == 0)
        return ky_fail(KY_EINVAL, "q: no letter or digit in it");
    return ky_search_words(out, a, folded, scope);
}

/* ---- what is found ---- */

static ky_rc add_words(struct ky_buf *out, const char *text)
{
    if (text == NULL)
        return KY_OK;
    ky_buf_add_str(out, out->n == 0 ? "" : " ");
    return ky_text_fold(out, ky_bytes_str(text));
}

static ky_rc put(struct ky_store *s, struct ky_arena *a, ky_find_kind kind, const struct ky_db_dossier *d,
                 int64_t ordinal, const char *words)
{
    struct ky_db_org org;
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_db_org_get(&org, a, s, &all, d->org_id));
    const struct ky_find_text text = {.ordinal = ordinal, .words = words, .org = org.folded, .path = d->path};
    return ky_db_find_put(s, kind, &text);
}

ky_rc ky_search_put_dossier(struct ky_store *s, const char *id)
{
    size_t n = 0;
    struct ky_db_dossier d;
    struct ky_db_dossier_row *rows = NULL;
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    ky_auto_buf words = ky_buf_init(WORDS_MAX);
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_db_dossier_get(&d, &a, s, &all, id));
    KY_TRY(ky_db_dossier_row_list(&rows, &n, &a, s, &all, id));
    KY_TRY(add_words(&words, d.code));
    KY_TRY(add_words(&words, d.document_number));
    for (size_t i = 0; i < n; i++)
        KY_TRY(add_words(&words, rows[i].name));
    return put(s, &a, KY_FIND_DOSSIERS, &d, d.ordinal, ky_buf_str(&words));
}

static ky_rc put_certificate(struct ky_store *s, const struct ky_db_listed_cert *c, int64_t ordinal)
{
    struct ky_db_dossier d;
    struct ky_db_dossier_row row;
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    ky_auto_buf words = ky_buf_init(WORDS_MAX);
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_db_dossier_get(&d, &a, s, &all, c->dossier_id));
    KY_TRY(ky_db_dossier_row_get(&row, &a, s, &all, d.id, c->number));
    KY_TRY(add_words(&words, row.name));
    KY_TRY(add_words(&words, d.code));
    KY_TRY(add_words(&words, d.document_number));
    KY_TRY(put(s, &a, KY_FIND_CERTIFICATES, &d, ordinal, ky_buf_str(&words)));
    return ky_db_find_put_until(s, c->until, d.path);
}

ky_rc ky_search_add_certificate(struct ky_store *s, const char *serial)
{
    int64_t ordinal = 0;
    struct ky_db_listed_cert c;
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    const struct ky_scope all = ky_scope_everything();
    KY_TRY(ky_db_find_next(&ordinal, s, KY_FIND_CERTIFICATES));
    KY_TRY(ky_db_inventory_place(s, serial, ordinal));
    KY_TRY(ky_db_inventory_get(&c, &a, s, &all, serial));
    return put_certificate(s, &c, ordinal);
}

/* ---- those from before ---- */

static ky_rc put_one(struct ky_store *s, ky_find_kind kind, int64_t ordinal)
{
    struct ky_db_listed_cert c;
    ky_auto_arena a = ky_arena_init(ARENA_MAX);
    const char *id = NULL;
    if (kind == KY_FIND_DOSSIERS) {
        KY_TRY(ky_db_dossier_id_at(&id, &a, s, ordinal));
        return ky_search_put_dossier(s, id);
    }
    KY_TRY(ky_db_inventory_get_at(&c, &a, s, ordinal));
    return put_certificate(s, &c, ordinal);
}

static ky_rc put_batch(struct ky_store *s, ky_find_kind kind, int64_t *left)
{
    int64_t from = 0;
    KY_TRY(ky_db_find_left(&from, s, kind));
    int64_t to = from > KY_SEARCH_BATCH ? from - KY_SEARCH_BATCH : 0;
    for (int64_t i = from; i > to; i--) {
        ky_rc rc = put_one(s, kind, i);
        if (rc != KY_OK && rc != KY_ENOTFOUND) /* numbers may have gaps */
            return rc;
    }
    *left += to;
    return from == 0 ? KY_OK : ky_db_find_set_left(s, kind, to);
}

static ky_rc put_batches(struct ky_store *s, void *ctx)
{
    int64_t *left = ctx;
    *left = 0;
    KY_TRY(put_batch(s, KY_FIND_DOSSIERS, left));
    return put_batch(s, KY_FIND_CERTIFICATES, left);
}

ky_rc ky_search_catch_up(int64_t *left, struct ky_db *db)
{
    return ky_store_submit(db, put_batches, left);
}
