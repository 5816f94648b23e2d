/* Opening any bytes as a PDF and reading all there is: pages, fields, signatures, revisions, streams. */
#include <stdlib.h>

#include "codec/pdf/form.h"
#include "codec/pdf/reach.h"

#define MEMORY_MAX ((size_t)32 << 20)
#define STREAM_MAX ((size_t)4 << 20)

static ky_rc look(void *ctx, size_t index, const struct ky_pdf_page *page)
{
    if (page->media_box.x1 < page->media_box.x0 || page->rotate % 90 != 0)
        abort();
    ky_auto_buf content = ky_buf_init(STREAM_MAX);
    if (ky_pdf_stream_decode(&content, ctx, ky_pdf_get(ctx, page->dict, "Contents")) != KY_OK)
        return index < 64 ? KY_OK : KY_ELIMIT;
    return KY_OK;
}

static void check_signatures(struct ky_pdf *doc, const struct ky_pdf_form *form)
{
    const struct ky_pdf_signature *s;
    size_t count;
    if (ky_pdf_signatures(&s, &count, doc, form) != KY_OK)
        return;
    struct ky_bytes file = ky_pdf_file(doc);
    for (size_t i = 0; i < count; i++) {
        if (s[i].contents_len > 0 && file.p[s[i].contents_at] != '<')
            abort();
    }
}

static void check_revisions(struct ky_pdf *doc)
{
    for (size_t i = 0; i < ky_pdf_revision_count(doc); i++) {
        const struct ky_pdf_revision *r = ky_pdf_revision_at(doc, i);
        if (r->xref_at >= ky_pdf_file(doc).n || r->end > ky_pdf_file(doc).n)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ky_auto_pdf doc = NULL;
    const struct ky_pdf_open_args args = {.memory_max = MEMORY_MAX};
    if (ky_pdf_open(&doc, KY_BYTES(data, size), &args) != KY_OK)
        return 0;
    struct ky_pdf_form form;
    check_revisions(doc);
    if (ky_pdf_page_each(doc, look, doc) == KY_OK && ky_pdf_form_read(&form, doc) == KY_OK)
        check_signatures(doc, &form);
    (void)ky_pdf_is_linearised(doc);
    return ky_pdf_read_reachable(doc) == KY_ENOMEM ? -1 : 0;
}
