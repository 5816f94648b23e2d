/* Signing and validating in memory: good files, spoilt files, files that were changed afterwards. */
#include "tests/unit/pki/hierarchy.h"

#include "ades/format.h"
#include "ades/report.h"
#include "codec/pdf/lex.h"
#include "codec/pdf/update.h"
#include "crypto/digest.h"

#define FILE_MAX ((size_t)1 << 20)

static struct hierarchy h;

static int setup(void **state)
{
    hierarchy_init(&h, KY_KEY_P256);
    return 0;
}

static int teardown(void **state)
{
    hierarchy_clear(&h);
    return 0;
}

#define OBJECTS 6

static const char *const objects[OBJECTS] = {
    "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>",
    "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 4 0 R /Annots [6 0 R] >>",
    "<< /Length 8 >>\nstream\n0 0 m 9 9\nendstream",
    "<< /Producer (test) >>",
    "<< /FT /Tx /T (ten) /V (An) /Type /Annot /Subtype /Widget /Rect [10 10 90 30] /P 3 0 R >>",
};

/* The same, but its field keeps the page's content as a widget. */
static const char *const objects_of_stream_widget[OBJECTS] = {
    "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>",
    "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 400] /Contents 4 0 R >>",
    "<< /Length 9 /Type /Annot /Subtype /Widget /Rect [0 0 9 9] >>\nstream\n0 0 m 9 9\nendstream",
    "<< /Producer (test) >>",
    "<< /FT /Tx /T (ten) /V (An) /Kids [4 0 R] >>",
};

static void pdf_of(struct ky_buf *out, const char *const bodies[OBJECTS])
{
    size_t at[OBJECTS];
    ky_buf_add_str(out, "%PDF-1.7\n");
    for (size_t i = 0; i < OBJECTS; i++) {
        at[i] = out->n;
        ky_buf_addf(out, "%zu 0 obj\n%s\nendobj\n", i + 1, bodies[i]);
    }
    const size_t xref = out->n;
    ky_buf_addf(out, "xref\n0 %d\n0000000000 65535 f \n", OBJECTS + 1);
    for (size_t i = 0; i < OBJECTS; i++)
        ky_buf_addf(out, "%010zu 00000 n \n", at[i]);
    ky_buf_addf(out, "trailer\n<< /Size %d /Root 1 0 R /Info 5 0 R >>\nstartxref\n%zu\n%%%%EOF\n",
                OBJECTS + 1, xref);
    assert_ok(ky_buf_finish(out));
}

static void plain_pdf(struct ky_buf *out)
{
    pdf_of(out, objects);
}

static struct ky_ades_request request_for(const struct ky_buf *file)
{
    static const struct ky_cert *others[1];
    others[0] = h.ca.cert;
    return (struct ky_ades_request){.file = ky_buf_bytes(file),
                                    .signer = h.user.cert,
                                    .others = {others, 1},
                                    .scheme = KY_ECDSA,
                                    .hash = KY_SHA256,
                                    .signing_time = NOW - KY_DAY,
                                    .reason = "Phê duyệt"};
}

/* Who holds the key comes to the same hash from the file and what is added to it. */
static void assert_same_digest(const struct ky_ades_job *job, const struct ky_ades_request *req)
{
    uint8_t document[KY_HASH_MAX], digest[KY_HASH_MAX];
    struct ky_bytes parts[1 + KY_ADES_PARTS_MAX] = {req->file};
    ky_auto_buf attrs = ky_buf_init(KY_ADES_ATTRS_MAX);
    const size_t n = ky_ades_signed_tail(job, parts + 1);
    assert_ok(ky_digest_parts(document, req->hash, parts, 1 + n));
    assert_ok(ky_ades_freeze(&attrs, digest, req->signer, req->hash, document));
    assert_true(ky_bytes_eq(KY_BYTES(digest, ky_hash_info(req->hash)->size), ky_ades_digest(job)));
}

