/*
 * Client of the registration API: one exchange of JSON, errors in the user's language
 * (docs/protocol/http.md). The bearer token comes from KYSO_TOKEN.
 */
#ifndef KY_PROG_KYSO_API_H
#define KY_PROG_KYSO_API_H

#include "codec/json.h"

#define KYSO_API_ANSWER_MAX ((size_t)64 << 20)

struct kyso_api {
    const char *server;  /* https://host[:port] */
    const char *ca_file; /* PEM of TLS roots; NULL: the system's */
    const char *token;   /* bearer, or NULL */
};

/* server and ca_file from the command line, the token from KYSO_TOKEN. KY_EINVAL: no server; KY_EAUTH: no token. */
ky_rc kyso_api_open(struct kyso_api *api, const char *server, const char *ca_file);

/*
 * GET when body is NULL, else POST. *out is the caller's; NULL where the answer is not wanted.
 * KY_EAUTH, KY_EDENIED, KY_ENOTFOUND, KY_EBUSY as the service says, with its text; KY_EIO.
 */
ky_rc kyso_api_call(json_t **out, const struct kyso_api *api, const json_t *body, const char *path_fmt, ...)
    KY_PRINTF(4, 5);
/*
 * Every element of the array `list` of a GET, page by page: `path` without its query, `query` "q=…&" or "". Ends with
 * the first failure, of fn or as of kyso_api_call.
 */
ky_rc kyso_api_each(const struct kyso_api *api, const char *path, const char *query, const char *list,
                    ky_rc (*fn)(const json_t *element, void *ctx), void *ctx);
/* GET of bytes. */
ky_rc kyso_api_get(struct ky_buf *out, const struct kyso_api *api, const char *path_fmt, ...) KY_PRINTF(3, 4);
/* POST of a file as it is; *out is the caller's. Errors as kyso_api_call. */
ky_rc kyso_api_upload(json_t **out, const struct kyso_api *api, struct ky_bytes file, const char *path_fmt,
                      ...) KY_PRINTF(4, 5);

#endif
