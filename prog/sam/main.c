/* kyso-sam: message table and own keys; the frame is prog/keyproc. */
#include "prog/keyproc/run.h"
#include "prog/sam/sam.h"

static ky_rc open_keys(void *worker, const struct ky_settings_key *settings)
{
    struct ky_sam *sam = worker;
    (void)settings;
    KY_TRY(ky_keystore_find_key(&sam->wrap_key, sam->w.ks, "K_wrap.1", KY_USE_WRAP));
    KY_TRY(ky_keystore_find_key(&sam->act_key, sam->w.ks, "K_act", KY_USE_MAC));
    KY_TRY(ky_keystore_find_key(&sam->open_key, sam->w.ks, "K_open", KY_USE_DERIVE));
    KY_TRY(ky_keystore_find_key(&sam->data_key, sam->w.ks, "K_data", KY_USE_MAC));
    sam->k_act = ky_token_mac(sam->act_key);
    sam->k_data = ky_token_mac(sam->data_key);
    return KY_OK;
}

static void clear_keys(void *worker)
{
    struct ky_sam *sam = worker;
    ky_token_key_close(sam->wrap_key);
    ky_token_key_close(sam->act_key);
    ky_token_key_close(sam->open_key);
    ky_token_key_close(sam->data_key);
}

ky_rc ky_sam_handle_owner(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                          struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    struct ky_bytes identity;
    uint8_t owner[KY_OWNER_SIZE];
    (void)request;
    KY_TRY(ky_answer_read(&identity, 1, body));
    KY_TRY(ky_worker_refused(&sam->w, KY_OP_OTHER, ky_owner_of(owner, &sam->w.k_id, identity)));
    ky_buf_add(reply, KY_BYTES_OF(owner));
    return ky_buf_finish(reply);
}

ky_rc ky_sam_handle_founding(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                             struct ky_buf *reply)
{
    struct ky_sam *sam = ctx;
    (void)request;
    (void)body;
    return ky_jcs_encode(reply, sam->w.founding->json, KY_JCS_DEPTH_MAX);
}

ky_rc ky_sam_letter_numbers(uint64_t *first, struct ky_sam *sam, size_t count)
{
    uint8_t body = (uint8_t)count;
    ky_auto_buf reply = ky_buf_init(8);
    KY_TRY(ky_worker_keeper(&sam->w, KY_MSG_K_LETTER, KY_BYTES(&body, 1), &reply));
    if (reply.n != 8)
        return ky_fail(KY_EINTERNAL, "keeper's answer of %zu bytes", reply.n);
    *first = ky_get_u64(reply.p);
    return KY_OK;
}

#define FROM(peers_, type_, handler_)                                                                        \
    {                                                                                                        \
        .type = KY_MSG_##type_, .name = #type_, .peers = peers_, .phases = KY_IPC_ANY_PHASE,                 \
        .max_body = KY_MESSAGE_BODY_MAX, .handle = handler_                                                  \
    }
#define MESSAGE(type_, handler_) FROM(KY_PEER(KY_ROLE_WEB), type_, handler_)
#define KEEPS_PERSONAL_DATA (KY_PEER(KY_ROLE_WEB) | KY_PEER(KY_ROLE_COURIER))

static const struct ky_ipc_message messages[] = {
    MESSAGE(SAM_NONCE, ky_worker_handle_nonce),
    MESSAGE(SAM_OWNER, ky_sam_handle_owner),
    MESSAGE(SAM_EXECUTE, ky_worker_handle_execute),
    MESSAGE(SAM_ISSUE_KEYS, ky_sam_handle_issue_keys),
    MESSAGE(SAM_BIND_CERT, ky_sam_handle_bind),
    MESSAGE(SAM_CODE, ky_sam_handle_code),
    MESSAGE(SAM_ENROL, ky_sam_handle_enrol),
    MESSAGE(SAM_SIGN, ky_sam_handle_sign),
    MESSAGE(SAM_ACK, ky_worker_handle_ack),
    MESSAGE(SAM_CHECKPOINT, ky_worker_handle_checkpoint),
    MESSAGE(SAM_FOUNDING, ky_sam_handle_founding),
    MESSAGE(SAM_REVOKE, ky_sam_handle_revoke),
    MESSAGE(SAM_REVOKED, ky_sam_handle_revoked),
    FROM(KEEPS_PERSONAL_DATA, SAM_DATA_KEY, ky_sam_handle_data_key),
    MESSAGE(SAM_LOCK, ky_sam_handle_lock),
};

int main(int argc, char **argv)
{
    static const struct ky_keyproc def = {
        .process = KY_PROCESS_SAM,
        .keeper_role = KY_ROLE_SAM_KEEPER,
        .worker_role = KY_ROLE_SAM_WORKER,
        .settings_offset = offsetof(struct ky_settings, sam),
        .worker_peers = KEEPS_PERSONAL_DATA,
        .messages = messages,
        .message_count = KY_COUNT(messages),
        .worker_size = sizeof(struct ky_sam),
        .open = open_keys,
        .clear = clear_keys,
        .closed = ky_sam_closed,
    };
    return ky_keyproc_main(argc, argv, &def);
}
