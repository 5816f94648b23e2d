/* codec/pdf updates, form fields, signature fields and the checks before signing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "build_pdf.h"
#include "codec/pdf/sigfield.h"
#include "codec/pdf/signable.h"

#define CONTENTS_BYTES 32

/* A file signed once more. */
struct signed_file {
    struct ky_buf all;
    struct ky_pdf_sigslot slot;
};

static ky_rc put_signature(struct ky_buf *tail, struct ky_pdf_sigslot *slot, struct ky_pdf *doc,
                           const struct ky_pdf_sigfield *wish)
{
    ky_auto_pdf_update u = NULL;
    KY_TRY(ky_pdf_update_new(&u, doc));
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_sigfield spec = *wish;
    spec.dict = ky_pdf_dict(a);
    spec.contents_max = CONTENTS_BYTES;
    KY_TRY(ky_pdf_dict_put(a, spec.dict, "Filter", ky_pdf_name(a, "Adobe.PPKLite")));
    if (wish->appearance.num != 0) {
        struct ky_pdf_value *form = ky_pdf_stream(a, KY_BYTES_LIT("0 g"));
        KY_TRY(ky_pdf_dict_put(a, form, "Subtype", ky_pdf_name(a, "Form")));
        KY_TRY(ky_pdf_update_add(&spec.appearance, u, form));
    }
    KY_TRY(ky_pdf_sigfield_put(slot, u, &spec));
    return ky_pdf_sigslot_render(tail, slot, u);
}

static ky_rc sign(struct signed_file *out, struct ky_bytes file, const struct ky_pdf_sigfield *wish)
{
    ky_auto_pdf doc = NULL;
    ky_auto_buf tail = ky_buf_init(1 << 20);
    out->all = ky_buf_init(1 << 20);
    KY_TRY(ky_pdf_open(&doc, file, NULL));
    KY_TRY(put_signature(&tail, &out->slot, doc, wish));
    KY_TRY(ky_pdf_sigslot_fill(&tail, &out->slot, file.n, KY_BYTES_LIT("\x30\x01\xff")));
    ky_buf_add(&out->all, file);
    ky_buf_add(&out->all, ky_buf_bytes(&tail));
    out->slot.name = NULL; /* was the update's */
    return ky_buf_finish(&out->all);
}

static void check_ranges(const struct signed_file *f, const struct ky_pdf_signature *s)
{
    assert_true(s->byte_range_ok);
    assert_int_equal(s->byte_range_count, 4);
    assert_int_equal(s->byte_range[0], 0);
    assert_int_equal(s->byte_range[1], s->contents_at);
    assert_int_equal(s->byte_range[2], s->contents_at + s->contents_len);
    assert_int_equal(s->byte_range[2] + s->byte_range[3], f->all.n);
    assert_int_equal(s->contents_len, 2 * CONTENTS_BYTES + 2);
    assert_int_equal(f->all.p[s->contents_at], '<');
    assert_int_equal(f->all.p[s->contents_at + s->contents_len - 1], '>');
    assert_memory_equal(s->contents.p, "\x30\x01\xff\0\0", 5);
}

/* Opens the signed file; the signature in its only, or named, signed field. */
static struct ky_pdf *reopen(const struct signed_file *f, struct ky_pdf_form *form,
                             struct ky_pdf_signature *last)
{
    struct ky_pdf *doc;
    const struct ky_pdf_signature *s;
    size_t count;
    assert_int_equal(ky_pdf_open(&doc, ky_buf_bytes(&f->all), NULL), KY_OK);
    assert_null(ky_pdf_needs_repair(doc));
    assert_int_equal(ky_pdf_form_read(form, doc), KY_OK);
    assert_int_equal(ky_pdf_signatures(&s, &count, doc, form), KY_OK);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        if (s[i].contents_at == f->slot.contents_at)
            *last = s[i];
    }
    check_ranges(f, last);
    assert_int_equal(form->sig_flags & 3, 3);
    return doc;
}

