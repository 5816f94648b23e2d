/*
 * PAdES-B-B (EN 319 142-1 §6): an incremental update with a signature
 * dictionary, ETSI.CAdES.detached, and room for the CMS. The document itself
 * is never copied: the result is the original and the update after it.
 */
#include "ades/pades.h"

#include "ades/format_ops.h"
#include "codec/pdf/lex.h"
#include "codec/pdf/sigfield.h"
#include "codec/pdf/text.h"
#include "crypto/digest.h"
#include "pki/name.h"

#include <stdlib.h>

#define CONTENTS_MIN ((size_t)8192)
#define CONTENTS_SLACK ((size_t)2048) /* signed attributes, algorithm identifiers, lengths */
#define CONTENTS_STEP ((size_t)1024)
#define NAME_MAX 512 /* bytes of a name shown */

struct pades_job {
    struct ky_ades_job base;
    struct ky_pdf *doc;           /* owned */
    struct ky_pdf_update *update; /* owned */
    struct ky_pdf_sigslot slot;
    struct ky_buf tail; /* what is appended */
};

static struct pades_job *pades_of(struct ky_ades_job *job)
{
    return (struct pades_job *)job;
}

static struct ky_ades_job *pades_new_job(void)
{
    struct pades_job *job = calloc(1, sizeof *job);
    return job == NULL ? NULL : &job->base;
}

static void pades_clear(struct ky_ades_job *job)
{
    struct pades_job *p = pades_of(job);
    ky_buf_clear(&p->tail);
    ky_pdf_update_free(p->update);
    ky_pdf_free(p->doc);
}

/* Room for the CMS: certificates, signature value and what surrounds them. */
static size_t contents_size(const struct ky_ades_request *req)
{
    size_t n = CONTENTS_SLACK + KY_SIGNATURE_MAX + req->signer->der.n;
    for (size_t i = 0; i < req->others.n; i++)
        n += req->others.v[i]->der.n;
    n = n < CONTENTS_MIN ? CONTENTS_MIN : n;
    return (n + CONTENTS_STEP - 1) / CONTENTS_STEP * CONTENTS_STEP;
}

/* Text of the subject, copied into the update's memory; NULL when there is none. */
static ky_rc subject_text(const char **out, struct ky_arena *a, const struct ky_cert *cert, const char *type)
{
    ky_auto_buf b = ky_buf_init(NAME_MAX);
    *out = NULL;
    if (ky_name_get(&b, cert->subject, type, 0) != KY_OK || b.n == 0)
        return KY_OK;
    *out = ky_arena_strdup(a, ky_buf_str(&b));
    return *out == NULL ? KY_ENOMEM : KY_OK;
}

static ky_rc put_text(struct ky_arena *a, struct ky_pdf_value *dict, const char *key, const char *utf8)
{
    if (utf8 == NULL || utf8[0] == '\0')
        return KY_OK;
    struct ky_bytes text;
    KY_TRY(ky_context(ky_pdf_text_encode(&text, a, ky_bytes_str(utf8)), "/%s", key));
    return ky_pdf_dict_put(a, dict, key, ky_pdf_string(a, text));
}

static ky_rc signature_dict(struct ky_pdf_value **out, struct ky_arena *a, const struct ky_ades_request *req,
                            const char *name)
{
    char when[KY_TIME_TEXT_MAX];
    ky_time_text_pdf(when, req->signing_time);
    struct ky_pdf_value *d = ky_pdf_dict(a);
    if (d == NULL)
        return KY_ENOMEM;
    KY_TRY(ky_pdf_dict_put(a, d, "Filter", ky_pdf_name(a, "Adobe.PPKLite")));
    KY_TRY(ky_pdf_dict_put(a, d, "SubFilter", ky_pdf_name(a, "ETSI.CAdES.detached")));
    const char *m = ky_arena_strdup(a, when);
    KY_TRY(ky_pdf_dict_put(a, d, "M", m == NULL ? NULL : ky_pdf_string(a, ky_bytes_str(m))));
    KY_TRY(put_text(a, d, "Name", name));
    KY_TRY(put_text(a, d, "Reason", req->reason));
    KY_TRY(put_text(a, d, "Location", req->location));
    KY_TRY(put_text(a, d, "ContactInfo", req->contact));
    *out = d;
    return KY_OK;
}

/* The page, as ades/appearance wants to know it. */
static struct ky_appearance_page page_as_seen(const struct ky_pdf_page *p)
{
    return (struct ky_appearance_page){
        .crop = {p->crop_box.x0, p->crop_box.y0, p->crop_box.x1, p->crop_box.y1},
        .rotate = p->rotate,
        .user_unit = p->user_unit,
    };
}

