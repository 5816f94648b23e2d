/*
 * The phone's side of activation (docs/protocol/statements.md §8): carried to
 * sam and back. Nothing is decided here, and no secret passes in the clear.
 */
#include "base/hex.h"
#include "base/log.h"
#include "base/str.h"
#include "crypto/seal.h"
#include "domain/letter.h"
#include "domain/reglog.h"
#include "store/credential.h"
#include "store/inventory.h"
#include "store/outbox.h"
#include "web/body.h"
#include "web/execute.h"
#include "web/handlers.h"

#define ID_DIGITS ((size_t)(2 * KY_ID_SIZE))
#define AUTHS_MAX 65536      /* bytes, as SAM_ENROL allows; so with the next three */
#define CREATION_MAX 16384   /* attestationObject */
#define CLIENT_DATA_MAX 4096 /* clientDataJSON */
#define PROOF_MAX 1024       /* sealed */
#define NOTICES_MAX 4        /* letters that come with an enrolment */

struct enrolling {
    struct ky_web *w;
    struct ky_exchange *x;
    struct ky_registration reg;
    const char *id; /* of the activation */
    struct ky_db_record record;
    struct ky_buf envelope;
    struct ky_buf nonce, proof, auths, creation, client_data;
    struct ky_bytes statement;
    struct ky_buf reply;
    struct ky_db_record device;
    struct ky_db_letter letters[NOTICES_MAX];
    size_t letter_count;
};

static void clear_enrolling(struct enrolling *e)
{
    ky_buf_clear(&e->envelope);
    ky_buf_clear(&e->nonce);
    ky_buf_clear(&e->proof);
    ky_buf_clear(&e->auths);
    ky_buf_clear(&e->creation);
    ky_buf_clear(&e->client_data);
    ky_buf_clear(&e->reply);
}
#define auto_enrolling KY_CLEANUP(clear_enrolling) struct enrolling

static ky_rc load(struct ky_store *s, void *ctx)
{
    struct enrolling *e = ctx;
    return ky_context(ky_db_record_get(&e->record, &e->x->arena, s, "sam", e->id), "activation");
}

static ky_rc begin(struct enrolling *e, struct ky_web *w, struct ky_exchange *x)
{
    e->w = w;
    e->x = x;
    e->reg = ky_web_registration(w, &KY_ACTOR_SYSTEM, NULL); /* her own device decides, in sam */
    e->envelope = ky_buf_init(KY_RECORD_ENVELOPE_MAX);
    e->reply = ky_buf_init(KY_MESSAGE_BODY_MAX);
    KY_TRY(ky_body_text(&e->id, x, "activation", ID_DIGITS));
    KY_TRY(ky_db_read(w->db, load, e));
    if (!ky_str_eq(e->record.type, ky_record_type_name(KY_REC_ACTIVATION)))
        return ky_fail(KY_ENOTFOUND, "no such activation");
    ky_buf_add_record(&e->envelope, &e->record);
    return ky_buf_finish(&e->envelope);
}

/* ---- before: a nonce, and whose activation it is ---- */

ky_rc ky_handle_approve_nonce(struct ky_web *w, struct ky_exchange *x)
{
    uint8_t nonce[KY_NONCE_SIZE];
    KY_TRY(ky_web_nonce(nonce, w, KY_PROCESS_SAM, KY_NONCE_SHORT));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_base64url(o, "nonce", KY_BYTES_OF(nonce));
    return ky_answer_end(x);
}

/* Who holds the link learns the owner's pseudonym, which the statement must name, and nothing about the person. */
ky_rc ky_handle_approve_activation(struct ky_web *w, struct ky_exchange *x)
{
    auto_enrolling e = {.id = NULL};
    ky_auto_record peek = {.json = NULL};
    KY_TRY(begin(&e, w, x));
    KY_TRY(ky_record_peek(&peek, &e.record));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "owner", e.record.owner);
    ky_json_put_int(o, "not_after", peek.not_after);
    return ky_answer_end(x);
}

/* ---- the code ---- */

static ky_rc add_letter(struct enrolling *e, struct ky_reader *in, const char *kind)
{
    if (e->letter_count == NOTICES_MAX)
        return ky_fail(KY_EINTERNAL, "sam: more than %d letters", NOTICES_MAX);
    struct ky_db_letter *l = &e->letters[e->letter_count++];
    *l = (struct ky_db_letter){.kind = kind,
                               .channel = ky_str_eq(kind, "activation-code") ? "sms" : "email",
                               .state = "waiting",
                               .next_try = e->x->now,
                               .created_at = e->x->now};
    l->number = (int64_t)ky_read_u64(in);
    l->sealed = ky_read_lv(in, KY_LETTER_SEALED_MAX);
    return ky_reader_finish(in, "letter");
}

static ky_rc store_letters(struct ky_store *s, void *ctx)
{
    struct enrolling *e = ctx;
    struct ky_db_activation activation;
    KY_TRY(ky_db_activation_get(&activation, &e->x->arena, s, e->id));
    KY_TRY(ky_db_activation_set_opened(s, e->id, e->x->now)); /* sam has seen the secret of the link */
    for (size_t i = 0; i < e->letter_count; i++) {
        e->letters[i].dossier_id = activation.dossier_id;
        e->letters[i].dossier_row = activation.number;
        ky_rc rc = ky_db_letter_insert(s, &e->letters[i]);
        if (rc != KY_OK && rc != KY_EEXIST) /* the answer came a second time */
            return rc;
    }
    return KY_OK;
}