static const struct ky_pdf_value *object(struct ky_pdf *doc, uint32_t num)
{
    return ky_pdf_object(doc, (struct ky_pdf_ref){num, 0});
}

static void signs_a_plain_file(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_table(&b, "/ID [<0011> <0011>] /Custom (x)");
    struct signed_file f;
    const struct ky_pdf_sigfield wish = {.page = 1, .rect = {10, 20, 30.5, 40}, .appearance = {1, 0}};
    assert_int_equal(sign(&f, build_bytes(&b), &wish), KY_OK);
    ky_auto_buf owned = f.all;
    assert_memory_equal(f.all.p, b.out.p, b.out.n);
    struct ky_pdf_form form;
    struct ky_pdf_signature s = {0};
    ky_auto_pdf doc = reopen(&f, &form, &s);
    assert_string_equal(s.field->name, "Signature1");
    assert_true(ky_bytes_eq_str(s.filter, "Adobe.PPKLite"));
    assert_int_equal(s.field->widget_count, 1);
    assert_true(s.field->widgets[0].rect.x1 == 30.5);
    assert_true(ky_pdf_is_ref_to(ky_pdf_dict_find(s.field->dict, "P"), (struct ky_pdf_ref){4, 0}));
    assert_true(ky_pdf_is_ref_to(ky_pdf_dict_find(object(doc, 4), "Annots")->u.array.at[0], s.field->ref));
    assert_int_equal(ky_pdf_get(doc, ky_pdf_get(doc, s.field->dict, "AP"), "N")->type, KY_PDF_STREAM);
    int64_t flags;
    assert_true(ky_pdf_as_int(ky_pdf_get(doc, s.field->dict, "F"), &flags));
    assert_int_equal(flags, 132);
    assert_int_equal(ky_pdf_revision_count(doc), 2);
    const struct ky_pdf_revision *r = ky_pdf_revision_at(doc, 1);
    assert_int_equal(r->kind, KY_PDF_XREF_TABLE);
    assert_int_equal(r->end, f.all.n);
    const struct ky_pdf_value *id = ky_pdf_dict_find(r->trailer, "ID");
    assert_true(ky_bytes_eq(id->u.array.at[0]->text, KY_BYTES_LIT("\x00\x11")));
    assert_int_equal(id->u.array.at[1]->text.n, 16);
    assert_true(ky_bytes_eq_str(ky_pdf_dict_find(r->trailer, "Custom")->text, "x"));
}

static void keeps_the_kind_of_section(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_xref_stream(&b, 20, "");
    b.out.p[--b.out.n] = 0; /* no end of line after %%EOF */
    struct signed_file f;
    assert_int_equal(sign(&f, build_bytes(&b), &(struct ky_pdf_sigfield){0}), KY_OK);
    ky_auto_buf owned = f.all;
    struct ky_pdf_form form;
    struct ky_pdf_signature s = {0};
    ky_auto_pdf doc = reopen(&f, &form, &s);
    const struct ky_pdf_revision *r = ky_pdf_revision_at(doc, 1);
    assert_int_equal(r->kind, KY_PDF_XREF_STREAM);
    int64_t size;
    assert_true(ky_pdf_as_int(ky_pdf_dict_find(r->trailer, "Size"), &size));
    assert_true(ky_pdf_object_exists(doc, (uint32_t)size - 1, NULL)); /* the stream lists itself */
    assert_int_equal(ky_pdf_object_check(doc, (uint32_t)size - 1), KY_OK);
    assert_null(ky_pdf_dict_find(r->trailer, "ID"));
    assert_memory_equal(f.all.p + b.out.n, "\n", 1);
}

