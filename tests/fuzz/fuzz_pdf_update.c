/* A file that may be signed is signed, and then opens again with one more signature and its bytes unchanged. */
#include <stdlib.h>

#include "codec/pdf/sigfield.h"
#include "codec/pdf/signable.h"

#define MEMORY_MAX ((size_t)32 << 20)
#define CONTENTS_BYTES 64

static size_t count_signatures(struct ky_pdf *doc)
{
    struct ky_pdf_form form;
    const struct ky_pdf_signature *s;
    size_t count = 0;
    if (ky_pdf_form_read(&form, doc) != KY_OK || ky_pdf_signatures(&s, &count, doc, &form) != KY_OK)
        abort();
    return count;
}

static ky_rc sign(struct ky_buf *tail, struct ky_pdf_sigslot *slot, struct ky_pdf *doc)
{
    ky_auto_pdf_update u = NULL;
    KY_TRY(ky_pdf_signable(NULL, doc, &(struct ky_pdf_sign_wish){0}));
    KY_TRY(ky_pdf_update_new(&u, doc));
    const struct ky_pdf_sigfield spec = {.dict = ky_pdf_dict(ky_pdf_update_arena(u)),
                                         .contents_max = CONTENTS_BYTES};
    KY_TRY(ky_pdf_sigfield_put(slot, u, &spec));
    KY_TRY(ky_pdf_sigslot_render(tail, slot, u));
    return ky_pdf_sigslot_fill(tail, slot, ky_pdf_file(doc).n, KY_BYTES_LIT("\x30\x03\x02\x01\x05"));
}

static void check_signed(struct ky_bytes original, const struct ky_buf *tail, size_t before)
{
    ky_auto_pdf doc = NULL;
    ky_auto_buf all = ky_buf_init(original.n + tail->n);
    ky_buf_add(&all, original);
    ky_buf_add(&all, ky_buf_bytes(tail));
    if (ky_pdf_open(&doc, ky_buf_bytes(&all), NULL) != KY_OK || ky_pdf_needs_repair(doc) != NULL)
        abort();
    if (count_signatures(doc) != before + 1)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ky_bytes file = KY_BYTES(data, size);
    const struct ky_pdf_open_args args = {.memory_max = MEMORY_MAX};
    ky_auto_pdf doc = NULL;
    ky_auto_buf tail = ky_buf_init((size_t)8 << 20);
    struct ky_pdf_sigslot slot;
    if (ky_pdf_open(&doc, file, &args) == KY_OK && sign(&tail, &slot, doc) == KY_OK)
        check_signed(file, &tail, count_signatures(doc));
    return 0;
}
