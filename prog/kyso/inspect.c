/* kyso inspect: what is in a PDF file, without judging it. */
#include <stdio.h>

#include "ades/pades.h"
#include "codec/json.h"
#include "os/map.h"
#include "prog/kyso/cmd.h"
#include "prog/kyso/files.h"
#include "prog/kyso/say.h"

#define COMMAND "inspect"
#define JSON_MAX ((size_t)4 << 20)

struct inspect_opts {
    struct kyso_list files;
    const char *password_file;
    bool json;
};
#define AT(member) offsetof(struct inspect_opts, member)

static const struct kyso_opt opts[] = {
    {"password-file", KYSO_OPT_TEXT, AT(password_file), "FILE",
     "mật khẩu của tài liệu (hoặc KYSO_PDF_PASSWORD)", "password of the document (or KYSO_PDF_PASSWORD)"},
    {"json", KYSO_OPT_FLAG, AT(json), NULL, "kết quả dạng JSON, mỗi tệp một dòng",
     "result in JSON, a line for each file"},
};
static const struct kyso_usage usage = {
    .command = COMMAND, .args = "FILE …", .args_offset = AT(files), .opts = opts, .n = KY_COUNT(opts)};

/* All facts of one file. */
struct facts {
    int version;
    size_t pages, revisions;
    bool linearised, encrypted, has_xfa;
    const char *repair; /* NULL: sound */
    ky_pdf_obstacle obstacle;
    struct ky_pdf_form form;
    const struct ky_pdf_signature *signatures;
    size_t n;
};

static ky_rc gather(struct facts *f, struct ky_pdf *doc)
{
    const struct ky_pdf_sign_wish wish = {.respect_permission = true};
    KY_TRY(ky_pdf_page_count(&f->pages, doc));
    KY_TRY(ky_pdf_form_read(&f->form, doc));
    KY_TRY(ky_pdf_signatures(&f->signatures, &f->n, doc, &f->form));
    const ky_rc rc = ky_pades_signable(&f->obstacle, doc, &wish);
    if (rc != KY_OK && rc != KY_EDENIED)
        return rc;
    f->version = ky_pdf_version(doc);
    f->revisions = ky_pdf_revision_count(doc);
    f->linearised = ky_pdf_is_linearised(doc);
    f->encrypted = ky_pdf_is_encrypted(doc);
    f->has_xfa = f->form.has_xfa;
    f->repair = ky_pdf_needs_repair(doc);
    return KY_OK;
}

static void put_signature(struct ky_json_out *o, const struct ky_pdf_signature *s)
{
    ky_json_open_object(o, NULL);
    ky_json_put_cstr(o, "field", s->field->name);
    ky_json_put_str(o, "subFilter", s->subfilter);
    ky_json_put_bool(o, "timestamp", s->is_timestamp);
    ky_json_put_int(o, "docMDP", s->docmdp);
    ky_json_open_array(o, "byteRange");
    for (size_t i = 0; i < s->byte_range_count && i < KY_COUNT(s->byte_range); i++)
        ky_json_put_int(o, NULL, s->byte_range[i]);
    ky_json_close_array(o);
    ky_json_close_object(o);
}