static void a_hybrid_gets_a_table_without_its_stream(void **state)
{
    auto_build_pdf b = build_start("junk\n");
    build_two_pages(&b);
    size_t stream = b.out.n - b.base;
    build_stream(&b, 11, "/Type /XRef /Size 64 /W [1 1 1] /Index [40 1]", KY_BYTES_LIT("\0\0\0"));
    char extra[64];
    snprintf(extra, sizeof extra, "/XRefStm %zu", stream);
    build_table(&b, extra);
    struct signed_file f;
    assert_int_equal(sign(&f, build_bytes(&b), &(struct ky_pdf_sigfield){0}), KY_OK);
    ky_auto_buf owned = f.all;
    struct ky_pdf_form form;
    struct ky_pdf_signature s = {0};
    ky_auto_pdf doc = reopen(&f, &form, &s);
    assert_int_equal(ky_pdf_revision_at(doc, 0)->kind, KY_PDF_XREF_HYBRID);
    assert_int_equal(ky_pdf_revision_at(doc, 1)->kind, KY_PDF_XREF_TABLE);
    assert_int_equal(ky_pdf_offset_base(doc), 5);
}

/* A form whose parts are objects of their own; field 6 is nested, empty, with a widget apart and a lock. */
static void build_form(struct build_pdf *b, const char *perms)
{
    char catalog[200];
    snprintf(catalog, sizeof catalog, "<< /Pages 2 0 R /AcroForm 10 0 R %s >>", perms);
    build_two_pages(b);
    build_object(b, 1, catalog);
    build_object(b, 3, "<< /Type /Page /Parent 2 0 R /Annots 12 0 R >>");
    build_object(b, 10, "<< /Fields 11 0 R /SigFlags 3 /XFA (x) >>");
    build_object(b, 11, "[5 0 R 8 0 R 5 0 R]");
    build_object(b, 12, "[7 0 R]");
    build_object(b, 5, "<< /T (top) /FT /Sig /Kids [6 0 R 5 0 R] >>");
    build_object(b, 6,
                 "<< /T <feff1ea5> /Parent 5 0 R /Kids [7 0 R] /Lock << /Action /Include /Fields [(other)] "
                 "/P 1 >> >>");
    build_object(b, 7, "<< /Subtype /Widget /Parent 6 0 R /Rect [4 3 2 1] >>");
    build_object(b, 8, "<< /T (other) /FT /Tx /V (text) /Rect [0 0 1 1] >>");
}

static void reads_the_field_tree(void **state)
{
    auto_build_pdf b = build_start("");
    build_form(&b, "");
    build_table(&b, "");
    ky_auto_pdf doc = NULL;
    struct ky_pdf_form form;
    assert_int_equal(ky_pdf_open(&doc, build_bytes(&b), NULL), KY_OK);
    assert_int_equal(ky_pdf_form_read(&form, doc), KY_OK);
    assert_true(form.has_xfa);
    assert_int_equal(form.ref.num, 10);
    const struct ky_pdf_field *f = ky_pdf_form_find(&form, "top.ấ");
    assert_non_null(f);
    assert_true(ky_bytes_eq_str(f->type, "Sig"));
    assert_int_equal(f->value->type, KY_PDF_NULL);
    assert_int_equal(f->widget_count, 1);
    assert_int_equal(f->widgets[0].ref.num, 7);
    assert_true(f->widgets[0].rect.x0 == 2 && f->widgets[0].rect.y1 == 3);
    assert_null(ky_pdf_form_find(&form, "top"));
}

static void fills_an_existing_field_in_place(void **state)
{
    auto_build_pdf b = build_start("");
    build_form(&b, "");
    build_table(&b, "");
    struct signed_file f;
    const struct ky_pdf_sigfield wish = {.name = "top.ấ", .appearance = {1, 0}};
    assert_int_equal(sign(&f, build_bytes(&b), &wish), KY_OK);
    ky_auto_buf owned = f.all;
    struct ky_pdf_form form;
    struct ky_pdf_signature s = {0};
    ky_auto_pdf doc = reopen(&f, &form, &s);
    assert_int_equal(s.field->ref.num, 6);
    assert_int_equal(ky_pdf_get(doc, object(doc, 7), "AP")->type, KY_PDF_DICT);
    assert_int_equal(s.lock.action, KY_PDF_LOCK_INCLUDE);
    assert_true(ky_pdf_lock_covers(&s.lock, "other"));
    assert_false(ky_pdf_lock_covers(&s.lock, "others"));
    /* nothing but the field, its widget and the signature was written */
    ky_auto_pdf before = NULL;
    assert_int_equal(ky_pdf_open(&before, build_bytes(&b), NULL), KY_OK);
    for (uint32_t num = 1; num < 13; num++) {
        uint64_t was, is;
        bool there = ky_pdf_object_offset(&was, before, (struct ky_pdf_ref){num, 0});
        if (there && num != 6 && num != 7) {
            assert_true(ky_pdf_object_offset(&is, doc, (struct ky_pdf_ref){num, 0}));
            assert_int_equal(is, was);
        }
    }
    /* the lock's level 1 now ends all signing */
    ky_pdf_obstacle why;
    assert_int_equal(ky_pdf_signable(&why, doc, &(struct ky_pdf_sign_wish){0}), KY_EDENIED);
    assert_int_equal(why, KY_PDF_OBSTACLE_LOCKED);
}

