/* Writing values; see write.h. Values come from the bounded parser or from us, so recursion is bounded. */
#include "codec/pdf/write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "codec/pdf/lex.h"

static bool is_printable(struct ky_bytes text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < 0x20 || text.p[i] >= 0x7f)
            return false;
    }
    return true;
}

static void put_name(struct ky_buf *out, struct ky_bytes name)
{
    ky_buf_add_u8(out, '/');
    for (size_t i = 0; i < name.n; i++) {
        uint8_t c = name.p[i];
        if (c > 0x20 && c < 0x7f && c != '#' && ky_pdf_is_regular(c))
            ky_buf_add_u8(out, c);
        else
            ky_buf_addf(out, "#%02X", c);
    }
}

static void put_literal(struct ky_buf *out, struct ky_bytes text)
{
    ky_buf_add_u8(out, '(');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '(' || text.p[i] == ')' || text.p[i] == '\\')
            ky_buf_add_u8(out, '\\');
        ky_buf_add_u8(out, text.p[i]);
    }
    ky_buf_add_u8(out, ')');
}

static void put_hex(struct ky_buf *out, struct ky_bytes text)
{
    ky_buf_add_u8(out, '<');
    ky_buf_add_hex(out, text);
    ky_buf_add_u8(out, '>');
}

static ky_rc put_string(struct ky_pdf_writer *w, const struct ky_pdf_value *v, bool exempt)
{
    if (w->crypt != NULL && !exempt && w->crypt->strings != KY_PDF_CIPHER_NONE) {
        ky_auto_buf sealed = ky_buf_init(v->text.n + 64);
        KY_TRY(ky_pdf_encrypt(&sealed, w->crypt, w->crypt->strings, w->object, v->text));
        put_hex(w->out, ky_buf_bytes(&sealed));
    } else if (v->hex || !is_printable(v->text)) {
        put_hex(w->out, v->text);
    } else {
        put_literal(w->out, v->text);
    }
    return KY_OK;
}

static void put_real(struct ky_buf *out, const struct ky_pdf_value *v)
{
    if (v->text.n > 0) {
        ky_buf_add(out, v->text);
        return;
    }
    char text[64];
    int n =
        snprintf(text, sizeof text, "%.5f", isfinite(v->u.real) && fabs(v->u.real) < 1e30 ? v->u.real : 0);
    while (n > 0 && text[n - 1] == '0')
        n--;
    n -= n > 0 && text[n - 1] == '.';
    bool zero = n == 2 && text[0] == '-' && text[1] == '0';
    ky_buf_add(out, zero ? KY_BYTES_LIT("0") : KY_BYTES(text, n));
}

static ky_rc put_array(struct ky_pdf_writer *w, const struct ky_pdf_value *v)
{
    ky_buf_add_u8(w->out, '[');
    for (size_t i = 0; i < v->u.array.n; i++) {
        if (i > 0)
            ky_buf_add_u8(w->out, ' ');
        KY_TRY(ky_pdf_write_value(w, v->u.array.at[i]));
    }
    ky_buf_add_u8(w->out, ']');
    return KY_OK;
}

static ky_rc put_dict(struct ky_pdf_writer *w, const struct ky_pdf_value *v, const size_t *length)
{
    ky_buf_add_str(w->out, "<<");
    for (size_t i = 0; i < v->u.dict.n; i++) {
        const struct ky_pdf_entry *e = &v->u.dict.at[i];
        if (length != NULL && ky_bytes_eq_str(e->key, "Length"))
            continue;
        put_name(w->out, e->key);
        ky_buf_add_u8(w->out, ' ');
        if (e->value->type == KY_PDF_STRING)
            KY_TRY(put_string(w, e->value, ky_pdf_crypt_exempt(v, e->key)));
        else
            KY_TRY(ky_pdf_write_value(w, e->value));
        ky_buf_add_u8(w->out, '\n');
    }
    if (length != NULL)
        ky_buf_addf(w->out, "/Length %zu", *length);
    ky_buf_add_str(w->out, ">>");
    return KY_OK;
}

static ky_rc put_stream(struct ky_pdf_writer *w, const struct ky_pdf_value *v)
{
    ky_auto_buf plain = ky_buf_init(v->text.n + 1), sealed = ky_buf_init(v->text.n + 64);
    struct ky_bytes data = v->text;
    ky_pdf_cipher cipher = w->crypt == NULL ? KY_PDF_CIPHER_NONE : ky_pdf_crypt_stream_cipher(w->crypt, v);
    if (cipher != KY_PDF_CIPHER_NONE) {
        if (v->owner.num != 0) { /* as it stands in the original: sealed for its old place */
            KY_TRY(ky_pdf_decrypt(&plain, w->crypt, cipher, v->owner, data));
            data = ky_buf_bytes(&plain);
        }
        KY_TRY(ky_pdf_encrypt(&sealed, w->crypt, cipher, w->object, data));
        data = ky_buf_bytes(&sealed);
    }
    KY_TRY(put_dict(w, v, &data.n));
    ky_buf_add_str(w->out, "\nstream\n");
    ky_buf_add(w->out, data);
    ky_buf_add_str(w->out, "\nendstream");
    return KY_OK;
}

static ky_rc put_verbatim(struct ky_pdf_writer *w, const struct ky_pdf_value *v)
{
    if (v->u.at != NULL)
        *v->u.at = w->base + w->out->n;
    ky_buf_add(w->out, v->text);
    return KY_OK;
}

static ky_rc put_scalar(struct ky_pdf_writer *w, const struct ky_pdf_value *v)
{
    switch (v->type) {
    case KY_PDF_BOOL:
        ky_buf_add_str(w->out, v->u.boolean ? "true" : "false");
        break;
    case KY_PDF_INT:
        ky_buf_addf(w->out, "%lld", (long long)v->u.integer);
        break;
    case KY_PDF_REAL:
        put_real(w->out, v);
        break;
    case KY_PDF_NAME:
        put_name(w->out, v->text);
        break;
    case KY_PDF_REF:
        ky_buf_addf(w->out, "%u %u R", v->u.ref.num, v->u.ref.gen);
        break;
    default:
        ky_buf_add_str(w->out, "null");
    }
    return KY_OK;
}

ky_rc ky_pdf_write_value(struct ky_pdf_writer *w, const struct ky_pdf_value *v)
{
    switch (v->type) {
    case KY_PDF_STRING:
        return put_string(w, v, false);
    case KY_PDF_ARRAY:
        return put_array(w, v);
    case KY_PDF_DICT:
        return put_dict(w, v, NULL);
    case KY_PDF_STREAM:
        return put_stream(w, v);
    case KY_PDF_VERBATIM:
        return put_verbatim(w, v);
    default:
        return put_scalar(w, v);
    }
}

ky_rc ky_pdf_write_object(struct ky_pdf_writer *w, struct ky_pdf_ref ref, const struct ky_pdf_value *v)
{
    w->object = ref;
    ky_buf_addf(w->out, "%u %u obj\n", ref.num, ref.gen);
    KY_TRY(ky_pdf_write_value(w, v));
    ky_buf_add_str(w->out, "\nendobj\n");
    return ky_buf_finish(w->out);
}
