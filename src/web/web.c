/* Asking the key processes; see web.h. */
#include "web/web.h"

#include "ades/evidence.h"
#include "base/hex.h"
#include "web/forms.h"
#include "web/portal.h"
#include "web/throttle.h"

ky_rc ky_web_ask(struct ky_web *w, ky_process process, uint16_t type, const struct ky_bytes *fields,
                 size_t count, struct ky_buf *reply)
{
    ky_auto_buf body = ky_buf_init(KY_MESSAGE_BODY_MAX);
    KY_TRY(ky_message_write(&body, type, fields, count));
    return ky_context(ky_ipc_pool_call(process == KY_PROCESS_SAM ? w->sam : w->ca, KY_IPC_POOL_ANY, type,
                                       ky_buf_bytes(&body), reply, KY_WEB_CALL_MS),
                      "%s", ky_process_name(process));
}

ky_rc ky_web_sam(struct ky_web *w, uint16_t type, const struct ky_bytes *fields, size_t count,
                 struct ky_buf *reply)
{
    return ky_web_ask(w, KY_PROCESS_SAM, type, fields, count, reply);
}

ky_rc ky_web_ca(struct ky_web *w, uint16_t type, const struct ky_bytes *fields, size_t count,
                struct ky_buf *reply)
{
    return ky_web_ask(w, KY_PROCESS_CA, type, fields, count, reply);
}

ky_rc ky_web_nonce(uint8_t out[KY_NONCE_SIZE], struct ky_web *w, ky_process process, ky_nonce_kind kind)
{
    const uint8_t kind_byte = (uint8_t)kind;
    const struct ky_bytes field = KY_BYTES(&kind_byte, 1);
    ky_auto_buf reply = ky_buf_init(KY_NONCE_SIZE);
    uint16_t type = process == KY_PROCESS_SAM ? KY_MSG_SAM_NONCE : KY_MSG_CA_NONCE;
    KY_TRY(ky_web_ask(w, process, type, &field, 1, &reply));
    if (reply.n != KY_NONCE_SIZE)
        return ky_fail(KY_EINTERNAL, "nonce of %zu bytes", reply.n);
    memcpy(out, reply.p, KY_NONCE_SIZE);
    return KY_OK;
}

ky_rc ky_web_owner(char out[2 * KY_OWNER_SIZE + 1], struct ky_web *w, struct ky_bytes identity)
{
    ky_auto_buf reply = ky_buf_init(KY_OWNER_SIZE);
    KY_TRY(ky_web_sam(w, KY_MSG_SAM_OWNER, &identity, 1, &reply));
    if (reply.n != KY_OWNER_SIZE)
        return ky_fail(KY_EINTERNAL, "owner of %zu bytes", reply.n);
    ky_hex_encode(out, ky_buf_bytes(&reply));
    return KY_OK;
}

ky_rc ky_web_load_data_key(struct ky_web *w)
{
    ky_auto_buf key = ky_buf_init_secret(KY_DATA_KEY_SIZE);
    KY_TRY(ky_web_sam(w, KY_MSG_SAM_DATA_KEY, NULL, 0, &key));
    return ky_personal_init(&w->personal, ky_buf_bytes(&key));
}

ky_rc ky_web_load_founding(struct ky_web *w)
{
    w->founding_json = ky_buf_init(KY_FOUNDING_MAX);
    KY_TRY(ky_web_sam(w, KY_MSG_SAM_FOUNDING, NULL, 0, &w->founding_json));
    return ky_founding_parse(&w->founding, ky_buf_bytes(&w->founding_json));
}

void ky_web_clear(struct ky_web *w)
{
    ky_db_close(w->db);
    ky_ipc_pool_free(w->sam);
    ky_ipc_pool_free(w->ca);
    ky_personal_clear(&w->personal);
    ky_legal_book_clear(&w->legal);
    ky_notices_free(w->notices);
    ky_founding_free(w->founding);
    ky_evidence_free(w->token_cas);
    ky_portal_free(w->portal);
    ky_throttle_free(w->lookups);
    ky_throttle_free(w->validations);
    ky_throttle_free(w->visits);
    ky_buf_clear(&w->founding_json);
    ky_buf_clear(&w->openapi);
    ky_web_forms_free(w->forms);
    ky_buf_clear(&w->people_xlsx);
    ky_buf_clear(&w->people_csv);
    memset(w, 0, sizeof *w);
}