static ky_rc print_json(const struct facts *f, const char *path)
{
    ky_auto_buf b = ky_buf_init(JSON_MAX);
    struct ky_json_out o = KY_JSON_OUT(&b);
    char version[8];
    snprintf(version, sizeof version, "%d.%d", f->version / 10 % 10, f->version % 10);
    ky_json_open_object(&o, NULL);
    ky_json_put_cstr(&o, "file", path);
    ky_json_put_cstr(&o, "pdfVersion", version);
    ky_json_put_int(&o, "pages", (int64_t)f->pages);
    ky_json_put_int(&o, "revisions", (int64_t)f->revisions);
    ky_json_put_bool(&o, "linearised", f->linearised);
    ky_json_put_bool(&o, "encrypted", f->encrypted);
    ky_json_put_bool(&o, "xfa", f->has_xfa);
    ky_json_put_int(&o, "fields", (int64_t)f->form.field_count);
    ky_json_put_bool(&o, "signable", f->obstacle == KY_PDF_SIGNABLE);
    if (f->obstacle != KY_PDF_SIGNABLE)
        ky_json_put_cstr(&o, "obstacle", ky_pdf_obstacle_text(f->obstacle, kyso_english() ? "en" : "vi"));
    if (f->repair != NULL)
        ky_json_put_cstr(&o, "damage", f->repair);
    ky_json_open_array(&o, "signatures");
    for (size_t i = 0; i < f->n; i++)
        put_signature(&o, &f->signatures[i]);
    ky_json_close_array(&o);
    ky_json_close_object(&o);
    KY_TRY(ky_buf_finish(&b));
    printf("%s\n", ky_buf_str(&b));
    return KY_OK;
}

static void print_text(const struct facts *f, const char *path)
{
    printf("%s\n", path);
    printf(kyso_say("  phiên bản PDF: %d.%d\n", "  PDF version: %d.%d\n"), f->version / 10, f->version % 10);
    printf(kyso_say("  số trang: %zu; số lần cập nhật: %zu; số trường: %zu\n",
                    "  pages: %zu; revisions: %zu; fields: %zu\n"),
           f->pages, f->revisions, f->form.field_count);
    if (f->encrypted)
        printf("%s\n", kyso_say("  được mã hóa", "  encrypted"));
    if (f->obstacle == KY_PDF_SIGNABLE)
        printf("%s\n", kyso_say("  ký được", "  can be signed"));
    else
        printf(kyso_say("  không ký được: %s\n", "  cannot be signed: %s\n"),
               ky_pdf_obstacle_text(f->obstacle, kyso_english() ? "en" : "vi"));
    for (size_t i = 0; i < f->n; i++)
        printf(kyso_say("  chữ ký thứ %zu: %.*s%s\n", "  signature %zu: %.*s%s\n"), i + 1,
               (int)f->signatures[i].subfilter.n, (const char *)f->signatures[i].subfilter.p,
               f->signatures[i].certifies ? kyso_say(" (chứng nhận)", " (certifying)") : "");
}

static ky_rc inspect_file(const struct inspect_opts *o, const char *password, const char *path)
{
    ky_auto_map map = {0};
    KY_TRY(ky_map_open(&map, path));
    const struct ky_pdf_open_args args = {.password = password};
    ky_auto_pdf doc = NULL;
    KY_TRY(ky_context(ky_pdf_open(&doc, map.bytes, &args), "%s", path));
    struct facts f = {0};
    KY_TRY(ky_context(gather(&f, doc), "%s", path));
    if (o->json)
        return print_json(&f, path);
    print_text(&f, path);
    return KY_OK;
}

static ky_rc inspect(int *status, const void *values)
{
    const struct inspect_opts *o = values;
    if (o->files.n == 0)
        return ky_fail(KY_EINVAL, "%s",
                       kyso_say("cần tên tệp; xem: kyso inspect --help",
                                "a file name is needed; see: kyso inspect --help"));
    ky_auto_secret password = {0};
    bool has_password = false;
    KY_TRY(kyso_pdf_password(&password, &has_password, o->password_file));
    for (size_t i = 0; i < o->files.n; i++) {
        const ky_rc rc = inspect_file(o, has_password ? (const char *)password.p : NULL, o->files.v[i]);
        if (rc != KY_OK)
            *status = kyso_fail(COMMAND, rc);
    }
    return KY_OK;
}

static int run(int argc, char **argv)
{
    struct inspect_opts o = {0};
    return kyso_opts_run(argc, argv, &usage, &o, inspect);
}

const struct kyso_cmd kyso_cmd_inspect = {"inspect", "cho biết tệp PDF có những gì",
                                          "say what is in a PDF file", run};