static void changes_only_indirect_arrays(void **state)
{
    auto_build_pdf b = build_start("");
    build_form(&b, "");
    build_table(&b, "");
    struct signed_file f;
    assert_int_equal(sign(&f, build_bytes(&b), &(struct ky_pdf_sigfield){.name = "Chữ ký"}), KY_OK);
    ky_auto_buf owned = f.all;
    struct ky_pdf_form form;
    struct ky_pdf_signature s = {0};
    ky_auto_pdf doc = reopen(&f, &form, &s);
    assert_string_equal(s.field->name, "Chữ ký");
    uint64_t at;
    static const uint32_t untouched[] = {1, 3, 10};
    for (size_t i = 0; i < KY_COUNT(untouched); i++) {
        assert_true(ky_pdf_object_offset(&at, doc, (struct ky_pdf_ref){untouched[i], 0}));
        assert_true(at < b.out.n);
    }
    assert_int_equal(object(doc, 11)->u.array.n, 4);
    assert_int_equal(object(doc, 12)->u.array.n, 2);
}

static void a_shared_annotation_list_is_parted(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_object(&b, 3, "<< /Type /Page /Annots 12 0 R >>");
    build_object(&b, 4, "<< /Type /Page /Annots 12 0 R >>");
    build_object(&b, 12, "[]");
    build_table(&b, "");
    struct signed_file f;
    assert_int_equal(sign(&f, build_bytes(&b), &(struct ky_pdf_sigfield){0}), KY_OK);
    ky_auto_buf owned = f.all;
    struct ky_pdf_form form;
    struct ky_pdf_signature s = {0};
    ky_auto_pdf doc = reopen(&f, &form, &s);
    assert_int_equal(ky_pdf_get(doc, object(doc, 3), "Annots")->u.array.n, 1);
    assert_int_equal(ky_pdf_get(doc, object(doc, 4), "Annots")->u.array.n, 0);
}

static void refuses_names_pages_and_sizes(void **state)
{
    static const struct {
        struct ky_pdf_sigfield wish;
        ky_rc want;
    } cases[] = {
        {{.name = "a.b"}, KY_EINVAL},   {{.name = ""}, KY_EINVAL},   {{.name = "top"}, KY_EEXIST},
        {{.name = "other"}, KY_EEXIST}, {{.page = 2}, KY_ENOTFOUND}, {{.certify = 4}, KY_EINVAL},
    };
    auto_build_pdf b = build_start("");
    build_form(&b, "");
    build_table(&b, "");
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct signed_file f;
        assert_int_equal(sign(&f, build_bytes(&b), &cases[i].wish), cases[i].want);
    }
}

static void a_long_signature_does_not_fit(void **state)
{
    uint8_t value[CONTENTS_BYTES + 1] = {0};
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_table(&b, "");
    ky_auto_pdf doc = NULL;
    ky_auto_buf tail = ky_buf_init(1 << 20);
    struct ky_pdf_sigslot slot;
    assert_int_equal(ky_pdf_open(&doc, build_bytes(&b), NULL), KY_OK);
    assert_int_equal(put_signature(&tail, &slot, doc, &(struct ky_pdf_sigfield){0}), KY_OK);
    assert_int_equal(ky_pdf_sigslot_fill(&tail, &slot, b.out.n, KY_BYTES(value, CONTENTS_BYTES)), KY_OK);
    assert_int_equal(ky_pdf_sigslot_fill(&tail, &slot, b.out.n, KY_BYTES_OF(value)), KY_ELIMIT);
}

