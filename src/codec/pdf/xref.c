/* Cross-reference tables, streams and hybrids (ISO 32000-2 §7.5.4, §7.5.8), newest section first. */
#include <stdlib.h>

#include "codec/pdf/internal.h"

#define TAIL_BYTES 1024 /* where readers look for startxref */
#define TAIL_SEARCH_BYTES (1024 * 1024)
#define WIDTHS 3

static ky_rc broken(const char *what, uint64_t at)
{
    return ky_fail(KY_EFORMAT, "pdf: %s at byte %llu", what, (unsigned long long)at);
}

/* Sets what no newer section has set. */
static ky_rc set_slot(struct ky_pdf *doc, uint64_t num, ky_pdf_use use, uint64_t at, uint64_t gen_or_index)
{
    struct ky_pdf_slot *slot = ky_pdf_slot_make(doc, num);
    if (slot == NULL)
        return KY_ELIMIT;
    if (slot->use != KY_PDF_USE_UNKNOWN)
        return KY_OK;
    slot->use = use;
    slot->at = at;
    slot->gen_or_index = (uint32_t)(gen_or_index > UINT32_MAX ? UINT32_MAX : gen_or_index);
    return KY_OK;
}

/* One entry of a table; `used` tells which of the two kinds this pass takes. */
static ky_rc take_table_entry(struct ky_pdf *doc, struct ky_pdf_lexer *lx, uint64_t num, bool used)
{
    uint64_t at, gen;
    if (!ky_pdf_take_uint(lx, &at) || !ky_pdf_take_uint(lx, &gen))
        return broken("cross-reference entry expected", lx->at);
    bool in_use = ky_pdf_take_word(lx, "n");
    if (!in_use && !ky_pdf_take_word(lx, "f"))
        return broken("cross-reference entry is neither n nor f", lx->at);
    bool real = in_use && at != 0;
    if (real != used || num == 0)
        return KY_OK;
    return set_slot(doc, num, used ? KY_PDF_USE_PLAIN : KY_PDF_USE_FREE, at + doc->base, gen);
}

/* All subsections; afterwards lx stands after "trailer". */
static ky_rc take_table(struct ky_pdf *doc, struct ky_pdf_lexer *lx, bool used)
{
    while (!ky_pdf_take_word(lx, "trailer")) {
        uint64_t first, count;
        if (!ky_pdf_take_uint(lx, &first) || !ky_pdf_take_uint(lx, &count))
            return broken("cross-reference subsection expected", lx->at);
        for (uint64_t i = 0; i < count; i++)
            KY_TRY(take_table_entry(doc, lx, first + i, used));
    }
    return KY_OK;
}

struct widths {
    unsigned w[WIDTHS];
    size_t total;
};

static ky_rc read_widths(struct widths *out, struct ky_pdf *doc, const struct ky_pdf_value *dict, uint64_t at)
{
    const struct ky_pdf_value *w = ky_pdf_get(doc, dict, "W");
    *out = (struct widths){0};
    for (size_t i = 0; i < WIDTHS; i++) {
        int64_t v;
        if (!ky_pdf_as_int(ky_pdf_item(doc, w, i), &v) || v < 0 || v > 8)
            return broken("cross-reference stream with a wrong /W", at);
        out->w[i] = (unsigned)v;
        out->total += (size_t)v;
    }
    return out->total > 0 ? KY_OK : broken("cross-reference stream with empty entries", at);
}

static uint64_t take_field(struct ky_reader *r, unsigned width, uint64_t otherwise)
{
    struct ky_bytes b = ky_read_bytes(r, width);
    uint64_t v = width == 0 ? otherwise : 0;
    for (size_t i = 0; i < b.n; i++)
        v = v << 8 | b.p[i];
    return v;
}

static ky_rc take_stream_entry(struct ky_pdf *doc, struct ky_reader *r, const struct widths *w, uint64_t num)
{
    uint64_t type = take_field(r, w->w[0], 1);
    uint64_t a = take_field(r, w->w[1], 0), b = take_field(r, w->w[2], 0);
    if (num == 0)
        return KY_OK;
    if (type == 1)
        return set_slot(doc, num, KY_PDF_USE_PLAIN, a > SIZE_MAX / 2 ? a : a + doc->base, b);
    if (type == 2 && a <= KY_PDF_OBJECT_MAX)
        return set_slot(doc, num, KY_PDF_USE_PACKED, a, b);
    return set_slot(doc, num, KY_PDF_USE_FREE, 0, 0);
}

