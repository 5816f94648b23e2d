/* Loading objects: at their offset, with their stream, or out of an object stream. */
#include "codec/pdf/internal.h"

#define STREAM_END "endstream"
#define HEADER_BYTES 1024 /* white space and comments before "n g obj" included */

/* Data of a stream whose /Length is wrong: up to the next "endstream", within the document's budget. */
static ky_rc find_stream_end(size_t *end, struct ky_pdf *doc, size_t start)
{
    size_t n = doc->file.n - start;
    if (n > doc->budget)
        n = (size_t)doc->budget;
    const uint8_t *p = memmem(doc->file.p + start, n, STREAM_END, strlen(STREAM_END));
    size_t read = p == NULL ? n : (size_t)(p - (doc->file.p + start));
    (void)ky_pdf_charge(doc, read);
    if (p == NULL)
        return ky_fail(KY_EFORMAT, "pdf: stream at byte %zu has no end", start);
    *end = start + read;
    if (*end > start && doc->file.p[*end - 1] == '\n')
        --*end;
    if (*end > start && doc->file.p[*end - 1] == '\r')
        --*end;
    return KY_OK;
}

/* Does "endstream" follow the data that /Length promises? */
static bool length_holds(size_t *end, struct ky_pdf *doc, const struct ky_pdf_value *dict, size_t start)
{
    int64_t length;
    if (!ky_pdf_as_int(ky_pdf_get(doc, dict, "Length"), &length) || length < 0 ||
        (uint64_t)length > doc->file.n - start)
        return false;
    struct ky_pdf_lexer lx = {.in = doc->file, .at = start + (size_t)length};
    *end = lx.at;
    while (lx.at < lx.in.n && ky_pdf_is_space(lx.in.p[lx.at]))
        lx.at++;
    return ky_pdf_take_word(&lx, STREAM_END) || ky_pdf_take_word(&lx, "endobj");
}

/* lx stands after the keyword "stream". */
static ky_rc take_stream_data(struct ky_pdf *doc, struct ky_pdf_value *dict, struct ky_pdf_lexer *lx)
{
    if (lx->at < lx->in.n && lx->in.p[lx->at] == '\r')
        lx->at++;
    if (lx->at < lx->in.n && lx->in.p[lx->at] == '\n')
        lx->at++;
    size_t start = lx->at, end;
    if (!length_holds(&end, doc, dict, start))
        KY_TRY(find_stream_end(&end, doc, start));
    dict->type = KY_PDF_STREAM;
    dict->text = KY_BYTES(lx->in.p + start, end - start);
    lx->at = end;
    (void)ky_pdf_take_word(lx, STREAM_END);
    return KY_OK;
}

/* "n g obj" at most HEADER_BYTES after the offset; *end is after it. */
static bool header_at(struct ky_pdf_ref *out, size_t *start, size_t *end, const struct ky_pdf *doc,
                      uint64_t at)
{
    if (at >= doc->file.n)
        return false;
    size_t left = doc->file.n - (size_t)at;
    struct ky_pdf_lexer lx = {.in = KY_BYTES(doc->file.p + at, left < HEADER_BYTES ? left : HEADER_BYTES)};
    ky_pdf_skip_space(&lx);
    *start = (size_t)at + lx.at;
    if (!ky_pdf_take_header(&lx, out))
        return false;
    *end = (size_t)at + lx.at;
    return true;
}

ky_rc ky_pdf_parse_indirect(struct ky_pdf_indirect *out, struct ky_pdf *doc, struct ky_arena *a, uint64_t at)
{
    struct ky_pdf_lexer lx = {.in = doc->file, .arena = a};
    if (!header_at(&out->ref, &out->start, &lx.at, doc, at))
        return ky_fail(KY_EFORMAT, "pdf: no object at byte %llu", (unsigned long long)at);
    if (ky_pdf_take_word(&lx, "endobj")) {
        out->end = lx.at;
        out->value = ky_pdf_null(a);
        return out->value == NULL ? KY_ENOMEM : KY_OK;
    }
    KY_TRY(ky_pdf_parse_charged(&out->value, doc, &lx));
    if (out->value->type == KY_PDF_DICT && ky_pdf_take_word(&lx, "stream")) {
        KY_TRY(take_stream_data(doc, out->value, &lx));
        out->value->owner = out->ref;
    }
    (void)ky_pdf_take_word(&lx, "endobj");
    out->end = lx.at;
    return KY_OK;
}

