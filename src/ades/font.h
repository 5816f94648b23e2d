/*
 * A TrueType font for visible signatures: text is shaped with HarfBuzz, the
 * glyphs used are remembered, and the subset is written for embedding as a
 * composite font (Type0 / CIDFontType2, Identity-H; ISO 32000-1 §9.7.4, PDF/A
 * rules of ISO 19005-2 §6.2.11). Called by ades/appearance only.
 *
 * Order: open, shape every line, subset once, then write lines and parts.
 */
#ifndef KY_ADES_FONT_H
#define KY_ADES_FONT_H

#include "base/buf.h"

#define KY_FONT_FILE_MAX (8u << 20) /* bytes of a font file */
#define KY_FONT_RUN_MAX 1024        /* glyphs of one line */
#define KY_FONT_GLYPHS_MAX 1024     /* different glyphs of one appearance */

struct ky_font;

/* One shaped line. Lengths in 1/1000 of the font size. */
struct ky_glyph {
    uint32_t gid; /* in the original font */
    double advance;
    double natural; /* advance by the font's own table; the difference is kerning */
    double dx;      /* shift of this glyph only */
};
struct ky_run {
    struct ky_glyph *glyphs; /* owned */
    size_t n;
    double width;
};
#define ky_auto_run KY_CLEANUP(ky_run_clear) struct ky_run

/* What the font descriptor says, in 1/1000 of the font size. */
struct ky_font_metrics {
    int bbox[4], ascent, descent, cap_height;
};

/* KY_ENOTFOUND no such file; KY_ELIMIT above KY_FONT_FILE_MAX; KY_EFORMAT not a TrueType font. */
ky_rc ky_font_open(struct ky_font **out, const char *path);
void ky_font_free(struct ky_font *f);
KY_DEFINE_CLEANUP(struct ky_font, ky_font_free)
#define ky_auto_font KY_CLEANUP(ky_font_freep) struct ky_font *

/* utf8 is valid UTF-8 without line breaks. KY_ENOTFOUND, naming the character, when the font has no glyph. */
ky_rc ky_font_shape(struct ky_run *out, struct ky_font *f, struct ky_bytes utf8);
void ky_run_clear(struct ky_run *r);

/* Makes the subset of all glyphs shaped so far. The functions below need it. */
ky_rc ky_font_subset(struct ky_font *f);

/* The operand and operator of one line: `[<0001…> -20 <…>] TJ`. */
void ky_font_write_run(struct ky_buf *out, const struct ky_font *f, const struct ky_run *run);
/* "ABCDEF+LiberationSerif": the tag is taken from the glyphs used, so equal text gives an equal file. */
void ky_font_write_name(struct ky_buf *out, const struct ky_font *f);
/* Array for /W, stream for /ToUnicode, stream for /CIDSet. */
void ky_font_write_widths(struct ky_buf *out, const struct ky_font *f);
void ky_font_write_to_unicode(struct ky_buf *out, const struct ky_font *f);
void ky_font_write_cidset(struct ky_buf *out, const struct ky_font *f);
/* The TrueType file for /FontFile2; borrowed. */
struct ky_bytes ky_font_file(const struct ky_font *f);
struct ky_font_metrics ky_font_metrics(const struct ky_font *f);

#endif
