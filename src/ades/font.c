/*
 * Shaping and subsetting with HarfBuzz. The subset gets new, dense glyph
 * numbers, which are the CIDs of the PDF font; the map from old to new is
 * known only after subsetting, hence the two phases in the header.
 */
#include "ades/font.h"

#include "base/str.h"

#include <hb-ot.h>
#include <hb-subset.h>
#include <hb.h>
#include <math.h>
#include <stdlib.h>

#define CLUSTER_MAX 32  /* bytes of text behind one glyph */
#define NAME_MAX_LEN 63 /* PostScript name (Adobe Technical Note 5902) */

struct used_glyph {
    uint32_t gid;
    uint8_t text[CLUSTER_MAX]; /* UTF-8 */
    size_t text_n;
};

struct ky_font {
    hb_face_t *face;
    hb_font_t *font;
    double scale; /* font units → 1/1000 em */
    struct used_glyph used[KY_FONT_GLYPHS_MAX];
    size_t used_n;
    hb_subset_plan_t *plan;
    hb_blob_t *file;
    unsigned subset_n; /* glyphs in the subset */
};

/* Tables that a CIDFontType2 program does not need (ISO 32000-1 §9.9). */
static const char *const dropped_tables[] = {"GSUB", "GPOS", "GDEF", "kern", "name", "post",
                                             "OS/2", "cmap", "DSIG", "gasp", "meta", "FFTM"};

ky_rc ky_font_open(struct ky_font **out, const char *path)
{
    hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
    if (blob == NULL)
        return ky_fail(KY_ENOTFOUND, "font %s: cannot be read", path);
    const unsigned size = hb_blob_get_length(blob);
    hb_face_t *face = size > KY_FONT_FILE_MAX ? NULL : hb_face_create(blob, 0);
    hb_blob_destroy(blob);
    if (face == NULL)
        return ky_fail(KY_ELIMIT, "font %s: %u bytes, at most %u", path, size, KY_FONT_FILE_MAX);
    hb_blob_t *glyf = hb_face_reference_table(face, HB_TAG('g', 'l', 'y', 'f'));
    const bool truetype = hb_blob_get_length(glyf) > 0 && hb_face_get_glyph_count(face) > 0;
    hb_blob_destroy(glyf);
    struct ky_font *f = truetype ? calloc(1, sizeof *f) : NULL;
    if (f == NULL) {
        hb_face_destroy(face);
        return truetype ? ky_fail(KY_ENOMEM, "font")
                        : ky_fail(KY_EFORMAT, "font %s: not a TrueType font", path);
    }
    f->face = face;
    f->font = hb_font_create(face);
    f->scale = 1000.0 / hb_face_get_upem(face);
    *out = f;
    return KY_OK;
}

void ky_font_free(struct ky_font *f)
{
    if (f == NULL)
        return;
    hb_blob_destroy(f->file);
    hb_subset_plan_destroy(f->plan);
    hb_font_destroy(f->font);
    hb_face_destroy(f->face);
    free(f);
}

void ky_run_clear(struct ky_run *r)
{
    free(r->glyphs);
    *r = (struct ky_run){0};
}

static ky_rc remember(struct ky_font *f, uint32_t gid, struct ky_bytes text)
{
    for (size_t i = 0; i < f->used_n; i++)
        if (f->used[i].gid == gid)
            return KY_OK;
    if (f->used_n == KY_FONT_GLYPHS_MAX)
        return ky_fail(KY_ELIMIT, "appearance: more than %d different glyphs", KY_FONT_GLYPHS_MAX);
    struct used_glyph *u = &f->used[f->used_n++];
    u->gid = gid;
    u->text_n = text.n < CLUSTER_MAX ? text.n : 0;
    if (u->text_n > 0)
        memcpy(u->text, text.p, u->text_n);
    return KY_OK;
}

static ky_rc missing_glyph(struct ky_bytes cluster)
{
    return ky_fail(KY_ENOTFOUND, "appearance: the font has no glyph for U+%04X",
                   (unsigned)ky_utf8_next(&cluster));
}

/* Bytes of the line from which glyph i was made; clusters of left-to-right text rise. */
static struct ky_bytes cluster_text(const hb_glyph_info_t *info, unsigned n, unsigned i, struct ky_bytes line)
{
    unsigned next = i + 1;
    while (next < n && info[next].cluster == info[i].cluster)
        next++;
    const size_t end = next < n ? info[next].cluster : line.n;
    if (end < info[i].cluster || (i > 0 && info[i - 1].cluster == info[i].cluster))
        return KY_BYTES_NONE;
    return KY_BYTES(line.p + info[i].cluster, end - info[i].cluster);
}