/* Puts one drawn object into the update: its dictionary is parsed, so that strings are encrypted where they must be. */
static ky_rc add_part(struct ky_pdf_update *u, struct ky_pdf_ref ref, const struct ky_appearance_part *part)
{
    struct ky_arena *a = ky_pdf_update_arena(u);
    const uint8_t *text = (const uint8_t *)ky_arena_printf(a, "<< %s >>", ky_buf_str(&part->dict));
    if (text == NULL)
        return KY_ENOMEM;
    struct ky_pdf_lexer lx = {.in = ky_bytes_str((const char *)text), .arena = a};
    struct ky_pdf_value *dict;
    KY_TRY(ky_pdf_parse_value(&dict, &lx));
    if (!part->is_stream)
        return ky_pdf_update_set(u, ref, dict);
    const uint8_t *data = ky_arena_dup(a, ky_buf_bytes(&part->stream));
    struct ky_pdf_value *stream = data == NULL ? NULL : ky_pdf_stream(a, KY_BYTES(data, part->stream.n));
    if (stream == NULL)
        return KY_ENOMEM;
    for (size_t i = 0; i < dict->u.dict.n; i++)
        KY_TRY(ky_pdf_dict_append(a, stream, dict->u.dict.at[i].key, dict->u.dict.at[i].value));
    return ky_pdf_update_set(u, ref, stream);
}

/* Draws the appearance for a box on a page turned by rotate; *form is its XObject. */
static ky_rc add_appearance(struct ky_pdf_ref *form, struct pades_job *p, const struct ky_appearance_box *box,
                            int rotate, const char *name)
{
    const struct ky_ades_request *req = &p->base.req;
    struct ky_arena *a = ky_pdf_update_arena(p->update);
    char when[KY_APPEARANCE_TIME_MAX];
    ky_appearance_time(when, req->signing_time);
    struct ky_appearance_wish wish = req->wish;
    wish.fields = (struct ky_layout_fields){.name = name, .time = when, .reason = req->reason};
    KY_TRY(subject_text(&wish.fields.org, a, req->signer, "O"));

    struct ky_pdf_ref refs[KY_APPEARANCE_PARTS_MAX];
    uint32_t numbers[KY_APPEARANCE_PARTS_MAX];
    const size_t count = ky_appearance_count(&wish);
    for (size_t i = 0; i < count; i++) {
        KY_TRY(ky_pdf_update_reserve(&refs[i], p->update));
        numbers[i] = refs[i].num;
    }
    ky_auto_appearance drawn = {0};
    KY_TRY(ky_appearance_render(&drawn, &wish, box, rotate, numbers));
    for (size_t i = 0; i < drawn.n; i++)
        KY_TRY(add_part(p->update, refs[i], &drawn.parts[i]));
    for (size_t i = drawn.n; i < count; i++) /* an opaque image needs no mask */
        KY_TRY(ky_pdf_update_set(p->update, refs[i], ky_pdf_null(a)));
    *form = refs[0];
    return KY_OK;
}

struct page_search {
    struct ky_pdf_ref widget;
    struct ky_pdf *doc;
    struct ky_pdf_page found;
    bool has;
};

static ky_rc look_for_widget(void *ctx, size_t index, const struct ky_pdf_page *page)
{
    struct page_search *s = ctx;
    const struct ky_pdf_value *annots = ky_pdf_get(s->doc, page->dict, "Annots");
    (void)index;
    for (size_t i = 0; !s->has && annots->type == KY_PDF_ARRAY && i < annots->u.array.n; i++) {
        if (ky_pdf_is_ref_to(annots->u.array.at[i], s->widget)) {
            s->found = *page;
            s->has = true;
        }
    }
    return KY_OK;
}

/* An empty field that has its place on a page already: draw there. */
static ky_rc draw_in_field(struct ky_pdf_ref *form, struct pades_job *p, const char *name)
{
    const struct ky_ades_request *req = &p->base.req;
    struct ky_pdf_form fields;
    KY_TRY(ky_pdf_form_read(&fields, p->doc));
    const struct ky_pdf_field *f = req->field == NULL ? NULL : ky_pdf_form_find(&fields, req->field);
    if (f == NULL || f->widget_count == 0)
        return KY_OK;
    const struct ky_pdf_rect r = f->widgets[0].rect;
    struct page_search search = {.widget = f->widgets[0].ref, .doc = p->doc};
    if (r.x1 - r.x0 < 1 || r.y1 - r.y0 < 1)
        return KY_OK;
    KY_TRY(ky_pdf_page_each(p->doc, look_for_widget, &search));
    const double unit = search.has ? search.found.user_unit : 1;
    const int rotate = search.has ? search.found.rotate : 0;
    const bool across = rotate % 180 != 0;
    const double w = (r.x1 - r.x0) * unit, h = (r.y1 - r.y0) * unit;
    const struct ky_appearance_box box = {.w = across ? h : w, .h = across ? w : h};
    return add_appearance(form, p, &box, rotate, name);
}

static ky_rc draw_in_box(struct ky_pdf_sigfield *spec, struct pades_job *p, const char *name)
{
    const struct ky_appearance_box *box = p->base.req.box;
    struct ky_pdf_page page;
    if (box->page == 0)
        return ky_fail(KY_EINVAL, "--visible: pages count from 1");
    KY_TRY(ky_pdf_page_get(&page, p->doc, box->page - 1));
    const struct ky_appearance_page seen = page_as_seen(&page);
    double rect[4];
    KY_TRY(ky_appearance_rect(rect, box, &seen));
    spec->page = box->page - 1;
    spec->rect = (struct ky_pdf_rect){rect[0], rect[1], rect[2], rect[3]};
    return add_appearance(&spec->appearance, p, box, page.rotate, name);
}