static void sign_request(struct ky_buf *out, const struct ky_ades_request *req)
{
    const struct ky_ades_format_ops *format;
    assert_ok(ky_ades_format_by_name(&format, "pades"));
    ky_auto_ades_job job = NULL;
    assert_ok(ky_ades_prepare(&job, format, req));
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    assert_same_digest(job, req);
    assert_ok(h.user.signer.sign(h.user.signer.ctx, &sig, req->scheme, req->hash, ky_ades_digest(job)));
    assert_ok(ky_ades_finish(job, ky_buf_bytes(&sig)));
    struct ky_bytes parts[KY_ADES_PARTS_MAX];
    const size_t n = ky_ades_parts(job, parts);
    for (size_t i = 0; i < n; i++)
        ky_buf_add(out, parts[i]);
    assert_ok(ky_buf_finish(out));
}

static void signed_pdf_of(struct ky_buf *out, const char *const bodies[OBJECTS])
{
    ky_auto_buf plain = ky_buf_init(FILE_MAX);
    pdf_of(&plain, bodies);
    const struct ky_ades_request req = request_for(&plain);
    sign_request(out, &req);
}

static void signed_pdf(struct ky_buf *out)
{
    signed_pdf_of(out, objects);
}

static void validate(struct ky_report *report, const struct ky_buf *file, bool trusted)
{
    const struct ky_cert *anchors[] = {h.root.cert};
    ky_auto_evidence evidence = ky_evidence_new();
    const struct ky_validate_in in = {
        .file = ky_buf_bytes(file), .anchors = {anchors, trusted ? 1 : 0}, .evidence = evidence, .at = NOW};
    assert_ok(ky_validate(report, &in));
}

static bool has_error(const struct ky_sig_report *s, ky_finding_id id)
{
    for (size_t i = 0; i < s->n_errors; i++)
        if (s->errors[i].id == id)
            return true;
    return false;
}

/* Appends an update that put(u) fills. */
static void append_update(struct ky_buf *file, void (*put)(struct ky_pdf_update *u))
{
    ky_auto_pdf doc = NULL;
    ky_auto_pdf_update u = NULL;
    ky_auto_buf copy = ky_buf_init(FILE_MAX), tail = ky_buf_init(FILE_MAX);
    ky_buf_add(&copy, ky_buf_bytes(file));
    assert_ok(ky_pdf_open(&doc, ky_buf_bytes(&copy), NULL));
    assert_ok(ky_pdf_update_new(&u, doc));
    put(u);
    assert_ok(ky_pdf_update_render(&tail, u));
    ky_buf_add(file, ky_buf_bytes(&tail));
}

static void the_original_is_a_prefix_and_the_signature_is_good(void **state)
{
    ky_auto_buf plain = ky_buf_init(FILE_MAX), out = ky_buf_init(FILE_MAX);
    plain_pdf(&plain);
    const struct ky_ades_request req = request_for(&plain);
    sign_request(&out, &req);
    assert_memory_equal(out.p, plain.p, plain.n);
    ky_auto_report r = {0};
    validate(&r, &out, true);
    assert_int_equal(r.n, 1);
    const struct ky_sig_report *s = &r.signatures[0];
    assert_int_equal(s->coverage, KY_COVERS_FILE);
    assert_string_equal(s->format, "PAdES-BASELINE-B");
    assert_string_equal(s->reason, "Phê duyệt");
    /* The profile gives addresses, nothing was fetched: not known to be good. */
    assert_int_equal(s->indication, KY_INDETERMINATE);
    assert_string_equal(s->sub_indication, "TRY_LATER");
    assert_int_equal(s->n_errors, 2); /* subscriber and issuing CA */
}

static void without_anchor_there_is_no_chain(void **state)
{
    ky_auto_buf out = ky_buf_init(FILE_MAX);
    signed_pdf(&out);
    ky_auto_report r = {0};
    validate(&r, &out, false);
    assert_int_equal(r.indication, KY_INDETERMINATE);
    assert_string_equal(r.signatures[0].sub_indication, "NO_CERTIFICATE_CHAIN_FOUND");
}

