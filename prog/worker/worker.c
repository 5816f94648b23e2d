/* The worker's login, its keeper and its records; see worker.h. */
#include "prog/worker/worker.h"

#include <stdio.h>

#include "base/log.h"

ky_rc ky_worker_open(struct ky_worker *w, ky_process process, const struct ky_keystore_config *token)
{
    *w = (struct ky_worker){.process = process, .keeper = KY_IPC_CLIENT_NONE};
    KY_TRY(ky_keystore_open(&w->ks, token));
    KY_TRY(ky_keystore_find_key(&w->reg_key, w->ks, "K_reg", KY_USE_MAC));
    KY_TRY(ky_keystore_find_key(&w->id_key, w->ks, "K_id", KY_USE_MAC));
    KY_TRY(ky_keystore_find_key(&w->att_key, w->ks, "K_att", KY_USE_SIGN));
    w->k_reg = ky_token_mac(w->reg_key);
    w->k_id = ky_token_mac(w->id_key);
    w->k_att = ky_keystore_signer(w->att_key);
    return ky_founding_load(&w->founding, w->ks, process, &w->k_reg);
}

void ky_worker_clear(struct ky_worker *w)
{
    ky_ipc_client_clear(&w->keeper);
    ky_founding_free(w->founding);
    ky_token_key_close(w->att_key);
    ky_token_key_close(w->id_key);
    ky_token_key_close(w->reg_key);
    ky_keystore_close(w->ks);
}

void ky_worker_keeper_connected(void *ctx, ky_role peer, unsigned index, int taken_fd)
{
    struct ky_worker *w = ctx;
    (void)peer;
    (void)index;
    ky_ipc_client_clear(&w->keeper);
    w->keeper = ky_ipc_client_init(taken_fd);
}

ky_rc ky_worker_keeper(struct ky_worker *w, uint16_t type, struct ky_bytes body, struct ky_buf *reply)
{
    if (!ky_ipc_client_connected(&w->keeper))
        return ky_fail(KY_EBUSY, "the keeper of %s is away", ky_process_name(w->process));
    return ky_ipc_call(&w->keeper, type, body, reply, KY_WORKER_KEEPER_MS);
}

/* The keeper's answer to K_EXECUTE; payload points into the reply. */
struct executed {
    bool repeated;
    uint64_t sequence;
    struct ky_bytes payload;
};

static ky_rc execute(struct executed *out, struct ky_buf *reply, struct ky_worker *w,
                     const struct ky_keeper_head *head, const struct ky_execute *e)
{
    ky_auto_buf body = ky_buf_init(KY_KEEPER_BODY_MAX);
    ky_keeper_head_encode(&body, head);
    ky_execute_encode(&body, e);
    KY_TRY(ky_buf_finish(&body));
    KY_TRY(ky_worker_keeper(w, KY_MSG_K_EXECUTE, ky_buf_bytes(&body), reply));
    struct ky_reader in = KY_READER(ky_buf_bytes(reply));
    out->repeated = ky_read_u8(&in) != 0;
    out->sequence = ky_read_u64(&in);
    out->payload = ky_read_lv(&in, KY_KEEPER_PAYLOAD_MAX);
    return ky_reader_finish(&in, "keeper's answer");
}

ky_rc ky_worker_execute(struct ky_worker *w, const struct ky_keeper_head *head, const struct ky_execute *e,
                        bool *repeated, struct ky_buf *payload)
{
    struct executed done;
    ky_auto_buf reply = ky_buf_init(KY_KEEPER_BODY_MAX);
    KY_TRY(execute(&done, &reply, w, head, e));
    *repeated = done.repeated;
    if (payload != NULL)
        ky_buf_add(payload, done.payload);
    return payload == NULL ? KY_OK : ky_buf_finish(payload);
}

ky_rc ky_worker_execute_numbered(struct ky_worker *w, const struct ky_keeper_head *head,
                                 const struct ky_execute *e, uint64_t *sequence)
{
    struct executed done;
    ky_auto_buf reply = ky_buf_init(KY_KEEPER_BODY_MAX);
    KY_TRY(execute(&done, &reply, w, head, e));
    *sequence = done.sequence;
    return KY_OK;
}

ky_rc ky_worker_result(struct ky_worker *w, const struct ky_keeper_head *head,
                       const uint8_t spend[KY_LOG_ID_SIZE], struct ky_bytes payload, struct ky_buf *out)
{
    ky_auto_buf body = ky_buf_init(KY_KEEPER_BODY_MAX);
    ky_buf_add_u8(&body, (uint8_t)head->op);
    ky_buf_add(&body, KY_BYTES_OF(head->statement));
    ky_buf_add(&body, KY_BYTES_OF(head->authorisation));
    ky_buf_add(&body, KY_BYTES(spend, KY_LOG_ID_SIZE));
    ky_buf_add_lv(&body, payload);
    KY_TRY(ky_buf_finish(&body));
    return ky_worker_keeper(w, KY_MSG_K_RESULT, ky_buf_bytes(&body), out);
}

