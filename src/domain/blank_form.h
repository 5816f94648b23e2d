/*
 * The forms of a legal profile with nobody's name in them, as the public page
 * gives them out: for each procedure the organisation's request document and
 * the subscriber's own request. Drawn by the same code as those of dossiers.
 */
#ifndef KY_DOMAIN_BLANK_FORM_H
#define KY_DOMAIN_BLANK_FORM_H

#include "base/buf.h"
#include "domain/legal.h"

/* Whose words they are. */
typedef enum ky_blank_kind {
    KY_BLANK_REQUEST, /* văn bản đề nghị của cơ quan, tổ chức quản lý trực tiếp */
    KY_BLANK_OWN,     /* văn bản đề nghị của thuê bao */
    KY_BLANK_KINDS,
} ky_blank_kind;

/*
 * ky_blank_form_draw — append the PDF. Its CreationDate is the day the profile came into force, so that the same profile
 * gives the same bytes.
 *
 * Errors: KY_ENOTFOUND the profile has no such procedure; else as ky_form_draw
 */
ky_rc ky_blank_form_draw(struct ky_buf *pdf, const struct ky_legal *legal, const char *procedure,
                         ky_blank_kind kind);

#endif
