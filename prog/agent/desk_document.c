/* A document from a page: fetch, read, ask, sign, send back. Nothing of it touches a disk. */
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "os/file.h"
#include "os/lang.h"
#include "os/map.h"
#include "prog/agent/ask.h"
#include "prog/agent/desk.h"
#include "prog/agent/fetch.h"
#include "prog/agent/paper.h"
#include "prog/agent/rules.h"
#include "prog/agent/show.h"
#include "prog/agent/token.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

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

static ky_rc ask_person(struct agent_token *token, const struct agent_conf *conf,
                        const struct agent_request *req, const struct agent_document *doc,
                        const struct agent_paper *paper, struct ky_bytes file)
{
    ky_auto_buf text = ky_buf_init(AGENT_SHOW_MAX);
    agent_show_head(&text, ky_say(req->endpoint->vi, req->endpoint->en), req->origin,
                    agent_token_cert(token));
    agent_show_line(&text, ky_say("Tài liệu", "Document"), agent_url_name(doc->download));
    agent_show_number(&text, ky_say("Kích thước (byte)", "Size (bytes)"), file.n);
    agent_show_number(&text, ky_say("Số trang", "Pages"), paper->pages);
    agent_show_number(&text, ky_say("Số chữ ký đã có", "Signatures so far"), paper->signatures);
    agent_show_sha256(&text, file);
    KY_TRY(agent_desk_consent(conf, &text));
    return agent_desk_pin(token, conf, req);
}

static ky_rc sign_paper(struct agent_paper *paper, struct agent_token *token,
                        const struct agent_paper_wish *wish)
{
    const struct ky_signer signer = agent_token_signer(token);
    ky_auto_buf signature = ky_buf_init(KY_SIGNATURE_MAX);
    const struct ky_bytes digest = KY_BYTES(paper->digest, ky_hash_info(wish->hash)->size);
    KY_TRY(signer.sign(signer.ctx, &signature, wish->scheme, wish->hash, digest));
    return agent_paper_finish(paper, ky_buf_bytes(&signature));
}

static ky_rc sign_file(int in, int out, struct ky_bytes file, const struct agent_conf *conf,
                       const struct agent_request *req, const struct agent_document *doc)
{
    agent_auto_token token = {.certs = NULL};
    agent_auto_paper paper = {.pages = 0};
    KY_TRY(agent_token_open(&token, conf));
    struct agent_paper_wish wish = {
        .signer = agent_token_cert(&token), .others = agent_token_others(&token), .now = ky_now()};
    ky_ades_default_algorithm(&wish.scheme, &wish.hash, token.type);
    KY_TRY(agent_paper_open(&paper, in, out, file, &wish));
    KY_TRY(ask_person(&token, conf, req, doc, &paper, file));
    return sign_paper(&paper, &token, &wish);
}

ky_rc agent_desk_document(struct ky_buf *reply, const struct agent_conf *conf,
                          const struct agent_request *req)
{
    ky_auto_json json = NULL;
    struct agent_document doc;
    ky_auto_fd in = -1, out = -1;
    ky_auto_map file = {.base = NULL};
    ky_auto_buf answer = ky_buf_init(AGENT_ANSWER_MAX);
    KY_TRY(ky_json_parse(&json, req->text, AGENT_DOCUMENT_TEXT_MAX));
    KY_TRY(agent_document_read(&doc, json, req->origin));
    KY_TRY(make_file(&in, "fetched"));
    KY_TRY(make_file(&out, "signed"));
    KY_TRY(agent_fetch_download(in, conf, &doc));
    KY_TRY(seal(in));
    KY_TRY(ky_map_fd(&file, in));
    KY_TRY(sign_file(in, out, file.bytes, conf, req, &doc));
    KY_TRY(agent_fetch_upload(&answer, out, conf, &doc));
    return agent_reply_document(reply, ky_buf_bytes(&answer));
}
