/* Rebuilding the table of objects by reading the whole file; what comes of it is for reading only. */
#include "codec/pdf/internal.h"

#define WINDOW_BYTES 65536
#define PEEK_BYTES 512 /* how far into an object its /Type is looked for */

/* Steps back over a run of bytes of one class; returns its start. */
static size_t back_over(struct ky_bytes in, size_t at, bool digits)
{
    while (at > 0) {
        uint8_t c = in.p[at - 1];
        if (digits ? c < '0' || c > '9' : !ky_pdf_is_space(c))
            break;
        at--;
    }
    return at;
}

/* "obj" stands at `at`; where does "n g obj" begin? False when it is no header. */
static bool header_start(size_t *out, struct ky_bytes in, size_t at)
{
    size_t gen_end = back_over(in, at, false), gen = back_over(in, gen_end, true);
    size_t num_end = back_over(in, gen, false), num = back_over(in, num_end, true);
    *out = num;
    return gen_end < at && gen < gen_end && num_end < gen && num < num_end;
}

static ky_rc note_object(struct ky_pdf *doc, size_t at)
{
    struct ky_pdf_lexer lx = {.in = doc->file, .at = at};
    struct ky_pdf_ref ref;
    if (!ky_pdf_take_header(&lx, &ref) || ref.num == 0)
        return KY_OK;
    struct ky_pdf_slot *slot = ky_pdf_slot_make(doc, ref.num);
    if (slot == NULL)
        return KY_ELIMIT;
    *slot = (struct ky_pdf_slot){.use = KY_PDF_USE_PLAIN, .at = at, .gen_or_index = ref.gen};
    return KY_OK;
}

/* Next place of a word from *at on; in windows, as a checked memmem may look at all it is given. */
static bool find_word(size_t *at, struct ky_bytes in, const char *word)
{
    size_t n = strlen(word);
    while (*at < in.n) {
        size_t left = in.n - *at, window = left < WINDOW_BYTES ? left : WINDOW_BYTES;
        const uint8_t *p = memmem(in.p + *at, window, word, n);
        if (p != NULL) {
            *at = (size_t)(p - in.p);
            return true;
        }
        *at += window == left ? left : window - n + 1;
    }
    return false;
}

static ky_rc find_objects(struct ky_pdf *doc)
{
    size_t start;
    for (size_t at = 0; find_word(&at, doc->file, "obj"); at += strlen("obj")) {
        if (header_start(&start, doc->file, at))
            KY_TRY(note_object(doc, start));
    }
    return KY_OK;
}

static bool peek_has(const struct ky_pdf *doc, uint64_t at, const char *text)
{
    size_t n = doc->file.n - (size_t)at;
    return memmem(doc->file.p + at, n < PEEK_BYTES ? n : PEEK_BYTES, text, strlen(text)) != NULL;
}

static ky_rc find_trailers(struct ky_pdf *doc)
{
    static const char word[] = "trailer";
    size_t at = 0;
    while (doc->section_count < KY_PDF_SECTIONS_MAX && find_word(&at, doc->file, word)) {
        at += strlen(word);
        struct ky_pdf_lexer lx = {.in = doc->file, .at = at, .arena = &doc->arena};
        struct ky_pdf_value *trailer;
        ky_rc rc = ky_pdf_parse_charged(&trailer, doc, &lx);
        if (rc == KY_ELIMIT)
            return rc;
        if (rc == KY_OK && trailer->type == KY_PDF_DICT)
            KY_TRY(ky_pdf_add_section(doc, &(struct ky_pdf_revision){.xref_at = at, .trailer = trailer}));
    }
    return KY_OK;
}

/* A trailer for files that have only cross-reference streams, or no trailer at all. */
static ky_rc find_root(struct ky_pdf *doc)
{
    for (uint32_t num = 1; num < doc->object_limit && doc->section_count < KY_PDF_SECTIONS_MAX; num++) {
        const struct ky_pdf_slot *slot = ky_pdf_slot_find(doc, num);
        if (slot == NULL || slot->use != KY_PDF_USE_PLAIN)
            continue;
        struct ky_pdf_indirect found;
        bool xref = peek_has(doc, slot->at, "/XRef");
        if (!xref && !peek_has(doc, slot->at, "/Catalog"))
            continue;
        if (ky_pdf_parse_indirect(&found, doc, &doc->arena, slot->at) != KY_OK ||
            !ky_pdf_is_dict(found.value))
            continue;
        struct ky_pdf_value *trailer = found.value;
        if (ky_pdf_is_name(ky_pdf_dict_find(found.value, "Type"), "Catalog")) {
            trailer = ky_pdf_dict(&doc->arena);
            KY_TRY(ky_pdf_dict_append(&doc->arena, trailer, KY_BYTES_LIT("Root"),
                                      ky_pdf_indirect(&doc->arena, found.ref)));
        }
        struct ky_pdf_revision r = {.xref_at = slot->at, .kind = KY_PDF_XREF_STREAM, .trailer = trailer};
        KY_TRY(ky_pdf_add_section(doc, &r));
    }
    return KY_OK;
}

ky_rc ky_pdf_rebuild(struct ky_pdf *doc)
{
    ky_pdf_slots_forget(doc);
    doc->section_count = 0;
    doc->base = 0;
    KY_TRY(find_objects(doc));
    KY_TRY(find_trailers(doc));
    if (ky_pdf_trailer(doc, "Root") == NULL)
        KY_TRY(find_root(doc));
    return ky_pdf_trailer(doc, "Root") == NULL ? ky_fail(KY_EFORMAT, "pdf: no document catalog") : KY_OK;
}

static ky_rc note_packed(struct ky_pdf *doc, uint32_t stream, const struct ky_pdf_packed *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct ky_pdf_slot *slot = ky_pdf_slot_make(doc, p->items[i].num);
        if (slot == NULL)
            return KY_ELIMIT;
        if (slot->use == KY_PDF_USE_UNKNOWN && p->items[i].num != 0)
            *slot = (struct ky_pdf_slot){.use = KY_PDF_USE_PACKED, .at = stream, .gen_or_index = (uint32_t)i};
    }
    return KY_OK;
}

ky_rc ky_pdf_rebuild_packed(struct ky_pdf *doc)
{
    for (uint32_t num = doc->object_limit; num-- > 1;) {
        const struct ky_pdf_slot *slot = ky_pdf_slot_find(doc, num);
        if (slot == NULL || slot->use != KY_PDF_USE_PLAIN || !peek_has(doc, slot->at, "/ObjStm"))
            continue;
        const struct ky_pdf_packed *p = ky_pdf_unpack(doc, num);
        if (p != NULL)
            KY_TRY(note_packed(doc, num, p));
    }
    return KY_OK;
}