ky_rc ky_worker_refused(struct ky_worker *w, ky_operation op, ky_rc rc)
{
    if (rc == KY_OK)
        return KY_OK;
    char why[256];
    snprintf(why, sizeof why, "%s", ky_error());
    ky_log(KY_LOG_WARN, "refused", "operation=%s result=%s reason=" KY_Q, ky_operation_name(op),
           ky_rc_name(rc), why);
    uint8_t body[3] = {(uint8_t)op};
    ky_put_u16(body + 1, (uint16_t)(int)rc);
    ky_auto_buf reply = ky_buf_init(64);
    if (ky_worker_keeper(w, KY_MSG_K_REFUSED, KY_BYTES_OF(body), &reply) != KY_OK)
        ky_log(KY_LOG_WARN, "refused.not-counted", "error=" KY_Q, ky_error());
    return ky_fail(rc, "%s", why);
}

void ky_records_clear(struct ky_records *r)
{
    for (size_t i = 0; i < r->count; i++)
        ky_record_clear(&r->v[i]);
    r->count = 0;
}

ky_rc ky_worker_open_record(struct ky_worker *w, struct ky_record *out, struct ky_bytes envelope)
{
    return ky_record_open(out, envelope, w->process, &w->k_reg, w->founding->realm);
}

ky_rc ky_worker_open_records(struct ky_worker *w, struct ky_records *out, struct ky_bytes list)
{
    struct ky_bytes items[KY_WORKER_RECORDS_MAX];
    size_t count;
    KY_TRY(ky_list_read(items, &count, KY_WORKER_RECORDS_MAX, list, "records"));
    for (size_t i = 0; i < count; i++) {
        KY_TRY(ky_context(ky_worker_open_record(w, &out->v[i], items[i]), "record %zu", i + 1));
        out->count = i + 1;
    }
    return KY_OK;
}

const struct ky_record *ky_records_find(const struct ky_records *r, ky_record_type type,
                                        const uint8_t id[KY_ID_SIZE])
{
    for (size_t i = 0; i < r->count; i++)
        if (r->v[i].type == type && memcmp(r->v[i].id, id, KY_ID_SIZE) == 0)
            return &r->v[i];
    return NULL;
}

void ky_worker_head(struct ky_keeper_head *h, const struct ky_worker *w, const struct ky_statement *st,
                    const struct ky_authorisations *auths)
{
    *h = (struct ky_keeper_head){.op = ky_statement_operation(st->type), .has_nonce = true, .exp = st->exp};
    memcpy(h->statement, st->hash, KY_HASH_SIZE);
    memcpy(h->authorisation, auths->hash, KY_HASH_SIZE);
    memcpy(h->nonce, st->nonce[w->process], KY_NONCE_SIZE);
}

static ky_rc add_ref(struct ky_keeper_head *h, const struct ky_ref *ref)
{
    if (h->ref_count == KY_KEEPER_REFS_MAX)
        return ky_fail(KY_ELIMIT, "more than %d records", KY_KEEPER_REFS_MAX);
    h->refs[h->ref_count++] = *ref;
    return KY_OK;
}

ky_rc ky_head_ref(struct ky_keeper_head *h, ky_record_type type, const uint8_t id[KY_ID_SIZE],
                  uint32_t version, const uint8_t hash[KY_HASH_SIZE], bool unlocked)
{
    struct ky_ref r = {.version = version, .unlocked = unlocked};
    ky_record_log_id(r.id, type, id);
    memcpy(r.hash, hash, KY_HASH_SIZE);
    return add_ref(h, &r);
}

ky_rc ky_head_ref_credential(struct ky_keeper_head *h, const uint8_t id[KY_ID_SIZE])
{
    struct ky_ref r = {.unlocked = true, .any_version = true};
    ky_record_log_id(r.id, KY_REC_KEY, id);
    return add_ref(h, &r);
}

ky_rc ky_head_ref_record(struct ky_keeper_head *h, const struct ky_record *r, bool unlocked)
{
    return ky_head_ref(h, r->type, r->id, r->version, r->hash, unlocked);
}

ky_rc ky_worker_handle_nonce(void *worker, struct ky_ipc_request *request, struct ky_bytes body,
                             struct ky_buf *reply)
{
    struct ky_worker *w = worker;
    struct ky_bytes field;
    (void)request;
    KY_TRY(ky_answer_read(&field, 1, body));
    return ky_worker_refused(w, KY_OP_NONCE, ky_worker_keeper(w, KY_MSG_K_NONCE, field, reply));
}

ky_rc ky_worker_handle_ack(void *worker, struct ky_ipc_request *request, struct ky_bytes body,
                           struct ky_buf *reply)
{
    struct ky_bytes field;
    (void)request;
    KY_TRY(ky_answer_read(&field, 1, body));
    return ky_worker_keeper(worker, KY_MSG_K_ACK, field, reply);
}

ky_rc ky_worker_handle_checkpoint(void *worker, struct ky_ipc_request *request, struct ky_bytes body,
                                  struct ky_buf *reply)
{
    (void)request;
    return ky_worker_keeper(worker, KY_MSG_K_CHECKPOINT, body, reply);
}