static ky_rc decrypt_string(struct ky_pdf *doc, struct ky_pdf_ref ref, struct ky_pdf_value *v)
{
    ky_auto_buf plain = ky_buf_init(v->text.n + 1);
    KY_TRY(ky_pdf_decrypt(&plain, &doc->crypt, doc->crypt.strings, ref, v->text));
    uint8_t *p = ky_arena_dup(&doc->arena, ky_buf_bytes(&plain));
    if (p == NULL)
        return KY_ENOMEM;
    v->text = KY_BYTES(p, plain.n);
    return KY_OK;
}

/* All strings of an object; depth was bounded by the parser. */
static ky_rc decrypt_strings(struct ky_pdf *doc, struct ky_pdf_ref ref, struct ky_pdf_value *v)
{
    if (v->type == KY_PDF_STRING)
        return decrypt_string(doc, ref, v);
    for (size_t i = 0; v->type == KY_PDF_ARRAY && i < v->u.array.n; i++)
        KY_TRY(decrypt_strings(doc, ref, v->u.array.at[i]));
    for (size_t i = 0; ky_pdf_is_dict(v) && i < v->u.dict.n; i++) {
        if (!ky_pdf_crypt_exempt(v, v->u.dict.at[i].key))
            KY_TRY(decrypt_strings(doc, ref, v->u.dict.at[i].value));
    }
    return KY_OK;
}

static bool strings_are_encrypted(const struct ky_pdf *doc, struct ky_pdf_ref ref,
                                  const struct ky_pdf_value *v)
{
    return doc->encrypted && doc->crypt.strings != KY_PDF_CIPHER_NONE &&
           !ky_pdf_ref_eq(ref, doc->encrypt_ref) &&
           !(v->type == KY_PDF_STREAM && ky_pdf_is_name(ky_pdf_dict_find(v, "Type"), "XRef"));
}

static ky_rc load_plain(const struct ky_pdf_value **out, struct ky_pdf *doc, struct ky_pdf_ref ref,
                        uint64_t at)
{
    struct ky_pdf_indirect found;
    KY_TRY(ky_pdf_parse_indirect(&found, doc, &doc->arena, at));
    if (!ky_pdf_ref_eq(found.ref, ref))
        return ky_fail(KY_EFORMAT, "pdf: object %u %u stands where %u %u should", found.ref.num,
                       found.ref.gen, ref.num, ref.gen);
    if (strings_are_encrypted(doc, ref, found.value))
        KY_TRY(decrypt_strings(doc, ref, found.value));
    *out = found.value;
    return KY_OK;
}

/* The pairs "number offset" at the start of an object stream (§7.5.7). */
static ky_rc read_packed_index(struct ky_pdf_packed *p, struct ky_pdf *doc, const struct ky_pdf_value *stream)
{
    int64_t n, first;
    if (!ky_pdf_as_int(ky_pdf_get(doc, stream, "N"), &n) ||
        !ky_pdf_as_int(ky_pdf_get(doc, stream, "First"), &first) || n < 0 || first < 0 ||
        (uint64_t)first > p->data.n || (uint64_t)n > (uint64_t)first)
        return ky_fail(KY_EFORMAT, "pdf: object stream with wrong /N or /First");
    p->first = (size_t)first;
    p->items = ky_arena_alloc_array(&doc->arena, (size_t)n, sizeof *p->items);
    if (p->items == NULL)
        return KY_ENOMEM;
    struct ky_pdf_lexer lx = {.in = KY_BYTES(p->data.p, p->first)};
    for (; p->n < (size_t)n; p->n++) {
        uint64_t num, at;
        if (!ky_pdf_take_uint(&lx, &num) || !ky_pdf_take_uint(&lx, &at) || num > KY_PDF_OBJECT_MAX ||
            at > p->data.n - p->first)
            return ky_fail(KY_EFORMAT, "pdf: object stream with a broken index");
        p->items[p->n].num = (uint32_t)num;
        p->items[p->n].at = p->first + (size_t)at;
    }
    return KY_OK;
}

static ky_rc unpack(struct ky_pdf_packed *p, struct ky_pdf *doc, uint32_t num)
{
    const struct ky_pdf_value *stream = ky_pdf_object(doc, (struct ky_pdf_ref){num, 0});
    if (stream->type != KY_PDF_STREAM || !ky_pdf_is_name(ky_pdf_get(doc, stream, "Type"), "ObjStm"))
        return ky_fail(KY_EFORMAT, "pdf: object %u is no object stream", num);
    ky_auto_buf data = ky_buf_init(KY_PDF_STREAM_MAX);
    KY_TRY(ky_pdf_stream_decode(&data, doc, stream));
    uint8_t *copy = ky_arena_dup(&doc->arena, ky_buf_bytes(&data));
    if (copy == NULL)
        return KY_ENOMEM;
    p->data = KY_BYTES(copy, data.n);
    doc->budget += 4 * (uint64_t)data.n; /* its objects may be read and visited, as those of the file */
    return read_packed_index(p, doc, stream);
}

