/* Decoding streams: decryption, then the chain of filters. */
#include "codec/pdf/filter.h"
#include "codec/pdf/internal.h"

#define FILTERS_MAX 8

/* Item i of a value that is one object or an array of them; a null value beyond. */
static const struct ky_pdf_value *one_or_item(struct ky_pdf *doc, const struct ky_pdf_value *v, size_t i)
{
    if (v->type == KY_PDF_ARRAY)
        return ky_pdf_item(doc, v, i);
    return i == 0 ? v : &doc->null;
}

static struct ky_pdf_predictor read_params(struct ky_pdf *doc, const struct ky_pdf_value *dict)
{
    struct ky_pdf_predictor p = KY_PDF_PREDICTOR_DEFAULT;
    const struct {
        const char *key;
        int64_t *field;
    } fields[] = {{"Predictor", &p.predictor},
                  {"Colors", &p.colors},
                  {"BitsPerComponent", &p.bits},
                  {"Columns", &p.columns},
                  {"EarlyChange", &p.early_change}};
    for (size_t i = 0; i < KY_COUNT(fields); i++)
        (void)ky_pdf_as_int(ky_pdf_get(doc, dict, fields[i].key), fields[i].field);
    return p;
}

static ky_rc decrypted(struct ky_buf *out, struct ky_pdf *doc, const struct ky_pdf_value *stream)
{
    bool encrypted = doc->encrypted && stream->owner.num != 0;
    ky_pdf_cipher cipher = encrypted ? ky_pdf_crypt_stream_cipher(&doc->crypt, stream) : KY_PDF_CIPHER_NONE;
    if (cipher == KY_PDF_CIPHER_NONE)
        return ky_fail(KY_ENOTFOUND, "not encrypted");
    return ky_pdf_decrypt(out, &doc->crypt, cipher, stream->owner, stream->text);
}

static ky_rc apply_filters(struct ky_buf *out, struct ky_pdf *doc, const struct ky_pdf_value *stream,
                           struct ky_bytes data)
{
    const struct ky_pdf_value *names = ky_pdf_get(doc, stream, "Filter");
    const struct ky_pdf_value *params = ky_pdf_get(doc, stream, "DecodeParms");
    size_t count = names->type == KY_PDF_ARRAY ? names->u.array.n : names->type == KY_PDF_NAME;
    if (count > FILTERS_MAX)
        return ky_fail(KY_ELIMIT, "pdf: stream with %zu filters", count);
    ky_auto_buf stage = ky_buf_init(out->max);
    for (size_t i = 0; i < count; i++) {
        const struct ky_pdf_value *name = one_or_item(doc, names, i);
        if (name->type != KY_PDF_NAME)
            return ky_fail(KY_EFORMAT, "pdf: filter that is no name");
        if (ky_bytes_eq_str(name->text, "Crypt"))
            continue;
        struct ky_pdf_predictor p = read_params(doc, one_or_item(doc, params, i));
        ky_auto_buf next = ky_buf_init(out->max < doc->decode_left ? out->max : doc->decode_left);
        ky_rc rc = ky_pdf_filter_apply(&next, name->text, &p, data);
        doc->decode_left -= next.n;
        KY_TRY(rc);
        struct ky_buf swap = stage;
        stage = next;
        next = swap;
        data = ky_buf_bytes(&stage);
    }
    ky_buf_add(out, data);
    return ky_buf_finish(out);
}

ky_rc ky_pdf_stream_decode(struct ky_buf *out, struct ky_pdf *doc, const struct ky_pdf_value *stream)
{
    if (ky_pdf_type_of(stream) != KY_PDF_STREAM)
        return ky_fail(KY_EFORMAT, "pdf: a stream is expected");
    ky_auto_buf plain = ky_buf_init(stream->text.n + 1);
    ky_rc rc = decrypted(&plain, doc, stream);
    if (rc == KY_ENOTFOUND)
        return apply_filters(out, doc, stream, stream->text);
    KY_TRY(rc);
    return apply_filters(out, doc, stream, ky_buf_bytes(&plain));
}
