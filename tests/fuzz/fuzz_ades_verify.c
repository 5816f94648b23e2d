/*
 * Validation of a PDF against a fixed root whose subscriber signed one document, the seeds; her key is gone. Whatever
 * passes is that document with what may come later: its page shows the same.
 */
#include <stdlib.h>

#include "ades/report.h"
#include "codec/pdf/form.h"
#include "codec/pdf/lex.h"

#define VALIDATION_TIME ((ky_time)1795521600) /* 2026-11-24 */
#define SIGNED_CONTENT "0 0 m 9 9"
#define CONTENT_MAX 4096

static const char root_pem[] = "-----BEGIN CERTIFICATE-----\n"
                               "MIIBfjCCASWgAwIBAgIUBSYDU+QMWPXRXh+HgspM2/AX1uEwCgYIKoZIzj0EAwIw\n"
                               "DDEKMAgGA1UEAwwBUjAgFw0yNjExMjMyMDIxMThaGA8yMTI2MTAzMDIwMjExOFow\n"
                               "DDEKMAgGA1UEAwwBUjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABN8WfTq79I5k\n"
                               "7S/8XyMeMglyOJmiO/q8H6EeqpLqWkW1dWBN+/yXAUU9R3/RHrjvkXbAilMmLmel\n"
                               "FQLSWMBRHhujYzBhMB0GA1UdDgQWBBSpl71tLol2Ujv/r36VAnn0n5aM4zAfBgNV\n"
                               "HSMEGDAWgBSpl71tLol2Ujv/r36VAnn0n5aM4zAPBgNVHRMBAf8EBTADAQH/MA4G\n"
                               "A1UdDwEB/wQEAwIBBjAKBggqhkjOPQQDAgNHADBEAiB5NAkw87p+j3uBypT+64rD\n"
                               "Jd12csy6ECGTH1ycuRPR1QIgCFey2qanePqJFML4aip5OrDTW3HMZ7gQ8AVjYQ08\n"
                               "cYM=\n"
                               "-----END CERTIFICATE-----\n";

static void must(bool holds)
{
    if (!holds)
        abort();
}

static bool has_error(const struct ky_sig_report *s, ky_finding_id id)
{
    for (size_t i = 0; i < s->n_errors; i++)
        if (s->errors[i].id == id)
            return true;
    return false;
}

/* One signature does not contradict itself. */
static void check_signature(const struct ky_sig_report *s, size_t size)
{
    must(s->covered_bytes <= size);
    must((s->indication == KY_TOTAL_PASSED) == (s->n_errors == 0));
    must((s->sub_indication[0] == 0) == (s->indication == KY_TOTAL_PASSED));
    must(s->coverage != KY_COVERS_FILE || s->covered_bytes == size);
    must(s->coverage != KY_COVERS_UNCLEAR || s->n_errors > 0);
    must(s->coverage == KY_COVERS_REVISION || s->changes == KY_CHANGE_NONE);
    must((s->changes == KY_CHANGE_OTHER) == has_error(s, KY_FIND_CHANGED));
}

static void check_page(struct ky_pdf *doc)
{
    struct ky_pdf_page page;
    size_t pages;
    ky_auto_buf content = ky_buf_init(CONTENT_MAX);
    must(ky_pdf_page_count(&pages, doc) == KY_OK && pages == 1);
    must(ky_pdf_page_get(&page, doc, 0) == KY_OK);
    must(page.media_box.x1 - page.media_box.x0 == 300 && page.media_box.y1 - page.media_box.y0 == 400);
    must(ky_pdf_stream_decode(&content, doc, ky_pdf_get(doc, page.dict, "Contents")) == KY_OK);
    must(ky_bytes_eq_str(ky_buf_bytes(&content), SIGNED_CONTENT));
}

/* What is drawn over the page belongs to a field of the seeds or to a signature that was judged. */
static void check_annotations(struct ky_pdf *doc, const struct ky_report *r)
{
    struct ky_pdf_form form;
    must(ky_pdf_form_read(&form, doc) == KY_OK);
    for (size_t i = 0; i < form.field_count; i++) {
        const struct ky_pdf_field *f = &form.fields[i];
        bool known = strcmp(f->name, "t") == 0 || strcmp(f->name, "e") == 0;
        for (size_t k = 0; k < r->n && !known; k++)
            known = !r->signatures[k].is_timestamp && strcmp(r->signatures[k].name, f->name) == 0;
        for (size_t k = 0; k < f->widget_count && !known; k++)
            must(ky_pdf_dict_find(f->widgets[k].dict, "AP") == NULL ||
                 f->widgets[k].rect.x0 == f->widgets[k].rect.x1 ||
                 f->widgets[k].rect.y0 == f->widgets[k].rect.y1);
    }
}

static void check_end(struct ky_bytes file)
{
    static const char mark[] = "%%EOF";
    while (file.n > 0 && ky_pdf_is_space(file.p[file.n - 1]))
        file.n--;
    must(file.n > strlen(mark) && memcmp(file.p + file.n - strlen(mark), mark, strlen(mark)) == 0);
}

static void check_report(const struct ky_report *r, struct ky_bytes file)
{
    bool whole = true, any = false;
    for (size_t i = 0; i < r->n; i++) {
        const struct ky_sig_report *s = &r->signatures[i];
        if (s->is_timestamp)
            continue;
        check_signature(s, file.n);
        whole &= s->indication == KY_TOTAL_PASSED;
        any = true;
    }
    must((r->indication == KY_TOTAL_PASSED) == (any && whole));
    ky_auto_pdf doc = NULL;
    if (r->indication != KY_TOTAL_PASSED)
        return;
    must(ky_pdf_open(&doc, file, NULL) == KY_OK);
    check_end(file);
    check_page(doc);
    check_annotations(doc, r);
}

static void check_texts(const struct ky_report *r)
{
    ky_auto_buf json = ky_buf_init(KY_REPORT_TEXT_MAX), text = ky_buf_init(KY_REPORT_TEXT_MAX);
    (void)(ky_report_json(&json, r, true) == KY_OK);
    (void)(ky_report_text(&text, r, "tệp.pdf", false) == KY_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ky_auto_evidence anchors = ky_evidence_new();
    ky_auto_evidence evidence = ky_evidence_new();
    ky_auto_report r = {.n = 0};
    must(anchors != NULL && evidence != NULL);
    must(ky_evidence_add_certs(anchors, ky_bytes_str(root_pem)) == KY_OK);
    const struct ky_validate_in in = {.file = KY_BYTES(data, size),
                                      .anchors = ky_evidence_certs(anchors),
                                      .evidence = evidence,
                                      .at = VALIDATION_TIME};
    if (ky_validate(&r, &in) != KY_OK)
        return 0;
    check_report(&r, in.file);
    check_texts(&r);
    return 0;
}
