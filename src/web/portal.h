/*
 * The portal's pages: a single-page application built into a folder, read once
 * at start into a table that never changes, so that no request names a file.
 */
#ifndef KY_WEB_PORTAL_H
#define KY_WEB_PORTAL_H

#include "web/exchange.h"

#define KY_PORTAL_BYTES_MAX ((size_t)32 << 20) /* of all files together */
#define KY_PORTAL_FILES_MAX 4096
#define KY_PORTAL_DEPTH_MAX 4 /* folders below the portal's own */

/* Where it stands in a page (.html) each answer gets a number of its own, which the policy for styles names too. */
#define KY_PORTAL_NONCE "__CSP_NONCE__"

struct ky_portal;

/*
 * ky_portal_load — read the folder.
 *
 * Names are of letters, digits, '-', '_' and '.'; those that begin with '.' are left out, and so (with a warning) is what
 * browsers are not sent (types in portal.c). FILE.gz is FILE, packed for those who take it so.
 * Errors:  KY_ENOTFOUND  no folder, or no index.html in it;  KY_EDENIED  a link or device in it, or a name of other letters;
 *          KY_ELIMIT     more, deeper or longer than above
 * Effects: opens files, so before the sandbox.
 */
ky_rc ky_portal_load(struct ky_portal **out, const char *folder);
void ky_portal_free(struct ky_portal *p);
KY_DEFINE_CLEANUP(struct ky_portal, ky_portal_free)
#define ky_auto_portal KY_CLEANUP(ky_portal_freep) struct ky_portal *

/*
 * The file at this path ("assets/a.js"), or index.html where the path has no ending: the application knows its own
 * addresses. KY_ENOTFOUND: neither. p may be NULL: there is no portal.
 */
ky_rc ky_portal_answer(const struct ky_portal *p, struct ky_exchange *x, const char *path);

#endif
