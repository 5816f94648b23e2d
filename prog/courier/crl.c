/* The CRL timer; see courier.h. What ca signs is stored only when its own certificate says it is ca's. */
#include <inttypes.h>

#include "base/log.h"
#include "domain/message.h"
#include "pki/crl.h"
#include "prog/courier/courier.h"
#include "store/crl.h"

#define LOOK_AGAIN_S KY_MINUTE
#define RETRY_S 2 /* while ca is not there */

struct newest {
    struct ky_arena arena;
    struct ky_db_crl crl;
};

static ky_rc read_newest(struct ky_store *s, void *ctx)
{
    struct newest *n = ctx;
    return ky_db_crl_get_newest(&n->crl, &n->arena, s);
}

static ky_rc is_fresh(bool *out, struct courier *c, ky_time now)
{
    struct newest n = {.arena = ky_arena_init(KY_IPC_BODY_MAX)};
    ky_rc rc = ky_db_read(c->db, read_newest, &n);
    ky_time half = (n.crl.next_update - n.crl.this_update) / 2;
    *out = rc == KY_OK && now < n.crl.this_update + half;
    ky_arena_clear(&n.arena);
    return rc == KY_ENOTFOUND ? KY_OK : rc;
}

static ky_rc write_crl(struct ky_store *s, void *ctx)
{
    return ky_db_crl_insert(s, ctx);
}

static ky_rc store_crl(struct courier *c, struct ky_bytes answer)
{
    ky_auto_crl crl = NULL;
    struct ky_reader in = KY_READER(answer);
    uint64_t number = ky_read_u64(&in);
    struct ky_bytes der = ky_read_bytes(&in, in.left.n);
    KY_TRY(ky_reader_finish(&in, "CA_CRL"));
    KY_TRY(ky_crl_parse(&crl, der));
    KY_TRY(ky_crl_verify(crl, c->founding->issuing));
    struct ky_db_crl row = {.number = (int64_t)number,
                            .der = der,
                            .this_update = crl->this_update,
                            .next_update = crl->next_update};
    KY_TRY(ky_store_submit(c->db, write_crl, &row));
    ky_log(KY_LOG_INFO, "crl.stored", "number=%" PRId64 " entries=%zu", row.number, crl->n_entries);
    return KY_OK;
}

static ky_rc renew(struct courier *c)
{
    ky_auto_buf answer = ky_buf_init(KY_IPC_BODY_MAX);
    KY_TRY(
        ky_ipc_pool_call(c->ca, KY_IPC_POOL_ANY, KY_MSG_CA_CRL, KY_BYTES_NONE, &answer, COURIER_ASK_CA_MS));
    return store_crl(c, ky_buf_bytes(&answer));
}

ky_rc courier_crl(struct courier *c, ky_time now)
{
    bool fresh;
    if (now < c->crl_next)
        return KY_OK;
    c->crl_next = now + RETRY_S;
    KY_TRY(is_fresh(&fresh, c, now));
    if (!fresh)
        KY_TRY(renew(c));
    c->crl_next = now + LOOK_AGAIN_S;
    return KY_OK;
}