static ky_rc lay_out(struct pades_job *p)
{
    const struct ky_ades_request *req = &p->base.req;
    struct ky_arena *a = ky_pdf_update_arena(p->update);
    const char *name;
    KY_TRY(subject_text(&name, a, req->signer, "CN"));
    struct ky_pdf_sigfield spec = {
        .name = req->field, .contents_max = contents_size(req), .certify = req->certify};
    KY_TRY(req->box != NULL ? draw_in_box(&spec, p, name) : draw_in_field(&spec.appearance, p, name));
    KY_TRY(signature_dict(&spec.dict, a, req, name));
    KY_TRY(ky_pdf_sigfield_put(&p->slot, p->update, &spec));
    return ky_pdf_sigslot_render(&p->tail, &p->slot, p->update);
}

/* Hashes n bytes from offset at of original ‖ tail. */
static ky_rc hash_range(struct ky_hasher *h, struct ky_bytes original, struct ky_bytes tail, uint64_t at,
                        uint64_t n)
{
    if (at < original.n) {
        const size_t here = n < original.n - at ? (size_t)n : (size_t)(original.n - at);
        KY_TRY(ky_hasher_add(h, KY_BYTES(original.p + at, here)));
        at += here;
        n -= here;
    }
    if (n == 0)
        return KY_OK;
    if (at - original.n > tail.n || n > tail.n - (at - original.n))
        return ky_fail(KY_EINTERNAL, "/ByteRange is beyond the file");
    return ky_hasher_add(h, KY_BYTES(tail.p + (at - original.n), n));
}

static ky_rc hash_document(struct pades_job *p)
{
    const struct ky_bytes file = p->base.req.file;
    const struct ky_bytes tail = ky_buf_bytes(&p->tail);
    const uint64_t *r = p->slot.byte_range;
    ky_auto_hasher h = NULL;
    KY_TRY(ky_hasher_new(&h, p->base.req.hash));
    KY_TRY(hash_range(h, file, tail, r[0], r[1]));
    KY_TRY(hash_range(h, file, tail, r[2], r[3]));
    return ky_hasher_finish(p->base.document_digest, h);
}

ky_rc ky_pades_signable(ky_pdf_obstacle *why, struct ky_pdf *doc, const struct ky_pdf_sign_wish *wish)
{
    if (ky_pdf_header_at(doc) == 0)
        return ky_pdf_signable(why, doc, wish);
    if (why != NULL)
        *why = KY_PDF_OBSTACLE_DAMAGED;
    return ky_fail(KY_EDENIED, "something stands before the PDF header: offsets are ambiguous");
}

static ky_rc pades_prepare(struct ky_ades_job *job)
{
    struct pades_job *p = pades_of(job);
    const struct ky_ades_request *req = &job->req;
    const struct ky_pdf_open_args args = {.password = req->password};
    p->tail = ky_buf_init(KY_PDF_UPDATE_MAX);
    KY_TRY(ky_pdf_open(&p->doc, req->file, &args));
    const struct ky_pdf_sign_wish wish = {
        .field = req->field, .certify = req->certify > 0, .respect_permission = true};
    KY_TRY(ky_pades_signable(req->obstacle, p->doc, &wish));
    KY_TRY(ky_pdf_update_new(&p->update, p->doc));
    KY_TRY(lay_out(p));
    return hash_document(p);
}

static ky_rc pades_embed(struct ky_ades_job *job, struct ky_bytes cms)
{
    struct pades_job *p = pades_of(job);
    return ky_pdf_sigslot_fill(&p->tail, &p->slot, job->req.file.n, cms);
}

/* The hole for /Contents is in the tail, so all of the file is signed. */
static size_t pades_signed_tail(const struct ky_ades_job *job, struct ky_bytes parts[KY_ADES_PARTS_MAX])
{
    const struct pades_job *p = (const struct pades_job *)job;
    const size_t file_n = job->req.file.n;
    const uint64_t *r = p->slot.byte_range;
    parts[0] = KY_BYTES(p->tail.p, r[1] - file_n);
    parts[1] = KY_BYTES(p->tail.p + (r[2] - file_n), r[3]);
    return 2;
}

static size_t pades_parts(const struct ky_ades_job *job, struct ky_bytes parts[KY_ADES_PARTS_MAX])
{
    parts[0] = job->req.file;
    parts[1] = ky_buf_bytes(&((const struct pades_job *)job)->tail);
    return 2;
}

const struct ky_ades_format_ops ky_pades_ops = {
    .name = "pades",
    .new_job = pades_new_job,
    .prepare = pades_prepare,
    .embed = pades_embed,
    .signed_tail = pades_signed_tail,
    .parts = pades_parts,
    .clear = pades_clear,
};
