/* The keepers' messages to the database; see logcopy.h. */
#include "web/logcopy.h"

#include "domain/reglog.h"
#include "store/logcopy.h"
#include "web/web.h"

#define KEEPERS (KY_PEER(KY_ROLE_SAM_KEEPER) | KY_PEER(KY_ROLE_CA_KEEPER))
#define HEAD_SIZE 9 /* process, sequence */

_Static_assert(KY_DB_LOG_FETCH_MAX >= KY_LOG_APPEND_MAX,
               "an append fits one answer: a keeper takes it whole");

struct copying {
    ky_process process;
    int64_t sequence; /* first to append, or the one to fetch after */
    struct ky_bytes entries;
    int64_t highest;
    struct ky_buf *reply;
};

/* A keeper speaks for its own process only. */
static ky_rc read_head(struct copying *c, const struct ky_ipc_request *request, struct ky_bytes body)
{
    struct ky_reader in = KY_READER(body);
    ky_process own = ky_ipc_request_peer(request) == KY_ROLE_SAM_KEEPER ? KY_PROCESS_SAM : KY_PROCESS_CA;
    c->process = ky_read_u8(&in);
    uint64_t sequence = ky_read_u64(&in);
    if (in.failed || sequence > INT64_MAX || in.left.n % KY_LOG_ENTRY_SIZE != 0)
        return ky_fail(KY_EFORMAT, "log entries of %zu bytes", body.n);
    if (c->process != own)
        return ky_fail(KY_EDENIED, "log of process %d by the keeper of %s", c->process, ky_process_name(own));
    c->sequence = (int64_t)sequence;
    c->entries = in.left;
    return KY_OK;
}

static ky_rc append(struct ky_store *s, void *ctx)
{
    struct copying *c = ctx;
    if (c->entries.n > 0)
        KY_TRY(ky_db_log_append(s, c->process, c->sequence, c->entries));
    return ky_db_log_highest(&c->highest, s, c->process);
}

static ky_rc fetch(struct ky_store *s, void *ctx)
{
    struct copying *c = ctx;
    return ky_db_log_fetch(c->reply, s, c->process, c->sequence);
}

static ky_rc on_append(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_web *w = ctx;
    struct copying c = {0};
    KY_TRY(read_head(&c, request, body));
    KY_TRY(c.entries.n > 0 ? ky_store_submit(w->db, append, &c) : ky_db_read(w->db, append, &c));
    ky_buf_add_u64(reply, (uint64_t)c.highest);
    return ky_buf_finish(reply);
}

static ky_rc on_fetch(void *ctx, struct ky_ipc_request *request, struct ky_bytes body, struct ky_buf *reply)
{
    struct ky_web *w = ctx;
    struct copying c = {.reply = reply};
    KY_TRY(read_head(&c, request, body));
    return ky_db_read(w->db, fetch, &c);
}

const struct ky_ipc_message ky_logcopy_messages[] = {
    {KY_MSG_LOG_APPEND, "LOG_APPEND", KEEPERS, KY_IPC_ANY_PHASE,
     HEAD_SIZE + KY_DB_LOG_FETCH_MAX *KY_DB_LOG_ENTRY, false, on_append},
    {KY_MSG_LOG_FETCH, "LOG_FETCH", KEEPERS, KY_IPC_ANY_PHASE, HEAD_SIZE, false, on_fetch},
};
const size_t ky_logcopy_message_count = KY_COUNT(ky_logcopy_messages);