const struct ky_pdf_packed *ky_pdf_unpack(struct ky_pdf *doc, uint32_t num)
{
    struct ky_pdf_slot *slot = ky_pdf_slot_find(doc, num);
    if (slot == NULL || slot->use != KY_PDF_USE_PLAIN) {
        (void)ky_fail(KY_EFORMAT, "pdf: object stream %u does not exist", num);
        return NULL;
    }
    if (slot->packed != NULL)
        return slot->packed;
    struct ky_pdf_packed *p = ky_arena_alloc(&doc->arena, sizeof *p);
    if (p == NULL)
        return NULL;
    if (unpack(p, doc, num) != KY_OK) {
        ky_pdf_damage(doc, "%s", ky_error());
        p->n = 0; /* asked for again, it is empty */
    }
    slot->packed = p;
    return p;
}

/* Index in the stream: as the section says, or else wherever the number stands. */
static bool find_packed(size_t *out, struct ky_pdf *doc, const struct ky_pdf_packed *p, uint32_t num,
                        size_t index)
{
    if (index < p->n && p->items[index].num == num) {
        *out = index;
        return true;
    }
    ky_pdf_damage(doc, "object %u is not where its object stream's index says", num);
    for (size_t i = 0; i < p->n && ky_pdf_charge(doc, 1); i++) {
        if (p->items[i].num == num) {
            *out = i;
            return true;
        }
    }
    return false;
}

static ky_rc load_packed(const struct ky_pdf_value **out, struct ky_pdf *doc, uint32_t num,
                         const struct ky_pdf_slot *slot)
{
    const struct ky_pdf_packed *p = ky_pdf_unpack(doc, (uint32_t)slot->at);
    size_t i;
    if (p == NULL || !find_packed(&i, doc, p, num, slot->gen_or_index))
        return ky_fail(KY_EFORMAT, "pdf: object %u is missing in object stream %u", num, (uint32_t)slot->at);
    struct ky_pdf_lexer lx = {.in = p->data, .at = p->items[i].at, .arena = &doc->arena};
    struct ky_pdf_value *v;
    KY_TRY(ky_pdf_parse_charged(&v, doc, &lx));
    *out = v;
    return KY_OK;
}

static bool slot_answers(const struct ky_pdf_slot *slot, struct ky_pdf_ref ref)
{
    if (slot == NULL || ref.num == 0)
        return false;
    return (slot->use == KY_PDF_USE_PLAIN && slot->gen_or_index == ref.gen) ||
           (slot->use == KY_PDF_USE_PACKED && ref.gen == 0);
}

const struct ky_pdf_value *ky_pdf_object(struct ky_pdf *doc, struct ky_pdf_ref ref)
{
    struct ky_pdf_slot *slot = ky_pdf_slot_find(doc, ref.num);
    if (!slot_answers(slot, ref))
        return &doc->null;
    if (slot->value != NULL)
        return slot->value;
    if (slot->loading) {
        ky_pdf_damage(doc, "object %u %u needs itself to be read", ref.num, ref.gen);
        return &doc->null;
    }
    slot->loading = true;
    const struct ky_pdf_value *v = &doc->null;
    ky_rc rc = slot->use == KY_PDF_USE_PLAIN ? load_plain(&v, doc, ref, slot->at)
                                             : load_packed(&v, doc, ref.num, slot);
    if (rc != KY_OK)
        ky_pdf_damage(doc, "object %u %u: %s", ref.num, ref.gen, ky_error());
    slot->value = v;
    slot->loading = false;
    return v;
}

ky_rc ky_pdf_object_check(struct ky_pdf *doc, uint32_t num)
{
    const struct ky_pdf_slot *slot = ky_pdf_slot_find(doc, num);
    if (slot == NULL || slot->use != KY_PDF_USE_PLAIN)
        return KY_OK;
    struct ky_pdf_ref found;
    size_t start, end;
    if (header_at(&found, &start, &end, doc, slot->at) && found.num == num && found.gen == slot->gen_or_index)
        return KY_OK;
    return ky_fail(KY_EFORMAT, "pdf: object %u %u is not at byte %llu", num, slot->gen_or_index,
                   (unsigned long long)slot->at);
}

bool ky_pdf_object_offset(uint64_t *out, const struct ky_pdf *doc, struct ky_pdf_ref ref)
{
    const struct ky_pdf_slot *slot = ky_pdf_slot_find(doc, ref.num);
    if (!slot_answers(slot, ref) || slot->use != KY_PDF_USE_PLAIN)
        return false;
    *out = slot->at;
    return true;
}
