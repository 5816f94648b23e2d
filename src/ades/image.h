/*
 * A PNG image for a visible signature: read into RGB samples and, when it is
 * not opaque everywhere, a separate alpha channel, both compressed for
 * /FlateDecode. Called by ades/appearance.
 */
#ifndef KY_ADES_IMAGE_H
#define KY_ADES_IMAGE_H

#include "base/buf.h"

#define KY_IMAGE_SIDE_MAX 4096          /* pixels */
#define KY_IMAGE_FILE_MAX (16u << 20)   /* bytes of a PNG file */
#define KY_IMAGE_STREAM_MAX (64u << 20) /* bytes of a compressed channel */

struct ky_image {
    unsigned width, height; /* pixels */
    struct ky_buf rgb;      /* zlib stream of 8-bit RGB, rows from the top */
    struct ky_buf alpha;    /* zlib stream of 8-bit alpha; empty when the image is opaque */
};
#define ky_auto_image KY_CLEANUP(ky_image_clear) struct ky_image

/* KY_EFORMAT not a PNG file; KY_ELIMIT too many pixels or bytes. */
ky_rc ky_image_read_png(struct ky_image *out, struct ky_bytes file);
void ky_image_clear(struct ky_image *i);

/* Appends the zlib stream of data (RFC 1950). */
ky_rc ky_image_deflate(struct ky_buf *out, struct ky_bytes data);

#endif
