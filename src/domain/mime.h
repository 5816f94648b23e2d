/* A mail as RFC 5322 and MIME want it: headers in RFC 2047 words; the text, and the same in HTML, UTF-8 in base64. */
#ifndef KY_DOMAIN_MIME_H
#define KY_DOMAIN_MIME_H

#include "base/time.h"
#include "domain/notice.h"

#define KY_MAIL_MAX 65536 /* bytes of a whole message */

struct ky_mail_sender {
    const char *address; /* "ca@example.gov.vn" */
    const char *name;    /* "Cục Chứng thực số và Bảo mật thông tin" */
};

/* id: unique, of letters and digits; becomes the Message-ID together with the sender's host. Lines end with CR LF. */
ky_rc ky_mime_encode(struct ky_buf *out, const struct ky_notice *n, const struct ky_mail_sender *from,
                     const char *id, ky_time now);

#endif