static void certifies_once(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_table(&b, "");
    static const struct {
        int level;
        ky_pdf_obstacle again, more;
    } cases[] = {{1, KY_PDF_OBSTACLE_CERTIFIED, KY_PDF_OBSTACLE_CERTIFIED},
                 {2, KY_PDF_OBSTACLE_NOT_FIRST, KY_PDF_SIGNABLE}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        struct signed_file f;
        assert_int_equal(sign(&f, build_bytes(&b), &(struct ky_pdf_sigfield){.certify = cases[i].level}),
                         KY_OK);
        ky_auto_buf owned = f.all;
        struct ky_pdf_form form;
        struct ky_pdf_signature s = {0};
        ky_auto_pdf doc = reopen(&f, &form, &s);
        assert_true(s.certifies);
        assert_int_equal(s.docmdp, cases[i].level);
        ky_pdf_obstacle why;
        (void)(ky_pdf_signable(&why, doc, &(struct ky_pdf_sign_wish){.certify = true}) == KY_OK);
        assert_int_equal(why, cases[i].again);
        (void)(ky_pdf_signable(&why, doc, &(struct ky_pdf_sign_wish){0}) == KY_OK);
        assert_int_equal(why, cases[i].more);
    }
}

/* What stands in the way of signing this file in that field. */
static ky_pdf_obstacle obstacle(const struct build_pdf *b, const char *field)
{
    ky_auto_pdf doc = NULL;
    ky_pdf_obstacle why;
    assert_int_equal(ky_pdf_open(&doc, build_bytes(b), NULL), KY_OK);
    const struct ky_pdf_sign_wish wish = {.field = field, .respect_permission = true};
    ky_rc rc = ky_pdf_signable(&why, doc, &wish);
    assert_int_equal(rc, why == KY_PDF_SIGNABLE ? KY_OK : KY_EDENIED);
    return why;
}

static void tells_what_stands_in_the_way(void **state)
{
    auto_build_pdf b = build_start("");
    build_form(&b, "");
    build_table(&b, "");
    assert_int_equal(obstacle(&b, "top.ấ"), KY_PDF_SIGNABLE);
    assert_int_equal(obstacle(&b, "other"), KY_PDF_OBSTACLE_FIELD_TAKEN);
    build_object(&b, 9,
                 "<< /T (S) /FT /Sig /V << /Reference [<< /TransformMethod /FieldMDP /TransformParams "
                 "<< /Action /Exclude /Fields [(free)] >> >>] >> >>");
    build_object(&b, 11, "[5 0 R 9 0 R]");
    build_table(&b, "");
    assert_int_equal(obstacle(&b, "top.ấ"), KY_PDF_OBSTACLE_LOCKED);
    assert_int_equal(obstacle(&b, NULL), KY_PDF_SIGNABLE);
    assert_int_equal(obstacle(&b, "S"), KY_PDF_OBSTACLE_LOCKED);
    build_object(&b, 11, "[5 0 R]");
    build_object(&b, 2, "<< /Kids [] >>");
    build_table(&b, "");
    assert_int_equal(obstacle(&b, NULL), KY_PDF_OBSTACLE_NO_PAGE);
    build_object(&b, 2, "<< /Kids [3 0 R] >>");
    build_object(&b, 1, "<< /Pages 2 0 R /Pages 2 0 R >>");
    build_table(&b, "");
    assert_int_equal(obstacle(&b, NULL), KY_PDF_OBSTACLE_DAMAGED);
}

