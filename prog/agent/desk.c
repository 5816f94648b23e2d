/* See desk.h. */
#include "prog/agent/desk.h"

#include "ades/format.h"
#include "base/log.h"
#include "domain/authorisation.h"
#include "os/clock.h"
#include "os/lang.h"
#include "pki/cms.h"
#include "prog/agent/ask.h"
#include "prog/agent/show.h"
#include "prog/agent/show_list.h"
#include "prog/agent/token.h"

#define CMS_MAX (AGENT_CONTENT_MAX + ((size_t)1 << 20))

ky_rc agent_desk_consent(const struct agent_conf *conf, const struct ky_buf *text)
{
    KY_TRY(ky_buf_finish(text));
    return agent_ask_consent(conf, ky_buf_bytes(text));
}

ky_rc agent_desk_pin(struct agent_token *token, const struct agent_conf *conf,
                     const struct agent_request *req)
{
    ky_auto_buf text = ky_buf_init(AGENT_SHOW_MAX);
    agent_show_head(&text, ky_say(req->endpoint->vi, req->endpoint->en), req->origin,
                    agent_token_cert(token));
    agent_show_line(&text, ky_say("Nhập mã PIN của thiết bị", "PIN of the token"), ky_bytes_str(conf->token));
    KY_TRY(ky_buf_finish(&text));
    return agent_ask_pin(&token->pin, conf, ky_buf_bytes(&text));
}

static ky_rc answer_config(struct ky_buf *reply, const struct agent_conf *conf,
                           const struct agent_request *req)
{
    (void)conf, (void)req;
    agent_reply_config(reply);
    return KY_OK;
}

/* A certificate says who someone is: told only with consent. */
static ky_rc answer_cert(struct ky_buf *reply, const struct agent_conf *conf, const struct agent_request *req)
{
    agent_auto_token token = {.certs = NULL};
    ky_auto_buf text = ky_buf_init(AGENT_SHOW_MAX);
    KY_TRY(agent_token_open(&token, conf));
    agent_show_head(&text, ky_say(req->endpoint->vi, req->endpoint->en), req->origin,
                    agent_token_cert(&token));
    KY_TRY(agent_desk_consent(conf, &text));
    agent_reply_cert(reply, agent_token_cert(&token));
    return KY_OK;
}

/* What a page wants signed: a statement, a list of them, or anything else. */
struct message {
    struct ky_buf content;
    struct agent_requests requests;
    struct ky_statement st;
    struct ky_statement_list list;
    bool is_statement, is_list;
};

static void clear_message(struct message *m)
{
    ky_buf_clear(&m->content);
    agent_requests_clear(&m->requests);
    ky_statement_clear(&m->st);
    ky_statement_list_clear(&m->list);
}

static ky_rc read_message(struct message *m, struct ky_bytes text)
{
    KY_TRY(agent_content_read(&m->content, text));
    KY_TRY(agent_list_find(&m->list, &m->is_list, ky_buf_bytes(&m->content)));
    if (!m->is_list)
        KY_TRY(agent_statement_find(&m->st, &m->is_statement, ky_buf_bytes(&m->content)));
    return m->is_list || m->is_statement ? agent_requests_read(&m->requests, text) : KY_OK;
}

static void show_message(struct ky_buf *text, const struct message *m)
{
    if (m->is_list) {
        agent_show_list(text, &m->list, &m->requests);
    } else if (m->is_statement) {
        agent_show_statement(text, &m->st);
        agent_show_request(text, &m->st, &m->requests);
    } else {
        agent_show_content(text, ky_buf_bytes(&m->content));
    }
}

/* Statements are signed as `kyso` signs them; anything else as CMS data with the content inside. */
static ky_rc sign_message(struct ky_buf *cms, struct agent_token *token, const struct message *m)
{
    const struct ky_signer signer = agent_token_signer(token);
    const struct ky_cert *cert = agent_token_cert(token);
    const struct ky_bytes content = ky_buf_bytes(&m->content);
    struct ky_sigkey key = {.signer = &signer};
    if (m->is_list)
        return ky_statement_list_sign_cms(cms, &signer, cert, content, ky_now());
    if (m->is_statement)
        return ky_statement_sign_cms(cms, &signer, cert, ky_statement_text(&m->st), ky_now());
    ky_ades_default_algorithm(&key.scheme, &key.hash, token->type);
    return ky_cms_sign(cms, &key, cert, agent_token_others(token), KY_OID_DATA, content, false, ky_now());
}

static ky_rc answer_message(struct ky_buf *reply, const struct agent_conf *conf,
                            const struct agent_request *req)
{
    KY_CLEANUP(clear_message)
    struct message m = {.content = ky_buf_init(AGENT_CONTENT_MAX + AGENT_LABEL_ROOM)};
    agent_auto_token token = {.certs = NULL};
    ky_auto_buf text = ky_buf_init(AGENT_SHOW_MAX), cms = ky_buf_init(CMS_MAX);
    KY_TRY(read_message(&m, req->text));
    KY_TRY(agent_token_open(&token, conf));
    agent_show_head(&text, ky_say(req->endpoint->vi, req->endpoint->en), req->origin,
                    agent_token_cert(&token));
    show_message(&text, &m);
    KY_TRY(agent_desk_consent(conf, &text));
    KY_TRY(agent_desk_pin(&token, conf, req));
    KY_TRY(sign_message(&cms, &token, &m));
    agent_reply_signature(reply, ky_buf_bytes(&cms), agent_token_cert(&token));
    return KY_OK;
}

typedef ky_rc answer_fn(struct ky_buf *reply, const struct agent_conf *conf, const struct agent_request *req);
static answer_fn *const answers[AGENT_CALL_COUNT] = {
    [AGENT_CALL_CONFIG] = answer_config,
    [AGENT_CALL_CERT_INFO] = answer_cert,
    [AGENT_CALL_DOCUMENT] = agent_desk_document,
    [AGENT_CALL_MESSAGE] = answer_message,
};

void agent_desk_answer(struct ky_buf *reply, const struct agent_conf *conf, const struct agent_request *req)
{
    ky_rc rc = req->text.n > req->endpoint->max_bytes
                   ? ky_fail(KY_ELIMIT, "%s: %zu bytes, at most %zu", req->endpoint->path, req->text.n,
                             req->endpoint->max_bytes)
                   : answers[req->endpoint->call](reply, conf, req);
    if (rc == KY_OK)
        rc = ky_buf_finish(reply);
    ky_log(rc == KY_OK ? KY_LOG_INFO : KY_LOG_WARN, "agent.call", "path=%s origin=%s result=%s%s%s%s",
           req->endpoint->path, req->origin, ky_rc_name(rc), rc == KY_OK ? "" : " text=\"",
           rc == KY_OK ? "" : ky_error(), rc == KY_OK ? "" : "\"");
    if (rc == KY_OK)
        return;
    ky_buf_reset(reply);
    agent_reply_failure(reply, rc);
}