static void a_changed_byte_is_a_wrong_digest(void **state)
{
    ky_auto_buf out = ky_buf_init(FILE_MAX);
    signed_pdf(&out);
    uint8_t *at = memmem(out.p, out.n, "9 9\n", 4);
    assert_non_null(at);
    *at = '8';
    ky_auto_report r = {0};
    validate(&r, &out, true);
    assert_int_equal(r.indication, KY_TOTAL_FAILED);
    assert_string_equal(r.signatures[0].sub_indication, "HASH_FAILURE");
}

static void bytes_after_the_end_are_not_covered(void **state)
{
    ky_auto_buf out = ky_buf_init(FILE_MAX);
    signed_pdf(&out);
    uint8_t *at = memmem(out.p, out.n, "/ByteRange [0 ", 14);
    assert_non_null(at);
    at[12] = '1';
    ky_auto_report r = {0};
    validate(&r, &out, true);
    assert_string_equal(r.signatures[0].sub_indication, "FORMAT_FAILURE");
    assert_true(has_error(&r.signatures[0], KY_FIND_BYTE_RANGE));
}

static void change_content(struct ky_pdf_update *u)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    assert_ok(ky_pdf_update_set(u, (struct ky_pdf_ref){4, 0}, ky_pdf_stream(a, KY_BYTES_LIT("0 0 m 1 1 l"))));
}

static void changed_page_content_is_found(void **state)
{
    ky_auto_buf out = ky_buf_init(FILE_MAX);
    signed_pdf(&out);
    append_update(&out, change_content);
    ky_auto_report r = {0};
    validate(&r, &out, true);
    assert_int_equal(r.signatures[0].coverage, KY_COVERS_REVISION);
    assert_int_equal(r.signatures[0].changes, KY_CHANGE_OTHER);
    assert_true(has_error(&r.signatures[0], KY_FIND_CHANGED));
    assert_int_equal(r.indication, KY_TOTAL_FAILED);
}

static void swap_content(struct ky_pdf_update *u)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_value *page;
    struct ky_pdf_ref added;
    assert_ok(ky_pdf_update_add(&added, u, ky_pdf_stream(a, KY_BYTES_LIT("0 0 m 1 1 l"))));
    assert_ok(ky_pdf_update_edit(&page, u, (struct ky_pdf_ref){3, 0}));
    assert_ok(ky_pdf_dict_put(a, page, "Contents", ky_pdf_indirect(a, added)));
}

static void add_annotation(struct ky_pdf_update *u)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_value *page, *annots, *note = ky_pdf_dict(a);
    struct ky_pdf_ref added;
    assert_ok(ky_pdf_dict_put(a, note, "Subtype", ky_pdf_name(a, "FreeText")));
    assert_ok(ky_pdf_update_add(&added, u, note));
    assert_ok(ky_pdf_update_edit(&page, u, (struct ky_pdf_ref){3, 0}));
    assert_ok(ky_pdf_update_edit_child(&annots, u, page, "Annots", KY_PDF_ARRAY));
    assert_ok(ky_pdf_array_push(a, annots, ky_pdf_indirect(a, added)));
}

static void other_content_and_annotations_are_found(void **state)
{
    static void (*const attacks[])(struct ky_pdf_update *) = {swap_content, add_annotation};
    for (size_t i = 0; i < KY_COUNT(attacks); i++) {
        ky_auto_buf out = ky_buf_init(FILE_MAX);
        signed_pdf(&out);
        append_update(&out, attacks[i]);
        ky_auto_report r = {0};
        validate(&r, &out, true);
        assert_int_equal(r.signatures[0].changes, KY_CHANGE_OTHER);
        assert_int_equal(r.indication, KY_TOTAL_FAILED);
    }
}

static void fill_field(struct ky_pdf_update *u)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_value *field;
    assert_ok(ky_pdf_update_edit(&field, u, (struct ky_pdf_ref){6, 0}));
    assert_ok(ky_pdf_dict_put(a, field, "V", ky_pdf_string(a, KY_BYTES_LIT("Binh"))));
}