static void a_moved_object_matters_only_when_used(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_object(&b, 30, "(nobody asks for this)");
    b.at[30] += 2;
    build_table(&b, "");
    assert_int_equal(obstacle(&b, NULL), KY_PDF_SIGNABLE);
    build_object(&b, 4, "<< /Type /Page /PieceInfo 30 0 R >>");
    build_table(&b, "");
    assert_int_equal(obstacle(&b, NULL), KY_PDF_OBSTACLE_DAMAGED);
    ky_auto_pdf doc = NULL;
    assert_int_equal(ky_pdf_open(&doc, build_bytes(&b), NULL), KY_OK);
    assert_int_equal(ky_pdf_signable(NULL, doc, &(struct ky_pdf_sign_wish){0}), KY_EDENIED);
    struct ky_pdf_update *u;
    assert_int_equal(ky_pdf_update_new(&u, doc), KY_EDENIED);
}

static void every_obstacle_has_its_text(void **state)
{
    for (int why = KY_PDF_SIGNABLE; why <= KY_PDF_OBSTACLE_NOT_FIRST; why++) {
        assert_true(ky_pdf_obstacle_text((ky_pdf_obstacle)why, "vi")[0] != 0);
        assert_string_not_equal(ky_pdf_obstacle_text((ky_pdf_obstacle)why, "vi"),
                                ky_pdf_obstacle_text((ky_pdf_obstacle)why, "en_GB"));
    }
}

static void edits_what_is_direct_absent_or_wrong(void **state)
{
    auto_build_pdf b = build_start("");
    build_two_pages(&b);
    build_object(&b, 5, "<< /D << /X 1 >> /N null /W 7 /R 60 0 R >>");
    build_table(&b, "");
    ky_auto_pdf doc = NULL;
    ky_auto_pdf_update u = NULL;
    struct ky_pdf_value *top, *child, *again;
    assert_int_equal(ky_pdf_open(&doc, build_bytes(&b), NULL), KY_OK);
    assert_int_equal(ky_pdf_update_new(&u, doc), KY_OK);
    const struct ky_pdf_ref ref = {5, 0};
    assert_int_equal(ky_pdf_update_edit(&top, u, ref), KY_OK);
    assert_int_equal(ky_pdf_update_edit(&again, u, ref), KY_OK);
    assert_ptr_equal(top, again);
    assert_ptr_equal(ky_pdf_update_get(u, ref), top);
    assert_int_equal(ky_pdf_update_edit_child(&child, u, top, "D", KY_PDF_DICT), KY_OK);
    assert_non_null(ky_pdf_dict_find(child, "X"));
    static const char *const absent[] = {"N", "R", "Q"};
    for (size_t i = 0; i < KY_COUNT(absent); i++) {
        assert_int_equal(ky_pdf_update_edit_child(&child, u, top, absent[i], KY_PDF_ARRAY), KY_OK);
        assert_int_equal(ky_pdf_dict_find(top, absent[i])->type, KY_PDF_ARRAY);
    }
    assert_int_equal(ky_pdf_update_edit_child(&child, u, top, "W", KY_PDF_DICT), KY_EFORMAT);
    assert_int_equal(ky_pdf_update_edit(&child, u, (struct ky_pdf_ref){61, 0}), KY_ENOTFOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_a_plain_file),
        cmocka_unit_test(keeps_the_kind_of_section),
        cmocka_unit_test(a_hybrid_gets_a_table_without_its_stream),
        cmocka_unit_test(reads_the_field_tree),
        cmocka_unit_test(fills_an_existing_field_in_place),
        cmocka_unit_test(changes_only_indirect_arrays),
        cmocka_unit_test(a_shared_annotation_list_is_parted),
        cmocka_unit_test(refuses_names_pages_and_sizes),
        cmocka_unit_test(a_long_signature_does_not_fit),
        cmocka_unit_test(certifies_once),
        cmocka_unit_test(tells_what_stands_in_the_way),
        cmocka_unit_test(a_moved_object_matters_only_when_used),
        cmocka_unit_test(every_obstacle_has_its_text),
        cmocka_unit_test(edits_what_is_direct_absent_or_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
