/*
 * One HTTP request and its answer, as handlers see them: no socket, no
 * library. The server (web/server) fills in the request; a handler writes the answer.
 */
#ifndef KY_WEB_EXCHANGE_H
#define KY_WEB_EXCHANGE_H

#include "base/arena.h"
#include "codec/json.h"
#include "domain/session.h"
#include "os/clock.h"
#include "store/client.h"
#include "store/signing.h"

#define KY_EXCHANGE_MEMORY ((size_t)64 << 20) /* arena of one request */
#define KY_ANSWER_MAX ((size_t)64 << 20)      /* bytes of one answer */
#define KY_EXCHANGE_PARAMS_MAX 3              /* {} in one path */
#define KY_EXCHANGE_ARGS_MAX 16               /* arguments after the ? */
#define KY_EXCHANGE_HEADERS_MAX 12            /* headers a handler adds */
#define KY_EXCHANGE_CHAIN_MAX 4               /* certificates a client sends beside its own */
#define KY_REQUEST_ID_SIZE 8

struct ky_route;

struct ky_exchange_pair {
    const char *name, *value;
};

struct ky_exchange {
    /* the request; texts lie in the arena */
    struct ky_arena arena;
    char id[2 * KY_REQUEST_ID_SIZE + 1]; /* in the log and in X-Request-Id */
    const struct ky_route *route;
    const char *method, *path;                      /* path is already unescaped */
    struct ky_bytes params[KY_EXCHANGE_PARAMS_MAX]; /* what stood for each {} of the route */
    struct ky_exchange_pair args[KY_EXCHANGE_ARGS_MAX];
    size_t arg_count;
    const char *authorization, *content_type, *origin; /* headers; NULL: not sent */
    const char *accept_encoding, *if_none_match;       /* the same */
    const char *page;                                  /* header X-Kyso-Page: only our own pages send it */
    const char *session_cookie, *login_cookie;         /* NULL: not sent */
    struct ky_session_place place;                     /* where it came from */
    struct ky_bytes certificate;                       /* DER, that the client's TLS used; none: empty */
    struct ky_bytes chain[KY_EXCHANGE_CHAIN_MAX];      /* what it sent along */
    size_t chain_count;
    struct ky_bytes body; /* borrowed from the server */
    json_t *json;         /* owned; of a route that takes JSON */
    ky_time now;

    /* who asks; set by web/dispatch as the route demands */
    struct ky_actor actor;
    struct ky_db_session session; /* id NULL: by a token, or nobody */
    struct ky_why why;            /* of a refusal, in both languages; "" none */
    struct ky_db_access_token token;
    struct ky_db_visit visit; /* of a one-time address */

    /* the answer */
    unsigned status; /* 0: none so far */
    const char *type;
    struct ky_buf out;
    struct ky_bytes lasting; /* in its place: borrowed from what outlives every request */
    bool has_file;           /* in its place: all of the file at fd, which is ours until it is sent */
    int fd;
    struct ky_json_out json_out; /* writes to out */
    struct ky_exchange_pair headers[KY_EXCHANGE_HEADERS_MAX];
    size_t header_count;
};

void ky_exchange_init(struct ky_exchange *x);
void ky_exchange_clear(struct ky_exchange *x);

/* The argument after the ?, or NULL. */
const char *ky_exchange_arg(const struct ky_exchange *x, const char *name);
/* The i-th {} as text of exactly n lower-case hex digits. KY_ENOTFOUND otherwise: there is nothing at such an address. */
ky_rc ky_exchange_param_hex(const char **out, struct ky_exchange *x, size_t i, size_t digits);
/* Borrowed strings; more than KY_EXCHANGE_HEADERS_MAX are dropped. */
void ky_exchange_header(struct ky_exchange *x, const char *name, const char *value);
bool ky_exchange_has_header(const struct ky_exchange *x, const char *name);
/* Does the client take answers packed with gzip (RFC 9110 §12.5.3)? */
bool ky_exchange_takes_gzip(const struct ky_exchange *x);

/* Starts a JSON object as the answer; members go through x->json_out; ky_answer_end finishes. */
struct ky_json_out *ky_answer_begin(struct ky_exchange *x, unsigned status);
ky_rc ky_answer_end(struct ky_exchange *x);
/* An answer of bytes (copied). type is borrowed. */
ky_rc ky_answer_bytes(struct ky_exchange *x, unsigned status, const char *type, struct ky_bytes bytes);
/* A JSON value as the answer. */
ky_rc ky_answer_json(struct ky_exchange *x, unsigned status, const json_t *json);
/* The same, without a copy: bytes live as long as the process. */
ky_rc ky_answer_lasting(struct ky_exchange *x, unsigned status, const char *type, struct ky_bytes bytes);
/* All of a file, which is taken. */
void ky_answer_fd(struct ky_exchange *x, unsigned status, const char *type, int taken_fd);
/* Says the tag (with its quotes; borrowed). True: the client has this one already, 304 is the answer. */
bool ky_answer_unchanged(struct ky_exchange *x, const char *etag);
/* 204. */
ky_rc ky_answer_empty(struct ky_exchange *x);
/* {"error","error_description"[,"vi"],"request"} in place of whatever was written; vi may be NULL. */
void ky_answer_refusal(struct ky_exchange *x, unsigned status, const char *error, const char *description,
                       const char *vi);
/* 429: too often from this address; KY_EBUSY. */
ky_rc ky_answer_often(struct ky_exchange *x, int64_t wait_s);

#endif
