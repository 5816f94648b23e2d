/* Invitations, and the passkeys and certificates of a person (docs/protocol/http.md §6). */
#include "base/hex.h"
#include "domain/invitation.h"
#include "web/api_session.h"
#include "web/body.h"
#include "web/handlers.h"
#include "web/login_refusal.h"
#include "web/session.h"

#define SECRET_MAX 64
#define NAME_BYTES_MAX 256
#define ID_DIGITS ((size_t)(KY_NEW_ID_TEXT - 1))

struct key_call {
    struct ky_exchange *x;
    struct ky_login_attempt by;
    struct ky_login_result result;
    struct ky_invitation_open opened;
    struct ky_login_registration made;
    struct ky_db_login_key *keys;
    size_t n;
    struct ky_bytes secret;
    struct ky_cert *cert;
    const char *staff_id, *name, *key_id;
    char id[KY_NEW_ID_TEXT];
};

static ky_rc read_registration(struct key_call *c)
{
    struct ky_exchange *x = c->x;
    KY_TRY(ky_body_bytes(&c->made.attestation_object, x, "attestation_object", KY_WEBAUTHN_ATTESTATION_MAX,
                         true));
    KY_TRY(
        ky_body_bytes(&c->made.client_data_json, x, "client_data_json", KY_WEBAUTHN_CLIENT_DATA_MAX, true));
    return ky_body_text(&c->made.name, x, "name", NAME_BYTES_MAX);
}

/* ---- invitation ---- */

static ky_rc send_invitation(struct ky_store *s, void *ctx)
{
    struct key_call *c = ctx;
    return ky_invitation_send(s, &c->x->actor, c->by.login, c->staff_id, c->x->now);
}

ky_rc ky_handle_invitation_send(struct ky_web *w, struct ky_exchange *x)
{
    struct key_call c = {.x = x, .by = ky_login_attempt_of(w, x)};
    KY_TRY(ky_exchange_param_hex(&c.staff_id, x, 0, ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, send_invitation, &c));
    return ky_answer_empty(x);
}

static ky_rc open_invitation(struct ky_store *s, void *ctx)
{
    struct key_call *c = ctx;
    return ky_invitation_open(&c->result, &c->opened, &c->x->arena, s, &c->by, c->secret);
}

/* Names as PublicKeyCredentialCreationOptions has them (WebAuthn §5.4), so that the page copies and decodes. */
static ky_rc answer_options(struct ky_web *w, struct ky_exchange *x, const struct ky_invitation_open *opened)
{
    uint8_t handle[16];
    KY_TRY(ky_hex_decode(handle, sizeof handle, ky_bytes_str(opened->staff.id)));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_base64url(o, "challenge", KY_BYTES_OF(opened->started.challenge));
    ky_json_put_cstr(o, "rp_id", w->login.host);
    ky_json_put_cstr(o, "user_verification", "required");
    ky_json_open_object(o, "user");
    ky_json_put_base64url(o, "id", KY_BYTES_OF(handle));
    ky_json_put_cstr(o, "name", opened->staff.email);
    ky_json_put_cstr(o, "displayName", opened->staff.name);
    ky_json_close_object(o);
    return ky_answer_end(x);
}

ky_rc ky_handle_invitation_open(struct ky_web *w, struct ky_exchange *x)
{
    struct key_call c = {.x = x, .by = ky_login_attempt_of(w, x)};
    KY_TRY(ky_json_get_str(&c.secret, x->json, "invitation", SECRET_MAX));
    KY_TRY(ky_store_submit(w->db, open_invitation, &c));
    if (c.result.verdict != KY_LOGIN_GOOD)
        return ky_answer_login(x, &c.result);
    KY_TRY(ky_session_set_cookie(x, KY_LOGIN_COOKIE, c.opened.started.cookie, (int)KY_LOGIN_START_LIFE));
    return answer_options(w, x, &c.opened);
}

static ky_rc accept_invitation(struct ky_store *s, void *ctx)
{
    struct key_call *c = ctx;
    return ky_invitation_accept(&c->result, s, &c->by, &c->made);
}

ky_rc ky_handle_invitation_accept(struct ky_web *w, struct ky_exchange *x)
{
    struct key_call c = {.x = x, .by = ky_login_attempt_of(w, x)};
    KY_TRY(read_registration(&c));
    KY_TRY(ky_store_submit(w->db, accept_invitation, &c));
    return ky_answer_entered(x, &c.result, 201);
}

/* ---- a person's own keys ---- */

