/* Log-in, step-up, and a person's own sessions (docs/protocol/http.md §6). */
#include "base/secret.h"
#include "base/str.h"
#include "web/api_session.h"
#include "web/body.h"
#include "web/handlers.h"
#include "web/login_refusal.h"
#include "web/session.h"

#define CODE_TEXT_MAX 64

struct session_call {
    struct ky_exchange *x;
    struct ky_login_attempt by;
    struct ky_login_started started;
    struct ky_login_result result;
    struct ky_login_assertion assertion;
    struct ky_bytes code;
    struct ky_db_session *list;
    struct ky_db_login_key *keys;
    struct ky_db_staff staff;
    struct ky_page page;
    size_t n, key_count;
    const char *id;
};

static struct ky_bytes text_of(const char *cookie)
{
    return cookie == NULL ? KY_BYTES_NONE : ky_bytes_str(cookie);
}

struct ky_login_attempt ky_login_attempt_of(const struct ky_web *w, const struct ky_exchange *x)
{
    return (struct ky_login_attempt){.login = &w->login,
                                     .place = x->place,
                                     .start_cookie = text_of(x->login_cookie),
                                     .session_cookie = text_of(x->session_cookie),
                                     .now = x->now};
}

ky_rc ky_answer_entered(struct ky_exchange *x, struct ky_login_result *result, unsigned status)
{
    if (result->verdict != KY_LOGIN_GOOD)
        return ky_answer_login(x, result);
    ky_rc rc = ky_session_set_cookie(x, KY_SESSION_COOKIE, result->cookie, 0);
    ky_wipe(result->cookie, sizeof result->cookie);
    ky_session_clear_cookie(x, KY_LOGIN_COOKIE);
    KY_TRY(rc);
    struct ky_json_out *o = ky_answer_begin(x, status);
    ky_json_put_cstr(o, "staff", result->staff_id);
    return ky_answer_end(x);
}

/* ---- begin ---- */

static ky_rc start(struct ky_store *s, void *ctx)
{
    struct session_call *c = ctx;
    return ky_login_start(&c->started, s, c->x->session.id, KY_BYTES_NONE, c->x->place.address, c->x->now);
}

ky_rc ky_handle_session_start(struct ky_web *w, struct ky_exchange *x)
{
    struct session_call c = {.x = x};
    KY_TRY(ky_session_look(w, x));
    KY_TRY(ky_store_submit(w->db, start, &c));
    KY_TRY(ky_session_set_cookie(x, KY_LOGIN_COOKIE, c.started.cookie, (int)KY_LOGIN_START_LIFE));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_put_cstr(o, "start", c.started.name);
    ky_json_put_bool(o, "step_up", x->session.id != NULL);
    ky_json_put_base64url(o, "challenge", KY_BYTES_OF(c.started.challenge));
    ky_json_put_cstr(o, "rp_id", w->login.host);
    ky_json_put_cstr(o, "user_verification", "required");
    if (w->login_port != 0)
        ky_json_put_int(o, "certificate_port", w->login_port);
    return ky_answer_end(x);
}

/* ---- end with a session ---- */

static ky_rc enter_by_code(struct ky_store *s, void *ctx)
{
    struct session_call *c = ctx;
    return ky_login_by_code(&c->result, s, &c->by, c->code);
}

static ky_rc enter_by_passkey(struct ky_store *s, void *ctx)
{
    struct session_call *c = ctx;
    return ky_login_by_passkey(&c->result, s, &c->by, &c->assertion);
}

ky_rc ky_body_bytes(struct ky_bytes *out, struct ky_exchange *x, const char *name, size_t max, bool required)
{
    ky_auto_buf b = ky_buf_init(max);
    *out = KY_BYTES_NONE;
    if (!required && json_object_get(x->json, name) == NULL)
        return KY_OK;
    KY_TRY(ky_json_get_base64url(&b, x->json, name, max));
    uint8_t *p = ky_arena_dup(&x->arena, ky_buf_bytes(&b));
    if (p == NULL)
        return KY_ENOMEM;
    *out = KY_BYTES(p, b.n);
    return KY_OK;
}

static ky_rc take_assertion(struct ky_login_assertion *out, struct ky_exchange *x)
{
    KY_TRY(ky_body_bytes(&out->credential_id, x, "credential", KY_WEBAUTHN_ID_MAX, true));
    KY_TRY(ky_body_bytes(&out->user_handle, x, "user_handle", 64, false));
    KY_TRY(ky_body_bytes(&out->made.authenticator_data, x, "authenticator_data", 1024, true));
    KY_TRY(
        ky_body_bytes(&out->made.client_data_json, x, "client_data_json", KY_WEBAUTHN_CLIENT_DATA_MAX, true));
    return ky_body_bytes(&out->made.signature, x, "signature", 256, true);
}

ky_rc ky_handle_session_enter(struct ky_web *w, struct ky_exchange *x)
{
    struct session_call c = {.x = x, .by = ky_login_attempt_of(w, x)};
    KY_TRY(ky_json_find_str(&c.code, x->json, "code", CODE_TEXT_MAX));
    if (c.code.n == 0)
        KY_TRY(take_assertion(&c.assertion, x));
    KY_TRY(ky_store_submit(w->db, c.code.n > 0 ? enter_by_code : enter_by_passkey, &c));
    return ky_answer_entered(x, &c.result, 200);
}

