/* See paper.h. */
#include "prog/agent/paper.h"

#include <errno.h>
#include <unistd.h>

#include "ades/pades.h"
#include "codec/pdf/form.h"
#include "codec/pdf/page.h"
#include "crypto/digest.h"
#include "os/lang.h"
#include "os/map.h"
#include "os/sandbox.h"
#include "pki/cms.h"

#define IN_FD 4
#define OUT_FD 5
#define QUESTION_MAX ((size_t)4 << 20)
#define TAIL_MAX ((size_t)16 << 20) /* bytes added to the file */
#define READ_MS 30000
#define HEADER "%PDF-"

/* ---- the child ---- */

struct work {
    struct ky_map file;
    struct ky_cert *signer, *others[KY_CMS_CERTS_MAX];
    size_t n_others;
    struct ky_ades_job *job;
};

static ky_rc read_wish(struct ky_ades_request *req, struct work *w, struct ky_bytes question)
{
    struct ky_reader in = KY_READER(question);
    req->scheme = (ky_scheme)ky_read_u8(&in);
    req->hash = (ky_hash)ky_read_u8(&in);
    req->signing_time = (ky_time)ky_read_u64(&in);
    KY_TRY(ky_cert_parse(&w->signer, ky_read_lv(&in, KY_CERT_DER_MAX)));
    while (in.left.n > 0 && w->n_others < KY_CMS_CERTS_MAX - 1) {
        KY_TRY(ky_cert_parse(&w->others[w->n_others], ky_read_lv(&in, KY_CERT_DER_MAX)));
        w->n_others++;
    }
    req->signer = w->signer;
    req->others = (struct ky_certs){(const struct ky_cert *const *)w->others, w->n_others};
    return ky_reader_finish(&in, "paper");
}

static ky_rc count(struct ky_buf *out, struct ky_bytes file)
{
    const struct ky_pdf_open_args args = {.password = NULL};
    struct ky_pdf_form form;
    const struct ky_pdf_signature *signatures;
    size_t pages = 0, n = 0;
    ky_auto_pdf doc = NULL;
    KY_TRY(ky_pdf_open(&doc, file, &args));
    KY_TRY(ky_pdf_page_count(&pages, doc));
    KY_TRY(ky_pdf_form_read(&form, doc));
    KY_TRY(ky_pdf_signatures(&signatures, &n, doc, &form));
    ky_buf_add_u32(out, (uint32_t)pages);
    ky_buf_add_u32(out, (uint32_t)n);
    return KY_OK;
}

static ky_rc prepare(struct ky_buf *out, struct work *w, struct ky_bytes question)
{
    const struct ky_ades_format_ops *format;
    struct ky_ades_request req = {.signing_time = 0};
    ky_pdf_obstacle obstacle = KY_PDF_SIGNABLE;
    struct ky_bytes tail[KY_ADES_PARTS_MAX];
    KY_TRY(read_wish(&req, w, question));
    KY_TRY(ky_map_fd(&w->file, IN_FD));
    KY_TRY(count(out, w->file.bytes));
    KY_TRY(ky_ades_format_by_name(&format, "pades"));
    req.file = w->file.bytes;
    req.obstacle = &obstacle;
    const ky_rc rc = ky_ades_prepare(&w->job, format, &req);
    if (rc == KY_EDENIED && obstacle != KY_PDF_SIGNABLE)
        return ky_fail(rc, "%s", ky_pdf_obstacle_text(obstacle, ky_lang_english() ? "en" : "vi"));
    KY_TRY(rc);
    const size_t n = ky_ades_signed_tail(w->job, tail);
    for (size_t i = 0; i < n; i++)
        ky_buf_add(out, tail[i]);
    return ky_buf_finish(out);
}

static ky_rc write_all(struct ky_bytes bytes)
{
    for (size_t at = 0; at < bytes.n;) {
        const ssize_t n = write(OUT_FD, bytes.p + at, bytes.n - at);
        if (n < 0 && errno != EINTR)
            return ky_fail(KY_EIO, "signed document: %s", strerror(errno));
        at += n < 0 ? 0 : (size_t)n;
    }
    return KY_OK;
}

static ky_rc finish(struct work *w, struct ky_bytes signature)
{
    struct ky_bytes parts[KY_ADES_PARTS_MAX];
    KY_TRY(ky_ades_finish(w->job, signature));
    const size_t n = ky_ades_parts(w->job, parts);
    for (size_t i = 0; i < n; i++)
        KY_TRY(write_all(parts[i]));
    return KY_OK;
}

