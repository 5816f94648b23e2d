/*
 * A document from a page: fetch, read, ask, sign, send back; and, where the page sends one along, the request statement
 * about that very document, by the same consent and PIN. Nothing of it touches a disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/hex.h"
#include "domain/authorisation.h"
#include "os/file.h"
#include "os/lang.h"
#include "os/map.h"
#include "prog/agent/ask.h"
#include "prog/agent/desk.h"
#include "prog/agent/fetch.h"
#include "prog/agent/paper.h"
#include "prog/agent/revision.h"
#include "prog/agent/rules.h"
#include "prog/agent/show.h"
#include "prog/agent/token.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#define CMS_MAX (AGENT_CONTENT_MAX + ((size_t)1 << 20))

/* One call about a document. */
struct paper_call {
    const struct agent_conf *conf;
    const struct agent_request *req;
    json_t *json; /* owned; doc's texts lie in it */
    struct agent_document doc;
    struct ky_statement st; /* to be signed along; text NULL: none */
    bool with_statement;
    int in, out; /* the document as fetched, and as signed */
    struct ky_map file;
    struct agent_token token;
    struct ky_buf cms;
};

static void clear_call(struct paper_call *c)
{
    agent_token_close(&c->token);
    ky_map_clear(&c->file);
    ky_fd_clear(&c->in);
    ky_fd_clear(&c->out);
    ky_statement_clear(&c->st);
    ky_buf_clear(&c->cms);
    json_decref(c->json);
}
#define auto_call KY_CLEANUP(clear_call) struct paper_call

/* A file in memory, without a name anywhere. */
static ky_rc make_file(int *fd, const char *name)
{
    *fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return *fd >= 0 ? KY_OK : ky_fail(KY_EIO, "memory file: %s", strerror(errno));
}

/* From here on nobody changes it: what is shown is what is signed. */
static ky_rc seal(int fd)
{
    return fcntl(fd, F_ADD_SEALS, SEALS) == 0 ? KY_OK : ky_fail(KY_EIO, "memory file: %s", strerror(errno));
}

/* ---- what the page wants ---- */

/* Nothing else is signed beside a document: one look is for one thing. */
static ky_rc read_statement(struct paper_call *c)
{
    ky_auto_buf content = ky_buf_init(AGENT_CONTENT_MAX + AGENT_LABEL_ROOM);
    if (c->doc.content.n == 0)
        return KY_OK;
    KY_TRY(ky_context(agent_content_read(&content, c->doc.content), "Base64Content"));
    KY_TRY(agent_statement_find(&c->st, &c->with_statement, ky_buf_bytes(&content)));
    if (!c->with_statement || c->st.type != KY_ST_REQUEST)
        return ky_fail(KY_EDENIED, "%s",
                       ky_say("Base64Content: cùng với văn bản chỉ ký tuyên bố đề nghị",
                              "Base64Content: only a request statement is signed along with a document"));
    return KY_OK;
}

static ky_rc read_call(struct paper_call *c)
{
    KY_TRY(ky_json_parse(&c->json, c->req->text, AGENT_TEXT_MAX));
    KY_TRY(agent_document_read(&c->doc, c->json, c->req->origin));
    return read_statement(c);
}

static ky_rc fetch(struct paper_call *c)
{
    KY_TRY(make_file(&c->in, "fetched"));
    KY_TRY(make_file(&c->out, "signed"));
    KY_TRY(agent_fetch_download(c->in, c->conf, &c->doc));
    KY_TRY(seal(c->in));
    return ky_map_fd(&c->file, c->in);
}

/* The document is the one that was announced. */
static ky_rc check_announced(const struct paper_call *c)
{
    uint8_t hash[KY_SHA256_SIZE];
    char have[2 * KY_SHA256_SIZE + 1], want[2 * KY_SHA256_SIZE + 1];
    if (!c->doc.announced)
        return KY_OK;
    KY_TRY(ky_sha256(hash, c->file.bytes));
    if (memcmp(hash, c->doc.file_hash, sizeof hash) == 0)
        return KY_OK;
    ky_hex_encode(have, KY_BYTES_OF(hash));
    ky_hex_encode(want, KY_BYTES_OF(c->doc.file_hash));
    return ky_fail(
        KY_EDENIED,
        ky_say("văn bản tải về không phải văn bản đã báo: SHA-256 %s, đã báo %s; không ký",
               "the document fetched is not the one announced: SHA-256 %s, announced %s; not signed"),
        have, want);
}

