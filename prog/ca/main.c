/* kyso-ca: message table and own keys; the frame is prog/keyproc. */
#include "prog/ca/ca.h"
#include "prog/keyproc/run.h"

static struct ky_sigkey sigkey_of(const struct ky_signer *signer)
{
    return (struct ky_sigkey){.signer = signer,
                              .scheme = ky_key_info(signer->key_type)->rsa ? KY_RSA_PKCS1V15 : KY_ECDSA,
                              .hash = KY_SHA256};
}

static ky_rc open_key(struct ky_ca_key *out, struct ky_keystore *ks, const char *label)
{
    KY_TRY(ky_keystore_find_key(&out->key, ks, label, KY_USE_SIGN));
    out->signer = ky_keystore_signer(out->key);
    out->sigkey = sigkey_of(&out->signer);
    return KY_OK;
}

static ky_rc open_keys(void *worker, const struct ky_settings_key *settings)
{
    struct ky_ca *ca = worker;
    KY_TRY(open_key(&ca->issuing, ca->w.ks, "issuing"));
    KY_TRY(open_key(&ca->ocsp, ca->w.ks, "ocsp"));
    KY_TRY(open_key(&ca->tsa, ca->w.ks, "tsa"));
    bool ec = ca->issuing.sigkey.scheme == KY_ECDSA;
    KY_TRY(ky_softkey_generate(&ca->throw_away, ec ? KY_KEY_P256 : KY_KEY_RSA2048));
    ca->lint_signer = ky_softkey_signer(ca->throw_away);
    ca->lint_key = sigkey_of(&ca->lint_signer);
    ca->ocsp_life_s = settings->ocsp_minutes * KY_MINUTE;
    ca->crl_life_s = settings->crl_hours * KY_HOUR;
    ca->overdue_s = settings->overdue_hours * KY_HOUR;
    ca->tsa_accuracy_ms = (uint32_t)settings->tsa_accuracy_ms;
    return KY_OK;
}

static void clear_keys(void *worker)
{
    struct ky_ca *ca = worker;
    ky_softkey_free(ca->throw_away);
    ky_token_key_close(ca->issuing.key);
    ky_token_key_close(ca->ocsp.key);
    ky_token_key_close(ca->tsa.key);
}

ky_rc ky_ca_handle_chain(void *ctx, struct ky_ipc_request *request, struct ky_bytes body,
                         struct ky_buf *reply)
{
    struct ky_ca *ca = ctx;
    const struct ky_founding *f = ca->w.founding;
    const struct ky_cert *const chain[] = {f->issuing, f->root, f->ocsp, f->tsa};
    (void)request, (void)body;
    ky_list_begin(reply, KY_COUNT(chain));
    for (size_t i = 0; i < KY_COUNT(chain); i++)
        ky_buf_add_lv(reply, chain[i]->der);
    return ky_buf_finish(reply);
}

#define WEB KY_PEER(KY_ROLE_WEB)
#define COURIER KY_PEER(KY_ROLE_COURIER)
#define MESSAGE(type_, peers_, handler_)                                                                     \
    {                                                                                                        \
        .type = KY_MSG_##type_, .name = #type_, .peers = peers_, .phases = KY_IPC_ANY_PHASE,                 \
        .max_body = KY_MESSAGE_BODY_MAX, .handle = handler_                                                  \
    }

static const struct ky_ipc_message messages[] = {
    MESSAGE(CA_NONCE, WEB, ky_worker_handle_nonce),
    MESSAGE(CA_EXECUTE, WEB, ky_worker_handle_execute),
    MESSAGE(CA_PREPARE, WEB, ky_ca_handle_prepare),
    MESSAGE(CA_ISSUE, WEB, ky_ca_handle_issue),
    MESSAGE(CA_OCSP, WEB, ky_ca_handle_ocsp),
    MESSAGE(CA_TSP, WEB, ky_ca_handle_tsp),
    MESSAGE(CA_CRL, WEB | COURIER, ky_ca_handle_crl),
    MESSAGE(CA_CHAIN, WEB | COURIER, ky_ca_handle_chain),
    MESSAGE(CA_ACK, WEB, ky_worker_handle_ack),
    MESSAGE(CA_CHECKPOINT, WEB, ky_worker_handle_checkpoint),
    MESSAGE(CA_REVOKE, WEB, ky_ca_handle_revoke),
    MESSAGE(CA_RECEIVE, WEB, ky_ca_handle_receive),
    MESSAGE(CA_OVERDUE, WEB, ky_ca_handle_overdue),
    MESSAGE(CA_REVOCATION, WEB, ky_ca_handle_revocation),
};

int main(int argc, char **argv)
{
    static const struct ky_keyproc def = {
        .process = KY_PROCESS_CA,
        .keeper_role = KY_ROLE_CA_KEEPER,
        .worker_role = KY_ROLE_CA_WORKER,
        .settings_offset = offsetof(struct ky_settings, ca),
        .worker_peers = WEB | COURIER,
        .messages = messages,
        .message_count = KY_COUNT(messages),
        .worker_size = sizeof(struct ky_ca),
        .open = open_keys,
        .clear = clear_keys,
    };
    return ky_keyproc_main(argc, argv, &def);
}
