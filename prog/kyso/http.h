/* HTTP as a client: one exchange, bounded in time and size. */
#ifndef KY_PROG_KYSO_HTTP_H
#define KY_PROG_KYSO_HTTP_H

#include "base/buf.h"

struct kyso_http {
    const char *url;
    bool https_only; /* else http only: what certificates point to is signed by itself (RFC 5280 §8) */
    const char *content_type; /* NULL: GET; else POST of body */
    struct ky_bytes body;
    const char *bearer;  /* token of Authorization, or NULL */
    const char *ca_file; /* PEM of trusted TLS roots; NULL: the system's */
    long timeout_s;
};

/* Appends the answer's body to out, whose maximum is the limit. *status: HTTP status. KY_EIO, KY_ELIMIT. */
ky_rc kyso_http(struct ky_buf *out, long *status, const struct kyso_http *req);

#endif
