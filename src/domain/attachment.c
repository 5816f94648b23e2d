/* Adding, removing and opening attachments; see attachment.h. */
#include "domain/attachment.h"

#include <stdio.h>
#include <strings.h>

#include "base/str.h"
#include "domain/dossier_step.h"

#define HEAD_ARENA ((size_t)1 << 20)

/* A second ending that people use for the type. */
static const struct {
    const char *extension, *also;
} synonyms[] = {{"jpg", "jpeg"}};

static bool ends_with(const char *name, const char *extension)
{
    const char *dot = strrchr(name, '.');
    return dot != NULL && dot != name && strcasecmp(dot + 1, extension) == 0;
}

static bool name_fits(const char *name, const struct ky_legal_attachment *type)
{
    bool fits = ends_with(name, type->extension);
    for (size_t i = 0; i < KY_COUNT(synonyms); i++)
        fits =
            fits || (ky_str_eq(type->extension, synonyms[i].extension) && ends_with(name, synonyms[i].also));
    return fits;
}

/* A name is shown and given back as one; it is never a path here. */
static ky_rc check_name(const struct ky_registration *reg, const char *name,
                        const struct ky_legal_attachment *type)
{
    KY_TRY(ky_text_check("name", ky_bytes_str(name), KY_ATTACHMENT_NAME_MAX));
    if (strpbrk(name, "/\\\"") != NULL)
        return ky_fail(KY_EFORMAT, "name: no slashes and quotation marks");
    if (name_fits(name, type))
        return KY_OK;
    return ky_why_deny(reg->why, name, "đuôi tên tệp không đúng với nội dung tệp.",
                       "the ending of the name is not that of the content");
}

static ky_rc check_room(struct ky_store *s, const struct ky_registration *reg, const struct ky_legal *legal,
                        const char *id)
{
    struct ky_db_attachment *rows;
    size_t n;
    char vi[96], en[96];
    ky_auto_arena a = ky_arena_init(HEAD_ARENA);
    KY_TRY(ky_db_attachment_list(&rows, &n, &a, s, &reg->scope, id));
    if ((int64_t)n < legal->attachments_max)
        return KY_OK;
    snprintf(vi, sizeof vi, "mỗi hồ sơ tối đa %lld tệp.", (long long)legal->attachments_max);
    snprintf(en, sizeof en, "at most %lld files in a dossier", (long long)legal->attachments_max);
    return ky_why_deny(reg->why, "attachments", vi, en);
}

static ky_rc check_file(const struct ky_registration *reg, const struct ky_legal *legal,
                        const struct ky_attachment_new *in)
{
    const struct ky_legal_attachment *type = ky_legal_attachment_find(legal, in->type);
    if (type == NULL)
        return ky_why_deny(reg->why, in->name, "loại tệp này không được nhận.",
                           "files of this type are not taken");
    if ((int64_t)in->content.n > type->max_bytes)
        return ky_fail(KY_ELIMIT, "%s of %zu bytes, at most %lld", type->extension, in->content.n,
                       (long long)type->max_bytes);
    return check_name(reg, in->name, type);
}

ky_rc ky_attachment_add(int64_t *number, uint8_t hash[KY_SHA256_SIZE], struct ky_store *s,
                        const struct ky_registration *reg, const struct ky_actor *actor, const char *id,
                        const struct ky_attachment_new *in, ky_time now)
{
    struct ky_db_dossier head;
    const struct ky_legal *legal;
    ky_auto_arena a = ky_arena_init(HEAD_ARENA);
    KY_TRY(ky_db_dossier_get(&head, &a, s, &reg->scope, id));
    KY_TRY(ky_dossier_check_draft(&head, actor));
    KY_TRY(ky_legal_get(&legal, reg->legal, head.legal));
    KY_TRY(check_file(reg, legal, in));
    KY_TRY(check_room(s, reg, legal, id));
    KY_TRY(ky_dossier_paper_keep(hash, s, reg, id, in->content, now));
    const struct ky_db_attachment row = {.dossier_id = id,
                                         .name = in->name,
                                         .type = in->type,
                                         .size = (int64_t)in->content.n,
                                         .hash = KY_BYTES(hash, KY_SHA256_SIZE),
                                         .staff_id = actor->staff_id,
                                         .at = now};
    return ky_db_attachment_insert(number, s, &row);
}

ky_rc ky_attachment_remove(struct ky_store *s, const struct ky_registration *reg,
                           const struct ky_actor *actor, const char *id, int64_t number)
{
    struct ky_db_dossier head;
    struct ky_db_attachment row;
    int64_t kept_until;
    ky_auto_arena a = ky_arena_init(HEAD_ARENA);
    KY_TRY(ky_db_dossier_get(&head, &a, s, &reg->scope, id));
    KY_TRY(ky_dossier_check_draft(&head, actor));
    KY_TRY(ky_db_attachment_get(&row, &a, s, &reg->scope, id, number));
    KY_TRY(ky_db_paper_kept_until(&kept_until, s, id));
    if (row.at <= kept_until)
        return ky_why_deny(reg->why, row.name, "tệp đã được gửi cùng hồ sơ, không xóa được.",
                           "was submitted with the dossier and stays");
    KY_TRY(ky_db_attachment_delete(s, id, number));
    return ky_dossier_paper_sweep(s, id);
}

ky_rc ky_attachment_open(struct ky_db_attachment *row, struct ky_buf *content, struct ky_arena *a,
                         struct ky_store *s, const struct ky_registration *reg, const char *id,
                         int64_t number)
{
    KY_TRY(ky_db_attachment_get(row, a, s, &reg->scope, id, number));
    return ky_dossier_paper_open(content, s, reg, id, row->hash);
}
