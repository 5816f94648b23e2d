/* The checks before signing; see signable.h. */
#include "codec/pdf/signable.h"

#include "base/str.h"
#include "codec/pdf/reach.h"

/* Permission bits by their number in ISO 32000-2 Table 22. */
#define BIT_MODIFY (1u << 3)   /* 4 */
#define BIT_ANNOTATE (1u << 5) /* 6 */
#define BIT_FILL (1u << 8)     /* 9, revision 3 and later */

static const struct {
    const char *vi, *en;
} texts[] = {
    [KY_PDF_SIGNABLE] = {"ký được", "can be signed"},
    [KY_PDF_OBSTACLE_DAMAGED] = {"cấu trúc tệp PDF bị hỏng hoặc không rõ ràng",
                                 "the structure of the PDF is damaged or ambiguous"},
    [KY_PDF_OBSTACLE_PERMISSION] =
        {"chủ tài liệu không cho phép ký (cần mật khẩu của chủ tài liệu)",
         "the document's owner does not permit signing (the owner password is needed)"},
    [KY_PDF_OBSTACLE_CERTIFIED] = {"tài liệu đã được chứng nhận và không cho phép thay đổi nào nữa",
                                   "the document is certified and permits no further change"},
    [KY_PDF_OBSTACLE_LOCKED] = {"trường chữ ký đã bị một chữ ký trước khóa lại",
                                "an earlier signature has locked the signature field"},
    [KY_PDF_OBSTACLE_NO_PAGE] = {"tài liệu không có trang nào", "the document has no page"},
    [KY_PDF_OBSTACLE_FIELD_TAKEN] = {"trường này đã được ký hoặc không phải trường chữ ký",
                                     "the field is signed already or is not a signature field"},
    [KY_PDF_OBSTACLE_NOT_FIRST] = {"tài liệu đã có chữ ký nên không thể ký chứng nhận",
                                   "the document has a signature already and can not be certified"},
};

const char *ky_pdf_obstacle_text(ky_pdf_obstacle why, const char *lang)
{
    if ((size_t)why >= KY_COUNT(texts))
        return "";
    return ky_str_starts(lang, "en") ? texts[why].en : texts[why].vi;
}

static ky_rc refuse(ky_pdf_obstacle *why, ky_pdf_obstacle is, const char *detail)
{
    *why = is;
    const char *text = texts[is].en;
    return detail == NULL ? ky_fail(KY_EDENIED, "pdf: %s", text)
                          : ky_fail(KY_EDENIED, "pdf: %s: %s", text, detail);
}

/*
 * Objects must stand where the newest section says: readers that find
 * otherwise rebuild the file. Only where some do not is it worth asking
 * whether anything refers to them; reading those notes the damage.
 */
static ky_rc check_objects(struct ky_pdf *doc)
{
    uint32_t limit = ky_pdf_object_limit(doc);
    for (uint32_t num = 1; num < limit; num++) {
        if (ky_pdf_object_check(doc, num) != KY_OK)
            return ky_pdf_read_reachable(doc);
    }
    return KY_OK;
}

static ky_rc check_structure(ky_pdf_obstacle *why, struct ky_pdf *doc, const struct ky_pdf_form *form)
{
    const struct ky_pdf_revision *last = ky_pdf_revision_at(doc, ky_pdf_revision_count(doc) - 1);
    if (ky_pdf_dict_has_twin_keys(last->trailer))
        return refuse(why, KY_PDF_OBSTACLE_DAMAGED, "the trailer has a key twice");
    if (ky_pdf_dict_has_twin_keys(ky_pdf_catalog(doc)))
        return refuse(why, KY_PDF_OBSTACLE_DAMAGED, "the catalog has a key twice");
    if (ky_pdf_dict_has_twin_keys(form->dict))
        return refuse(why, KY_PDF_OBSTACLE_DAMAGED, "the form has a key twice");
    if (form->dict->type != KY_PDF_NULL && form->dict->type != KY_PDF_DICT)
        return refuse(why, KY_PDF_OBSTACLE_DAMAGED, "the form is no dictionary");
    return check_objects(doc);
}

/*
 * Table 22: with bit 6, or from revision 3 on with bit 9, existing fields may
 * be filled and signed; a new field needs bits 4 and 6.
 */