static ky_rc take_glyphs(struct ky_run *run, struct ky_font *f, hb_buffer_t *shaped, struct ky_bytes line)
{
    unsigned n = 0;
    const hb_glyph_info_t *info = hb_buffer_get_glyph_infos(shaped, &n);
    const hb_glyph_position_t *pos = hb_buffer_get_glyph_positions(shaped, &n);
    if (n > KY_FONT_RUN_MAX)
        return ky_fail(KY_ELIMIT, "appearance: line of %u glyphs, at most %d", n, KY_FONT_RUN_MAX);
    run->glyphs = calloc(n > 0 ? n : 1, sizeof *run->glyphs);
    if (run->glyphs == NULL)
        return ky_fail(KY_ENOMEM, "appearance");
    for (unsigned i = 0; i < n; i++) {
        const struct ky_bytes text = cluster_text(info, n, i, line);
        if (info[i].codepoint == 0)
            return missing_glyph(text);
        KY_TRY(remember(f, info[i].codepoint, text));
        run->glyphs[run->n++] = (struct ky_glyph){
            .gid = info[i].codepoint,
            .advance = pos[i].x_advance * f->scale,
            .natural = hb_font_get_glyph_h_advance(f->font, info[i].codepoint) * f->scale,
            .dx = pos[i].x_offset * f->scale,
        };
        run->width += pos[i].x_advance * f->scale;
    }
    return KY_OK;
}

ky_rc ky_font_shape(struct ky_run *out, struct ky_font *f, struct ky_bytes utf8)
{
    if (utf8.n > INT32_MAX || !ky_utf8_valid(utf8))
        return ky_fail(KY_EFORMAT, "appearance: text is not UTF-8");
    hb_buffer_t *b = hb_buffer_create();
    hb_buffer_add_utf8(b, (const char *)utf8.p, (int)utf8.n, 0, (int)utf8.n);
    hb_buffer_set_direction(b, HB_DIRECTION_LTR);
    hb_buffer_set_script(b, HB_SCRIPT_LATIN);
    hb_buffer_set_language(b, hb_language_from_string("vi", -1));
    /* One glyph for each character, so that text can be found and copied. */
    const hb_feature_t features[] = {{HB_TAG('l', 'i', 'g', 'a'), 0, 0, UINT32_MAX},
                                     {HB_TAG('c', 'l', 'i', 'g'), 0, 0, UINT32_MAX}};
    hb_shape(f->font, b, features, KY_COUNT(features));
    ky_auto_run run = {0};
    const ky_rc rc = take_glyphs(&run, f, b, utf8);
    hb_buffer_destroy(b);
    KY_TRY(rc);
    *out = run;
    run = (struct ky_run){0};
    return KY_OK;
}