/* One round: what is asked, what is answered. False: there is no other. */
static bool round_of(struct work *w, ky_rc rc)
{
    ky_auto_buf question = ky_buf_init(QUESTION_MAX), out = ky_buf_init(TAIL_MAX);
    if (agent_recv(LINK_FD, &question, KY_DEADLINE_NEVER) != KY_OK)
        return false;
    const bool first = w->job == NULL;
    if (rc == KY_OK)
        rc = first ? prepare(&out, w, ky_buf_bytes(&question)) : finish(w, ky_buf_bytes(&question));
    return agent_send_result(LINK_FD, rc, ky_buf_bytes(&out), KY_DEADLINE_NEVER) == KY_OK && rc == KY_OK &&
           first;
}

/* The process ends here and everything with it: nothing is freed. */
static void serve(const void *arg)
{
    struct work w = {.n_others = 0};
    uint8_t digest[KY_SHA256_SIZE];
    (void)arg;
    ky_rc rc = ky_sha256(digest, KY_BYTES_NONE); /* loads OpenSSL's provider while files may be opened */
    if (rc == KY_OK)
        rc = ky_sandbox_enter(KY_SANDBOX_PARSE);
    while (round_of(&w, rc))
        ;
}

/* ---- its parent ---- */

/* The document's hash from our own copy of the file, then the attributes' from that. */
static ky_rc hash(struct agent_paper *p, struct ky_bytes file, struct ky_bytes tail,
                  const struct agent_paper_wish *wish)
{
    uint8_t document[KY_HASH_MAX];
    const struct ky_bytes parts[] = {file, tail};
    ky_auto_buf attrs = ky_buf_init(KY_ADES_ATTRS_MAX);
    KY_TRY(ky_digest_parts(document, wish->hash, parts, KY_COUNT(parts)));
    return ky_ades_freeze(&attrs, p->digest, wish->signer, wish->hash, document);
}

static ky_rc ask(struct agent_paper *p, struct ky_bytes file, const struct agent_paper_wish *wish)
{
    ky_auto_buf question = ky_buf_init(QUESTION_MAX), got = ky_buf_init(TAIL_MAX);
    ky_buf_add_u8(&question, (uint8_t)wish->scheme);
    ky_buf_add_u8(&question, (uint8_t)wish->hash);
    ky_buf_add_u64(&question, (uint64_t)wish->now);
    ky_buf_add_lv(&question, wish->signer->der);
    for (size_t i = 0; i < wish->others.n; i++)
        ky_buf_add_lv(&question, wish->others.v[i]->der);
    KY_TRY(ky_buf_finish(&question));
    KY_TRY(agent_ask(&got, &p->child, ky_buf_bytes(&question), ky_deadline_in(READ_MS)));
    struct ky_reader in = KY_READER(ky_buf_bytes(&got));
    p->pages = ky_read_u32(&in);
    p->signatures = ky_read_u32(&in);
    if (in.failed)
        return ky_fail(KY_EINTERNAL, "no word about the document");
    return hash(p, file, in.left, wish);
}

/* A file that begins otherwise could be something else to another reader: a statement, for one. */
static ky_rc check_header(struct ky_bytes file)
{
    if (file.n < sizeof HEADER || memcmp(file.p, HEADER, sizeof HEADER - 1) != 0)
        return ky_fail(KY_EFORMAT, "%s",
                       ky_say("tệp tải về không phải là PDF", "the file fetched is not a PDF"));
    return KY_OK;
}

ky_rc agent_paper_open(struct agent_paper *p, int in, int out, struct ky_bytes file,
                       const struct agent_paper_wish *wish)
{
    const int fds[] = {in, out};
    *p = (struct agent_paper){.pages = 0};
    KY_TRY(check_header(file));
    KY_TRY(agent_child_start(&p->child, serve, NULL, fds, KY_COUNT(fds)));
    return ask(p, file, wish);
}

ky_rc agent_paper_finish(struct agent_paper *p, struct ky_bytes signature)
{
    ky_auto_buf nothing = ky_buf_init(1);
    return agent_ask(&nothing, &p->child, signature, ky_deadline_in(READ_MS));
}

void agent_paper_close(struct agent_paper *p)
{
    agent_child_stop(&p->child);
}