/* ---- look ---- */

static ky_rc read_self(struct ky_store *s, void *ctx)
{
    struct session_call *c = ctx;
    const struct ky_scope own = ky_actor_scope(&c->x->actor);
    KY_TRY(ky_db_staff_get(&c->staff, &c->x->arena, s, &own, c->x->actor.staff_id));
    return ky_db_login_key_list(&c->keys, &c->key_count, &c->x->arena, s, c->x->actor.staff_id);
}

static const struct ky_db_login_key *find_key(const struct session_call *c, const char *id)
{
    for (size_t i = 0; i < c->key_count; i++)
        if (ky_str_eq(c->keys[i].id, id))
            return &c->keys[i];
    return NULL;
}

static void put_session(struct ky_json_out *o, const struct session_call *c, const struct ky_db_session *s)
{
    const struct ky_db_login_key *key = find_key(c, s->key_id);
    ky_json_put_cstr(o, "id", s->id);
    ky_json_put_bool(o, "current", ky_str_eq(s->id, c->x->session.id));
    ky_json_put_text(o, "key_kind", key == NULL ? NULL : key->kind);
    ky_json_put_text(o, "key_name", key == NULL ? NULL : key->name);
    ky_json_put_cstr(o, "address", s->address);
    ky_json_put_cstr(o, "agent", s->agent);
    ky_json_put_int(o, "created_at", s->created_at);
    ky_json_put_int(o, "used_at", s->used_at);
    ky_json_put_int(o, "proved_at", s->proved_at);
    ky_json_put_int(o, "expires_at", s->expires_at);
}

ky_rc ky_handle_session_get(struct ky_web *w, struct ky_exchange *x)
{
    struct session_call c = {.x = x};
    KY_TRY(ky_db_read(w->db, read_self, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    put_session(o, &c, &x->session);
    ky_json_put_int(o, "idle_s", w->login.limits.idle_s);
    ky_json_put_int(o, "fresh_until", x->session.proved_at + KY_SESSION_FRESH);
    ky_json_open_object(o, "staff");
    ky_json_put_cstr(o, "id", c.staff.id);
    ky_json_put_cstr(o, "org", c.staff.org_id);
    ky_json_put_cstr(o, "name", c.staff.name);
    ky_json_put_cstr(o, "email", c.staff.email);
    ky_json_put_cstr(o, "roles", c.staff.roles);
    ky_json_close_object(o);
    return ky_answer_end(x);
}

static ky_rc read_sessions(struct ky_store *s, void *ctx)
{
    struct session_call *c = ctx;
    struct ky_exchange *x = c->x;
    KY_TRY(read_self(s, c));
    return ky_db_session_list(&c->list, &c->n, &x->arena, s, x->actor.staff_id,
                              x->now - c->by.login->limits.idle_s, x->now, &c->page);
}

ky_rc ky_handle_sessions_list(struct ky_web *w, struct ky_exchange *x)
{
    struct session_call c = {.x = x, .by = ky_login_attempt_of(w, x)};
    char cursor[KY_CURSOR_MAX];
    KY_TRY(ky_body_page(&c.page, x));
    KY_TRY(ky_db_read(w->db, read_sessions, &c));
    struct ky_json_out *o = ky_answer_begin(x, 200);
    ky_json_open_array(o, "sessions");
    for (size_t i = 0; i < c.n; i++) {
        ky_json_open_object(o, NULL);
        put_session(o, &c, &c.list[i]);
        ky_json_close_object(o);
    }
    ky_json_close_array(o);
    if (c.n == (size_t)c.page.limit) {
        ky_cursor_format(cursor, c.list[c.n - 1].created_at, c.list[c.n - 1].id);
        ky_json_put_cstr(o, "next", cursor);
    }
    return ky_answer_end(x);
}

/* ---- log-out ---- */

static ky_rc end_one(struct ky_store *s, void *ctx)
{
    const struct session_call *c = ctx;
    return ky_db_session_delete(s, c->x->actor.staff_id, c->id);
}

static ky_rc end_all(struct ky_store *s, void *ctx)
{
    const struct session_call *c = ctx;
    return ky_db_session_delete_all(s, c->x->actor.staff_id);
}

ky_rc ky_handle_session_end(struct ky_web *w, struct ky_exchange *x)
{
    struct session_call c = {.x = x, .id = x->session.id};
    KY_TRY(ky_store_submit(w->db, end_one, &c));
    ky_session_clear_cookie(x, KY_SESSION_COOKIE);
    return ky_answer_empty(x);
}

ky_rc ky_handle_sessions_end_one(struct ky_web *w, struct ky_exchange *x)
{
    struct session_call c = {.x = x};
    KY_TRY(ky_exchange_param_hex(&c.id, x, 0, KY_NEW_ID_TEXT - 1));
    KY_TRY(ky_store_submit(w->db, end_one, &c));
    return ky_answer_empty(x);
}

ky_rc ky_handle_sessions_end_all(struct ky_web *w, struct ky_exchange *x)
{
    struct session_call c = {.x = x};
    KY_TRY(ky_store_submit(w->db, end_all, &c));
    ky_session_clear_cookie(x, KY_SESSION_COOKIE);
    return ky_answer_empty(x);
}