ky_rc ky_handle_approve_code(struct ky_web *w, struct ky_exchange *x)
{
    auto_enrolling e = {.nonce = ky_buf_init(KY_NONCE_SIZE), .proof = ky_buf_init_secret(KY_HMAC_SIZE)};
    KY_TRY(begin(&e, w, x));
    KY_TRY(ky_json_get_base64url(&e.nonce, x->json, "nonce", KY_NONCE_SIZE));
    KY_TRY(ky_json_get_base64url(&e.proof, x->json, "proof", KY_HMAC_SIZE));
    const struct ky_bytes fields[] = {ky_buf_bytes(&e.envelope), ky_buf_bytes(&e.nonce),
                                      ky_buf_bytes(&e.proof)};
    KY_TRY(ky_web_sam(w, KY_MSG_SAM_CODE, fields, KY_COUNT(fields), &e.reply));
    struct ky_reader in = KY_READER(ky_buf_bytes(&e.reply));
    KY_TRY(add_letter(&e, &in, "activation-code"));
    KY_TRY(ky_store_submit(w->db, store_letters, &e));
    return ky_answer_empty(x);
}

/* ---- enrolment ---- */

static ky_rc read_enrolment(struct enrolling *e)
{
    const json_t *json = e->x->json;
    e->auths = ky_buf_init(AUTHS_MAX);
    e->creation = ky_buf_init(CREATION_MAX);
    e->client_data = ky_buf_init(CLIENT_DATA_MAX);
    e->proof = ky_buf_init(PROOF_MAX);
    KY_TRY(ky_json_get_str(&e->statement, json, "statement", KY_STATEMENT_MAX));
    KY_TRY(ky_json_get_base64url(&e->auths, json, "authorisations", AUTHS_MAX));
    KY_TRY(ky_json_get_base64url(&e->creation, json, "attestationObject", CREATION_MAX));
    KY_TRY(ky_json_get_base64url(&e->client_data, json, "clientDataJSON", CLIENT_DATA_MAX));
    return ky_json_get_base64url(&e->proof, json, "proof", PROOF_MAX);
}

/* `lv(device rec) ‖ lv(list of (u64 number ‖ lv(sealed letter)))` */
static ky_rc read_reply(struct enrolling *e)
{
    struct ky_bytes parts[2], items[NOTICES_MAX];
    size_t n;
    KY_TRY(ky_answer_read(parts, KY_COUNT(parts), ky_buf_bytes(&e->reply)));
    KY_TRY(ky_record_to_row(&e->device, &e->x->arena, KY_PROCESS_SAM, parts[0], e->x->now));
    KY_TRY(ky_list_read(items, &n, NOTICES_MAX, parts[1], "letters"));
    for (size_t i = 0; i < n; i++) {
        struct ky_reader in = KY_READER(items[i]);
        KY_TRY(add_letter(e, &in, "device-notice"));
    }
    return KY_OK;
}

static ky_rc store_device(struct ky_store *s, void *ctx)
{
    struct enrolling *e = ctx;
    struct ky_db_activation activation;
    KY_TRY(ky_db_record_put(s, &e->device));
    KY_TRY(store_letters(s, ctx));
    KY_TRY(ky_db_activation_get(&activation, &e->x->arena, s, e->id));
    if (!ky_str_eq(activation.state, "waiting"))
        return KY_OK; /* stored the first time */
    KY_TRY(ky_db_activation_finish(s, e->id, "done"));
    return ky_dossier_row_act(s, &e->reg, activation.dossier_id, activation.number, KY_ROW_ACTIVATE, NULL,
                              e->x->now);
}

static void acknowledge(const struct enrolling *e)
{
    uint8_t id[KY_ID_SIZE], spend[KY_LOG_ID_SIZE];
    ky_auto_buf reply = ky_buf_init(64);
    const struct ky_bytes field = KY_BYTES_OF(spend);
    if (ky_hex_decode(id, sizeof id, ky_bytes_str(e->id)) != KY_OK)
        return;
    ky_log_id(spend, id);
    if (ky_web_sam(e->w, KY_MSG_SAM_ACK, &field, 1, &reply) != KY_OK)
        ky_log(KY_LOG_WARN, "enrol.ack-failed", "reason=" KY_Q, ky_error());
}

ky_rc ky_handle_approve_enrol(struct ky_web *w, struct ky_exchange *x)
{
    auto_enrolling e = {.id = NULL};
    KY_TRY(begin(&e, w, x));
    KY_TRY(read_enrolment(&e));
    const struct ky_bytes fields[] = {ky_buf_bytes(&e.envelope),    e.statement,
                                      ky_buf_bytes(&e.auths),       ky_buf_bytes(&e.creation),
                                      ky_buf_bytes(&e.client_data), ky_buf_bytes(&e.proof)};
    KY_TRY(ky_web_sam(w, KY_MSG_SAM_ENROL, fields, KY_COUNT(fields), &e.reply));
    KY_TRY(read_reply(&e));
    KY_TRY(ky_store_submit(w->db, store_device, &e));
    acknowledge(&e);
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_cstr(o, "device", e.device.id);
    ky_json_put_cstr(o, "owner", e.device.owner);
    return ky_answer_end(x);
}