static void a_filled_field_is_allowed_and_told(void **state)
{
    ky_auto_buf out = ky_buf_init(FILE_MAX);
    signed_pdf(&out);
    append_update(&out, fill_field);
    ky_auto_report r = {0};
    validate(&r, &out, true);
    assert_int_equal(r.signatures[0].changes, KY_CHANGE_FILLED);
    assert_false(has_error(&r.signatures[0], KY_FIND_CHANGED));
}

/* Its dictionary stays as it was. */
static void redraw_widget(struct ky_pdf_update *u)
{
    static const char *const keys[] = {"Type", "Subtype", "Rect"};
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_value *widget;
    assert_ok(ky_pdf_update_edit(&widget, u, (struct ky_pdf_ref){4, 0}));
    assert_int_equal(widget->type, KY_PDF_STREAM);
    struct ky_pdf_value *drawn = ky_pdf_stream(a, KY_BYTES_LIT("5 5 l 1 1"));
    for (size_t i = 0; i < KY_COUNT(keys); i++)
        assert_ok(
            ky_pdf_dict_put(a, drawn, keys[i], (struct ky_pdf_value *)ky_pdf_dict_find(widget, keys[i])));
    assert_ok(ky_pdf_update_set(u, (struct ky_pdf_ref){4, 0}, drawn));
}

static void a_widget_that_is_the_page_s_content_may_not_change(void **state)
{
    ky_auto_buf out = ky_buf_init(FILE_MAX);
    signed_pdf_of(&out, objects_of_stream_widget);
    append_update(&out, redraw_widget);
    ky_auto_report r = {0};
    validate(&r, &out, true);
    assert_int_equal(r.signatures[0].changes, KY_CHANGE_OTHER);
    assert_int_equal(r.indication, KY_TOTAL_FAILED);
}

static void a_second_signature_is_allowed_and_covers_all(void **state)
{
    ky_auto_buf once = ky_buf_init(FILE_MAX), twice = ky_buf_init(FILE_MAX);
    signed_pdf(&once);
    const struct ky_appearance_box box = {1, 20, 300, 170, 30};
    struct ky_ades_request req = request_for(&once);
    req.box = &box;
    sign_request(&twice, &req);
    ky_auto_report r = {0};
    validate(&r, &twice, true);
    assert_int_equal(r.n, 2);
    for (size_t i = 0; i < r.n; i++) {
        const struct ky_sig_report *s = &r.signatures[i];
        assert_string_equal(s->sub_indication, "TRY_LATER");
        assert_int_equal(s->changes, s->coverage == KY_COVERS_FILE ? KY_CHANGE_NONE : KY_CHANGE_SIGNED);
    }
}

static struct ky_pdf_ref signature_ref;

static void find_signature(const struct ky_buf *file)
{
    ky_auto_pdf doc = NULL;
    struct ky_pdf_form form;
    const struct ky_pdf_signature *found;
    size_t n;
    assert_ok(ky_pdf_open(&doc, ky_buf_bytes(file), NULL));
    assert_ok(ky_pdf_form_read(&form, doc));
    assert_ok(ky_pdf_signatures(&found, &n, doc, &form));
    assert_int_equal(n, 1);
    signature_ref = found[0].ref;
}

