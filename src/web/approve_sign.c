/*
 * The phone's side of signing: what waits for a device, her approval, her refusal. The device's record id is 128 random
 * bits that only she, the database and sam know, so it serves as the name of her inbox; it opens nothing else.
 */
#include "base/base64.h"
#include "base/hex.h"
#include "domain/authorisation.h"
#include "domain/record.h"
#include "web/csc.h"
#include "web/handlers.h"

#define AUTHORISATIONS_MAX 65536

struct inbox {
    struct ky_exchange *x;
    char device[2 * KY_ID_SIZE + 1];
    struct ky_db_record record;
    struct ky_db_pending *rows, one;
    size_t count;
    const char *handle;
    struct ky_bytes authorisations;
};

static ky_rc read_inbox(struct ky_store *s, void *ctx)
{
    struct inbox *in = ctx;
    struct ky_arena *a = &in->x->arena;
    KY_TRY(ky_db_record_get(&in->record, a, s, "sam", in->device));
    if (in->record.owner == NULL || strcmp(in->record.type, "device") != 0)
        return ky_fail(KY_ENOTFOUND, "no such device");
    return ky_db_pending_list(&in->rows, &in->count, a, s, in->record.owner, in->x->now);
}

static ky_rc read_device_id(struct inbox *in, struct ky_bytes text)
{
    uint8_t id[KY_ID_SIZE];
    if (ky_hex_decode(id, sizeof id, text) != KY_OK)
        return ky_fail(KY_ENOTFOUND, "no such device");
    ky_hex_encode(in->device, KY_BYTES_OF(id));
    return KY_OK;
}

ky_rc ky_handle_approve_pending(struct ky_web *w, struct ky_exchange *x)
{
    struct inbox in = {.x = x};
    const char *device = ky_exchange_arg(x, "device");
    KY_TRY(read_device_id(&in, ky_bytes_str(device)));
    KY_TRY(ky_db_read(w->db, read_inbox, &in));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "pending");
    for (size_t i = 0; i < in.count; i++) {
        if (in.rows[i].device_id == NULL || strcmp(in.rows[i].device_id, in.device) != 0)
            continue;
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "handle", in.rows[i].handle);
        ky_json_put_hex(o, "hash", in.rows[i].statement_hash);
        ky_json_put_str(o, "statement", in.rows[i].statement);
        ky_json_put_int(o, "expires_at", in.rows[i].expires_at);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    return ky_answer_end(x);
}

static ky_rc read_one(struct ky_store *s, void *ctx)
{
    struct inbox *in = ctx;
    KY_TRY(ky_db_pending_get(&in->one, &in->x->arena, s, in->handle));
    if (in->one.device_id == NULL || strcmp(in->one.state, "waiting") != 0)
        return ky_fail(KY_EEXIST, "this request was answered before");
    return ky_db_record_get(&in->record, &in->x->arena, s, "sam", in->one.device_id);
}

static ky_rc read_handle(struct inbox *in, struct ky_web *w)
{
    struct ky_bytes text;
    KY_TRY(ky_json_get_str(&text, in->x->json, "handle", KY_CSC_ID_HEX));
    in->handle = (const char *)ky_arena_dup(&in->x->arena, text);
    return in->handle == NULL ? KY_ENOMEM : ky_db_read(w->db, read_one, in);
}

/* Not a decision, sam makes that: it tells the phone at once when something is wrong, and keeps rubbish out of the queue. */
static ky_rc check_authorisation(const struct inbox *in, const struct ky_web *w)
{
    struct ky_authorisations auths;
    struct ky_authenticator key;
    ky_auto_statement st = {0};
    ky_auto_json json = NULL;
    KY_TRY(ky_authorisations_parse(&auths, in->authorisations));
    KY_TRY(ky_statement_parse(&st, in->one.statement));
    KY_TRY(ky_json_parse(&json, in->record.json, KY_RECORD_MAX));
    const struct ky_record device = {.type = KY_REC_DEVICE, .json = json};
    KY_TRY(ky_record_device(&key, &device));
    if (auths.count != 1)
        return ky_fail(KY_EAUTH, "%zu authorisations, exactly one is wanted", auths.count);
    return ky_authorise_webauthn(&auths.item[0], &st, &key, w->founding);
}

static ky_rc store_authorisation(struct ky_store *s, void *ctx)
{
    struct inbox *in = ctx;
    return ky_db_pending_authorise(s, in->handle, in->one.device_id, in->authorisations, in->x->now);
}

ky_rc ky_handle_approve_authorise(struct ky_web *w, struct ky_exchange *x)
{
    struct inbox in = {.x = x};
    ky_auto_buf auths = ky_buf_init(AUTHORISATIONS_MAX);
    KY_TRY(read_handle(&in, w));
    KY_TRY(ky_json_get_base64url(&auths, x->json, "authorisations", AUTHORISATIONS_MAX));
    in.authorisations = ky_buf_bytes(&auths);
    KY_TRY(check_authorisation(&in, w));
    KY_TRY(ky_store_submit(w->db, store_authorisation, &in));
    return ky_answer_empty(x);
}

static ky_rc store_refusal(struct ky_store *s, void *ctx)
{
    struct inbox *in = ctx;
    return ky_db_pending_reject(s, in->handle, in->one.device_id, in->x->now);
}

/* Refusing needs no signature: who could refuse for her can only cost her another question. */
ky_rc ky_handle_approve_refuse(struct ky_web *w, struct ky_exchange *x)
{
    struct inbox in = {.x = x};
    struct ky_bytes device;
    KY_TRY(ky_json_get_str(&device, x->json, "device", 2 * KY_ID_SIZE));
    KY_TRY(read_device_id(&in, device));
    KY_TRY(read_handle(&in, w));
    if (strcmp(in.device, in.one.device_id) != 0)
        return ky_fail(KY_ENOTFOUND, "no such request for this device");
    KY_TRY(ky_store_submit(w->db, store_refusal, &in));
    return ky_answer_empty(x);
}
