/*
 * multipart/form-data (RFC 7578 §4, RFC 2046 §5.1.1), as programs upload a file: one named part is looked for, everything
 * else only has to be of the right form. Views; nothing is copied or decoded.
 */
#ifndef KY_CODEC_MULTIPART_H
#define KY_CODEC_MULTIPART_H

#include "base/bytes.h"
#include "base/rc.h"

#define KY_MULTIPART_PARTS_MAX 32
#define KY_MULTIPART_HEAD_MAX 4096 /* bytes of one part's headers */

/*
 * ky_multipart_find — the content of the one part of that name.
 *
 * Shapes:  type     the header Content-Type, with the boundary: 1..70 characters
 *          body     from the first boundary on: no preamble
 *          content  a view of body; empty when the part is
 * Errors:  KY_EFORMAT    no multipart/form-data with a boundary; a part without headers or end; the name twice
 *          KY_ELIMIT     more than KY_MULTIPART_PARTS_MAX parts, or longer headers
 *          KY_ENOTFOUND  no part has that name
 */
ky_rc ky_multipart_find(struct ky_bytes *content, const char *type, struct ky_bytes body, const char *name);

#endif