/* A signature field that nobody signed, with `rect`, drawing over page 1; `put` makes it worse. */
static void add_field(struct ky_pdf_update *u, const char *rect,
                      void (*put)(struct ky_pdf_update *u, struct ky_pdf_value *field))
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_value *field, *page, *catalog, *form, *list;
    struct ky_pdf_ref look, added;
    assert_ok(ky_pdf_update_add(&look, u, ky_pdf_stream(a, KY_BYTES_LIT("1 g 0 0 300 400 re f"))));
    const char *text = ky_arena_printf(
        a, "<< /Type /Annot /Subtype /Widget /FT /Sig /T (x) /F 4 /Rect %s /AP << /N %u 0 R >> >>", rect,
        look.num);
    assert_non_null(text);
    struct ky_pdf_lexer lx = {.in = ky_bytes_str(text), .arena = a};
    assert_ok(ky_pdf_parse_value(&field, &lx));
    if (put != NULL)
        put(u, field);
    assert_ok(ky_pdf_update_add(&added, u, field));
    assert_ok(ky_pdf_update_edit(&page, u, (struct ky_pdf_ref){3, 0}));
    assert_ok(ky_pdf_update_edit_child(&list, u, page, "Annots", KY_PDF_ARRAY));
    assert_ok(ky_pdf_array_push(a, list, ky_pdf_indirect(a, added)));
    assert_ok(ky_pdf_update_edit(&catalog, u, (struct ky_pdf_ref){1, 0}));
    assert_ok(ky_pdf_update_edit_child(&form, u, catalog, "AcroForm", KY_PDF_DICT));
    assert_ok(ky_pdf_update_edit_child(&list, u, form, "Fields", KY_PDF_ARRAY));
    assert_ok(ky_pdf_array_push(a, list, ky_pdf_indirect(a, added)));
}

static void add_unseen_field(struct ky_pdf_update *u)
{
    add_field(u, "[0 0 0 0]", NULL);
}

static void add_drawing_field(struct ky_pdf_update *u)
{
    add_field(u, "[0 0 300 400]", NULL);
}

/* Time stamps are listed, not judged. */
static void stamp(struct ky_pdf_update *u, struct ky_pdf_value *field)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_value *dict = ky_pdf_dict(a);
    assert_ok(ky_pdf_dict_put(a, dict, "Type", ky_pdf_name(a, "DocTimeStamp")));
    assert_ok(ky_pdf_dict_put(a, field, "V", dict));
}

static void add_drawing_stamp(struct ky_pdf_update *u)
{
    add_field(u, "[0 0 300 400]", stamp);
}

/* The action stands in a widget of its own, below the field. */
static void act_below(struct ky_pdf_update *u, struct ky_pdf_value *field)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    struct ky_pdf_value *kids = ky_pdf_array(a), *kid = ky_pdf_dict(a);
    struct ky_pdf_ref added;
    assert_ok(ky_pdf_dict_put(a, kid, "Subtype", ky_pdf_name(a, "Widget")));
    assert_ok(ky_pdf_dict_put(a, kid, "A", ky_pdf_dict(a)));
    assert_ok(ky_pdf_update_add(&added, u, kid));
    assert_ok(ky_pdf_array_push(a, kids, ky_pdf_indirect(a, added)));
    assert_ok(ky_pdf_dict_put(a, field, "Kids", kids));
}

static void add_acting_field(struct ky_pdf_update *u)
{
    add_field(u, "[0 0 0 0]", act_below);
}

static void only_a_signature_may_show_something_new(void **state)
{
    static const struct {
        void (*put)(struct ky_pdf_update *u);
        ky_change want;
    } cases[] = {{add_unseen_field, KY_CHANGE_SIGNED},
                 {add_drawing_field, KY_CHANGE_OTHER},
                 {add_drawing_stamp, KY_CHANGE_OTHER},
                 {add_acting_field, KY_CHANGE_OTHER}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(FILE_MAX);
        signed_pdf(&out);
        append_update(&out, cases[i].put);
        ky_auto_report r = {0};
        validate(&r, &out, true);
        const struct ky_sig_report *s = &r.signatures[0];
        assert_int_equal(s->changes, cases[i].want);
        assert_int_equal(has_error(s, KY_FIND_CHANGED), cases[i].want == KY_CHANGE_OTHER);
    }
}

/* The signature of signed_pdf, from a second field. */
static void share_signature(struct ky_pdf_update *u, struct ky_pdf_value *field)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    assert_ok(ky_pdf_dict_put(a, field, "V", ky_pdf_indirect(a, signature_ref)));
}

static void add_sharing_field(struct ky_pdf_update *u)
{
    add_field(u, "[0 0 0 0]", share_signature);
}

