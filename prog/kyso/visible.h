/* --visible PAGE,X,Y,W,H with --image and --text, for `kyso sign`. */
#ifndef KY_PROG_KYSO_VISIBLE_H
#define KY_PROG_KYSO_VISIBLE_H

#include "ades/format.h"
#include "os/map.h"

struct kyso_visible {
    struct ky_appearance_box box; /* page 0: none was given */
    struct ky_map image;          /* empty: none */
    char text[KY_LAYOUT_TEXT_MAX];
    bool has_text;
};

/* Each may be NULL. In text "\n" stands for a new line. KY_EINVAL; errors of reading the image. */
ky_rc kyso_visible_parse(struct kyso_visible *v, const char *box, const char *image, const char *text);
void kyso_visible_clear(struct kyso_visible *v);
/* v must outlive the request. */
void kyso_visible_apply(struct ky_ades_request *req, const struct kyso_visible *v);

#endif
