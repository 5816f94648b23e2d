/* One HTTPS exchange of JSON with kyso-web on loopback; its certificate is not looked at. */
#ifndef KY_TESTS_SUPPORT_HTTPS_H
#define KY_TESTS_SUPPORT_HTTPS_H

#include "codec/json.h"

struct https {
    unsigned port;
    const char *token; /* bearer; NULL: none */
    const char *from;  /* source address on loopback; NULL: any */
};

/* GET when body is NULL. The HTTP status, 0 when there was no answer; *answer is the caller's, NULL without JSON. */
long https_call(json_t **answer, const struct https *to, const char *method, const json_t *body,
                const char *path_fmt, ...) KY_PRINTF(5, 6);
/* A form, as POST /oauth2/token takes. */
long https_form(json_t **answer, const struct https *to, const char *path, const char *form);

/* A file as application/octet-stream. */
long https_upload(json_t **answer, const struct https *to, const char *path, struct ky_bytes file);
/* GET; appends the body, whatever it is. */
long https_download(struct ky_buf *out, const struct https *to, const char *path);

/* Bytes by hand over TLS: heads without bodies, bodies without end. */
struct https_stream {
    void *curl; /* NULL: not open */
};
/* Connected, TLS done. false: not. */
bool https_stream_open(struct https_stream *s, const struct https *to);
void https_stream_close(struct https_stream *s);
/* All of it, or false when the other side has closed or takes nothing for so long. */
bool https_stream_send(const struct https_stream *s, struct ky_bytes bytes, int timeout_ms);
/* Appends what comes until the other side closes (true) or so long nothing has come (false). */
bool https_stream_read_to_end(const struct https_stream *s, struct ky_buf *out, int timeout_ms);

#endif