static ky_rc check_permission(ky_pdf_obstacle *why, const struct ky_pdf *doc, bool new_field)
{
    if (ky_pdf_rights_of(doc) != KY_PDF_RIGHTS_USER)
        return KY_OK;
    uint32_t p = ky_pdf_permissions(doc);
    bool fill = (p & BIT_ANNOTATE) != 0 || (ky_pdf_crypt_revision(doc) >= 3 && (p & BIT_FILL) != 0);
    bool create = (p & BIT_ANNOTATE) != 0 && (p & BIT_MODIFY) != 0;
    return (new_field ? create : fill) ? KY_OK : refuse(why, KY_PDF_OBSTACLE_PERMISSION, NULL);
}

static ky_rc check_locks(ky_pdf_obstacle *why, struct ky_pdf *doc, const struct ky_pdf_signature *s,
                         const struct ky_pdf_field *target)
{
    struct ky_pdf_lock own;
    const struct ky_pdf_value *lock = ky_pdf_get(doc, s->field->dict, "Lock");
    if (ky_pdf_is_dict(lock)) {
        KY_TRY(ky_pdf_lock_read(&own, doc, lock));
        if (own.permission == 1)
            return refuse(why, KY_PDF_OBSTACLE_LOCKED, s->field->name);
    }
    if (target != NULL && ky_pdf_lock_covers(&s->lock, target->name))
        return refuse(why, KY_PDF_OBSTACLE_LOCKED, s->field->name);
    return KY_OK;
}

static ky_rc check_signatures(ky_pdf_obstacle *why, struct ky_pdf *doc, const struct ky_pdf_form *form,
                              const struct ky_pdf_field *target, bool certify)
{
    const struct ky_pdf_signature *signatures;
    size_t count;
    KY_TRY(ky_pdf_signatures(&signatures, &count, doc, form));
    const struct ky_pdf_value *perms = ky_pdf_get(doc, ky_pdf_catalog(doc), "Perms");
    const struct ky_pdf_value *certification = ky_pdf_get(doc, perms, "DocMDP");
    if (ky_pdf_docmdp_level(doc, certification) == 1)
        return refuse(why, KY_PDF_OBSTACLE_CERTIFIED, NULL);
    if (certify && (count > 0 || ky_pdf_is_dict(certification)))
        return refuse(why, KY_PDF_OBSTACLE_NOT_FIRST, NULL);
    for (size_t i = 0; i < count; i++)
        KY_TRY(check_locks(why, doc, &signatures[i], target));
    return KY_OK;
}

static ky_rc check_target(ky_pdf_obstacle *why, struct ky_pdf *doc, const struct ky_pdf_field *target)
{
    size_t pages;
    if (target != NULL) {
        bool empty = ky_bytes_eq_str(target->type, "Sig") && target->value->type == KY_PDF_NULL;
        return empty ? KY_OK : refuse(why, KY_PDF_OBSTACLE_FIELD_TAKEN, target->name);
    }
    KY_TRY(ky_pdf_page_count(&pages, doc));
    return pages > 0 ? KY_OK : refuse(why, KY_PDF_OBSTACLE_NO_PAGE, NULL);
}

static ky_rc check_all(ky_pdf_obstacle *why, struct ky_pdf *doc, const struct ky_pdf_sign_wish *wish)
{
    if (ky_pdf_needs_repair(doc) != NULL)
        return refuse(why, KY_PDF_OBSTACLE_DAMAGED, ky_pdf_needs_repair(doc));
    struct ky_pdf_form form;
    KY_TRY(ky_pdf_form_read(&form, doc));
    const struct ky_pdf_field *target = wish->field == NULL ? NULL : ky_pdf_form_find(&form, wish->field);
    KY_TRY(check_structure(why, doc, &form));
    if (wish->respect_permission)
        KY_TRY(check_permission(why, doc, target == NULL));
    KY_TRY(check_signatures(why, doc, &form, target, wish->certify));
    KY_TRY(check_target(why, doc, target));
    if (ky_pdf_needs_repair(doc) != NULL) /* seen on the way */
        return refuse(why, KY_PDF_OBSTACLE_DAMAGED, ky_pdf_needs_repair(doc));
    return KY_OK;
}

ky_rc ky_pdf_signable(ky_pdf_obstacle *why, struct ky_pdf *doc, const struct ky_pdf_sign_wish *wish)
{
    ky_pdf_obstacle ignored;
    why = why == NULL ? &ignored : why;
    *why = KY_PDF_SIGNABLE;
    return check_all(why, doc, wish);
}
