/*
 * SAM_DATA_KEY: web and courier are given the data key once for each connection. Who asks again has lost it,
 * and a process that lost it starts anew and so comes over a fresh connection.
 */
#include "domain/data_key.h"

#include "base/log.h"
#include "base/secret.h"
#include "prog/sam/sam.h"

ky_rc ky_sam_handle_data_key(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                             struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    uint8_t key[KY_DATA_KEY_SIZE];
    const ky_role peer = ky_ipc_request_peer(request);
    (void)body;
    if ((sam->has_data_key & KY_PEER(peer)) != 0)
        return ky_worker_refused(
            &sam->w, KY_OP_OTHER,
            ky_fail(KY_EDENIED, "data key: %s was given it on this connection", ky_role_name(peer)));
    KY_TRY(ky_data_key_make(key, &sam->k_data, sam->w.founding->realm));
    ky_buf_add(reply, KY_BYTES_OF(key));
    ky_wipe(key, sizeof key);
    KY_TRY(ky_buf_finish(reply));
    sam->has_data_key |= KY_PEER(peer);
    ky_log(KY_LOG_INFO, "data-key.given", "peer=%s", ky_role_name(peer));
    return KY_OK;
}

/* Only web 0 and courier 0 exist: the role names the connection. */
void ky_sam_closed(void *worker, ky_role peer, unsigned index)
{
    struct ky_sam *sam = worker;
    (void)index;
    sam->has_data_key &= ~KY_PEER(peer);
}