static void a_signature_of_two_fields_is_worth_nothing(void **state)
{
    ky_auto_buf out = ky_buf_init(FILE_MAX);
    signed_pdf(&out);
    find_signature(&out);
    append_update(&out, add_sharing_field);
    ky_auto_report r = {0};
    validate(&r, &out, true);
    assert_int_equal(r.n, 2);
    for (size_t i = 0; i < r.n; i++) {
        assert_true(has_error(&r.signatures[i], KY_FIND_SHARED_DICT));
        assert_int_equal(r.signatures[i].n_errors, 1); /* no further work was done */
    }
}

/* A document without pages, of n empty signatures. */
static void many_signatures(struct ky_buf *out, size_t n)
{
    ky_buf_add_str(out, "%PDF-1.7\n1 0 obj\n<< /Pages << >> /AcroForm << /Fields [");
    for (size_t i = 0; i < n; i++)
        ky_buf_add_str(out, "<< /FT /Sig /T (a) /V << >> >>\n");
    ky_buf_add_str(out, "] >> >>\nendobj\n");
    const size_t xref = out->n;
    ky_buf_addf(out,
                "xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
                "trailer\n<< /Size 2 /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n",
                xref);
    assert_ok(ky_buf_finish(out));
}

static void no_more_signatures_are_judged_than_stated(void **state)
{
    ky_auto_evidence evidence = ky_evidence_new();
    ky_auto_buf most = ky_buf_init(FILE_MAX), more = ky_buf_init(FILE_MAX);
    many_signatures(&most, KY_REPORT_SIGNATURES_MAX);
    many_signatures(&more, KY_REPORT_SIGNATURES_MAX + 1);
    struct ky_validate_in in = {.file = ky_buf_bytes(&most), .evidence = evidence, .at = NOW};
    ky_auto_report r = {0};
    assert_ok(ky_validate(&r, &in));
    assert_int_equal(r.n, KY_REPORT_SIGNATURES_MAX);
    in.file = ky_buf_bytes(&more);
    struct ky_report none = {0};
    assert_rc(ky_validate(&none, &in), KY_ELIMIT);
}

static void only_white_space_may_follow_the_last_revision(void **state)
{
    static const struct {
        const char *tail;
        ky_change want;
    } cases[] = {
        {"\n \r\n", KY_CHANGE_NONE}, {"\n4 0 obj\n<< >>\nendobj\n", KY_CHANGE_OTHER}, {"%", KY_CHANGE_OTHER}};
    for (size_t i = 0; i < KY_COUNT(cases); i++) {
        ky_auto_buf out = ky_buf_init(FILE_MAX);
        signed_pdf(&out);
        ky_buf_add_str(&out, cases[i].tail);
        ky_auto_report r = {0};
        validate(&r, &out, true);
        const struct ky_sig_report *s = &r.signatures[0];
        assert_int_equal(s->coverage, KY_COVERS_REVISION);
        assert_int_equal(s->changes, cases[i].want);
        assert_int_equal(has_error(s, KY_FIND_CHANGED), cases[i].want == KY_CHANGE_OTHER);
    }
}

static void certified_documents_forbid_what_their_level_forbids(void **state)
{
    ky_auto_buf plain = ky_buf_init(FILE_MAX), out = ky_buf_init(FILE_MAX);
    plain_pdf(&plain);
    struct ky_ades_request req = request_for(&plain);
    req.certify = 1;
    sign_request(&out, &req);
    append_update(&out, fill_field);
    ky_auto_report r = {0};
    validate(&r, &out, true);
    assert_int_equal(r.signatures[0].changes, KY_CHANGE_OTHER);
    struct ky_ades_request again = request_for(&out);
    ky_pdf_obstacle why = KY_PDF_SIGNABLE;
    again.obstacle = &why;
    const struct ky_ades_format_ops *format;
    assert_ok(ky_ades_format_by_name(&format, "pades"));
    struct ky_ades_job *job = NULL;
    assert_rc(ky_ades_prepare(&job, format, &again), KY_EDENIED);
    assert_int_equal(why, KY_PDF_OBSTACLE_CERTIFIED);
}