static ky_rc take_stream_range(struct ky_pdf *doc, struct ky_reader *r, const struct widths *w, int64_t first,
                               int64_t count)
{
    if (first < 0 || count < 0)
        return ky_fail(KY_EFORMAT, "pdf: cross-reference stream with a wrong /Index");
    for (int64_t i = 0; i < count; i++) {
        if (r->left.n < w->total) {
            ky_pdf_damage(doc, "a cross-reference stream ends early");
            return KY_OK;
        }
        KY_TRY(take_stream_entry(doc, r, w, (uint64_t)(first + i)));
    }
    return KY_OK;
}

static ky_rc take_stream_entries(struct ky_pdf *doc, const struct ky_pdf_value *stream, uint64_t at)
{
    struct widths w;
    KY_TRY(read_widths(&w, doc, stream, at));
    ky_auto_buf data = ky_buf_init(KY_PDF_STREAM_MAX);
    KY_TRY(ky_pdf_stream_decode(&data, doc, stream));
    if (!ky_pdf_charge(doc, data.n))
        return KY_ELIMIT;
    struct ky_reader r = KY_READER(ky_buf_bytes(&data));
    const struct ky_pdf_value *index = ky_pdf_get(doc, stream, "Index");
    int64_t size = 0, first, count;
    (void)ky_pdf_as_int(ky_pdf_get(doc, stream, "Size"), &size);
    if (index->type != KY_PDF_ARRAY)
        return take_stream_range(doc, &r, &w, 0, size);
    for (size_t i = 0; i + 1 < index->u.array.n; i += 2) {
        if (!ky_pdf_as_int(ky_pdf_item(doc, index, i), &first) ||
            !ky_pdf_as_int(ky_pdf_item(doc, index, i + 1), &count) || first > KY_PDF_OBJECT_MAX)
            return broken("cross-reference stream with a wrong /Index", at);
        KY_TRY(take_stream_range(doc, &r, &w, first, count));
    }
    return KY_OK;
}

static ky_rc load_xref_stream(struct ky_pdf_indirect *out, struct ky_pdf *doc, uint64_t at)
{
    KY_TRY(ky_pdf_parse_indirect(out, doc, &doc->arena, at));
    if (out->value->type != KY_PDF_STREAM || !ky_pdf_is_name(ky_pdf_dict_find(out->value, "Type"), "XRef"))
        return broken("no cross-reference stream", at);
    out->value->owner = (struct ky_pdf_ref){0, 0}; /* never encrypted */
    return KY_OK;
}

static size_t skip_blank(struct ky_bytes in, size_t at)
{
    while (at < in.n && ky_pdf_is_space(in.p[at]))
        at++;
    return at;
}

/* One past the line of the %%EOF that closes a section; at is after the trailer or endobj. 0: none. */
static uint64_t section_end(struct ky_bytes in, size_t at)
{
    static const char mark[] = "%%EOF";
    struct ky_pdf_lexer lx = {.in = in, .at = skip_blank(in, at)};
    uint64_t ignored;
    if (ky_pdf_take_word(&lx, "startxref"))
        (void)ky_pdf_take_uint(&lx, &ignored);
    at = skip_blank(in, lx.at);
    if (in.n - at < strlen(mark) || memcmp(in.p + at, mark, strlen(mark)) != 0)
        return 0;
    at += strlen(mark);
    if (at < in.n && in.p[at] == '\r')
        at++;
    if (at < in.n && in.p[at] == '\n')
        at++;
    return at;
}

ky_rc ky_pdf_add_section(struct ky_pdf *doc, const struct ky_pdf_revision *r)
{
    if (doc->section_count == KY_PDF_SECTIONS_MAX)
        return ky_fail(KY_ELIMIT, "pdf: more than %d revisions", KY_PDF_SECTIONS_MAX);
    if (doc->section_count == doc->section_cap) {
        size_t cap = doc->section_cap == 0 ? 4 : doc->section_cap * 2;
        struct ky_pdf_revision *more = ky_arena_alloc_array(&doc->arena, cap, sizeof *more);
        if (more == NULL)
            return KY_ENOMEM;
        if (doc->section_count > 0)
            memcpy(more, doc->sections, doc->section_count * sizeof *more);
        doc->sections = more;
        doc->section_cap = cap;
    }
    doc->sections[doc->section_count++] = *r;
    return KY_OK;
}

