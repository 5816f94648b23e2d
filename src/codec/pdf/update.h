/*
 * An incremental update (ISO 32000-2 §7.5.6): new and overriding objects,
 * rendered as the bytes to append after the unchanged original. The section
 * is of the kind of the last one; every object not touched stays as it is.
 */
#ifndef KY_CODEC_PDF_UPDATE_H
#define KY_CODEC_PDF_UPDATE_H

#include "codec/pdf/doc.h"

#define KY_PDF_UPDATE_MAX ((size_t)256 * 1024 * 1024) /* bytes of one update */

struct ky_pdf_update;

/* doc is borrowed and must outlive the update. KY_EDENIED when it needs repair. */
ky_rc ky_pdf_update_new(struct ky_pdf_update **out, struct ky_pdf *doc);
void ky_pdf_update_free(struct ky_pdf_update *u);
KY_DEFINE_CLEANUP(struct ky_pdf_update, ky_pdf_update_free)
#define ky_auto_pdf_update KY_CLEANUP(ky_pdf_update_freep) struct ky_pdf_update *

/* Memory for the values of this update. */
struct ky_arena *ky_pdf_update_arena(struct ky_pdf_update *u);
struct ky_pdf *ky_pdf_update_doc(struct ky_pdf_update *u);

/* A new object number, and the object. */
ky_rc ky_pdf_update_add(struct ky_pdf_ref *out, struct ky_pdf_update *u, struct ky_pdf_value *value);
/* A number only; ky_pdf_update_set fills it before rendering. */
ky_rc ky_pdf_update_reserve(struct ky_pdf_ref *out, struct ky_pdf_update *u);
ky_rc ky_pdf_update_set(struct ky_pdf_update *u, struct ky_pdf_ref ref, struct ky_pdf_value *value);
/* The object as it will be: the update's, else the document's. Never NULL. */
const struct ky_pdf_value *ky_pdf_update_get(struct ky_pdf_update *u, struct ky_pdf_ref ref);

/* A changeable copy of an object, which will be written; the same one when asked again. */
ky_rc ky_pdf_update_edit(struct ky_pdf_value **out, struct ky_pdf_update *u, struct ky_pdf_ref ref);
/*
 * A changeable copy of parent's entry, of that type (ARRAY or DICT): the
 * referred object when indirect, a copy put into parent when direct, a new
 * direct one when absent or null. parent comes from an edit.
 */
ky_rc ky_pdf_update_edit_child(struct ky_pdf_value **out, struct ky_pdf_update *u,
                               struct ky_pdf_value *parent, const char *key, ky_pdf_type type);
ky_rc ky_pdf_update_edit_catalog(struct ky_pdf_value **out, struct ky_pdf_update *u);

/*
 * Appends the update's bytes to tail: the new file is the original followed by
 * exactly these. Offsets count from the start of the original file. Once only.
 */
ky_rc ky_pdf_update_render(struct ky_buf *tail, struct ky_pdf_update *u);

#endif