static void a_signature_by_another_key_is_not_embedded(void **state)
{
    ky_auto_buf plain = ky_buf_init(FILE_MAX);
    plain_pdf(&plain);
    const struct ky_ades_request req = request_for(&plain);
    const struct ky_ades_format_ops *format;
    assert_ok(ky_ades_format_by_name(&format, "pades"));
    ky_auto_ades_job job = NULL;
    assert_ok(ky_ades_prepare(&job, format, &req));
    ky_auto_buf sig = ky_buf_init(KY_SIGNATURE_MAX);
    assert_ok(h.ca.signer.sign(h.ca.signer.ctx, &sig, KY_ECDSA, KY_SHA256, ky_ades_digest(job)));
    assert_rc(ky_ades_finish(job, ky_buf_bytes(&sig)), KY_EAUTH);
    struct ky_bytes parts[KY_ADES_PARTS_MAX];
    assert_int_equal(ky_ades_parts(job, parts), 0);
}

static void unknown_formats_and_misfit_algorithms_are_refused(void **state)
{
    const struct ky_ades_format_ops *format;
    assert_rc(ky_ades_format_by_name(&format, "docx"), KY_ENOTFOUND);
    assert_ok(ky_ades_format_by_name(&format, "pades"));
    ky_auto_buf plain = ky_buf_init(FILE_MAX);
    plain_pdf(&plain);
    struct ky_ades_request req = request_for(&plain);
    req.scheme = KY_RSA_PSS;
    struct ky_ades_job *job = NULL;
    assert_rc(ky_ades_prepare(&job, format, &req), KY_EINVAL);
}

static void reports_speak_both_languages(void **state)
{
    ky_auto_buf out = ky_buf_init(FILE_MAX);
    signed_pdf(&out);
    ky_auto_report r = {0};
    validate(&r, &out, false);
    ky_auto_buf vi = ky_buf_init(FILE_MAX), en = ky_buf_init(FILE_MAX), json = ky_buf_init(FILE_MAX);
    assert_ok(ky_report_text(&vi, &r, "a.pdf", false));
    assert_ok(ky_report_text(&en, &r, "a.pdf", true));
    assert_ok(ky_report_json(&json, &r, true));
    assert_non_null(strstr(ky_buf_str(&vi), "KHÔNG XÁC ĐỊNH"));
    assert_non_null(strstr(ky_buf_str(&en), "UNDETERMINED"));
    assert_non_null(strstr(ky_buf_str(&json), "\"subIndication\":\"NO_CERTIFICATE_CHAIN_FOUND\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_original_is_a_prefix_and_the_signature_is_good),
        cmocka_unit_test(without_anchor_there_is_no_chain),
        cmocka_unit_test(a_changed_byte_is_a_wrong_digest),
        cmocka_unit_test(bytes_after_the_end_are_not_covered),
        cmocka_unit_test(changed_page_content_is_found),
        cmocka_unit_test(other_content_and_annotations_are_found),
        cmocka_unit_test(a_filled_field_is_allowed_and_told),
        cmocka_unit_test(a_widget_that_is_the_page_s_content_may_not_change),
        cmocka_unit_test(a_second_signature_is_allowed_and_covers_all),
        cmocka_unit_test(only_a_signature_may_show_something_new),
        cmocka_unit_test(a_signature_of_two_fields_is_worth_nothing),
        cmocka_unit_test(no_more_signatures_are_judged_than_stated),
        cmocka_unit_test(only_white_space_may_follow_the_last_revision),
        cmocka_unit_test(certified_documents_forbid_what_their_level_forbids),
        cmocka_unit_test(a_signature_by_another_key_is_not_embedded),
        cmocka_unit_test(unknown_formats_and_misfit_algorithms_are_refused),
        cmocka_unit_test(reports_speak_both_languages),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