static ky_rc read_hybrid_part(struct ky_pdf *doc, struct ky_pdf_revision *r)
{
    int64_t at;
    if (!ky_pdf_as_int(ky_pdf_dict_find(r->trailer, "XRefStm"), &at))
        return KY_OK;
    r->kind = KY_PDF_XREF_HYBRID;
    if (at <= 0)
        return broken("/XRefStm is out of range", r->xref_at);
    struct ky_pdf_indirect stream;
    KY_TRY(load_xref_stream(&stream, doc, (uint64_t)at + doc->base));
    return take_stream_entries(doc, stream.value, (uint64_t)at);
}

/*
 * lx stands after "xref". Entries in use count first, then those of /XRefStm,
 * then free ones: a hybrid hides objects of its stream as free (§7.5.8.4).
 */
static ky_rc read_table_section(struct ky_pdf *doc, struct ky_pdf_lexer lx, struct ky_pdf_revision *r)
{
    struct ky_pdf_lexer again = lx;
    struct ky_pdf_value *trailer;
    KY_TRY(take_table(doc, &lx, true));
    KY_TRY(ky_pdf_parse_charged(&trailer, doc, &lx));
    if (trailer->type != KY_PDF_DICT)
        return broken("trailer is no dictionary", lx.at);
    r->kind = KY_PDF_XREF_TABLE;
    r->trailer = trailer;
    r->end = section_end(doc->file, lx.at);
    KY_TRY(read_hybrid_part(doc, r));
    return take_table(doc, &again, false);
}

static ky_rc read_stream_section(struct ky_pdf *doc, struct ky_pdf_revision *r)
{
    struct ky_pdf_indirect stream;
    KY_TRY(load_xref_stream(&stream, doc, r->xref_at));
    r->kind = KY_PDF_XREF_STREAM;
    r->trailer = stream.value;
    r->end = section_end(doc->file, stream.end);
    return take_stream_entries(doc, stream.value, r->xref_at);
}

static ky_rc read_section(struct ky_pdf *doc, uint64_t at)
{
    if (at >= doc->file.n)
        return broken("cross-reference section beyond the end,", at);
    for (size_t i = 0; i < doc->section_count; i++) {
        if (doc->sections[i].xref_at == at)
            return broken("loop of /Prev", at);
    }
    struct ky_pdf_revision r = {.xref_at = at};
    struct ky_pdf_lexer lx = {.in = doc->file, .at = (size_t)at, .arena = &doc->arena};
    KY_TRY(ky_pdf_take_word(&lx, "xref") ? read_table_section(doc, lx, &r) : read_stream_section(doc, &r));
    return ky_pdf_add_section(doc, &r);
}

/* The last "startxref" and its number. */
static ky_rc find_startxref(uint64_t *out, struct ky_pdf *doc)
{
    static const char word[] = "startxref";
    size_t n = doc->file.n, low = n > TAIL_SEARCH_BYTES ? n - TAIL_SEARCH_BYTES : 0;
    size_t at = n < strlen(word) ? low : n - strlen(word) + 1;
    while (at > low && memcmp(doc->file.p + at - 1, word, strlen(word)) != 0)
        at--;
    if (at == low)
        return ky_fail(KY_EFORMAT, "pdf: no startxref");
    at--;
    if (n - at > TAIL_BYTES)
        ky_pdf_damage(doc, "startxref is not within the last %d bytes", TAIL_BYTES);
    struct ky_pdf_lexer lx = {.in = doc->file, .at = at + strlen(word)};
    if (!ky_pdf_take_uint(&lx, out))
        return broken("startxref without a number", at);
    if (section_end(doc->file, at) == 0)
        ky_pdf_damage(doc, "no %%%%EOF after startxref");
    return KY_OK;
}

static bool section_starts_at(const struct ky_pdf *doc, uint64_t at)
{
    if (at >= doc->file.n)
        return false;
    struct ky_pdf_lexer lx = {.in = doc->file, .at = (size_t)at};
    struct ky_pdf_ref ref;
    return ky_pdf_take_word(&lx, "xref") || ky_pdf_take_header(&lx, &ref);
}

ky_rc ky_pdf_read_sections(struct ky_pdf *doc)
{
    uint64_t value;
    KY_TRY(find_startxref(&value, doc));
    doc->base = section_starts_at(doc, value + doc->header_at) ? doc->header_at : 0;
    for (uint64_t at = value + doc->base;;) {
        KY_TRY(read_section(doc, at));
        int64_t prev;
        const struct ky_pdf_value *trailer = doc->sections[doc->section_count - 1].trailer;
        if (!ky_pdf_as_int(ky_pdf_dict_find(trailer, "Prev"), &prev) || prev == 0)
            return KY_OK;
        if (prev < 0)
            return broken("negative /Prev in the section", at);
        at = (uint64_t)prev + doc->base;
    }
}
