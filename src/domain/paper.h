/*
 * A PDF document on A4 with the margins of Decree 30/2020/NĐ-CP, annex I:
 * blocks of text are measured, placed and broken to the next page, which gets
 * its number on top. Lengths in points from the upper left corner.
 */
#ifndef KY_DOMAIN_PAPER_H
#define KY_DOMAIN_PAPER_H

#include "base/buf.h"
#include "base/time.h"

#define KY_MM (72.0 / 25.4)
#define KY_PAPER_WIDTH (210 * KY_MM)
#define KY_PAPER_HEIGHT (297 * KY_MM)
#define KY_PAPER_LEFT (30 * KY_MM)
#define KY_PAPER_TOP (20 * KY_MM)
#define KY_PAPER_BOTTOM (KY_PAPER_HEIGHT - 20 * KY_MM)
#define KY_PAPER_TEXT_WIDTH (165 * KY_MM) /* right margin 15 mm */
#define KY_PAPER_FILE_MAX (16u << 20)     /* bytes of the PDF */

typedef enum ky_paper_align { KY_ALIGN_LEFT, KY_ALIGN_CENTER, KY_ALIGN_JUSTIFY } ky_paper_align;

struct ky_paper_style {
    double size_pt;
    bool bold, italic, upper; /* upper: the text in capitals */
    ky_paper_align align;
    double indent_pt;   /* of the first line */
    double line_factor; /* distance of lines; 0: the font's own */
};

struct ky_paper;

/*
 * Once in a process, before the first document: Liberation Serif is all that fontconfig knows from then on, so that
 * documents do not depend on what else is installed. KY_EIO: the font is not there.
 */
ky_rc ky_paper_open_fonts(void);
/* At the end of the process, no document being open. */
void ky_paper_close_fonts(void);

/* Every letter is set in Liberation Serif, which has the widths of Times New Roman. made: CreationDate. */
ky_rc ky_paper_new(struct ky_paper **out, const char *title, const char *author, ky_time made);
void ky_paper_free(struct ky_paper *p);
KY_DEFINE_CLEANUP(struct ky_paper, ky_paper_free)
#define ky_auto_paper KY_CLEANUP(ky_paper_freep) struct ky_paper *

/* Height of the text set to a width. */
double ky_paper_measure(struct ky_paper *p, const struct ky_paper_style *style, double width,
                        const char *text);
/* Width of the text on one line. */
double ky_paper_line_width(struct ky_paper *p, const struct ky_paper_style *style, const char *text);
/* Sets text with its upper left corner at (x, y); returns its height. */
double ky_paper_text(struct ky_paper *p, const struct ky_paper_style *style, double x, double y, double width,
                     const char *text);
void ky_paper_line(struct ky_paper *p, double x1, double y1, double x2, double y2);

/* Where the next block goes. */
double ky_paper_y(const struct ky_paper *p);
void ky_paper_set_y(struct ky_paper *p, double y);
/* Does a block of that height fit on the present page? */
bool ky_paper_fits(const struct ky_paper *p, double height);
void ky_paper_new_page(struct ky_paper *p);
int ky_paper_page(const struct ky_paper *p); /* from 1 */

/* Closes the document and appends the PDF. KY_ELIMIT: too long; KY_EIO: cairo's failure. */
ky_rc ky_paper_finish(struct ky_buf *out, struct ky_paper *p);

#endif
