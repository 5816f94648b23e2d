/*
 * The visible part of a signature: a form XObject with text in an embedded
 * font subset and, if wanted, an image (Decree 30/2020, annex I; ISO 32000-1
 * §8.10, §12.5.5). Called by ades/pades.
 *
 * Stays within PDF/A unless the image has an alpha channel (PDF/A-1 forbids
 * it): fonts embedded, text in the initial colour, images in calibrated RGB.
 */
#ifndef KY_ADES_APPEARANCE_H
#define KY_ADES_APPEARANCE_H

#include "ades/layout.h"
#include "base/time.h"

#define KY_APPEARANCE_PARTS_MAX 9
#define KY_APPEARANCE_SIDE_MIN_PT 8.0
#define KY_APPEARANCE_SIDE_MAX_PT 14400.0  /* ISO 32000-1 annex C.2 */
#define KY_APPEARANCE_DICT_MAX (64u << 10) /* bytes of one dictionary */

/* Where on which page, as a person sees the page: points from its lower left corner, whatever /Rotate says. */
struct ky_appearance_box {
    unsigned page; /* from 1 */
    double x, y, w, h;
};

/* The page as the file describes it. */
struct ky_appearance_page {
    double crop[4];   /* visible box: left, bottom, right, top, in user space; CropBox cut to MediaBox */
    int rotate;       /* clockwise, a multiple of 90 */
    double user_unit; /* points of one unit; 1 when absent */
};

struct ky_appearance_wish {
    const char *font_path;          /* NULL: KY_FONT_SERIF, found at build time */
    const char *text;               /* template; NULL: "{name}\n{time}", or none beside an image */
    struct ky_layout_fields fields; /* for the template */
    struct ky_bytes image_png;      /* empty: no image */
};

/* One indirect object. dict is all between << and >>, with references already resolved. */
struct ky_appearance_part {
    struct ky_buf dict;
    struct ky_buf stream; /* used when is_stream; already as /Filter in dict says, /Length is in dict */
    bool is_stream;
};
struct ky_appearance {
    struct ky_appearance_part parts[KY_APPEARANCE_PARTS_MAX]; /* parts[0] is the form XObject */
    size_t n;
};
#define ky_auto_appearance KY_CLEANUP(ky_appearance_clear) struct ky_appearance

/*
 * /Rect of the widget in user space. KY_EINVAL when the box is not on the page or a side is out of bounds.
 */
ky_rc ky_appearance_rect(double rect[4], const struct ky_appearance_box *box,
                         const struct ky_appearance_page *page);

/* How many objects ky_appearance_render will make at most; numbers first … first+count-1 are to be reserved. */
size_t ky_appearance_count(const struct ky_appearance_wish *wish);

/*
 * Draws into a form of box->w × box->h points that stands upright on the page as shown. Object i of the result has
 * the number numbers[i]. Errors: those of ky_layout_fill, ky_layout_fit, ky_font_*, ky_image_read_png.
 */
ky_rc ky_appearance_render(struct ky_appearance *out, const struct ky_appearance_wish *wish,
                           const struct ky_appearance_box *box, int page_rotate, const uint32_t *numbers);
void ky_appearance_clear(struct ky_appearance *a);

/* "05/03/2020 14:05:09 +07:00", as the decree writes time. */
#define KY_APPEARANCE_TIME_MAX 40
void ky_appearance_time(char out[KY_APPEARANCE_TIME_MAX], ky_time t);

#endif
