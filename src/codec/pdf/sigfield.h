/*
 * A signature field in an incremental update (ISO 32000-2 §12.7.5.5, §12.8):
 * a new one with its widget, or an existing empty one; the signature
 * dictionary with room for /Contents; after rendering, the byte ranges.
 */
#ifndef KY_CODEC_PDF_SIGFIELD_H
#define KY_CODEC_PDF_SIGFIELD_H

#include "codec/pdf/form.h"
#include "codec/pdf/update.h"

#define KY_PDF_CONTENTS_MAX ((size_t)1024 * 1024) /* bytes of one signature value */

struct ky_pdf_sigfield {
    const char
        *name;   /* UTF-8. Full name of an existing empty field, or of a new one; NULL: a new unique name */
    size_t page; /* from 0; for a new field */
    struct ky_pdf_rect rect;      /* default user space of the page; all zero: invisible. For a new field */
    struct ky_pdf_ref appearance; /* form XObject (added to the update) as /AP /N; num 0: none */
    struct ky_pdf_value *dict; /* /Filter, /SubFilter, /M, /Name, …; /Type, /ByteRange, /Contents are added */
    size_t contents_max;       /* bytes reserved for the signature value, 1 … KY_PDF_CONTENTS_MAX */
    int certify;               /* DocMDP level 1 to 3 for a certifying signature; else 0 */
};

/* Where things are in the new file. Lives at a fixed address until the update is rendered. */
struct ky_pdf_sigslot {
    struct ky_pdf_ref field, dict;
    const char *name;       /* full name of the field, in the update's arena */
    uint64_t contents_at;   /* offset of '<' */
    uint64_t contents_len;  /* with '<' and '>' */
    uint64_t byte_range_at; /* offset of the placeholder */
    uint64_t byte_range[4]; /* offset, length, offset, length; set by rendering */
};

/*
 * KY_EEXIST: the named field is signed or is no signature field.
 * KY_ENOTFOUND: no such page. KY_EINVAL: a new name with a period, sizes.
 */
ky_rc ky_pdf_sigfield_put(struct ky_pdf_sigslot *slot, struct ky_pdf_update *u,
                          const struct ky_pdf_sigfield *spec);
/*
 * Renders the update into tail (empty before) and writes /ByteRange into it.
 * To be hashed: byte_range[0..1] and [2..3] of original ‖ tail.
 */
ky_rc ky_pdf_sigslot_render(struct ky_buf *tail, struct ky_pdf_sigslot *slot, struct ky_pdf_update *u);
/* Writes the signature value (DER) into /Contents of tail; file_n: bytes of the original. KY_ELIMIT: too long. */
ky_rc ky_pdf_sigslot_fill(struct ky_buf *tail, const struct ky_pdf_sigslot *slot, uint64_t file_n,
                          struct ky_bytes value);

#endif