static ky_rc list_keys(struct ky_store *s, void *ctx)
{
    struct key_call *c = ctx;
    return ky_db_login_key_list(&c->keys, &c->n, &c->x->arena, s, c->x->actor.staff_id);
}

ky_rc ky_handle_login_keys_list(struct ky_web *w, struct ky_exchange *x)
{
    struct key_call c = {.x = x};
    KY_TRY(ky_db_read(w->db, list_keys, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "keys");
    for (size_t i = 0; i < c.n; i++) {
        const struct ky_db_login_key *k = &c.keys[i];
        ky_json_open_object(o, NULL);
        ky_json_put_cstr(o, "id", k->id);
        ky_json_put_cstr(o, "kind", k->kind);
        ky_json_put_cstr(o, "name", k->name);
        ky_json_put_hex(o, "fingerprint", k->fingerprint);
        ky_json_put_bool(o, "synced", k->backup_eligible != 0);
        ky_json_put_int(o, "not_after", k->not_after);
        ky_json_put_int(o, "created_at", k->created_at);
        ky_json_put_int(o, "used_at", k->used_at);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    return ky_answer_end(x);
}

static ky_rc add_passkey(struct ky_store *s, void *ctx)
{
    struct key_call *c = ctx;
    return ky_login_add_passkey(&c->result, c->id, s, &c->by, &c->x->session, &c->made);
}

static ky_rc answer_id(struct ky_exchange *x, const char *id)
{
    struct ky_json_out *o = ky_answer_begin(x, 201);
    ky_json_put_cstr(o, "id", id);
    return ky_answer_end(x);
}

ky_rc ky_handle_login_key_add(struct ky_web *w, struct ky_exchange *x)
{
    struct key_call c = {.x = x, .by = ky_login_attempt_of(w, x)};
    KY_TRY(read_registration(&c));
    KY_TRY(ky_store_submit(w->db, add_passkey, &c));
    if (c.result.verdict != KY_LOGIN_GOOD)
        return ky_answer_login(x, &c.result);
    ky_session_clear_cookie(x, KY_LOGIN_COOKIE);
    return answer_id(x, c.id);
}

static ky_rc rename_key(struct ky_store *s, void *ctx)
{
    struct key_call *c = ctx;
    return ky_login_rename_key(s, c->x->actor.staff_id, c->key_id, c->name);
}

ky_rc ky_handle_login_key_rename(struct ky_web *w, struct ky_exchange *x)
{
    struct key_call c = {.x = x};
    KY_TRY(ky_exchange_param_hex(&c.key_id, x, 0, ID_DIGITS));
    KY_TRY(ky_body_text(&c.name, x, "name", NAME_BYTES_MAX));
    KY_TRY(ky_store_submit(w->db, rename_key, &c));
    return ky_answer_empty(x);
}

static ky_rc remove_key(struct ky_store *s, void *ctx)
{
    struct key_call *c = ctx;
    return ky_login_remove_key(&c->result.verdict, s, c->by.login, c->x->actor.staff_id, c->key_id,
                               c->x->now);
}

ky_rc ky_handle_login_key_remove(struct ky_web *w, struct ky_exchange *x)
{
    struct key_call c = {.x = x, .by = ky_login_attempt_of(w, x)};
    KY_TRY(ky_exchange_param_hex(&c.key_id, x, 0, ID_DIGITS));
    KY_TRY(ky_store_submit(w->db, remove_key, &c));
    return c.result.verdict == KY_LOGIN_GOOD ? ky_answer_empty(x) : ky_answer_login(x, &c.result);
}

/* ---- a certificate, by an administrator ---- */

static ky_rc add_certificate(struct ky_store *s, void *ctx)
{
    struct key_call *c = ctx;
    return ky_login_add_certificate(c->id, s, &c->x->actor, c->by.login, c->staff_id, c->cert, c->name,
                                    c->x->now);
}

ky_rc ky_handle_login_certificate_add(struct ky_web *w, struct ky_exchange *x)
{
    ky_auto_cert cert = NULL;
    struct ky_bytes der;
    struct key_call c = {.x = x, .by = ky_login_attempt_of(w, x)};
    KY_TRY(ky_exchange_param_hex(&c.staff_id, x, 0, ID_DIGITS));
    KY_TRY(ky_body_bytes(&der, x, "certificate", KY_CERT_DER_MAX / 2, true));
    KY_TRY(ky_body_text(&c.name, x, "name", NAME_BYTES_MAX));
    KY_TRY(ky_cert_parse(&cert, der));
    c.cert = cert;
    KY_TRY(ky_store_submit(w->db, add_certificate, &c));
    return answer_id(x, c.id);
}
