/* The text of a mail as simple HTML: nothing is loaded from anywhere, and nothing in the text becomes a tag. */
#ifndef KY_DOMAIN_MIME_HTML_H
#define KY_DOMAIN_MIME_HTML_H

#include "base/buf.h"

/*
 * Appends a whole HTML document. Empty lines part paragraphs; a line of "---" is a rule, behind which the text is
 * English; an https address that fills a line becomes a link. text is UTF-8 with '\n'.
 */
void ky_mime_html(struct ky_buf *out, struct ky_bytes text);

#endif
