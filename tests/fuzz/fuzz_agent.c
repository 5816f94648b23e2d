/* What a page sends to the local agent: frames of a message, the JSON in it, addresses, statements, and questions to the desk. */
#include <stdlib.h>

#include "base/str.h"
#include "prog/agent/message.h"
#include "prog/agent/rules.h"
#include "prog/agent/show.h"
#include "prog/agent/show_list.h"
#include "prog/agent/ws.h"

#define ORIGIN "https://a.vn"
#define TEXT_MAX 4096

static ky_rc give(void *ctx, uint8_t *out, size_t n)
{
    struct ky_bytes *left = ctx;
    if (n > left->n)
        return KY_ENOTFOUND;
    memcpy(out, left->p, n);
    *left = KY_BYTES(left->p + n, left->n - n);
    return KY_OK;
}

static ky_rc pong(void *ctx, struct ky_bytes payload)
{
    (void)ctx;
    if (payload.n > WS_CONTROL_MAX)
        abort();
    return KY_OK;
}

static void try_frames(struct ky_bytes in)
{
    ws_status status;
    ky_auto_buf text = ky_buf_init(TEXT_MAX);
    const struct ws_source source = {.ctx = &in, .give = give, .pong = pong};
    if (ws_read_text(&text, &status, &source) == KY_OK && text.n > TEXT_MAX)
        abort();
}

/* An address that passed cannot lead anywhere but to the origin. */
static void try_document(struct ky_bytes in)
{
    ky_auto_json json = NULL;
    struct agent_document doc;
    if (ky_json_parse(&json, in, AGENT_TEXT_MAX) != KY_OK || agent_document_read(&doc, json, ORIGIN) != KY_OK)
        return;
    if (memcmp(doc.download.p, ORIGIN "/", sizeof ORIGIN) != 0 ||
        memcmp(doc.upload.p, ORIGIN "/", sizeof ORIGIN) != 0)
        abort();
}

/* Nothing that begins as a statement comes out as anything else. */
static void try_content(struct ky_bytes in)
{
    bool found;
    ky_auto_buf content = ky_buf_init(TEXT_MAX), shown = ky_buf_init(AGENT_SHOW_MAX);
    ky_auto_statement st = {.type = KY_ST_SIGN};
    if (agent_content_read(&content, in) != KY_OK ||
        agent_statement_find(&st, &found, ky_buf_bytes(&content)) != KY_OK)
        return;
    if (found)
        agent_show_statement(&shown, &st);
    else
        agent_show_content(&shown, ky_buf_bytes(&content));
}

/* A list is shown whole, whatever requests come along. */
static void try_list(struct ky_bytes in)
{
    bool found;
    ky_auto_statement_list list = {0};
    agent_auto_requests requests = {0};
    ky_auto_buf content = ky_buf_init(KY_STATEMENT_LIST_BYTES_MAX), shown = ky_buf_init(AGENT_SHOW_MAX);
    if (agent_content_read(&content, in) != KY_OK ||
        agent_list_find(&list, &found, ky_buf_bytes(&content)) != KY_OK ||
        agent_requests_read(&requests, in) != KY_OK || !found)
        return;
    agent_show_list(&shown, &list, &requests);
    if (ky_buf_finish(&shown) != KY_OK)
        abort();
}

static void try_reply(struct ky_bytes in)
{
    ky_auto_buf out = ky_buf_init(AGENT_REPLY_MAX);
    ky_auto_json json = NULL;
    struct ky_bytes words;
    if (agent_reply_document(&out, in, KY_BYTES_NONE, NULL) == KY_OK && out.n == 0)
        abort();
    if (ky_json_parse(&json, in, AGENT_SHORT_TEXT_MAX) != KY_OK)
        return;
    agent_server_words(&words, json);
    if (words.n > 0 && ky_text_check("words", words, words.n) != KY_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct ky_bytes in = KY_BYTES(data, size);
    try_frames(in);
    try_document(in);
    try_content(in);
    try_list(in);
    try_reply(in);
    if (agent_origin_check(in) == KY_OK && in.n > AGENT_ORIGIN_MAX)
        abort();
    return 0;
}