static hb_subset_input_t *subset_input(const struct ky_font *f)
{
    hb_subset_input_t *in = hb_subset_input_create_or_fail();
    if (in == NULL)
        return NULL;
    hb_set_t *glyphs = hb_subset_input_glyph_set(in);
    for (size_t i = 0; i < f->used_n; i++)
        hb_set_add(glyphs, f->used[i].gid);
    hb_set_t *drop = hb_subset_input_set(in, HB_SUBSET_SETS_DROP_TABLE_TAG);
    for (size_t i = 0; i < KY_COUNT(dropped_tables); i++)
        hb_set_add(drop, hb_tag_from_string(dropped_tables[i], -1));
    hb_subset_input_set_flags(in, HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    return in;
}

ky_rc ky_font_subset(struct ky_font *f)
{
    hb_subset_input_t *in = subset_input(f);
    if (in == NULL)
        return ky_fail(KY_ENOMEM, "font subset");
    f->plan = hb_subset_plan_create_or_fail(f->face, in);
    hb_subset_input_destroy(in);
    hb_face_t *subset = f->plan == NULL ? NULL : hb_subset_plan_execute_or_fail(f->plan);
    if (subset == NULL)
        return ky_fail(KY_EFORMAT, "font: cannot be reduced to %zu glyphs", f->used_n);
    f->file = hb_face_reference_blob(subset);
    f->subset_n = hb_face_get_glyph_count(subset);
    hb_face_destroy(subset);
    return hb_blob_get_length(f->file) > 0 ? KY_OK : ky_fail(KY_EFORMAT, "font: the subset is empty");
}

static unsigned cid_of(const struct ky_font *f, uint32_t gid)
{
    return hb_map_get(hb_subset_plan_old_to_new_glyph_mapping(f->plan), gid);
}

/* TJ numbers move to the left, in 1/1000; nothing is written for less than half a unit. */
static void write_shift(struct ky_buf *out, double to_left)
{
    if (fabs(to_left) >= 0.5)
        ky_buf_addf(out, "> %d <", (int)lround(to_left));
}

void ky_font_write_run(struct ky_buf *out, const struct ky_font *f, const struct ky_run *run)
{
    ky_buf_add_str(out, "[<");
    for (size_t i = 0; i < run->n; i++) {
        const struct ky_glyph *g = &run->glyphs[i];
        write_shift(out, -g->dx);
        ky_buf_addf(out, "%04X", cid_of(f, g->gid));
        write_shift(out, g->dx + g->natural - g->advance);
    }
    ky_buf_add_str(out, ">] TJ");
}

void ky_font_write_name(struct ky_buf *out, const struct ky_font *f)
{
    uint64_t h = 0xcbf29ce484222325u; /* FNV-1a over the glyph numbers */
    for (size_t i = 0; i < f->used_n; i++)
        h = (h ^ f->used[i].gid) * 0x100000001b3u;
    for (int i = 0; i < 6; i++, h /= 26)
        ky_buf_add_u8(out, (uint8_t)('A' + h % 26));
    char name[NAME_MAX_LEN + 1] = "";
    unsigned n = sizeof name;
    hb_ot_name_get_utf8(f->face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &n, name);
    ky_buf_add_u8(out, '+');
    for (const char *c = name[0] != '\0' ? name : "Font"; *c != '\0'; c++)
        if ((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9') || *c == '-')
            ky_buf_add_u8(out, (uint8_t)*c);
}

void ky_font_write_widths(struct ky_buf *out, const struct ky_font *f)
{
    const hb_map_t *old_of = hb_subset_plan_new_to_old_glyph_mapping(f->plan);
    ky_buf_add_str(out, "[0 [");
    for (unsigned cid = 0; cid < f->subset_n; cid++) {
        const double w = hb_font_get_glyph_h_advance(f->font, hb_map_get(old_of, cid)) * f->scale;
        ky_buf_addf(out, cid == 0 ? "%.6g" : " %.6g", w);
    }
    ky_buf_add_str(out, "]]");
}

static void write_utf16(struct ky_buf *out, struct ky_bytes utf8)
{
    while (utf8.n > 0) {
        const int32_t c = ky_utf8_next(&utf8);
        if (c < 0)
            return;
        if (c < 0x10000)
            ky_buf_addf(out, "%04X", (unsigned)c);
        else
            ky_buf_addf(out, "%04X%04X", 0xD7C0u + ((unsigned)c >> 10), 0xDC00u + ((unsigned)c & 0x3FF));
    }
}

void ky_font_write_to_unicode(struct ky_buf *out, const struct ky_font *f)
{
    ky_buf_add_str(out, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
                        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
    size_t mapped = 0;
    for (size_t i = 0; i < f->used_n; i++)
        mapped += f->used[i].text_n > 0;
    size_t in_block = 0; /* a block holds at most 100 lines (Adobe Technical Note 5014) */
    for (size_t i = 0; i < f->used_n; i++) {
        if (f->used[i].text_n == 0)
            continue;
        if (in_block == 0)
            ky_buf_addf(out, "%zu beginbfchar\n", mapped < 100 ? mapped : 100);
        ky_buf_addf(out, "<%04X> <", cid_of(f, f->used[i].gid));
        write_utf16(out, KY_BYTES(f->used[i].text, f->used[i].text_n));
        ky_buf_add_str(out, ">\n");
        mapped--;
        in_block = in_block == 99 || mapped == 0 ? 0 : in_block + 1;
        if (in_block == 0)
            ky_buf_add_str(out, "endbfchar\n");
    }
    ky_buf_add_str(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

void ky_font_write_cidset(struct ky_buf *out, const struct ky_font *f)
{
    for (unsigned cid = 0; cid < f->subset_n; cid += 8) {
        const unsigned here = f->subset_n - cid < 8 ? f->subset_n - cid : 8;
        ky_buf_add_u8(out, (uint8_t)(0xFF00u >> here));
    }
}

struct ky_bytes ky_font_file(const struct ky_font *f)
{
    unsigned n = 0;
    const char *p = hb_blob_get_data(f->file, &n);
    return KY_BYTES(p, n);
}

static int table_i16(const struct ky_font *f, hb_tag_t tag, unsigned at)
{
    hb_blob_t *t = hb_face_reference_table(f->face, tag);
    unsigned n = 0;
    const uint8_t *p = (const uint8_t *)hb_blob_get_data(t, &n);
    const int v = n >= at + 2 ? (int16_t)ky_get_u16(p + at) : 0;
    hb_blob_destroy(t);
    return (int)lround(v * f->scale);
}

struct ky_font_metrics ky_font_metrics(const struct ky_font *f)
{
    const hb_tag_t head = HB_TAG('h', 'e', 'a', 'd');
    const hb_tag_t hhea = HB_TAG('h', 'h', 'e', 'a');
    return (struct ky_font_metrics){
        .bbox = {table_i16(f, head, 36), table_i16(f, head, 38), table_i16(f, head, 40),
                 table_i16(f, head, 42)},
        .ascent = table_i16(f, hhea, 4),
        .descent = table_i16(f, hhea, 6),
        .cap_height = table_i16(f, HB_TAG('O', 'S', '/', '2'), 88),
    };
}
