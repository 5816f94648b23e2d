/*
 * Messages between page and agent: endpoints, the JSON that comes, the JSON that goes (docs/protocol/agent.md).
 */
#ifndef KY_PROG_AGENT_MESSAGE_H
#define KY_PROG_AGENT_MESSAGE_H

#include "codec/json.h"
#include "crypto/digest.h"
#include "pki/cert.h"

#define AGENT_TEXT_MAX ((size_t)6 << 20) /* bytes of one message: a request statement of 4 MiB in base64 */
#define AGENT_REPLY_MAX ((size_t)8 << 20)
#define AGENT_SHORT_TEXT_MAX 65536          /* bytes of a message without content, of a server's answer */
#define AGENT_CONTENT_MAX ((size_t)4 << 20) /* bytes to be signed, decoded, besides a label */
#define AGENT_LABEL_ROOM 64
#define AGENT_META_MAX 16

typedef enum agent_call {
    AGENT_CALL_CONFIG,    /* what the agent is */
    AGENT_CALL_CERT_INFO, /* the certificate in the token */
    AGENT_CALL_DOCUMENT,  /* fetch a PDF, sign, send it back */
    AGENT_CALL_MESSAGE,   /* sign bytes that come with the call */
    AGENT_CALL_COUNT,
} agent_call;

struct agent_endpoint {
    const char *path; /* with its slash */
    agent_call call;
    size_t max_bytes;
    const char *vi, *en; /* what it does, for the person asked */
};

/* NULL: there is none of that path. */
const struct agent_endpoint *agent_endpoint_find(const char *path);
const struct agent_endpoint *agent_endpoint_at(size_t index); /* NULL beyond the last */
size_t agent_endpoint_index(const struct agent_endpoint *e);

/* A page's call. */
struct agent_request {
    const struct agent_endpoint *endpoint;
    const char *origin;
    struct ky_bytes text;
};

/* ---- from listener to desk ---- */

/*
 * u8 endpoint, lv origin, then the text. The listener speaks with anybody, so the desk takes no word of it that a
 * listener in strange hands could make up: the origin is one of those allowed (origins, as in agent.conf).
 * origin: AGENT_ORIGIN_MAX + 1 bytes for a copy that ends with a NUL. KY_EFORMAT; KY_EDENIED: another origin.
 */
#define AGENT_QUESTION_ROOM 1024 /* bytes beside the text */
void agent_question_add(struct ky_buf *out, const struct agent_request *req);
ky_rc agent_question_read(struct agent_request *req, char *origin, const char *origins,
                          struct ky_bytes question);

/* What a document call says; views into its JSON. */
struct agent_document {
    struct ky_bytes download, upload;  /* FileName, FileUploadHandler: on the page's own origin */
    struct ky_bytes bearer;            /* JWTToken; empty: none */
    bool announced;                    /* FileHash is there: */
    uint8_t file_hash[KY_SHA256_SIZE]; /* SHA-256 that the document at `download` must have */
    struct ky_bytes content;           /* Base64Content: a statement to be signed with it; empty: none */
    struct {
        struct ky_bytes key, value;
    } meta[AGENT_META_MAX]; /* form fields that go with the upload */
    size_t n_meta;
};
/*
 * Members that the agent does not know are passed over: pages written for other agents send some.
 * KY_EFORMAT, KY_ELIMIT name the member; KY_EDENIED an address elsewhere.
 */
ky_rc agent_document_read(struct agent_document *out, const json_t *json, const char *origin);

/*
 * The bytes that SignMsg signs: base64 by itself, or {"Base64Content": …}. KY_EDENIED: a bare hash (HashValue), which nobody
 * could show to a person.
 */
ky_rc agent_content_read(struct ky_buf *out, struct ky_bytes text);

/* ---- replies ---- */

/* Status of a failure as pages see it; 0 is success. */
int agent_status(ky_rc rc);
/* Any call that failed with the last error text. */
void agent_reply_failure(struct ky_buf *out, ky_rc rc);
void agent_reply_config(struct ky_buf *out);
void agent_reply_cert(struct ky_buf *out, const struct ky_cert *cert);
void agent_reply_signature(struct ky_buf *out, struct ky_bytes cms, const struct ky_cert *cert);
/*
 * upload: what the page's server said to the upload, whose FileName, FileServer, DocumentNumber and DocumentDate go on to
 * the page. cms: over the statement that came with the call, with the signer's certificate; empty: none came.
 * KY_EDENIED: the server says that it did not take the file.
 */
ky_rc agent_reply_document(struct ky_buf *out, struct ky_bytes upload, struct ky_bytes cms,
                           const struct ky_cert *cert);
/*
 * agent_server_words — what a server that refused says to people: `vi`, or `error_description` in English, of its JSON.
 *
 * *out is a view of the answer's own text, or empty where it says nothing that can be shown. json is to be kept as long.
 */
void agent_server_words(struct ky_bytes *out, const json_t *json);

#endif