/* The statement is about this document, or about what it was before others signed it. */
static ky_rc check_statement(const struct paper_call *c)
{
    uint8_t named[KY_SHA256_SIZE];
    bool found = false;
    if (!c->with_statement)
        return KY_OK;
    KY_TRY(ky_json_get_hex(named, sizeof named, c->st.json, "document"));
    KY_TRY(agent_revision_find(&found, c->file.bytes, named));
    return found ? KY_OK
                 : ky_fail(KY_EDENIED, "%s",
                           ky_say("tuyên bố đề nghị nói về một văn bản khác, không ký",
                                  "the request statement is about another document, not signed"));
}

/* ---- the person ---- */

static ky_rc ask_person(struct paper_call *c, const struct agent_paper *paper)
{
    ky_auto_buf text = ky_buf_init(AGENT_SHOW_MAX);
    agent_show_head(&text, ky_say(c->req->endpoint->vi, c->req->endpoint->en), c->req->origin,
                    agent_token_cert(&c->token));
    agent_show_line(&text, ky_say("Tài liệu", "Document"), agent_url_name(c->doc.download));
    agent_show_number(&text, ky_say("Kích thước (byte)", "Size (bytes)"), c->file.bytes.n);
    agent_show_number(&text, ky_say("Số trang", "Pages"), paper->pages);
    agent_show_number(&text, ky_say("Số chữ ký đã có", "Signatures so far"), paper->signatures);
    agent_show_sha256(&text, c->file.bytes);
    if (c->with_statement)
        agent_show_statement(&text, &c->st);
    KY_TRY(agent_desk_consent(c->conf, &text));
    return agent_desk_pin(&c->token, c->conf, c->req);
}

/* ---- signing ---- */

static ky_rc sign_paper(struct agent_paper *paper, struct agent_token *token,
                        const struct agent_paper_wish *wish)
{
    const struct ky_signer signer = agent_token_signer(token);
    ky_auto_buf signature = ky_buf_init(KY_SIGNATURE_MAX);
    const struct ky_bytes digest = KY_BYTES(paper->digest, ky_hash_info(wish->hash)->size);
    KY_TRY(signer.sign(signer.ctx, &signature, wish->scheme, wish->hash, digest));
    return agent_paper_finish(paper, ky_buf_bytes(&signature));
}

static ky_rc sign_statement(struct paper_call *c)
{
    const struct ky_signer signer = agent_token_signer(&c->token);
    return ky_statement_sign_cms(&c->cms, &signer, agent_token_cert(&c->token), ky_statement_text(&c->st),
                                 ky_now());
}

static ky_rc sign(struct paper_call *c)
{
    agent_auto_paper paper = {.pages = 0};
    KY_TRY(agent_token_open(&c->token, c->conf));
    struct agent_paper_wish wish = {
        .signer = agent_token_cert(&c->token), .others = agent_token_others(&c->token), .now = ky_now()};
    ky_ades_default_algorithm(&wish.scheme, &wish.hash, c->token.type);
    KY_TRY(agent_paper_open(&paper, c->in, c->out, c->file.bytes, &wish));
    c->token.signatures = c->with_statement ? 2 : 1;
    KY_TRY(ask_person(c, &paper));
    KY_TRY(sign_paper(&paper, &c->token, &wish));
    return c->with_statement ? sign_statement(c) : KY_OK;
}

ky_rc agent_desk_document(struct ky_buf *reply, const struct agent_conf *conf,
                          const struct agent_request *req)
{
    auto_call c = {.conf = conf, .req = req, .in = -1, .out = -1, .cms = ky_buf_init(CMS_MAX)};
    ky_auto_buf answer = ky_buf_init(AGENT_ANSWER_MAX);
    KY_TRY(read_call(&c));
    KY_TRY(fetch(&c));
    KY_TRY(check_announced(&c));
    KY_TRY(check_statement(&c));
    KY_TRY(sign(&c));
    KY_TRY(agent_fetch_upload(&answer, c.out, conf, &c.doc));
    return agent_reply_document(reply, ky_buf_bytes(&answer), ky_buf_bytes(&c.cms),
                                agent_token_cert(&c.token));
}
